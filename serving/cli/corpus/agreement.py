"""`stancewire corpus agreement`, `diff` and `check`: the quality of annotations."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..console import note, plural, progress
from ..options import CodebookFile, Corpora, Seed, TableOrJson, TextOrJson

if TYPE_CHECKING:
    from ....data.annotation.agreement import Difference
    from ....data.codebook import Codebook
    from ....data.schema import Article

First = Annotated[
    str,
    typer.Argument(
        metavar="FIRST",
        help="The first annotator's file: a corpus file or folder, shipped, or an annotation sheet.",
    ),
]
Second = Annotated[
    str, typer.Argument(metavar="SECOND", help="The second annotator's file for the same articles.")
]


def _annotated(name: str, codebook: Codebook) -> list[Article]:
    from ....data.annotation.corpus import read_corpus
    from ....data.annotation.sheet import read_sheet

    return read_sheet(Path(name), codebook) if name.endswith(".sheet") else read_corpus([name], codebook)


def _pair(first: str, second: str, codebook: Codebook) -> tuple[list[Article], list[Article]]:
    one, other = _annotated(first, codebook), _annotated(second, codebook)
    unpaired = len({a.doc_id for a in one} ^ {a.doc_id for a in other})
    if unpaired:
        note(f"{plural(unpaired, 'article')} left out: annotated by only one of the two")
    return one, other


def agreement(
    first: First, second: Second, codebook: CodebookFile = None, format_: TableOrJson = "table"
) -> None:
    """Measure the agreement of two annotators.

    Reports Krippendorff's alpha over sentences, F1 of statements, and agreement on identities and targets.

    Example: stancewire corpus agreement anna.sheet ben.sheet
    """
    from ....data.annotation.agreement import by_split
    from ....data.codebook import codebook_named
    from ...output.results import print_json
    from ...output.tables.corpus_tables import print_agreement

    book = codebook_named(codebook)
    found = by_split(*_pair(first, second, book), book)
    if format_ == "json":
        print_json(found)
    else:
        print_agreement(found, book)


def diff(first: First, second: Second, codebook: CodebookFile = None, format_: TextOrJson = "text") -> None:
    """Show the statements and labels on which two files differ.

    Sentences are shown as ARTICLE:SENTENCE, with sentences numbered from 0.

    Example: stancewire corpus diff before.jsonl after.jsonl
    """
    from ....data.annotation.agreement import differences
    from ....data.codebook import codebook_named
    from ...output.results import print_json

    book = codebook_named(codebook)
    one, other = _pair(first, second, book)
    annotators = [{a.doc_id: a.annotators for a in articles} for articles in (one, other)]
    found = differences(one, other, book)
    if format_ == "jsonl":
        for d in found:
            names = {k: list(a[d.doc_id]) for k, a in zip(("first", "second"), annotators, strict=True)}
            print_json({**asdict(d), "annotators": names})
    else:
        _print_differences(found, annotators)
    sentences = len({(d.doc_id, d.sentence) for d in found})
    note(f"{plural(len(found), 'difference')} in {plural(sentences, 'sentence')}")


def _print_differences(found: list[Difference], annotators: list[dict[str, tuple[str, ...]]]) -> None:
    from ...output.results import print_lines

    last = None
    for d in found:
        if (d.doc_id, d.sentence) != last:
            print_lines(f"{d.doc_id}:{d.sentence}  {d.text}")
            last = d.doc_id, d.sentence
        for mark, side, names in (("-", d.one, annotators[0]), ("+", d.other, annotators[1])):
            if side is not None:
                what = d.kind if side == d.kind else f"{d.kind} | {side}"
                who = f"   ({', '.join(names[d.doc_id])})" if names[d.doc_id] else ""
                print_lines(f"  {mark} {what}{who}")


def check(
    corpora: Corpora = None,
    number: Annotated[
        int,
        typer.Option(
            "--number",
            "-n",
            metavar="N",
            min=1,
            max=1_000_000,
            help="Maximum number to show, most likely first.",
        ),
    ] = 50,
    seed: Seed = 0,
    codebook: CodebookFile = None,
    format_: TextOrJson = "text",
) -> None:
    """List likely label errors.

    Trains five models, each without a fifth of the conflicts, and uses cleanlab to list the sentences whose
    annotation contradicts the model that was not trained on them. Check each against the guideline: the
    annotation may still be right.

    Example: stancewire corpus check mine.jsonl -n 20
    """
    from ....data.codebook import codebook_named
    from ...output.results import print_json
    from ...output.tables.corpus_tables import print_label_errors

    found, sentences = _likely_errors(corpora or ["shipped"], codebook_named(codebook), seed)
    if format_ == "jsonl":
        for e in found[:number]:
            print_json(asdict(e))
    else:
        print_label_errors(found[:number])
    shown = min(number, len(found))
    note(f"{plural(len(found), 'likely error')} in {plural(sentences, 'sentence')}, {shown} shown")


def _likely_errors(corpora: list[str], codebook: Codebook, seed: int) -> tuple[list[Any], int]:
    """The likely errors, and the number of sentences."""
    from ....data.annotation.corpus import read_corpus
    from ....data.text.gazetteer import gazetteer
    from ....data.text.spacy_parser import ParseCache
    from ....training.curation.label_errors import FOLDS, held_out_probabilities, likely_errors
    from ....training.examples.dataset import analyse_articles
    from ....training.settings import LinearSettings

    articles = read_corpus(corpora, codebook)
    cache = ParseCache()
    with progress("analysing sentences", sum(len(a.sentences) for a in articles)) as bar:
        data = analyse_articles(articles, gazetteer(), codebook, cache, bar.advance)
    settings = LinearSettings.model_validate({})
    with progress("training without one fold", FOLDS) as bar:
        probabilities = held_out_probabilities(data, codebook, settings, seed, advance=bar.advance)
    return likely_errors(data, codebook, probabilities), len(data)
