"""The files of a sweep: a table of its trials, a summary, and the winner's config."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean, variance
from typing import Any

from ....data.errors import plural
from ....data.files.atomic import atomic_write
from ....data.files.csv_writing import SafeCsv
from ...champion.rule import Difference, paired_difference, passes
from ...config import config_text
from ...tracking.markdown import markdown_table
from .run import BASE, WINNER, Sweep
from .trials import Measured

TRIALS, SUMMARY, CONFIG = "trials.csv", "sweep.md", "winner.toml"


@dataclass(frozen=True, slots=True)
class Gain:
    """What the winner gains over the config, with fresh seeds.

    Attributes:
        difference: F1 over all seeds, winner minus config.
        real: whether the rule of promotion accepts it.
        why: the reason, in one line.
    """

    difference: Difference
    real: bool
    why: str


def gain(sweep: Sweep) -> Gain | None:
    """The winner's gain over the config; None if the config itself has won.

    The standard error combines the articles, over the counts of all seeds together, and the seeds.
    """
    if sweep.winner == sweep.settings:
        return None
    winner, base = sweep.measured[WINNER], sweep.measured[BASE]
    pooled = paired_difference(_pooled(winner), _pooled(base))
    by_seed = [winner[s].f1 - base[s].f1 for s in winner]
    error = pooled.error
    if error is not None:
        error = math.sqrt(error**2 + variance(by_seed) / len(by_seed))
    difference = replace(pooled, error=error)
    real, why = passes(difference)
    return Gain(difference, real, why)


def _pooled(measured: Mapping[int, Measured]) -> list[list[int]]:
    """The counts of each article, added up over seeds."""
    by_article = zip(*(m.counts for m in measured.values()), strict=True)
    return [[sum(column) for column in zip(*counts, strict=True)] for counts in by_article]


def write_files(sweep: Sweep, folder: Path) -> str:
    """Write `trials.csv`, `sweep.md` and `winner.toml`, each atomically.

    Returns:
        The text of `sweep.md`.
    """
    text = summary(sweep)
    verdict = _verdict(gain(sweep))
    comment = f"The winner of a sweep of {sweep.space.file}: trial {sweep.best.number}.\n{verdict}"
    for name, content in (
        (TRIALS, _csv(sweep)),
        (CONFIG, config_text(sweep.winner, comment)),
        (SUMMARY, text),
    ):
        with atomic_write(folder / name) as out:
            out.write(content)
    return text


def _csv(sweep: Sweep) -> str:
    text = io.StringIO()
    table = SafeCsv(text)
    table.row(["trial", "state", "f1", *sweep.space.ranges, "run"])
    for row in sweep.trials:
        table.row(
            [row.number, row.state, row.f1, *(row.values.get(n) for n in sweep.space.ranges), row.run_id]
        )
    return text.getvalue()


def summary(sweep: Sweep) -> str:
    """The trials from best to worst, the winner and its measurement with fresh seeds, in Markdown."""
    names = list(sweep.space.ranges)
    done = sorted((r for r in sweep.trials if r.f1 is not None), key=lambda r: (-(r.f1 or 0), r.number))
    head = ["trial", *(n.partition(".")[2] for n in names), "F1, validation"]
    base = sweep.base.number if sweep.base else None
    rows = []
    for r in done:
        label = f"{r.number} (config)" if r.number == base else str(r.number)
        rows.append([label, *(_cell(r.values.get(n)) for n in names), f"{r.f1:.4f}"])
    pruned = sum(r.state == "pruned" for r in sweep.trials)
    killed = sum(r.state == "failed" for r in sweep.trials)
    counts = f"{plural(len(done), 'trial')} measured, {pruned} pruned, {killed} killed or failed"
    return "\n".join(
        [
            f"# Sweep of {sweep.settings.name}\n",
            f"{counts}. Decided on validation articles only; test articles were not read.\n",
            markdown_table(head, rows),
            "## Measured again with fresh seeds\n",
            _fresh(sweep),
            f"{_verdict(gain(sweep))}\n",
        ]
    )


def _fresh(sweep: Sweep) -> str:
    winner, base = sweep.measured[WINNER], sweep.measured[BASE]
    rows = [
        [str(s), f"{base[s].f1:.4f}", f"{winner[s].f1:.4f}", f"{100 * (winner[s].f1 - base[s].f1):+.2f}"]
        for s in winner
    ]
    means = [mean(m.f1 for m in measured.values()) for measured in (base, winner)]
    rows.append(["mean", *(f"{m:.4f}" for m in means), f"{100 * (means[1] - means[0]):+.2f}"])
    return markdown_table(["seed", "config", f"trial {sweep.best.number}", "points"], rows)


def _verdict(found: Gain | None) -> str:
    if found is None:
        return "No trial is better than the config itself."
    if found.real:
        return f"The gain is real by the rule of promotion: {found.why}."
    return f"The gain is not established: {found.why}. Keep the config."


def _cell(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
