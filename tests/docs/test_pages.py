"""The README and the documentation are executed: every command, every Python example, every TOML file.

How a page says what is to happen to a block, in a comment on the line above it:

- `<!-- slow -->`: run by `make test-slow` only (it takes more than a minute, or needs what such a block made)
- `<!-- not executed: reason -->`: it needs a network, another program, an installation or hours
- `<!-- exits 1 -->`: its last command ends with this exit code

In ```console blocks lines that start with `$ ` are commands, the others are what they print; in Python it is
comments that start with `# >`. `…` stands for lines or words left out. The words of the output that a page
shows have to be printed; numbers may differ by machine, except on the page about what is read.

STANCEWIRE_TRANSCRIPTS=FOLDER writes what every command really printed to FOLDER, one file per page.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from synthetic.samples import write_samples

ROOT = Path(__file__).parents[2]
# cli.md is generated from the help texts, whose examples need files of the user.
DOCS = [p for p in (ROOT / "docs").rglob("*.md") if p.name != "cli.md" and p.parent.name != "decisions"]
PAGES = ["README.md", "CONTRIBUTING.md", *sorted(str(p.relative_to(ROOT)) for p in DOCS)]
LANGUAGES = {"console", "python", "toml", "json", "text"}
# Pages whose output is the same everywhere, to the last number. Their samples are in `exports/`.
EXACT = {"docs/reading.md"}
SHELL_SYNTAX = set("|<>;&*$`")
FENCE = re.compile(
    r"(?:^<!-- (?P<note>[^\n]*?) -->\n+)?"
    r"^(?P<fence>```+)(?P<language>[\w{}-]*)[^\n]*\n(?P<text>.*?)^(?P=fence)$",
    re.M | re.S,
)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: its language, its text, its first line in the page, the note above it."""

    language: str
    text: str
    line: int
    note: str = ""

    @property
    def slow(self) -> bool:
        return self.note == "slow"

    @property
    def executed(self) -> bool:
        return not self.note.startswith("not executed: ")

    @property
    def exit_code(self) -> int:
        return int(found[1]) if (found := re.fullmatch(r"exits (\d+)", self.note)) else 0


def blocks(page: str) -> list[Block]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return [
        Block(m["language"], m["text"], text.count("\n", 0, m.start("fence")) + 1, m["note"] or "")
        for m in FENCE.finditer(text)
        if not m["language"].startswith("{")
    ]


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """Each command of a console block with the output that the page shows for it."""
    for part in re.split(r"^\$ ", block.text, flags=re.M)[1:]:
        lines = part.split("\n")
        n = next(i for i, line in enumerate(lines) if not line.endswith("\\"))
        yield "\n".join(lines[: n + 1]).replace("\\\n", " "), "\n".join(lines[n + 1 :])


def words(text: str, exact: bool = False) -> list[str]:
    # Not the letters within "6cee11a9": run ids differ.
    return re.findall(r"\w+" if exact else r"(?<![^\W_])[^\W\d_]{3,}(?![^\W_])", text)


# Running them.


@pytest.fixture
def checkout(champion_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder like a checkout after `make demo`: examples, data, a store with a champion."""
    for name in ("examples", "data", "experiments"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(champion_store, tmp_path / "mlflow.db")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'mlflow.db'}")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def run_command(command: str, cli: Callable[..., Result]) -> tuple[int, str]:
    """Exit code and everything printed. Plain `stancewire` commands run in this process, which is quicker."""
    arguments = shlex.split(command, comments=True)
    if arguments[0] == "stancewire" and not SHELL_SYNTAX & set("".join(arguments)):
        result = cli(*arguments[1:])
        return result.exit_code, result.output
    done = subprocess.run(
        ["bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return done.returncode, done.stdout


def run_console(block: Block, cli: Callable[..., Result], transcript: list[str], exact: bool = False) -> None:
    listed = list(commands(block))
    for n, (command, shown) in enumerate(listed):
        code, printed = run_command(command, cli)
        transcript.append(f"$ {command}\n{printed}")
        expected = block.exit_code if n == len(listed) - 1 else 0
        assert code == expected, f"line {block.line}: {command}\n{printed}"
        missing = [word for word in words(shown, exact) if word not in set(words(printed, exact))]
        assert not missing, f"line {block.line}: {command}\nis said to print {missing}; it prints:\n{printed}"


def run_python(block: Block, namespace: dict[str, Any], transcript: list[str]) -> None:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile("\n" * block.line + block.text, "page", "exec"), namespace)
    transcript.append(f"{block.text}{printed.getvalue()}")
    shown = "\n".join(re.findall(r"# ?> ?(.*)$", block.text, re.M))
    missing = [word for word in words(shown) if word not in set(words(printed.getvalue()))]
    assert not missing, f"line {block.line}: is said to print {missing}; it prints:\n{printed.getvalue()}"


def run_page(page: str, cli: Callable[..., Result], slow: bool) -> None:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    transcript: list[str] = []
    try:
        for block in blocks(page):
            if not block.executed or (block.slow and not slow):
                continue
            if block.language == "console":
                run_console(block, cli, transcript, page in EXACT)
            elif block.language == "python":
                run_python(block, namespace, transcript)
            elif block.language == "toml":
                tomllib.loads(block.text)
    finally:
        if folder := os.environ.get("STANCEWIRE_TRANSCRIPTS"):
            name = page.replace("/", "-").removesuffix(".md")
            Path(folder).mkdir(parents=True, exist_ok=True)
            (Path(folder) / f"{name}.txt").write_text("\n".join(transcript), encoding="utf-8")


RUNNABLE = [p for p in PAGES if any(b.executed and not b.slow for b in blocks(p))]
SLOW = [p for p in PAGES if any(b.executed and b.slow for b in blocks(p))]


@pytest.mark.parametrize("page", RUNNABLE)
def test_the_examples_of_a_page_work(
    page: str, checkout: Path, cli: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    if page in EXACT:
        write_samples(checkout / "exports")
        monkeypatch.setenv("COLUMNS", "100")
    run_page(page, cli, slow=False)


@pytest.mark.slow
@pytest.mark.parametrize("page", SLOW)
def test_all_examples_of_a_page_work(page: str, checkout: Path, cli: Callable[..., Result]) -> None:
    run_page(page, cli, slow=True)


# How pages are written.


@pytest.mark.parametrize("page", PAGES)
def test_every_block_names_its_language(page: str) -> None:
    assert {(b.line, b.language) for b in blocks(page) if b.language not in LANGUAGES} == set()
    assert {(b.line, b.note) for b in blocks(page) if b.note and not known_note(b)} == set()


def known_note(block: Block) -> bool:
    return block.slow or not block.executed or block.exit_code != 0


def test_the_words_of_shown_output_are_compared(
    cli: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run_console(Block("console", "$ echo one two\none …\n", 1), cli, [])
    run_console(Block("console", "$ false\n", 1, "exits 1"), cli, [])
    with pytest.raises(AssertionError, match="three"):
        run_console(Block("console", "$ echo one \\\n  two\none three\n", 1), cli, [])
    with pytest.raises(AssertionError, match="line 7"):
        run_console(Block("console", "$ false\n$ true\n", 7), cli, [])
    run_console(Block("console", "$ echo 24 read\n23 read\n", 1), cli, [])
    with pytest.raises(AssertionError, match="23"):
        run_console(Block("console", "$ echo 24 read\n23 read\n", 1), cli, [], exact=True)
    with pytest.raises(AssertionError, match="four"):
        run_python(Block("python", "print('one')  # > four\n", 1), {}, [])


@pytest.mark.parametrize("page", PAGES)
def test_links_between_files_lead_somewhere(page: str) -> None:
    text = re.sub(r"^```.*?^```$", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.M | re.S)
    targets = [t.split("#")[0] for t in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in t]
    assert [t for t in targets if t and not (ROOT / page).parent.joinpath(t).exists()] == []


def test_the_readme_is_about_900_words() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```$|<!--.*?-->|\]\([^)]*\)|^\|[-: |]*\|$", " ", text, flags=re.M | re.S)
    assert 700 <= len(prose.split()) <= 1050, len(prose.split())
