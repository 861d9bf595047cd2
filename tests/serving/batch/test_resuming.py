"""A run that is killed is continued by the same command, to the same bytes. Changes are noticed."""

from __future__ import annotations

import json
import os
import random
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from stancewire.serving.batch import journal as journals
from stancewire.serving.cli.signals import Interrupted

# In it, progress is kept after every article, and the workers are used from the first article on.
PROGRAM = """
import sys
from stancewire.serving.batch import journal, scorers
journal.SECONDS, scorers.ALONE, scorers.JOB_ARTICLES = 0.0, 1, 2
from stancewire.serving.cli.main import main
print("ready", file=sys.stderr, flush=True)
main()
"""
Cli = Callable[..., Result]


def _rows(path: Path, n: int, prefix: str = "", words: int = 1) -> Path:
    texts = (
        f"{prefix}Kenya accused Somalia of attack {i}. " + f"It rained on day {i}. " * words for i in range(n)
    )
    path.write_text(
        "".join(json.dumps({"id": f"a{i}", "text": t}) + "\n" for i, t in enumerate(texts)), encoding="utf-8"
    )
    return path


def _start(*arguments: str | Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr
    process.stderr.readline()
    return process


def kill_and_continue(model: Path, folder: Path, kills: int, chance: random.Random) -> tuple[int, int]:
    """Kill `score --workers 2` at random moments, continue it each time, compare with an unbroken run.

    Returns:
        The number of kills that hit a running command, and of outputs that differ from the unbroken run.
    """
    source, whole = _rows(folder / "in.jsonl", 150, words=8), folder / "whole.jsonl"
    arguments = ("score", source, "--model", model, "--workers", "2", "-o")
    seconds = 0.0
    for _ in range(2):  # the first run fills the cache
        began = time.perf_counter()
        assert _start(*arguments, whole).wait() == 0
        seconds = time.perf_counter() - began
    killed = differ = n = 0
    while killed < kills and n < 3 * kills:
        n += 1
        out = folder / f"out{n}.jsonl"
        process = _start(*arguments, out)
        time.sleep(chance.uniform(0.1, 0.8) * seconds)
        if process.poll() is None:
            killed += 1
            process.kill()
            complete = not out.exists() or out.read_bytes() == whole.read_bytes()
            assert complete, "an incomplete output has its name"
        process.communicate()
        process = _start(*arguments, out)
        _, messages = process.communicate()
        differ += process.returncode != 0 or out.read_bytes() != whole.read_bytes()
        left = [p.name for p in folder.glob(".out*")]
        assert left == [], (left, messages)
    return killed, differ


def test_a_killed_run_is_continued_to_the_same_bytes(tiny_model: Path, tmp_path: Path) -> None:
    killed, differ = kill_and_continue(tiny_model, tmp_path, 3, random.Random(19))
    assert killed == 3 and differ == 0


@pytest.mark.slow
def test_20_killed_runs_are_continued_to_the_same_bytes(tiny_model: Path, tmp_path: Path) -> None:
    killed, differ = kill_and_continue(tiny_model, tmp_path, 20, random.Random(20))
    assert (killed, differ) == (20, 0)


class Interrupting:
    """Interrupts scoring at an article, as a signal does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
        from stancewire.serving.batch import scorers

        self.at, self.scored = at, 0
        original = scorers.score_article

        def score(*arguments: object) -> object:
            self.scored += 1
            if self.scored == self.at:
                raise Interrupted(15)
            return original(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(scorers, "score_article", score)
        monkeypatch.setattr(journals, "SECONDS", 0.0)


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv", "out.parquet", "out.txt"])
def test_only_what_is_missing_is_scored_again(
    name: str, cli: Cli, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out = _rows(tmp_path / "in.jsonl", 20), tmp_path / name
    assert cli("score", source, "--model", tiny_model, "-o", tmp_path / f"whole{out.suffix}").exit_code == 0
    interrupting = Interrupting(monkeypatch, at=13)
    result = cli("score", source, "--model", tiny_model, "-o", out)
    assert result.exit_code == 143
    assert "not complete; run the same command again to continue" in result.stderr
    assert not out.exists() and len(list(tmp_path.glob(".*"))) == 1
    interrupting.scored, interrupting.at = 0, 0
    result = cli("score", source, "--model", tiny_model, "-o", out)
    assert result.exit_code == 0
    assert "continued; 12 articles already scored" in result.stderr
    assert interrupting.scored == 8
    assert out.read_bytes() == (tmp_path / f"whole{out.suffix}").read_bytes()
    assert list(tmp_path.glob(".*")) == []


@pytest.fixture
def interrupted(
    cli: Cli, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, Path, Interrupting]:
    """The input and output of a run that was interrupted at its 13th article of 20."""
    source, out = _rows(tmp_path / "in.jsonl", 20), tmp_path / "out.jsonl"
    interrupting = Interrupting(monkeypatch, at=13)
    assert cli("score", source, "--model", tiny_model, "-o", out).exit_code == 143
    interrupting.scored, interrupting.at = 0, 0
    return source, out, interrupting


def _change(source: Path, row: int) -> None:
    lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[row] = lines[row].replace("Kenya", "Uganda")
    source.write_text("".join(lines), encoding="utf-8")


@pytest.mark.parametrize("block_bytes", [1, 10_000_000])
def test_a_changed_article_is_noticed_and_scored_again(
    block_bytes: int,
    cli: Cli,
    tiny_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source, out = _rows(tmp_path / "in.jsonl", 20), tmp_path / "out.jsonl"
    interrupting = Interrupting(monkeypatch, at=13)
    monkeypatch.setattr(journals, "SECONDS", 0.0 if block_bytes == 1 else 1000.0)
    monkeypatch.setattr(journals, "BLOCK_BYTES", 6000)
    assert cli("score", source, "--model", tiny_model, "-o", out).exit_code == 143
    _change(source, 5)
    interrupting.scored, interrupting.at = 0, 0
    result = cli("score", source, "--model", tiny_model, "-o", out)
    assert f"{source}, line 6: differs from what the unfinished run read" in result.stderr
    assert interrupting.scored == 15
    whole = tmp_path / "whole.jsonl"
    assert cli("score", source, "--model", tiny_model, "-o", whole).exit_code == 0
    assert out.read_bytes() == whole.read_bytes()


def test_an_input_that_became_shorter_is_noticed(
    interrupted: tuple[Path, Path, Interrupting], cli: Cli, tiny_model: Path
) -> None:
    source, out, _ = interrupted
    lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
    source.write_text("".join(lines[:4]), encoding="utf-8")
    result = cli("score", source, "--model", tiny_model, "-o", out)
    assert "no longer there" in result.stderr and result.exit_code == 0
    assert len(out.read_text(encoding="utf-8").splitlines()) == 4


def test_another_option_is_noticed_and_the_progress_is_not_lost(
    interrupted: tuple[Path, Path, Interrupting], cli: Cli, tiny_model: Path, tmp_path: Path
) -> None:
    source, out, interrupting = interrupted
    interrupting.at = 3
    result = cli("score", source, "--model", tiny_model, "-o", out, "--min-score", "0.9")
    assert "the unfinished run had another --min-score (None, now 0.9); scored from the" in result.stderr
    assert result.exit_code == 143
    interrupting.scored, interrupting.at = 0, 0
    result = cli("score", source, "--model", tiny_model, "-o", out)
    assert "12 articles already scored" in result.stderr and interrupting.scored == 8
    assert list(tmp_path.glob(".*")) == []


def test_a_run_with_the_gate_does_not_continue_one_without_it(
    interrupted: tuple[Path, Path, Interrupting], cli: Cli, tiny_model: Path
) -> None:
    source, out, interrupting = interrupted
    result = cli("score", source, "--model", tiny_model, "-o", out, "--gate")
    assert "the unfinished run had another --gate (False, now True); scored from the" in result.stderr
    assert result.exit_code == 0 and interrupting.scored == 20


def test_another_model_is_noticed(
    interrupted: tuple[Path, Path, Interrupting], cli: Cli, tiny_model: Path, tmp_path: Path
) -> None:
    import shutil

    source, out, interrupting = interrupted
    shutil.copytree(tiny_model, tmp_path / "other")
    result = cli("score", source, "--model", tmp_path / "other", "-o", out)
    assert "the unfinished run had another model (tiny, now other)" in result.stderr
    assert result.exit_code == 0 and interrupting.scored == 20


def test_a_torn_journal_is_used_up_to_its_last_complete_block(
    interrupted: tuple[Path, Path, Interrupting], cli: Cli, tiny_model: Path, tmp_path: Path
) -> None:
    source, out, interrupting = interrupted
    [journal] = tmp_path.glob(".*")
    raw = journal.read_bytes()
    journal.write_bytes(raw[:-5] + bytes(5))
    result = cli("score", source, "--model", tiny_model, "-o", out)
    assert "11 articles already scored" in result.stderr and interrupting.scored == 9
    assert len(out.read_text(encoding="utf-8").splitlines()) == 20


def test_errors_of_articles_are_reported_again_by_the_continued_run(
    cli: Cli, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stancewire.data.errors import InputError

    source, out = _rows(tmp_path / "in.jsonl", 20), tmp_path / "out.jsonl"
    interrupting = Interrupting(monkeypatch, at=13)
    from stancewire.serving.batch import scorers

    scoring = scorers.score_article

    def score(labeller: object, article: object, *rest: object) -> object:
        if article.id == "a4":  # type: ignore[attr-defined]
            raise InputError("cannot be scored", where="in.jsonl, row 5")
        return scoring(labeller, article, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(scorers, "score_article", score)
    assert cli("score", source, "--model", tiny_model, "-o", out).exit_code == 143
    interrupting.at = 0
    result = cli("score", source, "--model", tiny_model, "-o", out)
    assert result.exit_code == 1 and "error: in.jsonl, row 5: cannot be scored" in result.stderr
    assert len(out.read_text(encoding="utf-8").splitlines()) == 19


def test_a_short_run_leaves_nothing_beside_its_output(cli: Cli, tiny_model: Path, tmp_path: Path) -> None:
    source, out = _rows(tmp_path / "in.jsonl", 3), tmp_path / "out.jsonl"
    assert cli("score", source, "--model", tiny_model, "-o", out).exit_code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_the_progress_of_a_run_that_goes_on_is_not_deleted(
    interrupted: tuple[Path, Path, Interrupting], cli: Cli, tiny_model: Path, tmp_path: Path
) -> None:
    source, out, _ = interrupted
    [journal] = tmp_path.glob(".*")
    fcntl = pytest.importorskip("fcntl")
    with journal.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        result = cli("score", source, "--model", tiny_model, "-o", out)
    assert result.exit_code == 0
    assert "the same command is running; this one keeps no progress" in result.stderr
    assert journal.exists()


def test_the_progress_of_another_user_does_not_stop_a_run(
    interrupted: tuple[Path, Path, Interrupting],
    cli: Cli,
    tiny_model: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(path: str, flags: int) -> int:
        raise PermissionError(13, "Permission denied", path)

    source, out, _ = interrupted
    monkeypatch.setattr(journals, "_private", refused)
    result = cli("score", source, "--model", tiny_model, "-o", out)
    assert result.exit_code == 0, result.stderr
    assert "another user ran the same command; this one keeps no progress" in result.stderr
    assert len(out.read_text(encoding="utf-8").splitlines()) == 20


@pytest.mark.skipif(os.name == "nt", reason="no permissions")
def test_only_the_user_can_read_the_progress(interrupted: object, tmp_path: Path) -> None:
    [journal] = tmp_path.glob(".*")
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600
