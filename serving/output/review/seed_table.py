"""Several training runs of one recipe as a table."""

from __future__ import annotations

from statistics import mean, stdev
from typing import TYPE_CHECKING

from ..console import light_table, number, stdout_console

if TYPE_CHECKING:
    from ....experiments.seeds import TrainedSeeds

# With more runs, only their mean and spread are shown.
_MAX_COLUMNS = 5


def print_seeds(done: TrainedSeeds) -> None:
    """F1 of each training by split, with mean and standard deviation over seeds."""
    codebook = done.codebook
    rows = [("F1", ("statements", "f1")), ("macro-F1", ("macro_f1",))] if codebook.stances else []
    rows += [(f"{name} F1", (name, "f1")) for name in codebook.label_names]
    shown = [f"seed {s}" for s in done.seeds] if len(done.seeds) <= _MAX_COLUMNS else []
    console = stdout_console()
    for split in done.runs[0].metrics:
        table = light_table(split, ("",), (*shown, "mean", "s.d.", "lowest", "highest"))
        for title, keys in rows:
            values = done.values(split, *keys)
            summary = (mean(values), stdev(values), min(values), max(values))
            table.add_row(title, *(number(v) for v in (*(values if shown else ()), *summary)))
        console.print(table)
        console.print()
