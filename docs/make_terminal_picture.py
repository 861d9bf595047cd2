"""Draw docs/score.svg: a scored article as the terminal shows it. Needs a champion: run `make picture`.

The picture is self-contained: no web fonts, no scripts.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
COMMAND = ("score", "examples/article.txt")
COLUMNS = 110

# Light ground; the colours keep a contrast of 4.5 to 1 on it.
THEME = TerminalTheme(
    (255, 255, 255),
    (36, 41, 47),
    [
        (36, 41, 47),
        (179, 29, 40),
        (17, 99, 41),
        (130, 80, 0),
        (9, 80, 180),
        (130, 40, 140),
        (10, 100, 110),
        (87, 96, 106),
    ],
)

# rich's own template names a web font; this one takes the reader's monospaced font.
TEMPLATE = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<title>The statements that stancewire finds in an article, as a table in a terminal</title>
<style>
.{unique_id}-matrix {{
  font-family: Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width;
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
<rect x="1" y="1" width="{width}" height="{height}" rx="8" fill="#ffffff" stroke="#d0d7de"/>
<g transform="translate(9, 12)" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def terminal_output() -> str:
    """What the command prints to a terminal with colours."""
    result = subprocess.run(
        [Path(sys.executable).with_name("stancewire"), *COMMAND],
        cwd=ROOT,
        env={**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "TERM": "xterm-256color"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return result.stdout


def picture(output: str) -> str:
    """The output of a terminal, with ANSI colours, as SVG."""
    lines = [Text.from_ansi(line) for line in output.rstrip().splitlines()]
    console = Console(record=True, width=max(line.cell_len for line in lines), file=io.StringIO())
    console.print(Text(f"$ stancewire {' '.join(COMMAND)}", style="bold"))
    for line in lines:
        console.print(line, no_wrap=True)
    return console.export_svg(theme=THEME, code_format=TEMPLATE, unique_id="score")


if __name__ == "__main__":
    (ROOT / "docs" / "score.svg").write_text(picture(terminal_output()), encoding="utf-8")
