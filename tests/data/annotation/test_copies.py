"""Copies of known texts."""

from __future__ import annotations

import pytest
from stancewire.data.annotation.copies import KnownTexts, shingles

FIRST = "The foreign ministry said on Monday that both armies had agreed to stop firing along the river."
SECOND = "Markets rose in early trading after the central bank left its main interest rate unchanged."


def test_a_short_text_is_one_shingle() -> None:
    assert shingles("He  Denied, it") == {b"he denied it"} and len(shingles(FIRST)) == 13


@pytest.mark.parametrize(
    ("text", "copy"),
    [
        (FIRST, 0),
        (SECOND.upper(), 1),
        (f"Updated at noon. {FIRST} More follows in the evening.", 0),
        (" ".join(FIRST.split()[:9]), 0),
        (
            "The foreign ministry said on Monday that talks about fish had failed once more in the capital.",
            None,
        ),
        ("", None),
    ],
)
def test_a_text_that_was_cut_or_extended_is_a_copy(text: str, copy: int | None) -> None:
    assert KnownTexts([FIRST, SECOND]).copy_of(text) == copy


def test_of_several_the_most_similar_is_named() -> None:
    half = " ".join(FIRST.split()[:12]) + " trenches north of town"
    known = KnownTexts([half, FIRST])
    assert known.copy_of(FIRST) == 1 and known.copy_of(half) == 0
    assert KnownTexts([]).copy_of(FIRST) is None
