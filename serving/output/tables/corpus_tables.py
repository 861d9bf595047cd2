"""Corpus statistics, agreement and likely label errors as tables on standard output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from ....data.codebook import Codebook
from ....data.errors import plural
from ..console import light_table, number, stdout_console

if TYPE_CHECKING:
    from ....training.curation.label_errors import LikelyError

ROWS = (
    "articles", "conflicts", "sentences", "statements", "near_misses", "statements_per_sentence",
    "loaded_share", "words_mean", "words_median", "words_p90", "quoted_share", "clauses_mean",
    "clause_depth_mean", "clause_depth_p90", "pronoun_subjects", "common_noun_subjects", "unnamed_actors",
    "pronoun_actors", "common_noun_actors", "with_target",
)  # fmt: skip
GROUP_COLUMNS = ("articles", "sentences", "statements", "statements_per_sentence", "loaded_share")


def print_stats(described: Mapping[str, Any]) -> None:
    """The columns of `describe` side by side, then one row for each conflict and genre."""
    columns: Mapping[str, Mapping[str, Any]] = described["columns"]
    console = stdout_console()
    table = light_table("corpus", ("",), tuple(columns))
    for row in ROWS:
        if all(row not in c for c in columns.values()):
            continue
        digits = 1 if row.startswith("words_") else 3
        table.add_row(_name(row), *(_cell(c.get(row), digits) for c in columns.values()))
        for group in ("stances", "labels") if row == "statements" else ():
            for name in dict.fromkeys(k for c in columns.values() for k in c[group]):
                counts = (
                    None if c["statements"] is None else c[group].get(name, 0) for c in columns.values()
                )
                table.add_row(f"  {name.replace('_', ' ')}", *map(_cell, counts))
    console.print(table)
    for title in ("conflicts", "genres"):
        if not described[title]:
            continue
        table = light_table(title, ("",), ("articles", "sentences", "statements", "per sentence", "loaded"))
        for name, c in described[title].items():
            table.add_row(Text(name), *(_cell(c[k]) for k in GROUP_COLUMNS))
        console.print()
        console.print(table)


def _name(row: str) -> str:
    if row.startswith("words_"):
        return f"words per sentence, {row.removeprefix('words_')}"
    return row.replace("_", " ")


def _cell(value: float | None, digits: int = 3) -> str:
    return str(value) if isinstance(value, int) and digits == 3 else number(value, digits)


def print_agreement(found: Mapping[str, Mapping[str, Any]], codebook: Codebook) -> None:
    """Agreement over all articles, and by split where there are several: one table each."""
    console = stdout_console()
    kinds = (*codebook.stance_names, *(("statements",) if codebook.stances else ()), *codebook.label_names)
    for k, (split, figures) in enumerate(found.items()):
        counts = f"{plural(figures['articles'], 'article')}, {plural(figures['sentences'], 'sentence')}"
        table = light_table(f"{split}: {counts}", ("",), ("alpha", "F1", "first", "second", "both"))
        for kind in kinds:
            f = figures[kind]
            table.add_row(
                Text(kind.replace("_", " ")), number(f["alpha"]), number(f["f1"]),
                *(str(f[c]) for c in ("first", "second", "both")),
                style="bold" if kind == "statements" else None,
            )  # fmt: skip
        if k:
            console.print()
        console.print(table)
        if codebook.stances:
            shares = (("actor identity", "actor_id"), ("target", "target"), ("target identity", "target_id"))
            same = ", ".join(f"{name} {number(figures[key])}" for name, key in shares)
            console.print(Text(f"agreement on shared statements: {same}"))


def print_label_errors(found: Sequence[LikelyError]) -> None:
    """Likely label errors: what the annotation has or lacks, and its probability according to the model."""
    table = light_table("", ("sentence", "annotation", "probability", "text"))
    table.columns[2].justify = "right"
    for column in table.columns[:3]:
        column.no_wrap = True
    for e in found:
        has = f"{'has' if e.annotated else 'lacks'} {e.kind.replace('_', ' ')}"
        table.add_row(Text(f"{e.doc_id}:{e.sentence}"), has, f"{e.probability:.2f}", Text(e.text))
    if found:
        stdout_console().print(table)
