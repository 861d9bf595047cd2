"""`stancewire corpus agreement`, `diff` and `check`: how good annotations are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from .console import exit_on_input_error, note, progress

if TYPE_CHECKING:
    from ...data.codebook import Codebook
    from ...data.schema import Article

First = Annotated[
    str,
    typer.Argument(
        help="The first annotator's file: a corpus file or folder, 'shipped', or an annotation sheet."
    ),
]
Second = Annotated[str, typer.Argument(help="The second annotator's, of the same articles.")]
CodebookFile = Annotated[
    Path | None, typer.Option("--codebook", help="Codebook TOML. Default: the shipped one.")
]


def _annotated(name: str, codebook: Codebook) -> list[Article]:
    from ...data.annotation.corpus import read_corpus
    from ...data.annotation.sheet import read_sheet

    return read_sheet(Path(name), codebook) if name.endswith(".sheet") else read_corpus([name], codebook)


def _pair(one: str, other: str, codebook: Codebook) -> tuple[list[Article], list[Article]]:
    first, second = _annotated(one, codebook), _annotated(other, codebook)
    alone = len({a.doc_id for a in first} ^ {a.doc_id for a in second})
    if alone:
        note(f"{alone} articles that only one of the two annotated are left out")
    return first, second


def agreement(
    one: First,
    other: Second,
    codebook: CodebookFile = None,
    format_: Annotated[
        Literal["table", "json"], typer.Option("--format", help="Tables, or everything as JSON.")
    ] = "table",
) -> None:
    """How far two annotators agree: Krippendorff's alpha over sentences, F1 of statements, identities and targets.

    Example: stancewire corpus agreement anna.sheet ben.sheet
    """
    with exit_on_input_error():
        import json

        from ...data.annotation.agreement import by_split
        from ...data.codebook import codebook_named
        from ..output.corpus_tables import print_agreement

        book = codebook_named(codebook)
        found = by_split(*_pair(one, other, book), book)
        if format_ == "json":
            typer.echo(json.dumps(found))
        else:
            print_agreement(found, book)


def diff(
    one: First,
    other: Second,
    codebook: CodebookFile = None,
    format_: Annotated[
        Literal["text", "jsonl"], typer.Option("--format", help="To read, or one difference a line as JSON.")
    ] = "text",
) -> None:
    """Who changed which label: every statement and label that the two files have otherwise.

    Example: stancewire corpus diff before.jsonl after.jsonl
    """
    with exit_on_input_error():
        import json
        from dataclasses import asdict

        from ...data.annotation.agreement import differences
        from ...data.codebook import codebook_named

        book = codebook_named(codebook)
        first, second = _pair(one, other, book)
        names = {a.doc_id: a.annotators for a in first}, {a.doc_id: a.annotators for a in second}
        found = differences(first, second, book)
        if format_ == "jsonl":
            for d in found:
                about = {"first": list(names[0][d.doc_id]), "second": list(names[1][d.doc_id])}
                typer.echo(
                    json.dumps(
                        {**asdict(d), "sentence": d.sentence + 1, "annotators": about}, ensure_ascii=False
                    )
                )
            return
        last = None
        for d in found:
            if d.where != last:
                typer.echo(f"{d.where}  {d.text}")
                last = d.where
            for mark, side, who in (("-", d.one, names[0]), ("+", d.other, names[1])):
                if side is not None:
                    typer.echo(
                        f"  {mark} {d.kind if side == d.kind else f'{d.kind} | {side}'}"
                        + (f"   ({', '.join(who[d.doc_id])})" if who[d.doc_id] else "")
                    )
        sentences = len({d.where for d in found})
        note(f"{len(found)} differences in {sentences} sentences")


def check(
    corpora: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CORPUS]...", help="Corpus files or folders. Default: the shipped corpus."),
    ] = None,
    number: Annotated[
        int, typer.Option("--number", "-n", min=1, help="How many to show, the surest first.")
    ] = 50,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same list.")] = 0,
    codebook: CodebookFile = None,
    format_: Annotated[
        Literal["text", "jsonl"], typer.Option("--format", help="To read, or one a line as JSON.")
    ] = "text",
) -> None:
    """Likely label errors: what models trained on the other conflicts confidently contradict.

    Five models are trained, each without a fifth of the conflicts; cleanlab finds the sentences whose annotation their scores contradict.
    Read them with the guideline in hand: a contradiction is a reason to look, no more.

    Example: stancewire corpus check mine.jsonl -n 20
    """
    with exit_on_input_error():
        from ...data.codebook import codebook_named

        found, sentences = _likely_errors(corpora or ["shipped"], codebook_named(codebook), seed)
        _print_errors(found[:number], format_)
        note(f"{len(found)} likely errors in {sentences} sentences, {min(number, len(found))} shown")


def _likely_errors(corpora: list[str], codebook: Codebook, seed: int) -> tuple[list[Any], int]:
    from ...data.annotation.corpus import read_corpus
    from ...data.files.cache import cache_folder
    from ...data.text.gazetteer import gazetteer
    from ...data.text.spacy_parser import ParseCache
    from ...training.curation.label_errors import FOLDS, held_out_probabilities, likely_errors
    from ...training.examples.dataset import analyse_articles
    from ...training.settings import LinearSettings

    articles = read_corpus(corpora, codebook)
    with progress("analysing sentences", sum(len(a.sentences) for a in articles)) as update:
        data = analyse_articles(
            articles, gazetteer(), codebook, ParseCache(cache_folder()), lambda n: update(advance=n)
        )
    with progress("training without one fold", FOLDS) as update:
        probabilities = held_out_probabilities(
            data, codebook, LinearSettings.model_validate({}), seed, advance=lambda: update(advance=1)
        )
    return likely_errors(data, codebook, probabilities), len(data)


def _print_errors(found: list[Any], format_: str) -> None:
    import json
    from dataclasses import asdict

    for e in found:
        if format_ == "jsonl":
            typer.echo(json.dumps({**asdict(e), "sentence": e.sentence + 1}, ensure_ascii=False))
        else:
            typer.echo(
                f"{e.where}\t{'has' if e.annotated else 'lacks'} {e.kind}\t{e.probability:.2f}\t{e.text}"
            )
