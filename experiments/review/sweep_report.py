"""The files of a sweep: a table of its trials, a summary, and the winner's config."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from statistics import mean, variance
from typing import Any

import numpy as np

from ...data.errors import plural
from ...data.files.atomic import atomic_write
from ...data.files.csv_writing import SafeCsv
from ..champion.rule import Gain, gain_of, judge
from ..comparison.counts import Ints
from ..config import config_text
from ..studies.sweep.run import BASE, WINNER, Sweep
from ..studies.sweep.trials import Measured
from ..tracking.card.markdown import markdown_table

TRIALS, SUMMARY, CONFIG = "trials.csv", "sweep.md", "winner.toml"


def gain(sweep: Sweep) -> Gain | None:
    """What the winner gains over the config with fresh seeds; None if the config itself has won.

    The standard error combines the articles, over the counts of all seeds together, and the seeds.
    """
    if sweep.winner == sweep.settings:
        return None
    winner, base = sweep.measured[WINNER], sweep.measured[BASE]
    pooled = gain_of(_pooled(winner), _pooled(base))
    by_seed = [winner[s].f1 - base[s].f1 for s in winner]
    if pooled.error is None:
        return pooled
    return replace(pooled, error=math.sqrt(pooled.error**2 + variance(by_seed) / len(by_seed)))


def _pooled(measured: Mapping[int, Measured]) -> Ints:
    """The counts of each article, added up over seeds (articles x 3)."""
    counts: Ints = np.asarray([m.counts for m in measured.values()], dtype=np.int64)
    return np.asarray(counts.sum(axis=0))


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
    real, why = judge(found)
    if real:
        chosen = "The settings were chosen on these articles: the gain on others is likely to be smaller."
        return f"By the rule of promotion, the winner may replace the config: {why}. {chosen}"
    return f"By the rule of promotion, keep the config: {why}."


def _cell(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
