"""The behavioural tests as tables on standard output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from ....data.codebook import shipped_codebook
from ..console import light_table, number, stdout_console

if TYPE_CHECKING:
    from ....training.evaluation.behaviour import Outcome


def print_behaviour(outcomes: Sequence[Outcome], model: str) -> None:
    """The share of right items by category, with its interval, and by stance."""
    from ....training.evaluation.behaviour import TITLES, summarise_behaviour

    stances = shipped_codebook().stance_names
    names = [s.replace("_", " ") for s in stances]
    columns = ("items", "right", "95% CI", "unchanged", *names)
    table = light_table(f"{model} on the behavioural items", ("",), columns)
    for category, found in summarise_behaviour(outcomes).items():
        low, high = found["ci95"]
        by_stance = (number(found["by_stance"].get(s)) for s in stances)
        shown = number(found["share"]), f"{low:.2f}–{high:.2f}", number(found.get("unchanged"))
        table.add_row(TITLES[category], str(found["items"]), *shown, *by_stance)
    console = stdout_console()
    console.print(table)
    console.print(
        Text("unchanged: share of items whose unchanged sentence is right; the others are wrong already\n")
    )


def print_wrong_items(outcomes: Sequence[Outcome], limit: int) -> None:
    """The first wrong items of each category.

    Args:
        limit: the most items per category.
    """
    from ....training.evaluation.behaviour import TITLES

    wrong = [o for o in outcomes if not o.right]
    table = light_table("wrong items", ("category", "stance", "wrong in", "sentence"))
    for category, title in TITLES.items():
        for o in [o for o in wrong if o.category == category][:limit]:
            where = f"missed: {o.missed}" if o.missed else "the variant" if o.unchanged else "the sentence"
            table.add_row(title, o.stance.replace("_", " "), where, Text(o.text))
    console = stdout_console()
    console.print(table)
    console.print()
