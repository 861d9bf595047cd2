"""HTML pages: the article of a page, in themes of publishing tools and with odd cases."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from stancewire.serving.articles.web.page import extract_page

PAGES = Path(__file__).parent / "pages"
_MARKDOWN = (PAGES / "article.md").read_text(encoding="utf-8")
TITLE, _, BODY = _MARKDOWN.removeprefix("# ").partition("\n")


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))


@pytest.mark.parametrize("theme", sorted(p.stem for p in PAGES.glob("*.html")))
def test_the_article_is_found_in_the_pages_of_publishing_tools(theme: str) -> None:
    found = extract_page((PAGES / f"{theme}.html").read_bytes())
    assert found is not None and found.title == TITLE
    got, wanted = words(found.text), words(BODY)
    common = (got & wanted).total()
    assert common / got.total() >= 0.95, (got - wanted).most_common(20)
    assert common / wanted.total() >= 0.95, (wanted - got).most_common(20)


def test_at_least_ten_themes_are_tested() -> None:
    assert len(list(PAGES.glob("*.html"))) >= 10


_PUBLISHED = '<meta property="article:published_time" content="2026-05-12T09:30:00Z">'
_CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "related stories": {
        "extra": "<div class='related-stories'><h3>More</h3><p>Fish prices rise in May.</p></div>"
    },
    "related inside": {
        "inside": "<div class='related'><p>Read more: Fish prices rise in May, experts say.</p></div>"
    },
    "cookie banner": {"extra": "<div id='cookie-banner'><p>We use cookies to improve our service.</p></div>"},
    "cookie inside": {
        "inside": "<div class='cookie-consent'><p>We value your privacy and use cookies.</p></div>"
    },
    "caption": {
        "inside": "<figure><img src='a.jpg'><figcaption>A boat in May. Photo: I. Marn</figcaption></figure>"
    },
    "newsletter": {"inside": "<div class='newsletter-box'><p>Subscribe to our morning letter now.</p></div>"},
    "comments": {"extra": "<section id='comments'><p>First! I do not believe a word of this.</p></section>"},
    "navigation": {
        "extra": "<nav><ul><li><a href='/'>Home</a></li><li><a href='/w'>World</a></li></ul></nav>"
    },
    "footer": {"extra": "<footer><p>Copyright 2019 The Strait Courier. All rights reserved.</p></footer>"},
    "sidebar": {"extra": "<aside><p>Most read today: Fish prices rise in May.</p></aside>"},
    "script": {"inside": "<script>var a = '<p>not text</p>';</script><style>p {color: red}</style>"},
    "share": {"inside": "<div class='social-share'><a href='#'>Share</a><a href='#'>Tweet</a></div>"},
    "time of publication": {"head": _PUBLISHED, "date": "2026-05-12T09:30:00+00:00"},
    "json-ld": {
        "head": '<script type="application/ld+json">{"@context": "https://schema.org", '
        '"@type": "NewsArticle", "headline": "Ferry reopens", "datePublished": "2026-05-12", '
        '"author": {"@type": "Person", "name": "Ida Marn"}, '
        '"publisher": {"@type": "Organization", "name": "The Strait Courier"}}</script>',
        "date": "2026-05-12",
        "author": "Ida Marn",
        "outlet": "The Strait Courier",
    },
    "site name": {
        "head": '<meta property="og:site_name" content="The Strait Courier">'
        '<meta property="og:title" content="Ferry reopens"><meta name="author" content="Ida Marn">',
        "outlet": "The Strait Courier",
        "author": "Ida Marn",
    },
    "canonical": {
        "head": '<link rel="canonical" href="https://courier.example/2026/ferry">',
        "url": "https://courier.example/2026/ferry",
        "outlet": "courier.example",
    },
    "entities": {"title": "Ferry reopens &amp; sails", "expected": "Ferry reopens & sails"},
    "site in title": {"title": "Ferry reopens", "head": "<meta name='generator' content='x'>"},
    "line breaks": {"inside": "<br><br>"},
    "subheading": {"inside": "<h2>A summit in doubt</h2>", "text": "A summit in doubt"},
    "quotation": {
        "inside": "<blockquote><p>They signed in the morning.</p></blockquote>",
        "text": "They signed in",
    },
}


@pytest.mark.parametrize("name", _CASES)
def test_title_date_outlet_and_body_of_a_page(
    tmp_path: Path, read: Any, page: Any, text: str, name: str
) -> None:
    case = _CASES[name]
    body = f"<p>{text} (1)</p><p>{text} (2)</p>{case.get('inside', '')}<p>{text} (3)</p>"
    html = page(case.get("title", "Ferry reopens"), body, case.get("head", ""), case.get("extra", ""))
    (tmp_path / "a.html").write_text(html, encoding="utf-8")
    found = read(tmp_path / "a.html")
    assert not found.errors
    [article] = found.articles
    kept = [p for p in article.text.split("\n\n") if not case.get("text") or case["text"] not in p]
    assert kept == [f"{text} ({n})" for n in (1, 2, 3)]
    assert len(kept) == len(article.text.split("\n\n")) - bool(case.get("text"))
    assert article.title == case.get("expected", "Ferry reopens") and article.language == "en"
    for field in ("date", "outlet", "author", "url"):
        assert getattr(article, field) == case.get(field), field


def test_a_page_in_another_encoding(tmp_path: Path, read: Any, page: Any, text: str) -> None:
    html = page("Zoë’s ferry", f"<p>“{text}” – Zoë</p>" * 1 + f"<p>{text}</p>").replace(
        "utf-8", "windows-1252"
    )
    (tmp_path / "a.html").write_bytes(html.encode("cp1252"))
    [article] = read(tmp_path / "a.html").articles
    assert (
        article.title == "Zoë’s ferry"
        and article.text.startswith("“The government")
        and "– Zoë" in article.text
    )


_INVALID = {
    "truncated.html": b"<!DOCTYPE html><html><head><title>Ferry",
    "empty.html": b"",
    "mislabelled.html": b"\x89PNG\r\n\x1a\n" + b"\x00" * 99,
    "huge.html": b"<html><body>" + b"<p>Ferry.</p>" * 900_000,
    "form.html": b"<html><body><form><input name='q'><button>Search</button></form></body></html>",
    "deep.html": b"<html><body>" + b"<div>" * 50_000,
}


@pytest.mark.parametrize("name", _INVALID)
def test_an_invalid_page_is_one_line(tmp_path: Path, read: Any, text: str, name: str) -> None:
    (tmp_path / name).write_bytes(_INVALID[name])
    (tmp_path / "good.txt").write_text(text, encoding="utf-8")
    found = read(tmp_path / name, tmp_path / "good.txt")
    assert [a.id for a in found.articles] == ["good"]
    [error] = found.errors
    assert name in error and "\n" not in error and len(error) < 400
