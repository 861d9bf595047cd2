"""An explained statement as text on standard output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from .console import stdout_console

if TYPE_CHECKING:
    from ...training.explanation import Explanation

MAX_WORDS = 6
# Words with less than this share of the largest weight are left unmarked; with more than the second, bold.
MARKED, BOLD = 0.15, 0.6
MIN_WEIGHT = 0.005


def _marked(found: Explanation) -> Text:
    """The sentence with words that support the statement in green, and words that speak against it in red."""
    text = Text(found.sentence)
    largest = max((abs(w) for *_, w in found.words), default=0.0) or 1.0
    for start, end, weight in found.words:
        share = abs(weight) / largest
        if share >= MARKED:
            text.stylize(f"{'bold ' if share > BOLD else ''}{'green' if weight > 0 else 'red'}", start, end)
    return text


def _listed(found: Explanation, sign: int) -> str:
    """The words with the largest weights of one sign."""
    words = sorted(
        ((w, found.sentence[a:b]) for a, b, w in found.words if w * sign > MIN_WEIGHT),
        key=lambda x: -abs(x[0]),
    )
    return "  ".join(f"{word} {weight:+.2f}" for weight, word in words[:MAX_WORDS])


def print_explanation(found: Explanation) -> None:
    """The statement, its sentence with the words marked, and the weights."""
    console = stdout_console()
    actor = found.actor or "(unnamed speaker)"
    parties = f"{actor} → {found.target}" if found.target else actor
    stance = found.statement.stance.replace("_", " ")
    console.print(Text(f"{stance}  {parties}  {found.statement.score:.2f}", style="bold"))
    console.print(_marked(found))
    features = "  ".join(f"{name} {weight:+.2f}" for name, weight in found.reasons)
    grid = Table.grid(padding=(0, 1))
    for title, words, style in (
        ("  for:", _listed(found, 1), ""),
        ("  against:", _listed(found, -1), ""),
        ("  features:", features, "dim"),
    ):
        if words:
            grid.add_row(title, Text(words), style=style)
    console.print(grid)
    console.print()
