"""Start measured processes: jobs and commands, and comparisons in turns."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from .jobs import Job
from .results import Results

SCRIPT = Path(__file__).parents[1] / "make_benchmarks.py"
_COMMAND = "from stancewire.serving.cli.main import main; main()"


@dataclass(frozen=True)
class Condition:
    """Something that is compared: its name in tables, and the job that does it."""

    name: str
    job: Mapping[str, Any]


PARSE = Condition("plain spaCy parse", {"do": "parse"})


def scoring(name: str, model: Path | str, gate: bool) -> Condition:
    """A model folder with or without its gate."""
    job = {"do": "score", "model": str(model), "gate": gate}
    return Condition(f"{name}, gate {'on' if gate else 'off'}", job)


def environment(cache: Path | str | None = None) -> dict[str, str]:
    """One thread per process, as the workers of `stancewire score` have."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return os.environ | threads | ({"STANCEWIRE_CACHE": str(cache)} if cache else {})


def run_jobs(jobs: Sequence[Job], cache: Path | None = None) -> list[dict[str, float]]:
    """Run jobs at the same time, each in a process of its own.

    Raises:
        SystemExit: one of them failed.
    """
    running = [
        subprocess.Popen(
            [sys.executable, str(SCRIPT), "--job", json.dumps(job)],
            stdout=subprocess.PIPE,
            env=environment(cache),
        )
        for job in jobs
    ]
    outputs = [process.communicate()[0] for process in running]
    for process, job in zip(running, jobs, strict=True):
        if process.returncode:
            raise SystemExit(f"the job {job} ended with status {process.returncode}")
    return [json.loads(output.splitlines()[-1]) for output in outputs]


def timed(condition: Condition, texts: Path, processes: int = 1) -> dict[str, float]:
    """CPU seconds of all processes, and the wall seconds of the slowest."""
    jobs = [{**condition.job, "texts": str(texts), "part": k, "parts": processes} for k in range(processes)]
    answers = run_jobs(jobs)
    return {"cpu": sum(a["cpu"] for a in answers), "wall": max(a["wall"] for a in answers)}


def compare(
    results: Results,
    key: str,
    conditions: Sequence[Condition],
    texts: Sequence[str],
    repeats: int,
    processes: int = 1,
) -> None:
    """Time conditions on the same texts in turns, in another order in every round; a round is one result."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.json"
        path.write_text(json.dumps(list(texts)), encoding="utf-8")

        def one_round(order: Sequence[Condition]) -> dict[str, dict[str, float]]:
            return {c.name: timed(c, path, processes) for c in order}

        for repeat in range(repeats):
            order = random.Random(repeat).sample(list(conditions), len(conditions))
            began = time.perf_counter()
            results.once(f"{key}/{repeat}", partial(one_round, order))
            print(f"{key}, round {repeat + 1}: {time.perf_counter() - began:.0f} s", flush=True)


def command(arguments: Sequence[str], folder: Path, cache: Path) -> dict[str, float]:
    """Run one stancewire command; CPU seconds with all its processes, wall seconds, and peak memory in MB.

    Raises:
        SystemExit: it failed.
    """
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", _COMMAND, *arguments],
        cwd=folder,
        env={k: v for k, v in environment(cache).items() if k != "MLFLOW_TRACKING_URI"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    said = process.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"stancewire {' '.join(arguments)} ended with status {status}: {said[-500:]}")
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return {
        "cpu": usage.ru_utime + usage.ru_stime,
        "wall": time.perf_counter() - began,
        "peak": usage.ru_maxrss / unit,
    }
