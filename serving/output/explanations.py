"""An explained statement as text on standard output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from .console import stdout_console

if TYPE_CHECKING:
    from ...training.explanation import Explanation

MAX_WORDS = 6
# Share of the largest weight from which a word is marked, and above which it is bold.
MARKED, BOLD = 0.15, 0.6
MIN_WEIGHT = 0.005


def _marked(explanation: Explanation) -> Text:
    """The sentence with words that support the statement in green, and words that count against it in red."""
    text = Text(explanation.sentence)
    largest = max((abs(w) for *_, w in explanation.words), default=0.0) or 1.0
    for start, end, weight in explanation.words:
        share = abs(weight) / largest
        if share >= MARKED:
            text.stylize(f"{'bold ' if share > BOLD else ''}{'green' if weight > 0 else 'red'}", start, end)
    return text


def _listed(explanation: Explanation, sign: int) -> list[str]:
    """The words with the largest weights of one sign, and these weights."""
    words = sorted(
        ((w, explanation.sentence[a:b]) for a, b, w in explanation.words if w * sign > MIN_WEIGHT),
        key=lambda x: -abs(x[0]),
    )
    return [f"{word} {weight:+.2f}" for weight, word in words[:MAX_WORDS]]


def _filled(items: Sequence[str], width: int) -> str:
    """Items side by side in lines of at most `width` columns, broken only between items."""
    lines: list[str] = []
    for item in items:
        if lines and len(lines[-1]) + 2 + len(item) <= width:
            lines[-1] += f"  {item}"
        else:
            lines.append(item)
    return "\n".join(lines)


def print_explanation(explanation: Explanation) -> None:
    """The statement, its sentence with the words marked, and the weights."""
    console = stdout_console()
    actor = explanation.actor or "(unnamed speaker)"
    parties = f"{actor} → {explanation.target}" if explanation.target else actor
    stance = explanation.statement.stance.replace("_", " ")
    console.print(Text(f"{stance}  {parties}  {explanation.statement.score:.2f}", style="bold"))
    console.print(_marked(explanation))
    features = [f"{name} {weight:+.2f}" for name, weight in explanation.reasons]
    grid = Table.grid(padding=(0, 1))
    for title, words, style in (
        ("  for:", _listed(explanation, 1), ""),
        ("  against:", _listed(explanation, -1), ""),
        ("  features:", features, "dim"),
    ):
        if words:
            grid.add_row(title, Text(_filled(words, console.width - len("  features: "))), style=style)
    console.print(grid)
    console.print()
