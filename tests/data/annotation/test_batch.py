"""Annotation batches: only the chosen sentences are imported; their context is in comments."""

from __future__ import annotations

import pytest
from stancewire.data.annotation.batch import annotation_batch, article_of_text
from stancewire.data.annotation.sheet import comment, format_sheet, parse_sheet
from stancewire.data.codebook import Codebook
from stancewire.data.schema import Article, Statement
from stancewire.data.text.segmentation.sentences import annotated_segments

TEXT = """Border shelled

Kenya accused Somalia of shelling a town. Nobody was hurt, a
clerk said. Markets stayed open.

The minister spoke. “We did not fire. They fired first. We ask for monitors,” he said. Then he left.

A third day of quiet followed.
"""


@pytest.fixture
def article() -> Article:
    return article_of_text(TEXT, " border \n 1 ", "wire/a.txt")


def test_a_text_becomes_an_article_that_a_sheet_can_represent(article: Article) -> None:
    assert (article.doc_id, article.split, article.source) == ("border 1", "train", "wire/a.txt")
    assert article.sentences[2].text == "Nobody was hurt, a clerk said."
    assert parse_sheet(format_sheet([article]), "s") == [article]


def test_only_chosen_sentences_are_imported_and_their_context_is_in_comments(
    article: Article, codebook: Codebook
) -> None:
    batch, comments = annotation_batch([article], ["Border shelled"], [(0, 9), (0, 2)])
    text = format_sheet(batch, comments)
    (back,) = parse_sheet(text, "s", codebook)
    assert [s.text for s in back.sentences] == [
        "Nobody was hurt, a clerk said.",
        "A third day of quiet followed.",
    ]
    assert back.split == "train" and all(s.para for s in back.sentences)
    lines = text.splitlines()
    for shown in (
        "title: Border shelled",
        "Kenya accused Somalia of shelling a town.",
        "Markets stayed open.",
        "Then he left.",
        "[…]",
    ):
        assert f"# {shown}" in lines
    assert "# The minister spoke." not in lines
    assert [x for x in lines if "suggestion" in x] == ["# —— suggestion 2 of 2", "# —— suggestion 1 of 2"]
    assert (
        lines.index("# Kenya accused Somalia of shelling a town.")
        < lines.index("¶ Nobody was hurt, a clerk said.")
        < lines.index("# Markets stayed open.")
    )


def test_a_quotation_is_included_from_its_beginning(article: Article) -> None:
    whole = {s.text: s.quoted for s in annotated_segments(article)}
    index = next(i for i, s in enumerate(article.sentences) if s.text.startswith("We ask"))
    (one,), comments = annotation_batch([article], [None], [(0, index)])
    assert [s.text for s in one.sentences] == [
        "“We did not fire.",
        "They fired first.",
        "We ask for monitors,” he said.",
    ]
    assert [s.para for s in one.sentences] == [True, False, False]
    assert (
        [s.quoted for s in annotated_segments(one)]
        == [whole[s.text] for s in one.sentences]
        == [False, True, True]
    )
    assert any("annotate it too" in x for x in comments[one.doc_id, 0])


def test_doc_ids_are_unique_across_batches_and_articles(article: Article) -> None:
    ids = [annotation_batch([article], [None], [(0, i)])[0][0].doc_id for i in (1, 2)]
    assert len(set(ids)) == 2
    twice, _ = annotation_batch([article, article], [None, None], [(0, 1), (1, 1)])
    assert len({a.doc_id for a in twice}) == 2


def test_predictions_are_kept_if_a_sheet_can_represent_them(article: Article) -> None:
    found = [
        Statement.model_validate({"stance": "blame", "actor": {"text": t, "start": a, "end": a + len(t)}})
        for t, a in (("Kenya", 0), ("enya", 1))
    ]
    first = article.sentences[1].model_copy(update={"statements": tuple(found)})
    (one,), _ = annotation_batch([article.model_copy(update={"sentences": (first,)})], [None], [(0, 0)])
    assert one.sentences[0].statements == (found[0],)


def test_comments_are_ignored_everywhere(codebook: Codebook) -> None:
    text = "# before all\n### a\n# between the headers\nsplit: train\n#\n¶ Kenya accused Somalia.\n"
    text += "# before its statement\n> blame | Kenya | KEN | - | -\n# ¶ no sentence\n"
    (one,) = parse_sheet(text, "s", codebook)
    assert (
        len(one.sentences) == 1 and one.split == "train" and one.sentences[0].statements[0].actor_id == "KEN"
    )
    assert comment(" two\nlines\u2028in \n") == "# two lines in" and comment("") == "#"
