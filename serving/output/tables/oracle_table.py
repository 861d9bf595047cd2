"""The oracle analysis as tables on standard output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..console import light_table, number, stdout_console

if TYPE_CHECKING:
    from ....training.evaluation.oracle import OracleResult


def print_oracle(results: Sequence[OracleResult]) -> None:
    """F1 with each step of the model replaced by the annotation, also by kind of actor and stance."""
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
    _print_by_actor(results)


# The columns of the table by kind of actor: keys of `table_by_actor`, and headers.
_COLUMNS = {
    "candidate_recall": "candidates",
    "f1": "F1",
    "f1 with gold candidates": "gold cand.",
    "f1 with gold roles": "gold roles",
    "f1 with gold identities": "gold ident.",
    "with_target": "with target",
    "with_target with gold pairing": "gold pairing",
    "identity": "identity",
}


def _print_by_actor(results: Sequence[OracleResult]) -> None:
    from ....training.evaluation.oracle import table_by_actor

    table = light_table("by kind of actor", ("actor", "stance"), ("support", *_COLUMNS.values()))
    actor = ""
    for row in table_by_actor(results):
        shown = "" if row["actor"] == actor else row["actor"]
        actor = row["actor"]
        values = (number(row[key]) for key in _COLUMNS)
        table.add_row(shown, row["stance"].replace("_", " "), str(row["support"]), *values)
    console = stdout_console()
    console.print(table)
    console.print()


def _row_title(result: OracleResult) -> str:
    return f"… + {result.gold[-1]}" if len(result.gold) > 1 else "".join(result.gold) or "nothing"
