"""Corpus statistics as tables on stdout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from ...data.codebook import Codebook
from .metric_tables import stdout_console

ROWS = (
    "articles", "conflicts", "sentences", "statements", "near_misses", "statements_per_sentence", "loaded_share", "words_mean",
    "words_median", "words_p90", "quoted_share", "clauses_mean", "clause_depth_mean", "clause_depth_p90", "pronoun_subjects", "common_noun_subjects",
    "unnamed_actors", "pronoun_actors", "common_noun_actors", "with_target",
)  # fmt: skip


def print_stats(described: Mapping[str, Any]) -> None:
    """The columns of `describe` side by side, then a line for each conflict and genre."""
    columns: Mapping[str, Mapping[str, Any]] = described["columns"]
    console = stdout_console()
    table = Table(title="corpus", title_justify="left")
    table.add_column("")
    for name in columns:
        table.add_column(name, justify="right")
    for row in ROWS:
        if all(row not in c for c in columns.values()):
            continue
        table.add_row(
            row.replace("_", " "), *("–" if c.get(row) is None else str(c[row]) for c in columns.values())
        )
        for group in ("stances", "labels") if row == "statements" else ():
            for name in dict.fromkeys(k for c in columns.values() for k in c[group]):
                table.add_row(
                    f"  {name}",
                    *(
                        "–" if c["statements"] is None else str(c[group].get(name, 0))
                        for c in columns.values()
                    ),
                )
    console.print(table)
    for title in ("conflicts", "genres"):
        table = Table(title=title, title_justify="left")
        table.add_column("")
        for column in ("articles", "sentences", "statements", "per sentence", "loaded"):
            table.add_column(column, justify="right")
        for name, c in described[title].items():
            table.add_row(
                Text(name),
                *(
                    str(c[k])
                    for k in (
                        "articles",
                        "sentences",
                        "statements",
                        "statements_per_sentence",
                        "loaded_share",
                    )
                ),
            )
        console.print(table)


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def print_agreement(found: Mapping[str, Mapping[str, Any]], codebook: Codebook) -> None:
    """Agreement over all articles, and by split where there are several: a table each."""
    console = stdout_console()
    for title, figures in found.items():
        table = Table(
            title=Text(f"{title}: {figures['articles']} articles, {figures['sentences']} sentences"),
            title_justify="left",
        )
        table.add_column("")
        for column in ("alpha", "F1", "first", "second", "both"):
            table.add_column(column, justify="right")
        for kind in (
            *codebook.stance_names,
            *(("statements",) if codebook.stances else ()),
            *codebook.label_names,
        ):
            f = figures[kind]
            table.add_row(
                Text(kind.replace("_", " ")), _cell(f["alpha"]), _cell(f["f1"]), *(str(f[k]) for k in ("first", "second", "both")),
                style="bold" if kind == "statements" else None,
            )  # fmt: skip
        console.print(table)
        if codebook.stances:
            shares = (
                ("actor's identity", "actor_id"),
                ("targets", "target"),
                ("target's identity", "target_id"),
            )
            console.print(
                "of statements in both, the same: "
                + "   ".join(f"{name} {_cell(figures[key])}" for name, key in shares)
            )
