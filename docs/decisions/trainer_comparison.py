"""Compare our training loop with `transformers.Trainer`, as in 0013-own-training-loop.md.

    python docs/decisions/trainer_comparison.py FOLDER

Needs the extra `encoder`, and `accelerate` for `Trainer`. FOLDER keeps the results of each training, so that
an interrupted comparison goes on. Both loops train MiniLM on the same batches of the shipped corpus, with the
same optimizer and learning rates. Each training is a process of its own, see trainer_runs.py.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Literal

from safetensors.torch import load_file
from stancewire.experiments.tracking.card.markdown import markdown_table

Loop = Literal["ours", "theirs"]
LOOPS: tuple[Loop, Loop] = ("ours", "theirs")
NAMES = {"ours": "our loop", "theirs": "Trainer"}
# Fewer steps than for the times: 90 in all are enough to see whether the weights are the same.
SHORT = ("--steps", "30")
VARIANTS: dict[str, tuple[str, ...]] = {
    "bfloat16": (*SHORT, "--precision", "bfloat16"),
    "epochs of different lengths": (*SHORT, "--negative-rate", "0.4"),
}


class Comparison:
    """Trainings in a folder; those whose results it already has are not repeated."""

    def __init__(self, folder: Path, threads: int, steps: int, repeats: int) -> None:
        self.folder, self.repeats = folder, repeats
        self.common = ("--threads", str(threads), "--steps", str(steps))
        folder.mkdir(parents=True, exist_ok=True)

    def train(self, loop: Loop, name: str, *extra: str, kill: str = "no") -> Path | None:
        """Train; a training that is to be killed is then started again.

        Returns:
            The start of the paths of its results; None if it failed when it was started again.
        """
        path, log = self.folder / f"{loop}-{name}", self.folder / f"{loop}-{name}.log"
        failed = path.with_suffix(".failed")
        command = [sys.executable, str(Path(__file__).with_name("trainer_runs.py")), loop, str(path)]
        command += [*self.common, *extra]
        if not path.with_suffix(".json").exists() and not failed.exists():
            for last in [["--kill", kill], []] if kill != "no" else [[]]:
                with log.open("a", encoding="utf-8") as file:
                    code = subprocess.run([*command, *last], stdout=file, stderr=file, check=False).returncode
                assert code == (-9 if last else 0) or kill == "saving", log.read_text()[-2000:]
            if code:
                failed.touch()
        return None if failed.exists() else path

    def seconds(self, loop: Loop, clock: str) -> float:
        """The median time of a step, over the trainings that were not killed."""
        rows = [self.train(loop, f"whole-{n + 1}") for n in range(self.repeats)]
        return float(
            median(s for p in rows if p for s in json.loads(p.with_suffix(".json").read_text())[clock])
        )

    def resumed(self, loop: Loop, name: str, *extra: str, kill: str = "between") -> str:
        """How much the weights of a killed training differ from those of an uninterrupted one."""
        whole = self.train(loop, name, *extra)
        killed = self.train(loop, f"{name}-{kill}", *extra, kill=kill)
        return "does not resume" if whole is None or killed is None else difference(whole, killed)


def difference(one: Path, other: Path) -> str:
    """The largest absolute difference of two networks' weights."""
    a, b = (load_file(p.with_suffix(".safetensors")) for p in (one, other))
    largest = max(float((a[k].double() - b[k].double()).abs().max()) for k in a)
    return f"{largest:.1e}" if largest else "0"


def main() -> None:
    """Train, and print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--steps", type=int, default=100, help="steps per epoch; there are three epochs")
    parser.add_argument("--repeats", type=int, default=2, help="uninterrupted trainings to time the steps")
    options = parser.parse_args()
    made = Comparison(options.folder, options.threads, options.steps, options.repeats)
    for n in range(options.repeats):  # in turn, so that other load on the machine slows both
        for loop in LOOPS:
            made.train(loop, f"whole-{n + 1}")
    rows = [
        [f"seconds per step, {clock}", *(f"{made.seconds(loop, clock):.3f}" for loop in LOOPS)]
        for clock in ("wall", "processor")
    ]
    label = "weights after kill and resume against uninterrupted"
    rows.append([label, *(made.resumed(loop, "whole-1") for loop in LOOPS)])
    for variant, extra in VARIANTS.items():
        name = variant.split()[0]
        rows.append([f"{label}, {variant}", *(made.resumed(loop, name, *extra) for loop in LOOPS)])
    rows.append(
        [
            f"{label}, killed while saving",
            *(made.resumed(loop, "short", *SHORT, kill="saving") for loop in LOOPS),
        ]
    )
    print(markdown_table(["", *(NAMES[loop] for loop in LOOPS)], rows))
    seeded, ours = made.train("theirs", "seeded", "--seeded"), made.train("ours", "whole-1")
    assert seeded and ours
    print(f"weights of the two loops with the same random numbers: {difference(seeded, ours)}")


if __name__ == "__main__":
    main()
