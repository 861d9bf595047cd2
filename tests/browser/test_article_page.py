"""The article page in a browser: looks, keyboard, explanations, filters, links, injection, 1,000 articles."""

from __future__ import annotations

import random
import re
from base64 import b64decode
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from stancewire.data.codebook import Codebook
from stancewire.serving.output.article_page.page import render_articles
from stancewire.serving.output.article_page.shown import Reasons, ShownArticle

pytestmark = pytest.mark.browser
Make = Callable[..., ShownArticle]
THRESHOLDS = {"blame": 0.41, "ceasefire_claim": 0.35, "appeal": 0.38, "loaded": 0.5}

BORDER = """The Kenyan foreign ministry accused Somalia on Tuesday of shelling villages near Mandera. Somali \
officials rejected the charge, and blamed Kenyan jets for earlier strikes.

"They broke the truce that we have kept since Friday," a spokesman said. He urged Nairobi and the African \
Union to send observers. The butchers of Mandera must not go unpunished.

Traders said the market was open again on Wednesday."""
HARBOUR = """Sweden and Denmark called on Norway to reopen the harbour. The foreign minister said the guns had
been silent since dawn.
Residents waited for news."""


@pytest.fixture(scope="session")
def articles(shown_article: Make) -> list[ShownArticle]:
    border = shown_article(
        BORDER,
        [
            ("blame", 0, "The Kenyan foreign ministry=KEN", "Somalia=SOM", 0.97),
            ("blame", 1, "Somali officials=SOM", "Kenyan jets=KEN", 0.88),
            ("ceasefire_claim", 2, "=SOM?", None, 0.61),
            ("blame", 2, "=SOM?", "They=KEN?", 0.52),
            ("appeal", 3, "He=SOM?", "Nairobi=KEN", 0.83),
            ("appeal", 3, "He=SOM?", "the African Union=AU", 0.83),
        ],
        loaded=(4,),
        id="border-1", title="Shells fall near Mandera", outlet="Lakeside Courier", date="2026-03-03",
        url="https://example.org/border", author="A. Writer",
    )  # fmt: skip
    reasons = Reasons((("accused", 1.84), ("shelling", 0.71)), (("Tuesday", -0.22),))
    border = ShownArticle(border.record, border.text, (reasons,))
    harbour = shown_article(
        HARBOUR,
        [
            ("appeal", 0, "Sweden and Denmark=DNK+SWE", "Norway=NOR", 0.91),
            ("ceasefire_claim", 1, "The foreign minister=NOR?", None, 0.44),
        ],
        id="harbour-1", title="Ministers ask for the harbour to be reopened", outlet="Fjord Post",
        date="2026-03-05T09:30:00",
    )  # fmt: skip
    quiet = shown_article("Nothing happened. The ferry was late.", id="quiet", outlet="Fjord Post")
    return [harbour, quiet, border]


@pytest.fixture(scope="session")
def page(articles: list[ShownArticle], codebook: Codebook, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(render_articles(articles, codebook=codebook, thresholds=THRESHOLDS), encoding="utf-8")
    return path


def write(folder: Path, articles: Sequence[ShownArticle], **options: Any) -> Path:
    path = folder / "page.html"
    path.write_text(render_articles(articles, **options), encoding="utf-8")
    return path


# Looks.


def test_several_articles_look_right(view: Callable[[Path, str], None], page: Path) -> None:
    view(page, "articles")


def test_one_article_looks_right(
    view: Callable[[Path, str], None], articles: list[ShownArticle], tmp_path: Path
) -> None:
    view(write(tmp_path, articles[2:]), "article")


def test_a_page_without_text_looks_right(
    view: Callable[[Path, str], None], articles: list[ShownArticle], tmp_path: Path
) -> None:
    bare = [ShownArticle(a.record.without_text(), None) for a in articles]
    view(write(tmp_path, bare), "articles-without-text")


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


# Filters.


def choose(browser: Any, name: str, value: str) -> None:
    browser.run(
        "const e = document.getElementById(arguments[0]); e.value = arguments[1];"
        "e.dispatchEvent(new Event('input', {bubbles: true}));",
        f"f-{name}",
        value,
    )
    browser.settle()


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
        choose(browser, name, value)
        assert texts(browser) == expected, name
        browser.find("[type=reset]").click()
        browser.settle()
        assert texts(browser) == everything
    choose(browser, "actor", "KEN")
    assert browser.find("#shown").text == "1 of 3 articles, 1 of 9 marked"
    assert len(browser.all("#list li a")) == 1
    assert len(browser.all("article")) == 1
    choose(browser, "target", "NOR")
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
    choose(browser, "order", "outlet")
    assert [g.text for g in browser.all("#list .group")] == ["Fjord Post", "Lakeside Courier"]
    first = browser.all("article h2")[0].text
    assert first == "Ministers ask for the harbour to be reopened"
    choose(browser, "order", "items")
    assert browser.all("article h2")[0].text == "Shells fall near Mandera"


def test_a_link_to_a_hidden_statement_shows_everything_again(browser: Any, page: Path) -> None:
    browser.open(page)
    link = browser.run("return [...document.querySelectorAll('.text .chip')].pop().getAttribute('href')")
    choose(browser, "actor", "KEN")
    browser.run("location.hash = arguments[0]", link)
    browser.settle()
    assert len(texts(browser)) == 9


# Injection.

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
    choose(browser, "score", "0.1")
    for details in browser.all("details:not([open]) > summary"):
        details.click()
    for chip in browser.all(".text .chip")[:2]:
        browser.point(chip)
        chip.click()
    browser.settle()


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_injected_code_never_runs(number: int, browser: Any, shown_article: Make, tmp_path: Path) -> None:
    payload = PAYLOADS[number]
    page = tmp_path / "page.html"
    page.write_text(render_articles([hostile(shown_article, payload)] * 2, title=payload), encoding="utf-8")
    browser.open(page)
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


# Size.


def thousand(make: Make) -> list[ShownArticle]:
    """1,000 different articles of about 500 words, each with seven statements."""
    chance = random.Random(7)
    filler = [w.strip('.,"') for w in BORDER.split()]
    out = []
    for n in range(1000):
        paragraphs = "\n\n".join(
            " ".join(" ".join(chance.choices(filler, k=18)) + "." for _ in range(4)) for _ in range(6)
        )
        shown = make(
            f"{BORDER}\n\n{paragraphs}",
            [
                ("blame", 0, "The Kenyan foreign ministry=KEN", "Somalia=SOM", 0.97),
                ("blame", 1, "Somali officials=SOM", "Kenyan jets=KEN", 0.88),
                ("ceasefire_claim", 2, "=SOM?", None, 0.61),
                ("blame", 2, "=SOM?", "They=KEN?", 0.52),
                ("appeal", 3, "He=SOM?", "Nairobi=KEN", 0.83),
                ("appeal", 3, "He=SOM?", "the African Union=AU", 0.83),
            ],
            loaded=(4,), id=f"article-{n}", title=f"Shells fall near Mandera, day {n}",
            outlet=f"Outlet {n % 17}", date=f"2026-{n % 12 + 1:02}-{n % 28 + 1:02}",
        )  # fmt: skip
        reasons = Reasons((("accused", 1.8), ("shelling", 0.7), ("of", 0.4)), (("Tuesday", -0.2),))
        out.append(ShownArticle(shown.record, shown.text, (reasons,) * 6))
    return out


def test_a_thousand_articles_open_in_two_seconds(browser: Any, shown_article: Make, tmp_path: Path) -> None:
    articles = thousand(shown_article)
    page = write(tmp_path, articles, thresholds=THRESHOLDS)
    text = sum(len((a.text or "").encode()) for a in articles)
    beside = page.stat().st_size - text
    seconds = min(browser.open(page) for _ in range(3))
    began = browser.run("return performance.now()")
    choose(browser, "actor", "KEN")
    filtered = (browser.run("return performance.now()") - began) / 1000
    print(
        f"1,000 articles: {text / 1e6:.1f} MB of text, {beside / 1e6:.2f} MB beside it, "
        f"opened in {seconds:.2f} s, filtered in {filtered:.2f} s"
    )
    assert beside <= 5_000_000
    assert seconds < 2
    assert browser.find("#shown").text.startswith("1,000 articles")
