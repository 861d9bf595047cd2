"""`stancewire experiments promote`, `history` and `rollback`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ..console import note
from ..options import TableOrJson

if TYPE_CHECKING:
    from ....experiments.review.promote import Decision, Shown

CodebookOption = Annotated[
    str, typer.Option("--codebook", metavar="NAME", help="Models of this codebook, by its name.")
]
FormatOption = Annotated[
    Literal["table", "jsonl"],
    typer.Option("--format", metavar="FORMAT", help="table, or jsonl (one change per line)."),
]


def promote(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="Run id, or its first characters; a version also works.")
    ],
    force: Annotated[
        bool, typer.Option("--force", help="Promote it even if the rule says no; needs --why.")
    ] = False,
    why: Annotated[
        str | None, typer.Option("--why", metavar="TEXT", help="Reason for --force; kept in the history.")
    ] = None,
    format_: TableOrJson = "table",
) -> None:
    """Make a model champion if it is better on validation.

    Its F1 must be at least 0.5 points higher than the champion's and, with 96% confidence, not truly 2 points
    lower. Results on test articles are shown but play no part; each time they are shown is counted. `train`
    uses the same rule. A final model is judged by the figures that it inherits.

    Example: stancewire experiments promote 3f2a91c0

    Example: stancewire experiments promote 3f2a91c0 --force --why "fewer false claims of ceasefires"
    """
    from ....experiments.review.promote import promote as promote_model
    from ...output.results import print_json, print_lines

    if force != bool(why and why.strip()):
        raise typer.BadParameter("--force and --why belong together: --force --why TEXT")
    decision = promote_model(run, why if force else None)
    if format_ == "json":
        print_json(_as_dict(decision))
        return
    for what, shown in (("validation", decision.validation), ("test", decision.test)):
        if shown is not None:
            print_lines(f"{what:<10}  {_line(shown)}")
    for line in _conclusions(decision):
        print_lines(line)


def _conclusions(decision: Decision) -> Iterator[str]:
    if decision.measured_by and (decision.validation is not None or decision.test is not None):
        measured = f"measured by run {decision.measured_by[:8]}, which has the same settings"
        yield f"inherited figures, {measured}"
    if decision.test is not None:
        yield f"test results have been shown {decision.test_looks} times so far, training runs included"
    verb = "is champion" if decision.promoted else "is not promoted"
    yield f"{decision.name} version {decision.version} {verb}: {decision.why}"


def _line(shown: Shown) -> str:
    low, high = (100 * x for x in shown.interval)
    return f"{shown.gain}, 95% {low:+.1f} to {high:+.1f}, {shown.gain.articles} articles"


def _as_dict(decision: Decision) -> dict[str, object]:
    out = asdict(decision)
    for split in ("validation", "test"):
        shown: Shown | None = getattr(decision, split)
        if shown is not None:
            out[split]["gain"]["difference"] = shown.gain.value
            out[split]["gain"]["bound"] = shown.gain.bound
    return out


def history(codebook: CodebookOption = "stancewire", format_: FormatOption = "table") -> None:
    """Show which model was champion when, and why.

    Example: stancewire experiments history
    """
    from ....experiments.review.promote import champion_history
    from ...output.results import print_json
    from ...output.tables.run_tables import print_history

    changes, current = champion_history(codebook)
    if format_ == "jsonl":
        for change in changes:
            print_json(asdict(change))
    elif changes:
        print_history(changes)
    if not changes or changes[-1].version != current:
        champion = f"version {current} is" if current else "no version is"
        note(f"{champion} champion now; that was not recorded by this release")


def rollback(
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason; kept in the history.")] = "",
    codebook: CodebookOption = "stancewire",
) -> None:
    """Restore the former champion.

    Two rollbacks in a row restore the champion before that one.

    Example: stancewire experiments rollback --why "misses appeals in long sentences"
    """
    from ....experiments.review.promote import rollback as restore
    from ...output.results import print_lines

    change = restore(why, codebook)
    print_lines(f"version {change.version} is champion again, in place of version {change.replaced}")
