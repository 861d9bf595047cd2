"""Offsets in characters, whatever a tool counted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stancewire.data.errors import InputError
from stancewire.data.formats.regions.offsets import MarkedSpan, cuts_word, in_characters

EMOJI = "🔥🔥 Kenya accused Somalia."


def span(start: int, end: int, words: str | None = None, whole_words: bool = True) -> MarkedSpan:
    return MarkedSpan(start, end, "here", words, whole_words)


def words_of(text: str, *spans: MarkedSpan) -> list[str]:
    return [text[a:b] for a, b in in_characters(text, spans)]


@pytest.mark.parametrize(
    ("text", "spans", "found"),
    [
        ("Kenya accused Somalia.", [span(0, 5), span(14, 21)], ["Kenya", "Somalia"]),
        (EMOJI, [span(3, 8), span(17, 24)], ["Kenya", "Somalia"]),
        (EMOJI, [span(5, 10), span(19, 26)], ["Kenya", "Somalia"]),
        # The words of one region prove what was counted, also for those that were added in another tool.
        (EMOJI, [span(3, 8, "Kenya"), span(19, 26, "Somalia")], ["Kenya", "Somalia"]),
        ("One.\r\nKenya accused.", [span(5, 10)], ["Kenya"]),
        ("One.\r\nKenya accused.", [span(6, 11)], ["Kenya"]),
        ("🔥.\r\nKenya accused.", [span(4, 9)], ["Kenya"]),
        ("Kenya accused Somalia.", [span(0, 6), span(13, 22)], ["Kenya", "Somalia."]),
        ("Kenya accused Somalia.", [span(1, 9, None, False)], ["enya acc"]),
        ("U.S.-led troops", [span(0, 4)], ["U.S."]),
        ("الكينية", [span(2, 7)], ["كينية"]),
    ],
)
def test_the_count_that_fits_all_spans_is_taken(text: str, spans: list[MarkedSpan], found: list[str]) -> None:
    assert words_of(text, *spans) == found


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        (span(1, 8), r"here: 1-8 cuts a word: 'enya ac' in 'Kenya accused' \(mark whole words"),
        (span(5, 6), r"here: 5-6 has no words \(mark the words\)"),
        (span(0, 99), "here: 0-99 is outside the text of 22 characters"),
        (span(0, 5, "Chad"), "here: 0-5 is 'Kenya', not 'Chad'"),
        (span(5, 13, "", False), "here: a discontinuous region"),
    ],
)
def test_a_span_that_fits_in_no_count_is_refused_with_the_remedy(marked: MarkedSpan, message: str) -> None:
    with pytest.raises(InputError, match=message):
        in_characters("Kenya accused Somalia.", [marked])


def test_words_and_numbers_are_cut_between_letters_of_a_case_or_digits() -> None:
    assert cuts_word("Kenya", 2) and cuts_word("M123", 2)
    assert not any(cuts_word(t, at) for t, at in (("Kenya", 0), ("Kenya", 5), ("10km", 2), ("战争", 1)))


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def one_break(text: str) -> int:
    return len(text.replace("\r\n", "\n"))


@pytest.mark.parametrize("count", [len, utf16, one_break])
@given(
    before=st.lists(st.sampled_from(["Kenya", "🔥", "\r\n", "é", "a"]), max_size=8).map(" ".join),
    words=st.sampled_from(["Kenya", "🔥 x", "é"]),
)
def test_a_span_with_its_words_is_found_in_every_count(
    count: Callable[[str], int], before: str, words: str
) -> None:
    text = f"{before} {words} and so on."
    start = count(f"{before} ")
    assert words_of(text, span(start, start + count(words), words)) == [words]
