"""`stancewire explain`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from .console import ErrorCount, note, progress
from .options import MinScore, Model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...training.explanation import Explanation


def explain(
    article: Annotated[str, typer.Argument(metavar="FILE", help="Text file, or - for standard input.")],
    model: Model = "champion",
    min_score: MinScore = None,
    sentence: Annotated[
        str | None,
        typer.Option("--sentence", metavar="TEXT", help="Only statements of sentences that contain TEXT."),
    ] = None,
    format_: Annotated[
        Literal["text", "jsonl"],
        typer.Option("--format", metavar="FORMAT", help="text, or jsonl (one statement per line)."),
    ] = "text",
) -> None:
    """Show which words support each statement of an article.

    Words with a negative weight count against it. With the linear classifier, the weight of a word is the sum
    over the features that contain it. With an encoder, each word is masked in turn, and its weight is the
    drop in the logit of the statement.

    Example: stancewire explain article.txt --sentence accused
    """
    from ..output.explanations import print_explanation
    from ..output.results import print_json

    errors, shown = ErrorCount(), 0
    for identity, found in _explanations(article, model, min_score, errors):
        if sentence is not None and sentence not in found.sentence:
            continue
        shown += 1
        if format_ == "jsonl":
            print_json({"id": identity, **asdict(found)})
        else:
            print_explanation(found)
    errors.exit_if_any()
    if not shown:
        note("no statements" + (f" in sentences that contain {sentence!r}" if sentence else ""))


def _explanations(
    article: str, model: str, min_score: float | None, errors: ErrorCount
) -> Iterator[tuple[str, Explanation]]:
    """The explanation of each statement, with the id of its article."""
    from ...data.text.spacy_parser import ParseCache
    from ...training.explanation import explain as explain_text
    from ..articles.registry import read_articles
    from ..articles.selecting.unread_pairs import UnreadPairs
    from ..articles.source import ReadOptions
    from ..models import open_model

    labeller, name = open_model(model)
    cache = ParseCache()
    pairs = UnreadPairs(labeller)
    texts = read_articles([article], ReadOptions(any_language=True), report_error=errors, note=note)
    for one in pairs.count(texts):
        with progress("explaining"):
            found = explain_text(labeller, one.text, min_score, cache)
        yield from ((one.id, x) for x in found)
    pairs.report(note, name)
