"""Runs as tables on standard output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...data.errors import InputError
from .console import light_table, number, stdout_console
from .metric_tables import COLUMNS, metric_cells

if TYPE_CHECKING:
    from ...experiments.review.runs import RunRow

# With more stances among the runs none has a column of its own.
MAX_STANCES = 5
# Left out first where the console is too narrow for all columns.
DROPPED_FIRST = ("seconds", "stances", "macro_f1", "corpus", "when", "model")
GAP = 2
SPLITS = ("validation", "test", "pooled", "evaluation")
# Metrics that hold no precision, recall and F1 of a stance or label.
NOT_NAMES = ("statements", "with_target", "roles", "stance", "weighted_f1")


def _cell(row: RunRow, column: str) -> str:
    if column in row.stances:
        return number(row.stances[column])
    value = {
        "run": row.run[:8],
        "when": row.when[5:16],
        "model": _model(row),
    }.get(column, getattr(row, column, None))
    if column == "seconds":
        return number(value, 1)  # type: ignore[arg-type]
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return number(value)
    return number(None) if value is None else str(value)


def _model(row: RunRow) -> str:
    """The registered version and its aliases; the status of a run that did not finish."""
    return row.registered or ("" if row.status == "FINISHED" else row.status.lower())


def print_runs(rows: Sequence[RunRow], columns: Sequence[str] | None = None) -> None:
    """Runs, one per line.

    Args:
        rows: the runs.
        columns: what to show; by default what fits the console.

    Raises:
        InputError: there is no such column.
    """
    stances = list(dict.fromkeys(s for row in rows for s in row.stances))
    shown = stances if len(stances) <= MAX_STANCES else []
    default = [
        "run",
        "when",
        "config",
        "changed",
        "corpus",
        "micro_f1",
        "macro_f1",
        *shown,
        "seconds",
        "model",
    ]
    known = [*default, *(s for s in stances if s not in shown), "kind", "status"]
    for column in columns or ():
        if column not in known:
            raise InputError(f"no column {column!r}", where="--columns", hint=f"one of {', '.join(known)}")
    console = stdout_console()
    cells = {c: [_cell(row, c) for row in rows] for c in columns or default}
    if columns is None:
        cells = _fitting(cells, shown, console.width)
    table = light_table("", ())
    for column in cells:
        free = column in ("config", "changed", "corpus")
        table.add_column(
            _header(column), justify="right" if _is_number(column, stances) else "left",
            overflow="fold", no_wrap=not free,
        )  # fmt: skip
    for values in zip(*cells.values(), strict=True):
        table.add_row(*(Text(v) for v in values))
    console.print(table)


def _header(column: str) -> str:
    return {"micro_f1": "F1", "macro_f1": "macro-F1", "seconds": "s"}.get(column, column.replace("_", " "))


def _is_number(column: str, stances: Sequence[str]) -> bool:
    return column in ("micro_f1", "macro_f1", "seconds") or column in stances


def _fitting(cells: dict[str, list[str]], stances: Sequence[str], width: int) -> dict[str, list[str]]:
    """The columns that fit the console, each as wide as its content; settings and corpora may be folded."""
    foldable = {"changed": 18, "corpus": 12, "config": 12}

    def needed(columns: Mapping[str, Sequence[str]]) -> int:
        total = 0
        for column, values in columns.items():
            content = max(map(len, (_header(column), *values)))
            total += min(content, foldable.get(column, content)) + GAP
        return total

    if not any(cells["changed"]):
        cells = {c: v for c, v in cells.items() if c != "changed"}
    for dropped in DROPPED_FIRST:
        if needed(cells) <= width:
            break
        gone = stances if dropped == "stances" else (dropped,)
        cells = {c: v for c, v in cells.items() if c not in gone}
    return cells


def print_run(run: Any) -> None:
    """One MLflow run: its metrics in groups, then settings, thresholds and tags."""
    console = stdout_console()
    info, params = run.info, dict(run.data.params)
    console.print(Text(f"run {info.run_id}  {info.run_name}  {info.status.lower()}", style="bold"))
    nested = _nested(run.data.metrics)
    splits = {s: nested.pop(s) for s in SPLITS if s in nested}
    for table in _metric_tables(splits, nested):
        _print(console, table)
    thresholds = {k.removeprefix("threshold."): v for k, v in params.items() if k.startswith("threshold.")}
    settings = {k: v for k, v in params.items() if not k.startswith("threshold.")}
    tags = {k: v for k, v in run.data.tags.items() if not k.startswith("mlflow.")}
    for title, content in (("thresholds", thresholds), ("settings", settings), ("tags", tags)):
        if content:
            table = light_table(title, ("name", "value"))
            table.show_header = False
            for key, value in sorted(content.items()):
                table.add_row(Text(key), Text(str(value)))
            _print(console, table)
    console.print(Text(f"artifacts: {info.artifact_uri}", style="dim", overflow="fold"))


def _print(console: Console, table: Table) -> None:
    if table.row_count:
        console.print()
        console.print(table)


def _nested(metrics: Mapping[str, float]) -> dict[str, Any]:
    """`validation/blame/f1` as nested mappings."""
    out: dict[str, Any] = {}
    for key, value in metrics.items():
        *parents, last = key.split("/")
        inner = out
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[last] = value
    return out


def _metric_tables(splits: Mapping[str, Mapping[str, Any]], rest: Mapping[str, Any]) -> Iterator[Table]:
    """Tables of statements, of each stance and label, of roles, of calibration, and of everything else."""
    yield _statements(splits)
    for title, names in (("by stance and label", _named), ("roles", _roles)):
        columns = COLUMNS[:-1] if title != "roles" else ("F1", "support", "predicted")
        table = light_table(title, ("", "split"), columns)
        by_name: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        for split, metrics in splits.items():
            for name, m in names(metrics).items():
                by_name.setdefault(name, []).append((split, m))
        for name, found in by_name.items():
            for k, (split, m) in enumerate(found):
                cells = metric_cells(m)
                row = cells[:-1] if title != "roles" else cells[2:5]
                table.add_row("" if k else name.replace("_", " "), split, *row)
        yield table
    for title, values in (("calibration", _calibration(splits)), ("other", _other(rest))):
        table = light_table(title, ("",), ("",))
        table.show_header = False
        for name, value in values.items():
            table.add_row(name, f"{value:.4g}")
        yield table


def _statements(splits: Mapping[str, Mapping[str, Any]]) -> Table:
    table = light_table("statements", ("", "split"), (*COLUMNS, "macro-F1", "identities"))
    for key in ("statements", "with_target"):
        for split, metrics in splits.items():
            if (m := metrics.get(key)) is None:
                continue
            if "ci95_low" in m:
                m = m | {"ci95": (m["ci95_low"], m["ci95_high"])}
            whole = [number(metrics.get(k)) for k in ("macro_f1", "id")] if key == "statements" else ["", ""]
            table.add_row(key.replace("_", " "), split, *metric_cells(m), *whole)
    return table


def _named(metrics: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {k: v for k, v in metrics.items() if isinstance(v, Mapping) and "f1" in v and k not in NOT_NAMES}


def _roles(metrics: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {k: v for k, v in metrics.get("roles", {}).items() if isinstance(v, Mapping)}


def _calibration(splits: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """The expected calibration error of the roles, by split."""
    found = {s: m.get("roles", {}).get("ece") for s, m in splits.items()}
    return {f"expected calibration error, {s}": v for s, v in found.items() if v is not None}


def _other(rest: Mapping[str, Any], prefix: str = "") -> dict[str, float]:
    out: dict[str, float] = {}
    for key, value in rest.items():
        if isinstance(value, Mapping):
            out |= _other(value, f"{prefix}{key}/")
        else:
            out[f"{prefix}{key}"] = value
    return out
