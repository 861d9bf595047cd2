"""Mutations of valid files through every reader, importer and config: what must not happen is counted.

    python tests/attack/mutations.py --each 300 --total 10000 --cli 200

A reader may report errors, each in one line, or accept what is left. Counted are tracebacks (any exception
but an `InputError`), errors of several lines, records that were lost although only another one was damaged,
and, through the command line, outputs that are half-written. The exit code is 0 if all counts are 0.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from stancewire.data.annotation.corpus import read_file
from stancewire.data.errors import InputError
from stancewire.tests.attack.mutate import mutated
from stancewire.tests.attack.targets import IDS, TABLE_FORM, Target, targets

# A mutation that keeps a reader busy for longer is counted, too.
SLOW_SECONDS = 20.0
OLD = '{"doc_id": "old", "sentences": [{"text": "It was here before."}]}\n'


@dataclass(slots=True)
class Result:
    """What was found.

    Attributes:
        counts: the number of mutations, and of each thing that must not happen.
        examples: one line or traceback for each of these things.
    """

    counts: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def add(self, what: str, example: str) -> None:
        self.counts[what] += 1
        self.examples.append(f"{what}: {example}")


def write_sample(target: Target, folder: Path, content: dict[str, bytes] | None = None) -> Path:
    """Write the files of a target; returns the path that is read."""
    path = folder / target.name
    for name, raw in (content or target.content).items():
        file = path / name if name else path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(raw)
    return path


def read_mutation(target: Target, folder: Path, random: Random, result: Result) -> None:
    """Read one mutation of a target, and count what must not happen."""
    content, only_middle = dict(target.content), False
    name = random.choice(sorted(content))
    if target.middle and random.random() < 0.5:
        only_middle = True
        before, _, after = content[name].partition(target.middle)
        content[name] = before + mutated(target.middle, target.kind, random) + after
        if target.kind != "json" and b'"' in content[name][len(before) : -len(after)]:
            only_middle = False  # an open quotation mark takes in the rows that follow
    else:
        content[name] = mutated(content[name], target.kind, random)
    path = write_sample(target, folder, content)
    errors: list[InputError] = []
    started = time.monotonic()
    result.counts["mutations"] += 1
    try:
        read = target.read(path, errors.append)
    except InputError as error:
        errors.append(error)
        read = []
    except Exception:
        result.add("tracebacks", f"{target.name}: {traceback.format_exc()[-1500:]}")
        return
    if time.monotonic() - started > SLOW_SECONDS:
        result.add("slow", f"{target.name}: {time.monotonic() - started:.0f} s")
    for error in errors:
        if "\n" in str(error) or len(str(error)) > 2000:
            result.add("long errors", f"{target.name}: {str(error)[:300]!r}")
    # A file that is not JSON has no tasks.
    whole = target.name == "label-studio" and any("task" not in str(e.where) for e in errors)
    if only_middle and not whole and _lost(read, errors):
        result.add("lost records", f"{target.name}: {read}, {[str(e)[:200] for e in errors]}")


def _lost(read: list[str], errors: list[InputError]) -> bool:
    """Whether a record that was not damaged is missing, unless the damaged one took its id."""
    intact = [IDS[0], IDS[2]]
    names = [x.removeprefix("mine-").removeprefix("plover-") for x in read]
    # Rows without an id are numbered; a line break in the second one moves the third.
    names += [IDS[0] if x == "babe-1" else IDS[2] for x in read if x.startswith("babe-") and x != "babe-2"]
    return not set(intact) <= set(names) and not any("duplicate" in str(e) for e in errors)


def run_command(target: Target, folder: Path, random: Random, result: Result) -> None:
    """Import one mutation through the command line, over an existing corpus."""
    from click.testing import CliRunner
    from stancewire.serving.cli.main import app
    from typer.main import get_command

    content = dict(target.content)
    name = random.choice(sorted(content))
    content[name] = mutated(content[name], target.kind, random)
    path, out = write_sample(target, folder, content), folder / "out.jsonl"
    out.write_text(OLD)
    arguments = ["corpus", "import", str(path), "--format", target.name, "-o", str(out)]
    if target.name == "table":
        arguments += ["--form", str(folder / "table-form.toml")]
    done = CliRunner().invoke(get_command(app), arguments)
    result.counts["commands"] += 1
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        result.add(
            "tracebacks", f"{target.name}: {''.join(traceback.format_exception(done.exception))[-1500:]}"
        )
    if done.exit_code not in (0, 1):
        result.add("exit codes", f"{target.name}: {done.exit_code}: {done.output[-300:]}")
    if any(p.name.startswith(".") for p in folder.iterdir()):
        result.add("half-written", f"{target.name}: temporary files remain")
    if out.read_text(encoding="utf-8") != OLD:
        articles, errors = read_file(out)
        if errors or not articles:
            result.add("half-written", f"{target.name}: {errors[:1]}")


def run(each: int, total: int, commands: int, seed: int = 0) -> Result:
    """Run all mutations.

    Args:
        each: mutations of each target, at least.
        total: mutations of all targets, at least.
        commands: mutations through the command line.
        seed: the same seed gives the same mutations.
    """
    result = Result()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        form = folder / "table-form.toml"
        form.write_text(TABLE_FORM)
        found = targets(form)
        each = max(each, -(-total // len(found)))
        for target in found:
            started, before = time.monotonic(), sum(result.counts.values())
            for n in range(each):
                with tempfile.TemporaryDirectory() as own:
                    read_mutation(target, Path(own), Random(f"{seed} {target.name} {n}"), result)
            wrong = sum(result.counts.values()) - before - each
            print(f"{target.name:24} {each:6} {wrong:4} {time.monotonic() - started:6.1f} s", flush=True)
        importers = [t for t in found if t.name in _formats()]
        for n in range(commands):
            with tempfile.TemporaryDirectory() as own:
                (Path(own) / "table-form.toml").write_text(TABLE_FORM)
                target = importers[n % len(importers)]
                run_command(target, Path(own), Random(f"{seed} command {n}"), result)
    return result


def _formats() -> set[str]:
    from stancewire.data.formats import READERS

    return {*READERS, "table"}


def main() -> int:
    """Parse the arguments, run, and print the counts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--each", type=int, default=300, help="mutations of each reader, at least")
    parser.add_argument("--total", type=int, default=10_000, help="mutations of all readers, at least")
    parser.add_argument("--cli", type=int, default=200, help="mutations through the command line")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    result = run(arguments.each, arguments.total, arguments.cli, arguments.seed)
    for example in result.examples[:20]:
        print(example, file=sys.stderr)
    print(", ".join(f"{what} {n}" for what, n in sorted(result.counts.items(), reverse=True)))
    return int(bool(set(result.counts) - {"mutations", "commands"}))


if __name__ == "__main__":
    sys.exit(main())
