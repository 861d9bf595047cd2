"""Measure speed and memory, and write docs/benchmarks.md.

python docs/make_benchmarks.py NEWS.jsonl MODEL [MODEL ...] -o docs/benchmarks.md

NEWS.jsonl (or .jsonl.gz) has one article with a "text" per line. Each MODEL is a folder; the first is
measured in all parts. Results are kept in --work, so that an interrupted run continues, and parts can be
measured one by one; the page shows all that there are. On two idle cores everything takes about an hour.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from benchmarks import scale, speed
from benchmarks.inputs import Inputs, machine
from benchmarks.jobs import run
from benchmarks.processes import run_jobs
from benchmarks.results import Results


class Part(NamedTuple):
    """A part of the page: its title, what measures it, and what writes it."""

    title: str
    measure: Callable[[Results, Inputs], None]
    page: Callable[[Results, Inputs], Iterator[str]]


PARTS = {
    "parse": Part("Against a plain spaCy parse", speed.measure_parse, speed.page_parse),
    "sparse": Part("Articles with few statements", speed.measure_sparse, speed.page_sparse),
    "length": Part("By length of the articles", speed.measure_length, speed.page_length),
    "encoders": Part("Encoders", speed.measure_encoders, speed.page_encoders),
    "gate": Part("The gate on validation", scale.measure_gate, scale.page_gate),
    "long": Part("A long article", scale.measure_long, scale.page_long),
    "cold": Part("Cold start", scale.measure_cold, scale.page_cold),
    "memory": Part("Memory", scale.measure_memory, scale.page_memory),
    "training": Part("Training", scale.measure_training, scale.page_training),
}
# These parts measure encoders, too.
WITH_ENCODERS = {"sparse", "length", "encoders", "cold"}


def measure(name: str, results: Results, inputs: Inputs) -> None:
    """Measure a part, and add the time it took and the load before it to its record."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    began = time.perf_counter()
    PARTS[name].measure(results, inputs)
    seconds = time.perf_counter() - began
    results.once(f"{name}/took", lambda: {"seconds": seconds, "load": load, "commit": commit()})
    print(f"{name}: {seconds:.0f} s", flush=True)


def commit() -> str:
    """The first characters of the commit, or "unknown"."""
    root = Path(__file__).parents[1]
    found = subprocess.run(
        ["git", "rev-parse", "--short=8", "HEAD"], cwd=root, capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "unknown"


def page(results: Results, inputs: Inputs) -> str:
    """The whole page, from the results that there are."""
    lines = ["# Benchmarks", "", "Made by `make bench`; do not edit.", "", f"Machine: {machine()}."]
    for name, part in PARTS.items():
        lines += ["", f"## {part.title}", ""]
        took = results.get(f"{name}/took")
        if took is None:
            lines.append("Not measured.")
            continue
        lines += list(part.page(results, inputs))
        if name != "gate":
            lines += ["", f"Commit {took['commit']}; load average before it: {took['load']}."]
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def parsed() -> argparse.Namespace:
    """The options of the command line, checked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("news", type=Path)
    parser.add_argument("models", nargs="+", type=Path, help="model folders, the default one first")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART",
                        help=", ".join(PARTS))  # fmt: skip
    parser.add_argument("--work", type=Path, default=Path("build/bench"), help="results and prepared models")
    parser.add_argument("--mpnet", default="", help="a folder with the pretrained mpnet; else random weights")
    parser.add_argument(
        "--quick", action="store_true", help="very little of everything, to see that it works"
    )
    options = parser.parse_args()
    if missing := [str(m) for m in options.models if not (m / "manifest.json").is_file()]:
        parser.error(f"not a model folder: {', '.join(missing)}")
    return options


def main() -> None:
    """Measure and write the page; with --job, do one measurement."""
    if sys.argv[1:2] == ["--job"]:
        print(json.dumps(run(json.loads(sys.argv[2]))))
        return
    options = parsed()
    inputs = Inputs.of(options)
    if not inputs.texts:
        raise SystemExit(f"no article with a text in {options.news}")
    results = Results(inputs.work, inputs.about())
    # Models and stores that are prepared must not be used with other code or other models either.
    inputs = replace(inputs, work=results.folder)
    if WITH_ENCODERS & set(options.parts) and inputs.can_prepare and not inputs.has_stand_ins:
        began = time.perf_counter()
        about = {
            "mpnet": inputs.mpnet,
            "layers": inputs.amounts.layers,
            "articles": inputs.amounts.stand_in_articles,
            "gate_of": str(inputs.models[0]),
        }
        run_jobs([{"do": "prepare", "work": str(inputs.work), **about}], inputs.work / "cache")
        print(f"encoders prepared: {time.perf_counter() - began:.0f} s", flush=True)
    for name in options.parts:
        measure(name, results, inputs)
    # Only a complete page replaces the old one.
    unfinished = options.out.with_name(options.out.name + ".part")
    unfinished.write_text(page(results, inputs), encoding="utf-8")
    unfinished.replace(options.out)


if __name__ == "__main__":
    main()
