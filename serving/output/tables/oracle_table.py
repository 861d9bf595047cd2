"""The oracle analysis as tables on standard output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..console import light_table, number, stdout_console

if TYPE_CHECKING:
    from ....training.evaluation.oracle import OracleResult


def print_oracle(results: Sequence[OracleResult]) -> None:
    """F1 with each step of the model replaced by the annotation, and recall by kind of actor."""
    stances = list(results[0].metrics["stance"])
    names = [s.replace("_", " ") for s in stances]
    table = light_table("F1 with gold steps", ("gold",), ("statements", *names, "with target", "identity"))
    for r in results:
        m = r.metrics
        values = (m["statements"]["f1"], *(m[s]["f1"] for s in stances), m["with_target"]["f1"], m["id"])
        table.add_row(_row_title(r), *map(number, values))
    console = stdout_console()
    console.print(table)
    console.print()
    kinds = sorted({kind for r in results for kind in r.recall.get("actor", {})})
    # Pairing and identities hardly change which actors are found.
    shown = [r for r in results if r.gold in ((), ("candidates",), ("roles",))]
    table = light_table("recall by kind of actor", ("actor",), ("support", *(_title(r) for r in shown)))
    for kind in kinds:
        found = [r.recall["actor"].get(kind) for r in shown]
        support = next(f[1] for f in found if f is not None)
        table.add_row(kind, str(support), *(number(f[0] if f else None) for f in found))
    console.print(table)
    console.print()


def _row_title(result: OracleResult) -> str:
    return f"… + {result.gold[-1]}" if len(result.gold) > 1 else "".join(result.gold) or "nothing"


def _title(result: OracleResult) -> str:
    return f"gold {result.gold[0]}" if result.gold else "as it is"
