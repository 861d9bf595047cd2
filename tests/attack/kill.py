"""Kill commands while they write, and let several append to one file at once.

As a script: `python tests/attack/kill.py MODEL FOLDER [KILLS]`.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

COMMANDS = ("score", "append", "import")
N_ARTICLES = 40
TRIES = 4  # commands started at most, for each kill asked for
SHORTER = 0.85
# One process for each command: in it, records are written as soon as they are scored.
PROGRAM = """
import sys
from stancewire.serving.output import appending
appending.SECONDS, appending.COPY_SHARE = 0.0, 0
from stancewire.serving.cli.main import main
print("ready", file=sys.stderr, flush=True)
main()
"""


@dataclass
class Outcome:
    """What killed commands left: how many were still running, invalid files and temporary files."""

    killed: int = 0
    torn: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def _inputs(folder: Path, name: str, n: int, prefix: str) -> Path:
    """A file of articles to score, or of annotated articles to import."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    with path.open("w", encoding="utf-8") as out:
        for i in range(n):
            text = f"Kenya accused Somalia of attack {prefix}{i} on villagers near the border."
            sentences = [{"text": text}, {"text": f"{prefix}{i} " + "It rained. " * 200}]
            row = {"id": f"{prefix}{i}", "text": text}
            corpus = {"doc_id": f"{prefix}{i}", "sentences": sentences}
            out.write(json.dumps(corpus if name.startswith("c") else row) + "\n")
    return path


def _arguments(command: str, model: Path, source: Path, out: Path) -> list[str]:
    if command == "import":
        return ["corpus", "import", str(source), "--format", "jsonl", "-o", str(out), "--append"]
    more = ["--append"] if command == "append" else []
    return ["score", str(source), "--model", str(model), "-o", str(out), *more]


def _start(arguments: list[str]) -> subprocess.Popen[bytes]:
    """Start stancewire; returns when its interpreter has started."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr
    process.stderr.readline()
    return process


def _torn(out: Path) -> bool:
    """Whether the file has an incomplete line."""
    raw = out.read_bytes() if out.exists() else b""
    try:
        lines = [json.loads(line) for line in raw.split(b"\n")[:-1]]
    except ValueError:
        return True
    return bool(raw) and (not raw.endswith(b"\n") or not all("sentences" in line for line in lines))


def kill_often(command: str, model: Path, folder: Path, kills: int, chance: random.Random) -> Outcome:
    """Start a command and kill it at a random moment of its work, `kills` times, with the same output.

    A command that ended before its moment came does not count, and shortens the time the next moments are
    drawn from: how long the work takes depends on the machine and on what else runs there.

    Returns:
        The outcome; after the last kill the command runs once to its end.
    """
    out, outcome = folder / "out.jsonl", Outcome()
    name = "c" if command == "import" else "a"
    first = _start(_arguments(command, model, _inputs(folder, name, N_ARTICLES, "x"), out))
    began = time.perf_counter()
    first.communicate()
    seconds = time.perf_counter() - began
    for n in range(TRIES * kills):
        if outcome.killed == kills:
            break
        source = _inputs(folder, name, N_ARTICLES, f"k{n}-")
        process = _start(_arguments(command, model, source, out))
        time.sleep(chance.uniform(0.1, 0.9) * seconds)
        running = process.poll() is None
        outcome.killed += running
        seconds *= 1.0 if running else SHORTER
        process.kill()
        process.communicate()
        if _torn(out):
            outcome.torn.append(f"kill {n}")
    last = _start(_arguments(command, model, _inputs(folder, name, 1, "last"), out))
    last.communicate()
    if last.returncode or _torn(out):
        outcome.torn.append("last")
    outcome.left = [path.name for path in folder.glob(".*")]
    return outcome


def race(command: str, model: Path, folder: Path, n: int, each: int = 5) -> int:
    """Let `n` commands append to a new file at once.

    Returns:
        The number of articles that are missing or repeated, and of commands that failed.
    """
    out = folder / "out.jsonl"
    prefix = "c" if command == "import" else "a"
    sources = [_inputs(folder, f"{prefix}{k}", each, f"p{k}-") for k in range(n)]
    processes = [_start(_arguments(command, model, source, out)) for source in sources]
    for process in processes:
        process.communicate()
    failed = sum(bool(p.returncode) for p in processes)
    key = "doc_id" if command == "import" else "id"
    found = [json.loads(line)[key] for line in out.read_text(encoding="utf-8").splitlines()]
    return failed + abs(n * each - len(set(found))) + len(found) - len(set(found))


if __name__ == "__main__":
    kills = int(sys.argv[3]) if len(sys.argv) > 3 else 20
    for name in COMMANDS:
        print(name, kill_often(name, Path(sys.argv[1]), Path(sys.argv[2]) / name, kills, random.Random(15)))
