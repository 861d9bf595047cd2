"""Figures as tables on stdout."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...data.annotation.counting import Mistake
from ...data.codebook import Codebook

if TYPE_CHECKING:
    from ...experiments.studies.cross_validation import CrossValidated


def stdout_console() -> Console:
    """As wide as the terminal; 120 columns where there is none."""
    return Console(width=None if sys.stdout.isatty() else 120)


def print_metrics(metrics: Mapping[str, Any], title: str, codebook: Codebook) -> None:
    """Precision, recall and F1 with counts of statements, each stance, targets and labels."""
    table = Table(title=Text(title), title_justify="left", title_style="bold")
    table.add_column("")
    for column in ("precision", "recall", "F1", "gold", "predicted"):
        table.add_column(column, justify="right")
    table.add_column("95 %")
    keys = [
        *(("statements", *codebook.stance_names, "with_target") if codebook.stances else ()),
        *codebook.label_names,
    ]
    for key in keys:
        m = metrics[key]
        ci = m.get("ci95")
        shown = f"{ci[0]:.2f} to {ci[1]:.2f}" if ci else ""
        cells = (
            key.replace("_", " "),
            f"{m['precision']:.3f}",
            f"{m['recall']:.3f}",
            f"{m['f1']:.3f}",
            str(m["support"]),
            str(m["predicted"]),
            shown,
        )
        table.add_row(*cells, style="bold" if key == "statements" else None)
    console = stdout_console()
    console.print(table)
    parts = (
        [f"macro-F1 {metrics['macro_f1']:.3f}", f"identity right {metrics['id']:.3f}"]
        if codebook.stances
        else []
    )
    if "candidate_recall" in metrics and codebook.stances:
        parts.append(f"gold actors with a candidate {metrics['candidate_recall']:.3f}")
    if parts:
        console.print("   ".join(parts))


def print_folds(found: CrossValidated) -> None:
    """The figures of each fold, their mean and standard deviation, and those of all held-out articles together."""
    codebook = found.codebook
    keys = [("statements", "f1"), ("macro_f1",)] if codebook.stances else []
    keys += [k for name in codebook.label_names for k in ((name, "f1"), ("weighted_f1", name))]
    table = Table(title="folds", title_justify="left", title_style="bold")
    table.add_column("")
    for n in range(len(found.folds)):
        table.add_column(str(n + 1), justify="right")
    for column in ("mean", "s.d.", "together"):
        table.add_column(column, justify="right")
    for key in keys:
        values = [*(_figure(m, key) for m in found.folds), *found.spread(*key), _figure(found.pooled, key)]
        table.add_row(
            " ".join(key)
            .replace("macro_f1", "macro-F1")
            .replace("weighted_f1", "weighted F1,")
            .replace("f1", "F1"),
            *(f"{v:.3f}" for v in values),
        )
    stdout_console().print(table)


def _figure(metrics: Mapping[str, Any], keys: Sequence[str]) -> float:
    value: Any = metrics
    for key in keys:
        value = value[key]
    return float(value)


def print_mistakes(mistakes: Sequence[Mistake]) -> None:
    for m in mistakes:
        print("\t".join((m.kind, m.stance, m.actor, m.doc_id, m.sentence)))
