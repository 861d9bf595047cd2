"""The profile page in a browser: looks, and names of outlets, titles and ids that are code."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from stancewire.serving.output.article_page.shown import ShownArticle

pytestmark = pytest.mark.browser
Make = Callable[..., ShownArticle]
Cli = Callable[..., Result]
TEXT = (
    "Kenya accused Somalia of shelling a town. Somalia said that Kenya broke the truce. "
    "Ethiopia urged both to talk."
)
CODE = "<img src=x onerror=window.hacked=1></script><script>window.hacked=1</script>"


def records(make: Make, outlets: Sequence[str], words: str = "") -> str:
    """Articles of several outlets over three months, as JSONL."""
    lines = []
    for n in range(36):
        claims: list[tuple[object, ...]] = [
            ("blame", 0, "Kenya=KEN", "Somalia=SOM", 0.9),
            ("blame", 1, "Somalia=SOM", "Kenya=KEN", 0.8),
            ("appeal", 2, "Ethiopia=ETH", "both=KEN+SOM", 0.7),
            ("ceasefire_claim", 1, "Somalia=SOM", None, 0.6),
        ]
        article = make(
            f"{TEXT} Item {n}.", claims[: 1 + n % 4], loaded=(0,) * (n % 3 == 0), id=f"{words}{n}",
            title=f"{words} day {n}", outlet=outlets[n % len(outlets)], text_sha256=f"{n:064x}",
            date=f"2026-0{n % 3 + 1}-{n % 27 + 1:02}",
        )  # fmt: skip
        lines.append(json.dumps(article.record.to_dict()))
    return "\n".join(lines) + "\n"


def profile(cli: Cli, folder: Path, scores: str) -> Path:
    (folder / "scores.jsonl").write_text(scores, encoding="utf-8")
    result = cli("profile", folder / "scores.jsonl", "--by", "outlet", "-o", folder / "profile.html")
    assert result.exit_code == 0, result.stderr
    return folder / "profile.html"


def test_the_profile_looks_right(
    view: Callable[[Path, str], None], shown_article: Make, cli: Cli, tmp_path: Path
) -> None:
    outlets = ("Lakeside Courier", "Fjord Post", "The Harbour Gazette")
    view(profile(cli, tmp_path, records(shown_article, outlets)), "profile")


def test_code_in_names_never_runs(browser: Any, shown_article: Make, cli: Cli, tmp_path: Path) -> None:
    browser.open(profile(cli, tmp_path, records(shown_article, (CODE, f"2 {CODE}"), CODE)))
    browser.open_details()
    assert browser.run("return window.hacked") is None
    assert browser.run("return document.querySelectorAll('main img, main script').length") == 0
    assert browser.errors() == []
    assert "onerror" in browser.find("main").text
