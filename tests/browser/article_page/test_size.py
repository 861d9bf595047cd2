"""1,000 articles on one page: size, and the time to open and to filter it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stancewire.serving.output.article_page.shown import ShownArticle

pytestmark = pytest.mark.browser
Make = Callable[..., ShownArticle]
Write = Callable[..., Path]


def thousand(make: Make) -> list[ShownArticle]:
    """1,000 different articles of about 500 words, each with seven statements."""
    chance = random.Random(7)
    filler = [w.strip('.,"') for w in (make().text or "").split()]
    out = []
    for n in range(1000):
        paragraphs = "\n\n".join(
            " ".join(" ".join(chance.choices(filler, k=18)) + "." for _ in range(4)) for _ in range(6)
        )
        about = {"outlet": f"Outlet {n % 17}", "date": f"2026-{n % 12 + 1:02}-{n % 28 + 1:02}"}
        title = f"Shells fall near Mandera, day {n}"
        out.append(make(f"\n\n{paragraphs}", 6, id=f"article-{n}", title=title, **about))
    return out


def test_a_thousand_articles_open_in_two_seconds(browser: Any, border: Make, write: Write) -> None:
    articles = thousand(border)
    page = write(articles, thresholds=dict.fromkeys(("blame", "ceasefire_claim", "appeal", "loaded"), 0.4))
    text = sum(len((a.text or "").encode()) for a in articles)
    beside = page.stat().st_size - text
    seconds = min(browser.open(page) for _ in range(3))
    began = browser.run("return performance.now()")
    browser.choose("actor", "KEN")
    filtered = (browser.run("return performance.now()") - began) / 1000
    print(
        f"1,000 articles: {text / 1e6:.1f} MB of text, {beside / 1e6:.2f} MB beside it, "
        f"opened in {seconds:.2f} s, filtered in {filtered:.2f} s"
    )
    assert beside <= 5_000_000
    assert seconds < 2
    assert browser.find("#shown").text.startswith("1,000 articles")
