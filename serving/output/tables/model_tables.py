"""Registered models as tables on standard output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.markdown import Markdown
from rich.text import Text

from ..console import light_table, number, stdout_console

if TYPE_CHECKING:
    from ....experiments.tracking.versions import ModelVersion

F1_TAG, SETTINGS_OF_TAG = "validation_f1", "settings_of"


def _date(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000).strftime("%Y-%m-%d %H:%M")


def _f1(tags: Mapping[str, str]) -> str:
    """F1 on validation articles; in brackets if a final model inherits it."""
    shown = number(float(tags[F1_TAG]) if F1_TAG in tags else None)
    return f"({shown})" if tags.get(SETTINGS_OF_TAG) else shown


def print_versions(versions: Sequence[ModelVersion]) -> None:
    """One row per version of each registered model."""
    table = light_table("", ("model", "version", "aliases", "registered", "validation F1", "run"))
    for column in table.columns:
        column.no_wrap = column.header != "aliases"
    table.columns[1].justify = table.columns[4].justify = "right"
    for v in versions:
        cells = (v.name, str(v.number), ", ".join(v.aliases), _date(v.created), _f1(v.tags), v.run_id[:8])
        table.add_row(*(Text(cell) for cell in cells))
    stdout_console().print(table)


def print_model(described: Mapping[str, Any]) -> None:
    """The description of a model as `describe_model` returns it, then the model card."""
    console = stdout_console()
    aliases = f"  {', '.join(described['aliases'])}" if described["aliases"] else ""
    console.print(Text(described["name"] + aliases, style="bold"))
    rows = {
        "registered": _date(described["created"]) if described["created"] else None,
        "validation F1": _f1(described["tags"]) if described["tags"] else None,
        "run": described["run"],
        "classifier": described["classifier"],
        "label set": described["codebook"],
        "stances": ", ".join(described["stances"]),
        "labels": ", ".join(described["labels"]),
        "thresholds": ", ".join(f"{k} {v:.3f}" for k, v in described["thresholds"].items()),
        "format": f"{described['format']} (stancewire {described['stancewire']})",
        "folder": described["folder"],
    }
    table = light_table("", ("name", "value"))
    table.show_header = False
    for name, value in rows.items():
        if value:
            table.add_row(Text(name), Text(str(value)))
    console.print(table)
    if described["card"]:
        console.print()
        console.print(Markdown(_without_front_matter(described["card"])))


def _without_front_matter(card: str) -> str:
    if card.startswith("---\n"):
        return card.split("\n---\n", 1)[-1]
    return card
