"""Code in texts, titles, ids and names never runs on the article page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stancewire.serving.output.article_page.shown import Reasons, ShownArticle

pytestmark = pytest.mark.browser
Make = Callable[..., ShownArticle]
Write = Callable[..., Path]

PAYLOADS = (
    "<script>window.hacked=1</script>",
    "</script><script>window.hacked=1</script>",
    "</style><script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "<svg onload=window.hacked=1>",
    '"><svg/onload=window.hacked=1>',
    "' onfocus=window.hacked=1 autofocus x='",
    '" onmouseover=window.hacked=1 style="position:fixed;inset:0" x="',
    "<iframe srcdoc='<script>parent.hacked=1</script>'>",
    "javascript:window.hacked=1",
    "<a href=javascript:window.hacked=1>x</a>",
    "<meta http-equiv=refresh content='0;url=javascript:window.hacked=1'>",
    "<base href=https://example.invalid/>",
    "<details open ontoggle=window.hacked=1>",
    "<!--<script>window.hacked=1</script>-->",
    "<![CDATA[<script>window.hacked=1</script>]]>",
    "&lt;script&gt;window.hacked=1&lt;/script&gt;",
    "{{ window.hacked=1 }}",
    "{% raw %}<script>window.hacked=1</script>",
    "${window.hacked=1}",
    "</textarea></title><script>window.hacked=1</script>",
    "<noscript><p title='</noscript><img src=x onerror=window.hacked=1>'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=window.hacked=1>",
    "\u003cscript\u003ewindow.hacked=1\u003c/script\u003e",
    "<object data='data:text/html,<script>parent.hacked=1</script>'>",
    "<form action=javascript:window.hacked=1><input type=submit autofocus>",
    "<link rel=stylesheet href=https://example.invalid/x.css>",
    "<style>body{display:none}</style>",
    "\ud800<script>window.hacked=1</script>\u202e\x00",
    "\u2028window.hacked=1\u2029//</script>",
)


def hostile(make: Make, payload: str) -> ShownArticle:
    """An article with the payload in every text that comes from outside."""
    words = payload.replace(".", "·")
    text = f"{words} accused {words}2 of it.\n\nIt said {words} and so on."
    shown = make(
        text,
        [("blame", 0, f"{words}={words}", f"{words}2=SOM?", 0.9), ("appeal", 1, f"{words}=", None, 0.8)],
        loaded=(0,), id=payload, title=payload, outlet=payload, date="2026-01-01", url=payload,
        author=payload, source=f"{payload}.txt", date_original=payload, model=payload,
        also_in=[{"id": payload, "outlet": payload, "date": payload, "url": payload}],
    )  # fmt: skip
    return ShownArticle(shown.record, shown.text, (Reasons(((payload, 1.0),), ((payload, -1.0),)),))


def use(browser: Any) -> None:
    """Do what a reader does: filter, open the rows, point at statements, click on links within the page."""
    browser.choose("score", "0.1")
    browser.open_details()
    for chip in browser.all(".text .chip")[:2]:
        browser.point(chip)
        chip.click()
    browser.settle()


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_injected_code_never_runs(number: int, browser: Any, shown_article: Make, write: Write) -> None:
    payload = PAYLOADS[number]
    browser.open(write([hostile(shown_article, payload)] * 2, title=payload))
    use(browser)
    assert browser.run("return window.hacked") is None
    assert (
        browser.run("return document.querySelectorAll('iframe, img, object, base, link, form').length") == 1
    )
    assert browser.run("return document.scripts.length") == 2
    assert browser.run("return [...document.links].filter((a) => a.protocol === 'javascript:').length") == 0
    assert browser.errors() == []
    assert browser.all("article")


def test_the_policy_stops_code_that_an_escape_has_missed(browser: Any, page: Path, tmp_path: Path) -> None:
    evil = "".join(p for p in PAYLOADS if "hacked" in p and "{" not in p and "\ud800" not in p)
    broken = tmp_path / "broken.html"
    broken.write_text(
        page.read_text("utf-8").replace("<article", f"<img src=x onerror=window.hacked=1>{evil}<article", 1),
        encoding="utf-8",
    )
    browser.open(broken)
    browser.settle()
    assert browser.run("return window.hacked") is None
    assert any("Content Security Policy" in message for message in browser.errors())
