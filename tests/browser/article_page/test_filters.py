"""The filters and the order of the article page in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser


def texts(browser: Any) -> list[str]:
    return [c.text for c in browser.all(".text .chip")]


def test_filters_show_the_statements_that_match(browser: Any, page: Path) -> None:
    browser.open(page)
    everything = texts(browser)
    for name, value, expected in (
        ("actor", "KEN", ["blame 0.97"]),
        ("actor", "DNK", ["appeal 0.91"]),
        ("target", "AU", ["appeal 0.83"]),
        ("score", "0.9", ["blame 0.97", "appeal 0.91"]),
        ("outlet", "Fjord Post", ["appeal 0.91", "ceasefire claim 0.44"]),
        ("from", "2026-03-04", ["appeal 0.91", "ceasefire claim 0.44"]),
        ("to", "2026-03-03", everything[:7]),
    ):
        browser.choose(name, value)
        assert texts(browser) == expected, name
        browser.find("[type=reset]").click()
        browser.settle()
        assert texts(browser) == everything
    browser.choose("actor", "KEN")
    assert browser.find("#shown").text == "1 of 3 articles, 1 of 9 marked"
    assert len(browser.all("#list li a")) == 1
    assert len(browser.all("article")) == 1
    browser.choose("target", "NOR")
    assert browser.find("#none").is_displayed()


def test_a_kind_can_be_hidden(browser: Any, page: Path) -> None:
    browser.open(page)
    for box in browser.all("[name=kind]")[:1]:
        box.click()
    browser.settle()
    assert not any(t.startswith("blame") for t in texts(browser))
    classes = browser.run("return document.querySelector('.text .s').className")
    assert classes == "s"
    boxes = browser.all("[name=kind]")
    boxes[-1].click()
    browser.settle()
    assert not any(t.startswith("loaded") for t in texts(browser))
    assert browser.run("return document.querySelectorAll('.text .s.l').length") == 0


def test_articles_can_be_ordered(browser: Any, page: Path) -> None:
    browser.open(page)
    browser.choose("order", "outlet")
    assert [g.text for g in browser.all("#list .group")] == ["Fjord Post", "Lakeside Courier"]
    first = browser.all("article h2")[0].text
    assert first == "Ministers ask for the harbour to be reopened"
    browser.choose("order", "items")
    assert browser.all("article h2")[0].text == "Shells fall near Mandera"


def test_a_link_to_a_hidden_statement_shows_everything_again(browser: Any, page: Path) -> None:
    browser.open(page)
    link = browser.run("return [...document.querySelectorAll('.text .chip')].pop().getAttribute('href')")
    browser.choose("actor", "KEN")
    browser.run("location.hash = arguments[0]", link)
    browser.settle()
    assert len(texts(browser)) == 9
