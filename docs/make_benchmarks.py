"""Measure speed and memory, and write the tables of docs/benchmarks.md.

python docs/make_benchmarks.py NEWS.jsonl MODEL [MODEL ...] -o docs/benchmarks.md

NEWS.jsonl (or .jsonl.gz) has one article with a "text" per line; it is read, never stored. Each MODEL is a
folder; the first is the one of the table by length, of the long article and of memory. Every figure of speed
is a ratio to a plain spaCy parse of the same texts with the same components and the same number of processes,
measured in turns.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

PLAIN = "plain spaCy parse"
# Sentences of the articles in each row of the table by length.
LENGTHS = ((1, 15), (15, 40), (40, 100_000))


def texts_of(path: Path) -> list[str]:
    """The texts of a JSONL file."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [text for line in content.splitlines() if (text := json.loads(line).get("text"))]


# In the measured processes.


def measured(job: dict[str, Any]) -> dict[str, float]:
    """Do one job in this process: read the texts once before the clock starts, and time their scoring."""
    texts = json.loads(Path(job["texts"]).read_text(encoding="utf-8"))[job["part"] :: job["parts"]]
    work = _parse if job["model"] == PLAIN else _score
    warm, cpu, began = work(job, ["Kenya accused Somalia of shelling a border town."]), 0.0, 0.0
    cpu, began = time.process_time(), time.perf_counter()
    work(job, texts, warm)
    return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - began}


def _parse(job: dict[str, Any], texts: Sequence[str], nlp: Any = None) -> Any:
    from stancewire.data.text.spacy_parser import _pipeline

    nlp = nlp or _pipeline()
    for _ in nlp.pipe(texts):
        pass
    return nlp


def _score(job: dict[str, Any], texts: Sequence[str], labeller: Any = None) -> Any:
    from stancewire.training.serialization import load_model

    labeller = labeller or load_model(Path(job["model"]))
    for text in texts:
        labeller.label(text, gate=job["gate"])
    return labeller


# In this process.


def one_thread() -> dict[str, str]:
    """The environment of measured processes: one thread each, as the workers of `stancewire score` have."""
    return os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def timed(texts: Path, model: str, gate: bool, processes: int) -> dict[str, float]:
    """CPU seconds of all processes, and the wall seconds of the slowest."""
    jobs = [
        {"texts": str(texts), "model": model, "gate": gate, "part": k, "parts": processes}
        for k in range(processes)
    ]
    running = [
        subprocess.Popen(
            [sys.executable, __file__, "--job", json.dumps(job)], stdout=subprocess.PIPE, env=one_thread()
        )
        for job in jobs
    ]
    answers = []
    for process in running:
        answer = process.communicate()[0]
        if process.returncode:
            raise SystemExit(f"measuring {model} ended with status {process.returncode}")
        answers.append(json.loads(answer.splitlines()[-1]))
    return {"cpu": sum(a["cpu"] for a in answers), "wall": max(a["wall"] for a in answers)}


def paired(
    texts: Sequence[str], models: Sequence[str], processes: int, repeats: int
) -> Iterator[tuple[str, bool, list[float], list[float]]]:
    """Each model with and without its gate: the parse's CPU and wall time divided by its own, by repeat."""
    conditions = [(PLAIN, False), *((m, gate) for m in models for gate in (False, True))]
    times: dict[tuple[str, bool], list[dict[str, float]]] = {c: [] for c in conditions}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.json"
        path.write_text(json.dumps(list(texts)), encoding="utf-8")
        for repeat in range(repeats):
            order = conditions.copy()
            random.Random(repeat).shuffle(order)
            for model, gate in order:
                times[model, gate].append(timed(path, model, gate, processes))
    for model, gate in conditions[1:]:
        rows = list(zip(times[PLAIN, False], times[model, gate], strict=True))
        yield model, gate, [a["cpu"] / b["cpu"] for a, b in rows], [a["wall"] / b["wall"] for a, b in rows]


def command(arguments: Sequence[str], cache: str) -> tuple[float, int]:
    """CPU seconds and peak memory in KB of one stancewire command in a process of its own."""
    script = "from stancewire.serving.cli.main import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        env=os.environ | {"STANCEWIRE_CACHE": cache},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"stancewire {' '.join(arguments)} ended with status {status}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def spread(values: Sequence[float]) -> str:
    """The median, with the lowest and the highest."""
    return f"{statistics.median(values):.2f} ({min(values):.2f}–{max(values):.2f})"


def machine() -> str:
    """One line about the machine and its load."""
    model = next(
        (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    memory = next((int(x.split()[1]) / 2**20 for x in _lines("/proc/meminfo") if "MemTotal" in x), 0)
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return (
        f"{model}, {os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}; load average "
        f"{load} when the measurement began"
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines() if Path(path).exists() else []


def speed_tables(texts: Sequence[str], options: argparse.Namespace) -> Iterator[str]:
    """The tables by number of processes and by length of the articles."""
    head = ["model", "gate", "by CPU time", "by wall time"]
    rule = "| --- | --- | --- | ---: | ---: |"
    sample = random.Random(0).sample(list(texts), min(options.articles, len(texts)))
    yield f"## Against a plain spaCy parse\n\n{len(sample)} articles, {options.repeats} repeats in turns."
    yield "Each figure is the parse's time divided by the model's: the median, and the lowest and highest.\n"
    yield f"| processes | {' | '.join(head)} |\n{rule}"
    for processes in options.processes:
        for model, gate, cpu, wall in paired(sample, options.models, processes, options.repeats):
            name = Path(model).name
            yield f"| {processes} | {name} | {'on' if gate else 'off'} | {spread(cpu)} | {spread(wall)} |"
    yield f"\nBy length of the articles, one process:\n\n| sentences | {' | '.join(head)} |\n{rule}"
    from stancewire.data.text.segmentation.sentences import segment

    sized = [(len(segment(t)), t) for t in texts]
    for low, high in LENGTHS:
        chosen = [t for n, t in sized if low <= n < high][: options.articles // 3]
        if chosen:
            label = f"{low} to {high - 1}" if high < LENGTHS[-1][1] else f"{low} or more"
            for model, gate, cpu, wall in paired(chosen, options.models[:1], 1, options.repeats):
                name = Path(model).name
                yield f"| {label} | {name} | {'on' if gate else 'off'} | {spread(cpu)} | {spread(wall)} |"


def gate_table(texts: Sequence[str], options: argparse.Namespace) -> Iterator[str]:
    """What the gate of each model does on its validation articles, as its training measured it."""
    yield "\n## The gate on validation\n\nAs measured when the model was trained.\n"
    yield "| model | sentences dropped | recall of statements | F1 with the gate | F1 without |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for model in options.models:
        file = Path(model) / "gate.json"
        if not file.exists():
            yield f"| {Path(model).name} | no gate | | | |"
            continue
        about = json.loads(file.read_text(encoding="utf-8"))
        yield (
            f"| {Path(model).name} | {1 - about['read']:.1%} | {about['recall']:.1%} | "
            f"{about['f1']['statements']:.3f} | {about['f1_without']['statements']:.3f} |"
        )


def long_article(texts: Sequence[str], options: argparse.Namespace) -> Iterator[str]:
    """Time per sentence of a long and of a very long article."""
    from stancewire.data.text.segmentation.sentences import segment

    sentences = [s.text for t in texts for s in segment(t)]
    while len(sentences) < max(options.sentences):
        sentences += sentences
    seconds: dict[int, list[float]] = {n: [] for n in options.sentences}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.json"
        for _ in range(options.repeats):
            for n, times in seconds.items():
                path.write_text(json.dumps(["\n\n".join(sentences[:n])]), encoding="utf-8")
                times.append(1000 * timed(path, options.models[0], True, 1)["cpu"] / n)
    ratios = [b / a for a, b in zip(*seconds.values(), strict=True)]
    yield "\n## A long article\n\n| sentences | CPU ms per sentence |\n| ---: | ---: |"
    for n, times in seconds.items():
        yield f"| {n:,} | {spread(times)} |"
    yield f"\nRatio: {spread(ratios)}."


def start_and_memory(texts: Sequence[str], options: argparse.Namespace) -> Iterator[str]:
    """Cold start of one article, and peak memory by number of articles."""
    yield "\n## Cold start\n\nOne article, from the start of the command to the table.\n"
    yield "| model | CPU seconds |\n| --- | ---: |"
    with tempfile.TemporaryDirectory() as folder:
        article = Path(folder) / "article.txt"
        article.write_text(min(texts, key=lambda t: abs(len(t) - 4000)), encoding="utf-8")
        for model in options.models:
            times = [
                command(["score", str(article), "--model", model], f"{folder}/cold{k}")[0]
                for k in range(2 * options.repeats)
            ]
            yield f"| {Path(model).name} | {spread(times)} |"
        yield "\n## Memory\n\nShort articles (the first 400 characters), scored to JSONL in one process.\n"
        yield "| articles | peak MB | against the first row |\n| ---: | ---: | ---: |"
        first = 0
        for n in options.memory:
            source, out = Path(folder) / f"{n}.jsonl", Path(folder) / f"{n}.out.jsonl"
            with source.open("w", encoding="utf-8") as lines:
                for k in range(n):
                    text = texts[k % len(texts)][:400]
                    lines.write(json.dumps({"id": str(k), "text": f"{text}\n\nItem {k}."}) + "\n")
            arguments = ["score", str(source), "-o", str(out), "--model", options.models[0], "--workers", "1"]
            peak = command(arguments, f"{folder}/cache")[1]
            first = first or peak
            yield f"| {n:,} | {peak / 1024:.0f} | {peak / first:.2f} |"


def main() -> None:
    """Parse the command line and write the page; with --job, do one measurement."""
    if sys.argv[1:2] == ["--job"]:
        print(json.dumps(measured(json.loads(sys.argv[2]))))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("news", type=Path)
    parser.add_argument("models", nargs="+", help="model folders, the default one first")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=120)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--memory", type=int, nargs="*", default=[1_000, 20_000])
    parser.add_argument("--quick", action="store_true", help="a few articles once, to see that it works")
    options = parser.parse_args()
    if options.quick:
        options.articles, options.repeats, options.processes, options.memory = 6, 1, [1], [20, 40]
    options.sentences = (100, 300) if options.quick else (1_000, 10_000)
    if missing := [m for m in options.models if not (Path(m) / "model.json").is_file()]:
        parser.error(f"not a model folder: {', '.join(missing)}")
    if not (texts := texts_of(options.news)):
        parser.error(f"no article with a text in {options.news}")
    page = [f"# Benchmarks\n\nMade by `make bench`; do not edit.\n\nMachine: {machine()}.\n"]
    began = time.perf_counter()
    for part in (speed_tables, gate_table, long_article, start_and_memory):
        for line in part(texts, options):
            print(line, flush=True)
            page.append(line)
    page.append(f"\nMeasured in {(time.perf_counter() - began) / 60:.0f} minutes.")
    # Only a complete page replaces the old one.
    unfinished = options.out.with_name(options.out.name + ".part")
    unfinished.write_text("\n".join(page) + "\n", encoding="utf-8")
    unfinished.replace(options.out)


if __name__ == "__main__":
    main()
