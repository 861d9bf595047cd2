"""The article page in a browser: looks, print, explanations, links and the keyboard."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from stancewire.serving.output.article_page.shown import ShownArticle

pytestmark = pytest.mark.browser
Make = Callable[..., ShownArticle]
Write = Callable[..., Path]


def test_several_articles_look_right(view: Callable[[Path, str], None], page: Path) -> None:
    view(page, "articles")


def test_one_article_looks_right(
    view: Callable[[Path, str], None], articles: list[ShownArticle], write: Write
) -> None:
    view(write(articles[2:]), "article")


@pytest.fixture
def titled(shown_article: Make, write: Write) -> Path:
    """The page of an article whose text begins with its title."""
    title = "Somalia blames Kenya for shells near Mandera."  # sentences of the fixture end with a full stop
    claims = [("blame", 0, "Somalia=SOM", "Kenya=KEN", 0.9)]
    return write([shown_article(f"{title}\n\nIt rained.", claims, title=title)])


def test_an_article_that_begins_with_its_title_looks_right(
    view: Callable[[Path, str], None], titled: Path
) -> None:
    view(titled, "article-with-title")


def test_a_page_without_text_looks_right(
    view: Callable[[Path, str], None], articles: list[ShownArticle], write: Write
) -> None:
    bare = [ShownArticle(a.record.without_text(), None) for a in articles]
    view(write(bare), "articles-without-text")


def test_the_explanation_looks_right(view: Any, browser: Any, page: Path) -> None:
    view(page, "articles")
    chip = browser.find(".text .chip")
    browser.run("arguments[0].focus()", chip)
    browser.screenshot(f"explanation-{browser.run('return innerWidth')}", whole=False)
    card = browser.run(
        "const r = document.getElementById('card').getBoundingClientRect(); return [r.left, r.right]"
    )
    assert card[0] >= 0 and card[1] <= browser.run("return document.documentElement.clientWidth")
    assert browser.too_wide() == []


def test_printed_pages_have_the_text_and_the_rows(browser: Any, page: Path, tmp_path: Path) -> None:
    browser.look(media="")
    browser.open(page)
    printed = browser.driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": False})
    (tmp_path / "page.pdf").write_bytes(b64decode(printed["data"]))
    text = " ".join(p.extract_text() for p in PdfReader(tmp_path / "page.pdf").pages)
    text = re.sub(r"\s+", " ", text)
    assert "on Tuesday of shelling villages near Mandera." in text
    assert "unnamed speaker (SOM?, guess)" in text
    assert "Residents waited for news." in text


def test_without_scripts_the_page_has_everything_but_filters(browser: Any, page: Path) -> None:
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.driver.get(page.as_uri())
        assert len(browser.all("article")) == 3
        assert browser.all("#filters") == []
        assert len(browser.all(".text .chip")) == 9
        browser.find("details.rows summary").click()
        assert "(KEN, named)" in browser.find("details.rows[open]").text
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


# Explanations, links and the keyboard.


def test_the_keyboard_reaches_every_statement_and_explains_it(browser: Any, page: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    browser.open(page)
    browser.run(
        "document.querySelector('#h0').closest('article').setAttribute('tabindex', -1);"
        "document.querySelector('#a0').focus()"
    )
    seen = []
    for _ in range(12):
        browser.press(Keys.TAB)
        active = browser.driver.switch_to.active_element
        if "chip" in (active.get_attribute("class") or ""):
            seen.append(active.text)
            assert browser.find("#card").is_displayed()
    assert seen[:3] == ["blame 0.97", "blame 0.88", "ceasefire claim 0.61"]
    assert len(seen) >= 7
    browser.press(Keys.ESCAPE)
    assert not browser.find("#card").is_displayed()


def test_the_explanation_says_who_how_sure_and_why(browser: Any, page: Path) -> None:
    browser.open(page)
    browser.point(browser.find(".text .chip"))
    text = browser.find("#card").text
    assert "The Kenyan foreign ministry (KEN, named) → Somalia (SOM, named)" in text
    assert "0.97" in text and "threshold 0.41" in text
    assert "for: accused +1.8, shelling +0.7" in text and "against: Tuesday −0.2" in text
    assert [b.text for b in browser.all(".text b.on")] == ["The Kenyan foreign ministry", "Somalia"]
    described = browser.find(".text .chip").get_attribute("aria-describedby")
    assert "named" in browser.run("return document.getElementById(arguments[0]).textContent", described)


def test_statements_in_the_title_are_explained(browser: Any, titled: Path) -> None:
    browser.open(titled)
    browser.point(browser.find("article h2 .chip"))
    assert "Somalia (SOM, named) → Kenya (KEN, named)" in browser.find("#card").text


def test_pointing_at_a_sentence_explains_all_its_statements(browser: Any, page: Path) -> None:
    browser.open(page)
    browser.point(browser.all(".text .s")[2])
    assert [row.text.split("\n")[0] for row in browser.all("#card li")] == [
        "ceasefire claim 0.61 unnamed speaker (SOM?, guess)",
        "blame 0.52 unnamed speaker (SOM?, guess) → They (KEN?, guess)",
    ]


def test_every_statement_has_a_link_that_leads_to_it(browser: Any, page: Path) -> None:
    browser.open(page)
    links = browser.run(
        "return [...document.querySelectorAll('.text .chip')].map((a) => a.getAttribute('href'))"
    )
    assert len(links) == len(set(links)) == 9
    browser.look(1280)
    browser.run("document.body.style.fontSize = '1px'")  # the policy applies to pages, not to scripts
    browser.open(f"{page.as_uri()}{links[-1]}")
    browser.settle()
    active = browser.driver.switch_to.active_element
    assert active.get_attribute("href").endswith(links[-1])
    top = browser.run("return arguments[0].getBoundingClientRect().top", active)
    assert 0 <= top <= 900


def test_the_mode_can_be_switched(browser: Any, page: Path) -> None:
    ground = "return getComputedStyle(document.body).backgroundColor"
    browser.open(page)
    light = browser.run(ground)
    browser.find("#theme").click()
    assert browser.run(ground) != light
    assert browser.find("#theme").text == "Light mode"
    browser.find("#theme").click()
    assert browser.run(ground) == light
