"""Metrics as tables on standard output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from ....data.annotation.counting import Mistake
from ....data.codebook import Codebook
from ..console import light_table, number, stdout_console

if TYPE_CHECKING:
    from ....experiments.studies.cross_validation import CrossValidated

COLUMNS = ("precision", "recall", "F1", "support", "predicted", "95% CI")


def metric_cells(metrics: Mapping[str, Any]) -> tuple[str, ...]:
    """The cells of `COLUMNS`; – where nothing was measured, such as precision without predictions."""
    support, predicted = metrics.get("support"), metrics.get("predicted")
    # Label sets with many stances have no counts; their metrics are shown as they are.
    precision = number(None if predicted == 0 else metrics.get("precision"))
    recall = number(None if support == 0 else metrics.get("recall"))
    f1 = number(None if support == 0 and not predicted else metrics.get("f1"))
    counts = ("–" if n is None else f"{n:.0f}" for n in (support, predicted))
    ci = metrics.get("ci95")
    return precision, recall, f1, *counts, f"{ci[0]:.2f}–{ci[1]:.2f}" if ci else ""


def print_metrics(metrics: Mapping[str, Any], title: str, codebook: Codebook) -> None:
    """Precision, recall and F1 of statements, each stance, targets and labels, with their counts."""
    with_ci = any(isinstance(m, Mapping) and "ci95" in m for m in metrics.values())
    columns = COLUMNS if with_ci else COLUMNS[:-1]
    table = light_table(title, ("",), columns)
    stances = ("statements", *codebook.stance_names, "with_target") if codebook.stances else ()
    for key in (*stances, *codebook.label_names):
        name = key.replace("_", " ")
        cells = metric_cells(metrics[key])[: len(columns)]
        table.add_row(name, *cells, style="bold" if key == "statements" else None)
    console = stdout_console()
    console.print(table)
    if codebook.stances:
        console.print(Text(_summary(metrics)))
    console.print()


def _summary(metrics: Mapping[str, Any]) -> str:
    matched = metrics["statements"]["recall"]
    parts = [
        f"macro-F1 {number(metrics['macro_f1'])}",
        f"identity accuracy {number(metrics['id'] if matched else None)}",
    ]
    if "candidate_recall" in metrics:
        parts.append(f"candidate recall {number(metrics['candidate_recall'])}")
    return "   ".join(parts)


def print_folds(result: CrossValidated) -> None:
    """F1 of each fold, mean and standard deviation over folds, and F1 of all held-out articles pooled."""
    codebook = result.codebook
    rows = [("F1", ("statements", "f1")), ("macro-F1", ("macro_f1",))] if codebook.stances else []
    for name in codebook.label_names:
        rows += [(f"{name} F1", (name, "f1")), (f"{name} weighted F1", ("weighted_f1", name))]
    numbers = [str(n + 1) for n in range(len(result.folds))]
    table = light_table("by fold", ("",), (*numbers, "mean", "s.d.", "pooled"))
    for title, keys in rows:
        values = [_value(m, keys) for m in (*result.folds, result.pooled)]
        table.add_row(title, *(number(v) for v in (*values[:-1], *result.spread(*keys), values[-1])))
    console = stdout_console()
    console.print(table)
    console.print()


def _value(metrics: Mapping[str, Any], keys: Sequence[str]) -> float:
    value: Any = metrics
    for key in keys:
        value = value[key]
    return float(value)


def print_mistakes(mistakes: Sequence[Mistake], total: int) -> None:
    """Statements that the model missed, and extra ones that the annotation does not have.

    Args:
        mistakes: those to show.
        total: how many there are.
    """
    table = light_table(
        f"errors, {len(mistakes)} of {total}", ("kind", "stance", "actor", "article", "sentence")
    )
    for m in mistakes:
        cells = (m.kind, m.stance.replace("_", " "), m.actor, m.doc_id, m.sentence)
        table.add_row(*(Text(cell) for cell in cells))
    for column, ratio in zip(table.columns, (None, None, 2, 2, 5), strict=True):
        column.ratio, column.no_wrap = ratio, ratio is None
    table.expand = True
    stdout_console().print(table)
