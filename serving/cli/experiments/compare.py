"""`stancewire experiments compare` and `errors`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal

import typer

from ..console import note, progress
from ..options import TableOrJson

# As in `experiments.comparison.errors`, which must not be imported for --help.
_CAUSES = ("candidate missed", "role", "threshold", "pairing", "identity")
_KINDS = ("missed", "extra", "wrong target", "wrong identity")
RunsArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="RUN",
        help="Run ids or models (champion, a version, NAME[@ALIAS|/VERSION]); the first is the baseline. "
        "The parent run of `train --seeds` stands for the runs of all its seeds.",
    ),
]
SplitOption = Annotated[
    Literal["validation", "test", "evaluation", "pooled"] | None,
    typer.Option(
        "--split",
        metavar="SPLIT",
        help="Articles to compare on: validation, test, evaluation (runs of `evaluate`) or pooled "
        "(cross-validations). Default: validation, or what the runs have.",
    ),
]


def note_look(split: str, run_ids: Iterable[str]) -> None:
    """If results on test articles are shown, count that, and say how often they have been shown."""
    if split == "test":
        from ....experiments.champion.looks import look_at

        if times := look_at(run_ids):
            shown = f"results on these test articles have been shown {times} times so far"
            note(f"{shown}, training runs included")


def compare_runs(runs: RunsArgument, split: SplitOption = None, format_: TableOrJson = "table") -> None:
    """Compare runs: which is better, and is the difference real?

    Answers two questions. Is this model better than that one? By a permutation test and a paired bootstrap
    over articles, and over conflicts if there are at least ten. Is this recipe better than that one? This
    needs three seeds of each (`stancewire train --seeds`); other runs with the same settings count as well.

    Example: stancewire experiments compare champion challenger

    Example: stancewire experiments compare 3f2a91c0 77ab12de --split test
    """
    from ....experiments.comparison.compare import compare
    from ...output.results import print_json
    from ...output.review.comparison_tables import print_comparison

    with progress("reading predictions") as bar:
        found = compare(runs, split, bar.advance)
    if format_ == "json":
        print_json(found.as_dict())
    else:
        print_comparison(found)
    note_look(found.split, (side.model for side in found.sides))


RunArgument = Annotated[
    str, typer.Argument(metavar="RUN", help="Run id or model: champion, a version, NAME[@ALIAS|/VERSION].")
]
AgainstOption = Annotated[
    str | None,
    typer.Option("--against", metavar="RUN", help="Show what RUN loses and wins against this run or model."),
]
CauseOption = Annotated[
    Literal["candidate missed", "role", "threshold", "pairing", "identity"] | None,
    typer.Option("--cause", metavar="CAUSE", help=f"Only errors with this cause: {', '.join(_CAUSES)}."),
]
KindOption = Annotated[
    Literal["missed", "extra", "wrong target", "wrong identity"] | None,
    typer.Option("--kind", metavar="KIND", help=f"Only errors of this kind: {', '.join(_KINDS)}."),
]
TextsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--corpus", metavar="CORPUS", help="Corpus with the texts; repeatable. Default: those of the run."
    ),
]
LimitOption = Annotated[
    int,
    typer.Option(
        "--limit", metavar="N", min=0, max=1_000_000, help="Maximum number of errors to list per group."
    ),
]
ContextOption = Annotated[
    int,
    typer.Option("--context", metavar="N", min=0, max=10_000, help="Characters to show around a sentence."),
]

TextOption = Annotated[bool, typer.Option("--text/--no-text", help="Whether to show sentences.")]


def _chosen(cause: str | None, kind: str | None) -> Callable[[Any], bool]:
    """Whether an error has a cause and a kind; None for any."""
    return lambda error: cause in (None, error.cause) and kind in (None, error.kind)


def show_errors(
    run: RunArgument,
    against: AgainstOption = None,
    split: SplitOption = None,
    cause: CauseOption = None,
    kind: KindOption = None,
    corpus: TextsOption = None,
    limit: LimitOption = 20,
    context: ContextOption = 0,
    text: TextOption = True,
    format_: TableOrJson = "table",
) -> None:
    """Show the errors of a run by cause, each in its sentence.

    With --against, errors are lost (only RUN makes them), won (only the other run makes them) or made by
    both.

    Runs keep no text: sentences are read from the corpora of the run.

    Example: stancewire experiments errors champion --cause threshold

    Example: stancewire experiments errors 3f2a91c0 --against champion --limit 5
    """
    from ....experiments.comparison.error_report import error_report
    from ...output.results import print_json
    from ...output.review.error_tables import print_errors

    with progress("reading predictions"):
        report = error_report(run, against, split, corpus or [], keep=_chosen(cause, kind))
    if not text:
        report.texts.clear()
    if format_ == "json":
        print_json(report.as_dict(with_text=text))
    else:
        print_errors(report, limit, context)
    note_look(report.split, filter(None, (report.run, report.against)))
