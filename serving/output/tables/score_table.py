"""A scored article as a table for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ....data.errors import plural
from ....data.record import Party, Record
from ..console import light_table

STANCE_STYLES = {"blame": "bold red", "ceasefire_claim": "bold green", "appeal": "bold blue"}
LABEL_STYLE = "magenta"
# With fewer columns the sentence stands above its statements instead of beside them.
WIDE = 100


@dataclass(frozen=True, slots=True)
class _Row:
    """A statement or label of a sentence."""

    name: Text
    actor: Text
    target: Text
    score: str


def _party(party: Party | None) -> Text:
    if party is None:
        return Text("–", style="dim")
    shown = Text(party.text or "(unnamed speaker)")
    if party.id:
        # A guess says so: "SAU?".
        shown.append(f" {party.id}{'?' if party.evidence == 'guess' else ''}", style="cyan")
    return shown


def _sentences(record: Record) -> Iterator[tuple[int, Text, list[_Row]]]:
    """Each sentence with statements or labels: its index, its text with the parties marked, its rows."""
    for n, sentence in enumerate(record.sentences):
        text, rows = Text(sentence.text), []
        for s in (s for s in record.statements if s.sentence == n):
            for party, style in ((s.actor, "bold"), (s.target, "underline")):
                if party and party.start is not None and party.end is not None:
                    text.stylize(style, party.start - sentence.start, party.end - sentence.start)
            name = Text(s.stance.replace("_", " "), style=STANCE_STYLES.get(s.stance, "bold"))
            rows.append(_Row(name, _party(s.actor), _party(s.target), f"{s.score:.2f}"))
        for label in sentence.labels:
            name, outlet = Text(label.name, style=LABEL_STYLE), Text("the outlet", style="dim")
            rows.append(_Row(name, outlet, Text(""), f"{label.score:.2f}"))
        if rows:
            yield n, text, rows


class TableWriter:
    """One table per article: each statement with actor, identity, target and score; labels among them."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._first = True

    def write(self, record: Record) -> None:
        """Print one article."""
        if not self._first:
            self.console.print()
        self._first = False
        title = Text(record.title or record.id, style="bold")
        if record.title:
            title.append(f"  ({record.id})", style="not bold dim")
        self.console.print(title)
        sentences = list(_sentences(record))
        if sentences:
            (self._beside if self.console.width >= WIDE else self._above)(sentences)
        self.console.print(Text(_summary(record), style="dim"))

    def _beside(self, sentences: list[tuple[int, Text, list[_Row]]]) -> None:
        table = light_table("", ("#", "stance", "actor", "target", "score", "sentence"))
        table.expand = True
        for column, ratio in zip(table.columns, (None, None, 3, 3, None, 8), strict=True):
            column.ratio, column.no_wrap = ratio, ratio is None
        table.columns[0].justify = table.columns[4].justify = "right"
        table.columns[0].style = "dim"
        for n, text, rows in sentences:
            for k, row in enumerate(rows):
                first, last = k == 0, k == len(rows) - 1
                table.add_row(
                    str(n) if first else "", row.name, row.actor, row.target, row.score,
                    text if first else "", end_section=last,
                )  # fmt: skip
        self.console.print(table)

    def _above(self, sentences: list[tuple[int, Text, list[_Row]]]) -> None:
        self.console.print()
        width = max(row.name.cell_len for _, _, rows in sentences for row in rows)
        for n, text, rows in sentences:
            grid = Table.grid(padding=(0, 1))
            grid.add_column(justify="right", style="dim", min_width=3)
            grid.add_column()
            grid.add_row(str(n), text)
            self.console.print(grid)
            inner = Table.grid(padding=(0, 2))
            for column_width in (width, 4, None):
                inner.add_column(min_width=column_width, no_wrap=column_width is not None)
            for row in rows:
                parties = (
                    row.actor + Text(" → ", style="dim") + row.target
                    if row.target.plain.strip("–")
                    else row.actor
                )
                inner.add_row(row.name, row.score, parties)
            self.console.print(Padding(inner, (0, 0, 0, 6)))
            self.console.print()

    def close(self) -> None:
        """Do nothing: everything is printed."""


def _summary(record: Record) -> str:
    labelled = sum(bool(s.labels) for s in record.sentences)
    counts = [plural(len(record.sentences), "sentence"), plural(len(record.statements), "statement")]
    if labelled:
        counts.append(f"{plural(labelled, 'sentence')} with labels")
    return f"{', '.join(counts)}; model {record.model}" if record.model else ", ".join(counts)
