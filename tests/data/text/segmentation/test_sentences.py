"""From text to sentences, offsets included."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stancewire.data.schema import Article
from stancewire.data.text.segmentation.sentences import annotated_segments, segment


def texts(text: str) -> list[str]:
    return [s.text for s in segment(text)]


@pytest.mark.parametrize("gap", ["\n\n", "\n", "\n \n", "\n\n\n"])
def test_a_headline_without_a_full_stop_runs_into_nothing(gap: str) -> None:
    found = segment(f"Troops shell border town{gap}The army fired first. It then left.")
    assert [s.text for s in found] == ["Troops shell border town", "The army fired first.", "It then left."]
    assert [s.para for s in found] == [True, True, False]


def test_a_headline_right_above_a_dateline_runs_into_nothing() -> None:
    text = "Troops shell border town\nTBILISI, Aug 5 - The army fired first.\n\nIt then left."
    assert texts(text)[0] == "Troops shell border town"


def test_wrapped_lines_of_a_paragraph_are_one_sentence() -> None:
    text = "Head\n\nThe army fired\non the town. It\nleft.\n\nCalm held."
    assert texts(text) == ["Head", "The army fired\non the town.", "It\nleft.", "Calm held."]


def test_windows_line_ends_part_paragraphs_as_others_do() -> None:
    text = "Head\n\nThe army fired\non the town. It left.\n\nCalm held."
    assert [s.split() for s in texts(text.replace("\n", "\r\n"))] == [s.split() for s in texts(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Mr. Malak met Gen. Ba and Dr. Oumar Diallo on Tuesday.",
        "J. K. Rowling wrote to Sen. John F. Kerry.",
        "The U.S. Navy fired on the boats.",
        "U.N. Secretary-General Ban met Gov. Diaz in St. Petersburg.",
        "It cost 3.5 million and killed 1,200 people.",
        "The firm, Baker Bros. Ltd. of Durban, left in Aug. 2004.",
        "He came at 10 p.m. local time, i.e. late.",
        "“Stop,” he said, “or leave.”",
    ],
)
def test_abbreviations_and_initials_end_no_sentence(sentence: str) -> None:
    assert texts(f"{sentence} The next one followed.") == [sentence, "The next one followed."]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("He left the U.S.", "The army stayed."),
        ("They met at 10 a.m.", "He said nothing."),
        ("He said no.", "The army left."),
        ("It was 1994.", "Then 4 men left."),
        ("Why now?", "Nobody knows."),
        ("“We want peace.”", "He left."),
        ("“We want peace.”", "“So do we.”"),
        ('She said "stop!"', "Élodie Ba left."),
        ("They waited…", "Then they left."),
    ],
)
def test_sentences_end(one: str, two: str) -> None:
    assert texts(f"{one} {two}") == [one, two]


@pytest.mark.parametrize(
    "sentence",
    [
        '"Where is the truce?" he asked.',
        "“Stop the shelling!” she said.",
        '"Where is the truce?" Colonel Ba asked.',
        "“Stop the shelling!” Mr Malak said.",
    ],
)
def test_a_question_quoted_stays_with_its_speaker(sentence: str) -> None:
    assert texts(sentence) == [sentence]


@pytest.mark.parametrize(("left", "right"), [("“", "”"), ('"', '"')])
def test_a_sentence_inside_a_running_quotation_is_quoted(left: str, right: str) -> None:
    found = segment(f"Ba said: {left}We fired. They fled. It is over.{right} Then he left.")
    assert [s.text.strip('“”"') for s in found] == [
        f"Ba said: {left}We fired.",
        "They fled.",
        "It is over.",
        "Then he left.",
    ]
    assert [s.quoted for s in found] == [False, True, True, False]


def test_a_quotation_does_not_run_over_a_paragraph() -> None:
    assert [s.quoted for s in segment("“We fired. They fled.\n\nCalm held. Nobody came.")] == [
        False,
        True,
        False,
        False,
    ]


def test_no_text_has_no_sentences() -> None:
    assert segment("") == segment(" \n\n\t") == []


pieces = st.lists(
    st.sampled_from(
        [
            "The army",
            "fired.",
            "Mr.",
            "U.S.",
            "\n",
            "\n\n",
            "\r\n",
            " ",
            "  ",
            "“",
            "”",
            '"',
            "Ségou",
            "he said",
            "?",
            "!",
            "…",
            "…”",
            "(",
            ")",
            "3.5",
            "J.",
            "\u00a0",
            "\t",
            "😀",
        ]
    ),
    max_size=30,
).map("".join)


def _says_nothing(gap: str) -> bool:
    """Whether what is between two sentences is spaces, invisible characters, emoji, list markers or bars of
    tables.
    """
    return not any(
        c.isalnum()
        for c in re.sub(r"\d{1,3}[.)]|\([a-z]+\)|[a-z]\)|[IVX]+\.|[\u00b2-\u00b9\u2070-\u2079]", "", gap)
    )


@given(st.text(max_size=80) | pieces)
def test_offsets_match_and_nothing_is_lost(text: str) -> None:
    found = segment(text)
    at = 0
    for s in found:
        assert text[s.start : s.end] == s.text
        assert s.plain.text and s.plain.text == s.plain.text.strip()
        assert s.start >= at
        assert _says_nothing(text[at : s.start])
        at = s.end
    assert _says_nothing(text[at:])
    assert not found or found[0].para


@given(st.lists(st.tuples(st.text(min_size=1, max_size=12), st.booleans()), min_size=1, max_size=6))
def test_annotated_sentences_lie_in_the_articles_text(sentences: list[tuple[str, bool]]) -> None:
    sentences = [(t.encode("utf-8", "replace").decode(), p) for t, p in sentences]
    one = Article.model_validate({"doc_id": "a", "sentences": [{"text": t, "para": p} for t, p in sentences]})
    found = annotated_segments(one)
    assert [(s.text, s.para) for s in found] == sentences
    assert all(one.text[s.start : s.end] == s.text for s in found)


def test_annotated_and_cut_sentences_agree_on_quotations() -> None:
    text = "Head\n\nBa said: “We fired. They fled.” Calm held.\n\n“So what?” Nobody came."
    cut = segment(text)
    one = Article.model_validate(
        {"doc_id": "a", "sentences": [{"text": s.text, "para": s.para} for s in cut]}
    )
    assert one.text == text
    assert annotated_segments(one) == cut


@pytest.mark.parametrize(
    "text, expected",
    [
        (
            "The army fled the town.Hours later it returned.",
            ["The army fled the town.", "Hours later it returned."],
        ),
        ("“We left.”The army did not.", ["“We left.”", "The army did not."]),
        ('"They left the town."Nobody saw it.', ['"They left the town."', "Nobody saw it."]),
        (
            'Nobody saw it."They left the town," he said.',
            ["Nobody saw it.", '"They left the town," he said.'],
        ),
        ("Write to desk.Chief@example.org or read Node.js and the U.S.Navy.", None),
    ],
)
def test_sentences_that_a_scraper_glued_together_are_parted(text: str, expected: list[str] | None) -> None:
    assert texts(text) == (expected or [text])
