"""RSS and Atom feeds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


def rss(items: str, channel: str = "<title>Harbour Gazette</title>") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content='
        '"http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel>{channel}{items}</channel></rss>"
    )


def item(n: int, text: str, more: str = "") -> str:
    return (
        f"<item><title>Story {n}</title><link>https://harbour.example/{n}</link><guid>g{n}</guid>"
        f"<pubDate>Tue, 12 May 2026 09:{n:02}:00 GMT</pubDate><dc:creator>Ida Marn</dc:creator>"
        f"<description>{text}</description>{more}</item>"
    )


def test_a_feed_of_twenty_items(tmp_path: Path, read: Any, text: str) -> None:
    full = f"<content:encoded><![CDATA[<p>{text}</p><p>It rained.</p>]]></content:encoded>"
    items = "".join(item(n, "A summary.", full if n % 2 else "") for n in range(20))
    (tmp_path / "feed.rss").write_text(rss(items), encoding="utf-8")
    found = read(tmp_path / "feed.rss")
    assert not found.errors and found.reports[0].announced == found.reports[0].read == 20
    for n, article in enumerate(found.articles):
        assert (article.title, article.outlet, article.author) == (
            f"Story {n}",
            "Harbour Gazette",
            "Ida Marn",
        )
        assert (article.id, article.url) == (f"g{n}", f"https://harbour.example/{n}")
        assert article.date == f"2026-05-12T09:{n:02}:00+00:00"
        assert article.text == (f"{text}\n\nIt rained." if n % 2 else "A summary.")
    assert "10 of 20 items have only a summary; --fetch downloads the articles" in found.notes[0]


def test_odd_items(tmp_path: Path, read: Any) -> None:
    items = (
        "<item><title>No guid</title><link>https://h.example/1</link><description>A.</description></item>"
        "<item><title>Escaped twice</title><guid>2</guid>"
        "<description>&amp;lt;p&amp;gt;A &amp;amp; B.&amp;lt;/p&amp;gt;</description></item>"
        "<item><title>Bad date</title><guid>3</guid><pubDate>last Tuesday</pubDate>"
        "<description>A.</description></item>"
        "<item><title>Empty author</title><guid>4</guid><dc:creator></dc:creator>"
        "<description>A.</description></item>"
        "<item><title>Only a title</title><guid>5</guid></item>"
        "<item><guid>6</guid></item>"
        "<item><title>From elsewhere</title><guid>7</guid>"
        "<source url='https://o.example/'>Other Paper</source>"
        "<description>A&lt;br/&gt;B.</description></item>"
    )
    (tmp_path / "feed.xml").write_text("junk\n" + rss(items), encoding="utf-8")
    found = read(tmp_path / "feed.xml")
    by_title = {a.title: a for a in found.articles}
    assert by_title["No guid"].id == "https://h.example/1"
    assert by_title["Escaped twice"].text == "A & B."
    assert by_title["Bad date"].date is None and by_title["Bad date"].date_original == "last Tuesday"
    assert by_title["Empty author"].author is None
    assert by_title["Only a title"].text == "Only a title"
    assert by_title["From elsewhere"].outlet == "Other Paper" and by_title["From elsewhere"].text == "A\n\nB."
    assert len(found.errors) == 1 and "item 6: an item without text" in found.errors[0]


def test_an_atom_feed(tmp_path: Path, read: Any, text: str) -> None:
    entry = (
        '<entry><title type="html">A &amp;amp; B</title><id>tag:1</id><link href="/1"/>'
        "<author><name>Ida</name></author>"
        "<updated>2026-05-12T09:30:00+02:00</updated>"
        "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
        f"<p>{text}</p><p>It rained.</p></div></content></entry>"
    )
    opening = '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://h.example/">'
    feed = f"{opening}<title>H</title>{entry}</feed>"
    (tmp_path / "a.atom").write_text(feed, encoding="utf-8")
    [article] = read(tmp_path / "a.atom").articles
    assert (article.title, article.url, article.author) == ("A & B", "https://h.example/1", "Ida")
    assert article.date == "2026-05-12T09:30:00+02:00" and article.text == f"{text}\n\nIt rained."


def test_links_are_fetched_on_request(web: Any, read: Any, page: Any, text: str) -> None:
    items = "".join(item(n, "A summary.").replace("https://harbour.example", web.url) for n in range(3))
    web.add("/0", page("Another title"))
    web.add("/1", page())
    feed = web.add("/feed", rss(items), **{"Content-Type": "application/rss+xml"})
    found = read(feed, allow_private=True)
    assert [a.text for a in found.articles] == ["A summary."] * 3 and web.requests == ["/robots.txt", "/feed"]
    found = read(feed, allow_private=True, fetch=True)
    assert [a.title for a in found.articles] == ["Story 0", "Story 1", "Story 2"]
    assert [a.text.startswith(text) for a in found.articles] == [True, True, False]
    assert len(found.errors) == 1 and "answers 404; its own text was read" in found.errors[0]


_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><rss><channel><title>&i;</title></channel></rss>"
)
_INVALID = {
    "truncated.rss": b'<?xml version="1.0"?><rss version="2.0"><channel><title>Harb',
    "empty.rss": b"",
    "mislabelled.rss": b"<!DOCTYPE html><html><body><form></form></body></html>",
    "huge.rss": b"<rss><channel>" + b"<item><title>A</title></item>" * 700_000,
    "none.rss": b"<rss><channel><title>H</title></channel></rss>",
    "bomb.xml": _LAUGHS.encode(),
}


@pytest.mark.parametrize("name", _INVALID)
def test_an_invalid_feed_is_one_line(tmp_path: Path, read: Any, text: str, name: str) -> None:
    (tmp_path / name).write_bytes(_INVALID[name])
    (tmp_path / "good.txt").write_text(text, encoding="utf-8")
    found = read(tmp_path / name, tmp_path / "good.txt")
    assert [a.id for a in found.articles] == ["good"]
    [error] = found.errors
    assert name in error and "\n" not in error and len(error) < 400


def test_the_items_before_the_cut_are_read(tmp_path: Path, read: Any) -> None:
    (tmp_path / "cut.rss").write_text(rss(item(1, "A.") + item(2, "B."))[:-40], encoding="utf-8")
    found = read(tmp_path / "cut.rss")
    assert len(found.articles) >= 1 and len(found.errors) == 1 and "cut off" in found.errors[0]
