"""The article page as HTML: what is marked, how spans nest, what is escaped, and `score --format html`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from stancewire.data.errors import InputError
from stancewire.data.record import Party, Record, ScoredSentence, ScoredStatement, text_sha256
from stancewire.data.text.spacy_parser import ParseCache
from stancewire.serving.articles.source import SourceArticle
from stancewire.serving.output.article_page import scoring
from stancewire.serving.output.article_page.page import render_articles
from stancewire.serving.output.article_page.passages import passages
from stancewire.serving.output.article_page.rows import rows
from stancewire.serving.output.article_page.scoring import shown_articles, thresholds_of
from stancewire.serving.output.article_page.shown import Kinds, Reasons, ShownArticle, items_of
from stancewire.training.decoding.statement_finder import StatementFinder

Make = Callable[..., ShownArticle]
TEXT = "Kenya accused Somalia of it.\n\nA spokesman urged talks. The end."


def marked(article: ShownArticle) -> Any:
    """The paragraphs of an article as elements."""
    kinds = Kinds.of(None, [article.record], {})
    found = passages(article.text or "", article.record, items_of(article), kinds)
    return html.fragment_fromstring(found.heading + found.paragraphs, create_parent="div")


def test_statements_are_marked_in_the_text(shown_article: Make) -> None:
    article = shown_article(
        TEXT,
        [("blame", 0, "Kenya=KEN", "Somalia=SOM?", 0.9), ("appeal", 1, "A spokesman", None, 0.7)],
        loaded=(2,),
    )
    body = marked(article)
    assert [(b.text, b.get("class"), b.get("data-id")) for b in body.iter("b")] == [
        ("Kenya", "a c1", "KEN"),
        ("Somalia", "t g c1", "SOM?"),
        ("A spokesman", "a c2", None),
    ]
    assert [c.text for c in body.iter("a")] == ["blame 0.90", "appeal 0.70", "loaded 0.80"]
    assert [s.get("class") for s in body.xpath(".//span")] == ["s c1", "s c2", "s l"]
    assert len(body.findall("p")) == 2


def without_links(body: Any) -> str:
    for link in list(body.iter("a")):
        link.drop_tree()
    return "".join(body.xpath(".//text()"))


@given(data=st.data())
def test_any_spans_nest_and_keep_the_text(data: st.DataObject) -> None:
    text = data.draw(st.text("ab <&.\n", min_size=1, max_size=40))
    at = st.integers(0, len(text) + 3)
    span = st.tuples(at, at).map(sorted)
    sentences = data.draw(st.lists(span, max_size=4))
    parties = st.builds(lambda s: Party(text="x", start=s[0], end=s[1], id="AAA"), span)
    statements = data.draw(
        st.lists(
            st.builds(
                ScoredStatement,
                sentence=st.integers(0, max(0, len(sentences) - 1)),
                stance=st.sampled_from(["blame", "appeal"]),
                score=st.just(0.5),
                actor=parties,
                target=st.none() | parties,
            ),
            max_size=4 if sentences else 0,
        )
    )
    record = Record(
        id="x",
        sentences=tuple(ScoredSentence(start=a, end=b, text="") for a, b in sentences),
        statements=tuple(statements),
    )
    body = marked(ShownArticle(record, text))
    keys = [i.key for i in items_of(ShownArticle(record, text))]
    assert sorted(a.get("id")[1:] for a in body.iter("a")) == sorted(keys)
    assert "".join(without_links(body).split()) == "".join(text.split())
    assert len(body.xpath(".//@id")) == len(set(body.xpath(".//@id")))


def test_spans_that_cross_are_split(shown_article: Make) -> None:
    article = shown_article("The Thai army chief spoke.", [("blame", 0, "The Thai army=THA", None, 0.9)])
    [statement] = article.record.statements
    crossing = Party(text="army chief", start=9, end=19, id="OTHER")
    other = statement.model_copy(update={"actor": crossing, "stance": "appeal"})
    record = article.record.model_copy(update={"statements": (statement, other)})
    body = marked(ShownArticle(record, article.text))
    assert [b.text_content() for b in body.iter("b")] == ["The Thai army", "army", " chief"]
    assert [b.get("data-id") for b in body.iter("b")] == ["THA", None, "OTHER"]


def test_wrapped_lines_are_one_paragraph_and_single_line_ends_are_several() -> None:
    wrapped = "One sentence over\ntwo lines. Another.\n\nNext."
    record = Record(id="x", sentences=(ScoredSentence(start=0, end=28, text=""),), statements=())
    assert passages(wrapped, record, [], Kinds()).paragraphs.count("<p>") == 2
    lines = "One sentence.\nAnother.\nNext."
    record = Record(id="x", sentences=(ScoredSentence(start=0, end=13, text=""),), statements=())
    assert passages(lines, record, [], Kinds()).paragraphs.count("<p>") == 3


@pytest.mark.parametrize(
    ("text", "title", "heading"),
    [
        ("Kenya blames Somalia\n\nIt rained.", "Kenya blames Somalia", True),
        ("\n  Kenya blames\n  Somalia \nIt rained\nall day.", "Kenya blames Somalia", True),
        ("Kenya blames Somalia", "Kenya blames Somalia", True),
        ("Kenya blames Somalia for it.\n\nIt rained.", "Kenya blames Somalia", False),
        ("Today\nKenya blames Somalia\nIt rained.", "Kenya blames Somalia", False),
        ("Kenya blames Somalia\n\nIt rained.", " ", False),
        ("Kenya blames Somalia\n\nIt rained.", None, False),
    ],
)
def test_the_title_that_a_text_begins_with_is_its_heading(
    text: str, title: str | None, heading: bool, shown_article: Make
) -> None:
    article = shown_article(text, [("blame", 0, "Kenya=KEN", "Somalia=SOM", 0.9)], title=title)
    found = passages(text, article.record, items_of(article), Kinds())
    assert (">Kenya</b>" in found.heading) is heading
    assert (">Kenya</b>" in found.paragraphs) is not heading
    assert "".join(without_links(marked(article)).split()) == "".join(text.split())


@pytest.mark.parametrize("n", [1, 2])
@pytest.mark.parametrize("begins_with_title", [True, False])
def test_the_title_is_shown_once(n: int, begins_with_title: bool, shown_article: Make) -> None:
    title = "Kenya blames Somalia"
    text = f"{title}\n\nIt rained." if begins_with_title else f"It rained when {title}."
    article = shown_article(text, [("blame", 0, "Kenya=KEN", "Somalia=SOM", 0.9)], title=title)
    page = html.fromstring(render_articles([article] * n))
    [h1] = page.iter("h1")
    shown = [h for h in page.xpath("//article/h2") if h.get("hidden") is None]
    assert (h1.get("class") == "hide") is (n == 1 and begins_with_title)
    assert len(shown) == (0 if n == 1 and not begins_with_title else n)
    assert [bool(h.xpath("span/b")) for h in shown] == [begins_with_title] * len(shown)
    assert len(page.xpath("//div[@class='text']/p")) == n


def test_words_of_reasons_keep_their_hyphens(shown_article: Make) -> None:
    article = shown_article(TEXT, [("blame", 0, "Kenya=KEN", "Somalia=SOM", 0.9)])
    reasons = Reasons((("cease-fire", 1.24),), (("said", -0.5),))
    items = items_of(ShownArticle(article.record, article.text, (reasons,)))
    assert "for: cease-fire +1.2 · against: said −0.5" in rows(items, Kinds())


def test_an_article_that_makes_a_library_raise_is_reported_and_the_others_are_shown(
    tiny_labeller: StatementFinder, source: SourceArticle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explained(labeller: StatementFinder, document: Any, *rest: Any) -> Any:
        if document.id == "bad":
            raise KeyError("x")
        return original(labeller, document, *rest)

    original = scoring.label_explained
    monkeypatch.setattr(scoring, "label_explained", explained)
    errors: list[InputError] = []
    shown = list(shown_articles(tiny_labeller, [replace(source, id="bad"), source], errors.append))
    assert [a.record.id for a in shown] == ["x"]
    assert [str(e) for e in errors] == ["x.txt: cannot be read: KeyError: 'x'"]


def test_anchors_stay_the_same_and_never_repeat(shown_article: Make) -> None:
    claims = [("blame", 0, "Kenya=KEN", "Somalia=SOM", 0.9)]
    one, same = shown_article(TEXT, claims, id="a"), shown_article(TEXT, claims, id="a")
    assert items_of(one)[0].key == items_of(same)[0].key
    assert items_of(shown_article(TEXT, claims, id="b"))[0].key != items_of(one)[0].key
    ids = html.fromstring(render_articles([one, same])).xpath("//@id")
    assert len(ids) == len(set(ids))


def test_articles_are_sorted_and_can_be_filtered(shown_article: Make) -> None:
    claims = [("blame", 0, "Kenya=KEN", "Somalia=SOM", 0.9)]
    late = shown_article(TEXT, claims, id="late", date="2026-02-02T10:00", outlet="B")
    early = shown_article(TEXT, [], id="early", date="2026-01-01", outlet="A")
    undated = shown_article(TEXT, claims, id="undated", outlet="A", url="javascript:alert(1)")
    tree = html.fromstring(render_articles([undated, late, early]))
    assert [h.text for h in tree.xpath("//article/h2")] == ["early", "late", "undated"]
    data = json.loads(tree.get_element_by_id("data").text)
    assert data["articles"][1] == ["2026-02-02", "B", [[0, "KEN", "SOM", 0.9]]]
    assert tree.xpath("//select[@id='f-outlet']/option/@value") == ["", "A", "B"]
    assert not tree.xpath("//a[starts-with(@href, 'javascript')]")


# From articles to the page.


@pytest.fixture(scope="module")
def source() -> SourceArticle:
    text = "Kenya accused Somalia on Tuesday of shelling villages.\n\n“They must stop,” she said."
    return SourceArticle(id="x", text=text, source="x.txt", outlet="O", date="2026-01-01", title="T")


def test_records_are_those_of_score_and_are_explained(
    tiny_labeller: StatementFinder, source: SourceArticle
) -> None:
    [shown] = shown_articles(tiny_labeller, [source], pytest.fail, min_score=0.05)
    expected = tiny_labeller.label(
        source.text, id="x", source="x.txt", title="T", min_score=0.05, cache=ParseCache()
    )
    assert shown.record == expected.model_copy(update={"outlet": "O", "date": "2026-01-01"})
    assert shown.text == source.text and shown.record.text_sha256 == text_sha256(source.text)
    assert len(shown.reasons) == len(expected.statements) > 0
    reasons = [r for r in shown.reasons if r is not None]
    assert len(reasons) == len(shown.reasons)
    assert any(w > 0 for r in reasons for _, w in r.supporting)
    assert all(w < 0 for r in reasons for _, w in r.opposing)


def test_without_text_there_are_neither_sentences_nor_reasons(
    tiny_labeller: StatementFinder, source: SourceArticle
) -> None:
    shown = list(shown_articles(tiny_labeller, [source], pytest.fail, min_score=0.05, text=False))
    page = render_articles(shown, thresholds=thresholds_of(tiny_labeller, 0.05))
    assert "villages" not in page and "Kenya" in page
    assert "threshold 0.05" in page


def test_score_writes_a_page(cli: Callable[..., Result], tiny_model: Path, tmp_path: Path) -> None:
    article, page = tmp_path / "a.txt", tmp_path / "page.html"
    article.write_text("Kenya accused <b>Somalia</b> on Tuesday of shelling villages.", encoding="utf-8")
    result = cli("score", article, "--model", tiny_model, "-o", page)
    assert result.exit_code == 0, result.stderr
    text = page.read_text(encoding="utf-8")
    assert "&lt;" in text and "<b>Somalia" not in text
    printed = cli("score", article, "--model", tiny_model, "--format", "html", "--min-score", "0.01")
    assert printed.stdout.startswith("<!DOCTYPE html>") and printed.stdout.rstrip().endswith("</html>")


def test_a_page_is_not_appended_to_and_not_written_without_articles(
    cli: Callable[..., Result], one_line: Callable[[Result], str], tiny_model: Path, tmp_path: Path
) -> None:
    article, page = tmp_path / "a.txt", tmp_path / "page.html"
    article.write_text("", encoding="utf-8")
    assert "html cannot be appended to" in one_line(
        cli("score", article, "--model", tiny_model, "-o", page, "--append")
    )
    result = cli("score", article, "--model", tiny_model, "-o", page)
    assert result.exit_code == 1 and not page.exists()
