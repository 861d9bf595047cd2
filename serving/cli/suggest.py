"""`stancewire corpus suggest`: which fresh sentences are most worth annotating next."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .console import exit_on_input_error, fault, note, progress
from .corpus import predictions


def suggest(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="ARTICLES...",
            help="What `score` reads: text files, folders of them, JSONL, or - for standard input.",
        ),
    ],
    n: Annotated[int, typer.Option("-n", min=1, help="How many sentences.")] = 50,
    model: Annotated[
        str, typer.Option("--model", help="champion, challenger, a version, a run id, or a model folder.")
    ] = "champion",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Annotation sheet to write. Default: standard output.")
    ] = None,
    predict: Annotated[
        bool, typer.Option("--predict", help="Fill in what the model finds, to be corrected.")
    ] = False,
    annotated: Annotated[
        list[str] | None,
        typer.Option(
            "--annotated",
            metavar="CORPUS",
            help="What is annotated already and not to be suggested again; may be given several times. Default: shipped.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same sentences.")] = 0,
    any_language: Annotated[
        bool, typer.Option("--any-language", help="Take articles that do not look English too.")
    ] = False,
) -> None:
    """Suggest the sentences most worth annotating next, as an annotation sheet: those that the model is in doubt about, unlike each other.

    Title and surroundings stand in comments, which `corpus import` does not read. Articles are of the split train: chosen sentences are nothing to measure on.

    Example: stancewire corpus suggest news/ -n 50 -o next.sheet

    Example: stancewire corpus suggest news.jsonl --predict --annotated shipped --annotated mine.jsonl
    """
    with exit_on_input_error():
        faults = _suggest(inputs, n, model, out, predict, annotated or ["shipped"], seed, any_language)
    if faults:
        raise typer.Exit(1)


def _suggest(
    inputs: list[str],
    n: int,
    model: str,
    out: Path | None,
    predict: bool,
    annotated: list[str],
    seed: int,
    any_language: bool,
) -> int:
    """Choose and write; returns the number of inputs at fault."""
    from ...data.annotation.batch import annotation_batch, article_of_text
    from ...data.annotation.corpus import read_corpus
    from ...data.annotation.sheet import comment, format_sheet
    from ...data.errors import InputError
    from ...data.files.atomic import atomic_write
    from ...data.files.cache import cache_folder
    from ...data.text.analysis import analyse
    from ...data.text.sentences import annotated_segments
    from ...data.text.spacy_parser import ParseCache
    from ...experiments.tracking.registry import find_model
    from ...training.curation.active_learning import suggest as choose
    from ..articles.readers import read_articles

    faults = 0

    def count(error: InputError) -> None:
        nonlocal faults
        faults += 1
        fault(error)

    labeller, name = find_model(model)
    already = {" ".join(s.text.split()) for a in read_corpus(annotated) for s in a.sentences}
    found = list(read_articles(inputs, any_language=any_language, fault=count, note=note))
    if not found:
        raise InputError("no article could be read; nothing is suggested")
    articles = [article_of_text(a.text, a.id, a.source if a.source != "-" else None) for a in found]
    places = [(a, i) for a, article in enumerate(articles) for i in range(len(article.sentences))]
    with progress("analysing sentences", len(places)) as update:
        segments = [s for article in articles for s in annotated_segments(article)]
        sentences = analyse(
            segments, labeller.gazetteer, ParseCache(cache_folder()), lambda done: update(advance=done)
        )
        update(what="choosing")
        chosen = [
            places[i]
            for i in choose(labeller, sentences, labeller.classifier.score(sentences), n, seed, already)
        ]
    if not chosen:
        raise InputError("no sentence is left to suggest", hint="give articles that are not annotated yet")
    if predict:
        wanted = {a for a, _ in chosen}
        filled = iter(predictions([articles[a] for a in sorted(wanted)], labeller, name))
        articles = [
            next(filled).article.model_copy(update={"annotators": ()}) if a in wanted else article
            for a, article in enumerate(articles)
        ]
    batch, comments = annotation_batch(articles, [a.title for a in found], chosen)
    head = [
        f"{len(chosen)} sentences of {len(batch)} articles, suggested by {name} out of {len(places)} sentences.",
        "Annotate each sentence that starts with ¶ or +. Lines that start with # are for you to read; they are not imported.",
        *(
            ["What stands below a sentence is the model's opinion: correct it, add what is missing."]
            if predict
            else []
        ),
    ]
    text = "".join(comment(line) + "\n" for line in head) + "\n" + format_sheet(batch, comments)
    if out is None:
        typer.echo(text, nl=False)
    else:
        try:
            with atomic_write(out) as file:
                file.write(text)
        except OSError as error:
            raise InputError(f"cannot be written: {error.strerror}", where=str(out)) from None
    more = sum(len(a.sentences) for a in batch) - len(chosen)
    opening = f", {more} more that open their quotations" if more else ""
    note(
        f"{len(chosen)} sentences of {len(batch)} articles suggested{opening}{f'; written to {out}' if out else ''}"
    )
    if len(chosen) < n:
        note(f"{n} were wanted: no more are fresh, long enough and unlike each other")
    return faults
