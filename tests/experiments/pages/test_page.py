"""The base of pages: escaping, the policy, colours, and plots."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from itertools import product
from pathlib import Path

import pytest
from lxml import etree, html
from matplotlib.figure import Figure
from stancewire.experiments.pages.page import PageKind, embedded_json, render_page, web_address
from stancewire.experiments.pages.palette import GROUNDS, PALETTE, SERIES, TEXT, contrast, plot_colour
from stancewire.experiments.pages.plots import figure_html

EVIL = "</script></style><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\u2028\ud800"


@pytest.fixture
def kind(tmp_path: Path) -> PageKind:
    page = '{% extends "base.html" %}{% block main %}<p title="{{ text }}">{{ text }}</p>{% endblock %}'
    (tmp_path / "one.html").write_text(page, encoding="utf-8")
    (tmp_path / "one.js").write_text("let x = 1;\n", encoding="utf-8")
    return PageKind("one.html", (tmp_path,), scripts=("one.js",))


def test_text_from_outside_is_text(kind: PageKind) -> None:
    page = render_page(kind, title=EVIL, data={"text": EVIL}, text=EVIL)
    page.encode("utf-8")
    tree = html.fromstring(page)
    assert [s.get("type") for s in tree.iter("script")] == ["application/json", None]
    assert not list(tree.iter("img"))
    assert json.loads(tree.get_element_by_id("data").text)["text"][:-1] == EVIL[:-1]
    assert tree.xpath("string(//main/p)") == EVIL.replace("\ud800", "�")
    assert "<script>alert" in tree.xpath("string(//h1)")


def test_the_policy_allows_the_contents_of_the_page_and_nothing_else(kind: PageKind) -> None:
    page = render_page(kind, title="x", text="x")
    tree = html.fromstring(page)
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    for element, rule in (("style", "style-src"), ("script", "script-src")):
        (content,) = re.findall(rf"<{element}>(.*?)</{element}>", page, re.S)
        assert rules[rule] == f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"
    assert rules["default-src"] == rules["connect-src"] == "'none'"
    assert " style=" not in page and " onclick=" not in page


def test_data_is_the_same_after_parsing() -> None:
    value = {"a": ["<!--", "]]>", "&lt;", "\u2029"], "n": 1.5}
    assert json.loads(embedded_json(value)) == value
    assert not set("<>&\u2029") & set(embedded_json(value))


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://example.org/a?b=1", True),
        (" http://example.org", True),
        ("javascript:alert(1)", False),
        ("JAVASCRIPT:alert(1)", False),
        ("data:text/html,x", False),
        ("https:", False),
        ("http://[", False),
        ("//example.org", False),
        ("", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(url: str | None, link: bool) -> None:
    assert bool(web_address(url)) is link


@pytest.mark.parametrize(("text", "ground", "mode"), product(TEXT, GROUNDS, (0, 1)))
def test_text_has_enough_contrast(text: str, ground: str, mode: int) -> None:
    assert contrast(PALETTE[text][mode], PALETTE[ground][mode]) >= 4.5


def test_contrast_of_black_and_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def drawn(width: float) -> Figure:
    figure = Figure(figsize=(width, 2))
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=plot_colour("c1"), marker="o")
    axes.set_xticks([0, 1], ["cost in $ and $ <b>", "it's"])
    axes.text(0.5, 0.5, "bold", weight="bold", color=plot_colour(SERIES[1]))
    return figure


def test_plots_follow_the_colours_of_the_page() -> None:
    figure = html.fromstring(figure_html(drawn, title="T <i>", description="D", caption="C <i>"))
    wide, narrow = figure.iter("svg")
    assert [s.get("class") for s in (wide, narrow)] == ["plot wide", "plot narrow"]
    text = etree.tostring(wide, encoding="unicode")
    assert "var(--c1)" in text and "var(--quiet)" in text
    assert " style=" not in text and "<style" not in text
    assert not re.findall("#[0-9a-f]{6}", text)
    assert "cost in $ and $ <b>" in wide.xpath("string()")
    assert wide.xpath("string(title)") == "T <i>" and figure.xpath("string(figcaption)") == "C <i>"
    assert wide.xpath(".//text[text()='bold']/@font-weight") == ["700"]


@pytest.mark.filterwarnings("error")
def test_any_text_can_be_in_a_plot() -> None:
    text = "a\x1b\x00\ufffe\ud800見出し"

    def labelled(width: float) -> Figure:
        figure = drawn(width)
        axes = figure.axes[0]
        axes.set(title=text, xlabel=text)
        axes.set_yticks([0, 1], [text, text])
        axes.plot([0, 1], label=text)
        axes.legend()
        return figure

    figure = html.fromstring(figure_html(labelled, title=text, description=text))
    shown = [t for t in figure.xpath("svg[1]//text()") if t.startswith("a␛")]
    assert shown == ["a␛␀��見出し"] * 7


def test_ids_in_plots_are_unique_and_found() -> None:
    figure = html.fromstring(figure_html(drawn, title="T", description="D"))
    ids = figure.xpath("//@id")
    assert len(ids) == len(set(ids))
    used = re.findall(r"#(p\d+-\w+)", etree.tostring(figure, encoding="unicode"))
    assert used and set(used) <= set(ids)
