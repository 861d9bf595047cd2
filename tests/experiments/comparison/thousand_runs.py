"""How long commands take in a store of 1,000 runs.

Run `python -m stancewire.tests.experiments.comparison.thousand_runs` in an empty folder: it makes a store
there, unless there is one from an earlier run.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from .made_runs import connected, log_run

RUNS, WITH_PREDICTIONS = 1000, 8
# What the shipped configs log: about 40 metrics, 25 settings.
METRICS = [
    f"{s}/{m}/{k}"
    for s in ("validation", "test")
    for m in ("statements", "blame", "appeal", "claim", "loaded")
    for k in ("precision", "recall", "f1")
] + [f"m{n}" for n in range(10)]
SETTINGS = {f"classifier.setting_{n}": "1.0" for n in range(22)}


def make_store() -> None:
    """Log 1,000 runs, some with predictions."""
    mlflow, rng = connected(), random.Random(0)
    for n in range(RUNS):
        log_run(
            mlflow,
            0.6 + 0.03 * (n % WITH_PREDICTIONS),
            n,
            settings=SETTINGS | {"classifier.regularisation": str(n % 7)},
            metrics={name: rng.random() for name in METRICS},
            kept=n < WITH_PREDICTIONS,
            articles=172,
        )
    ids = [r.info.run_id for r in mlflow.search_runs(output_format="list", max_results=RUNS)]
    Path("ids").write_text("\n".join(ids[::-1][:WITH_PREDICTIONS]))


def seconds(*command: str) -> float:
    """The time that a command takes, the fastest of three."""
    taken = []
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run(["stancewire", *command], check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - began)
    return min(taken)


def main() -> int:
    """Make the store, and measure."""
    if not Path("ids").exists():
        make_store()
    first, second, *rest = Path("ids").read_text().split()
    figures = {
        "experiments list": (seconds("experiments", "list"), 2.0),
        "experiments compare A B": (seconds("experiments", "compare", first, second), 5.0),
        "experiments compare of eight runs": (seconds("experiments", "compare", first, second, *rest), None),
        "experiments errors A --against B": (
            seconds("experiments", "errors", first, "--against", second),
            None,
        ),
    }
    for name, (taken, most) in figures.items():
        print(f"{name}: {taken:.1f} s{f' (at most {most:.0f})' if most else ''}")
    return int(any(most is not None and taken > most for taken, most in figures.values()))


if __name__ == "__main__":
    sys.exit(main())
