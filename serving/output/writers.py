"""Scores out: a table for people, JSONL (the contract) and CSV for programs."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from typing import IO, Any, Protocol

from rich.console import Console
from rich.table import Table
from rich.text import Text

STANCE_STYLES = {"blame": "bold red", "ceasefire_claim": "bold green", "appeal": "bold blue"}
LABEL_STYLE = "magenta"
CSV_COLUMNS = (
    "id", "source", "title", "model", "sentence", "stance", "score", "actor", "actor_id", "actor_start", "actor_end",
    "target", "target_id", "target_start", "target_end", "labels", "text",
)  # fmt: skip


class Writer(Protocol):
    """Writes one record after another, then is closed."""

    def write(self, record: Mapping[str, Any]) -> None: ...

    def close(self) -> None: ...


class JsonlWriter:
    """The scores contract, one article a line."""

    def __init__(self, out: IO[str]) -> None:
        self.out = out

    def write(self, record: Mapping[str, Any]) -> None:
        self.out.write(json.dumps(record, ensure_ascii=False) + "\n")

    def close(self) -> None:
        self.out.flush()


class CsvWriter:
    """One statement a row; a sentence with labels and no statement has a row without a stance."""

    def __init__(self, out: IO[str]) -> None:
        self.rows = csv.writer(out, lineterminator="\n")
        self.out = out
        self.rows.writerow(CSV_COLUMNS)

    def write(self, record: Mapping[str, Any]) -> None:
        about = [record["id"], record["source"], record["title"], record["model"]]
        for n, sentence in enumerate(record["sentences"]):
            labels = ";".join(label["name"] for label in sentence["labels"])
            found = [s for s in record["statements"] if s["sentence"] == n]
            for s in found:
                parties = [
                    [p.get("text"), p.get("id"), p.get("start"), p.get("end")]
                    for p in (s["actor"], s["target"] or {})
                ]
                self.rows.writerow(
                    [*about, n, s["stance"], s["score"], *parties[0], *parties[1], labels, sentence["text"]]
                )
            if labels and not found:
                self.rows.writerow([*about, n, *[""] * 10, labels, sentence["text"]])

    def close(self) -> None:
        self.out.flush()


def _party(party: Mapping[str, Any] | None) -> Text:
    if not party:
        return Text("–", style="dim")
    shown = Text(party["text"] or "(unnamed speaker)")
    if party["id"]:
        shown.append(f"  {party['id']}", style="dim cyan")
    return shown


class TableWriter:
    """A table an article: each statement with actor, identity, target, score and sentence; labelled sentences among them."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def write(self, record: Mapping[str, Any]) -> None:
        sentences, statements = record["sentences"], record["statements"]
        table = Table(
            title=Text(f"{record['title'] or record['id']}  ({record['id']})"),
            title_justify="left",
            title_style="bold",
            expand=True,
            show_lines=True,
        )
        table.add_column("#", justify="right", style="dim")
        table.add_column("stance")
        table.add_column("actor", ratio=3)
        table.add_column("target", ratio=3)
        table.add_column("score", justify="right")
        table.add_column("sentence", ratio=8)
        for n, sentence in enumerate(sentences):
            found = [s for s in statements if s["sentence"] == n]
            text = Text(sentence["text"])
            for s in found:
                for party, style in ((s["actor"], "bold"), (s["target"], "underline")):
                    if party and party["start"] is not None:
                        text.stylize(
                            style, party["start"] - sentence["start"], party["end"] - sentence["start"]
                        )
            for k, s in enumerate(found):
                table.add_row(
                    str(n + 1),
                    Text(s["stance"].replace("_", " "), style=STANCE_STYLES.get(s["stance"], "bold")),
                    _party(s["actor"]),
                    _party(s["target"]),
                    f"{s['score']:.2f}",
                    text if k == 0 else Text("〃", style="dim"),
                )
            for label in sentence["labels"]:
                shown = Text("〃", style="dim") if found else text
                table.add_row(
                    str(n + 1),
                    Text(label["name"], style=LABEL_STYLE),
                    Text("the outlet", style="dim"),
                    "",
                    f"{label['score']:.2f}",
                    shown,
                )
        if table.row_count:
            self.console.print(table)
        else:
            self.console.print(Text(f"{record['title'] or record['id']}: no statements"))
        labelled = sum(bool(s["labels"]) for s in sentences)
        self.console.print(
            Text(
                f"{len(sentences)} sentences, {len(statements)} statements, {labelled} labelled; model {record['model']}",
                style="dim",
            )
        )

    def close(self) -> None:
        pass
