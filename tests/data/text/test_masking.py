"""Masking: swapped names give the same text, and offsets are mapped back exactly."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stancewire.data.text.gazetteer import Party, gazetteer
from stancewire.data.text.masking import Masked, mask

NAMES = gazetteer()
STATES = [p for p in NAMES.parties.values() if p.kind == "state" and p.demonyms and p.places]
GROUPS = [p for p in NAMES.parties.values() if p.kind == "group"]
TEMPLATE = (
    "“{a} shelled our town,” said {b}, whose {bd} envoy left {ac} before {ad} troops fired; {bc} and the "
    "{ad} cease-fire monitors blamed {a}."
)


def masked(text: str) -> Masked:
    return mask(text, NAMES.find(text))


def fill(a: Party, b: Party) -> str:
    return TEMPLATE.format(
        a=a.names[0], ad=a.demonyms[0], ac=a.places[0], b=b.names[0], bd=b.demonyms[0], bc=b.places[0]
    )


@given(st.sampled_from(STATES), st.sampled_from(STATES))
def test_swapping_two_states_changes_nothing(a: Party, b: Party) -> None:
    assume(a.id != b.id)
    assert masked(fill(a, b)).text == masked(fill(b, a)).text


@given(st.sampled_from(STATES), st.sampled_from(STATES), st.sampled_from(STATES))
def test_any_two_states_give_the_same_text(a: Party, b: Party, c: Party) -> None:
    assume(len({a.id, b.id, c.id}) == 3)
    assert masked(fill(a, b)).text == masked(fill(c, a)).text


@given(st.sampled_from(GROUPS), st.sampled_from(GROUPS), st.sampled_from(STATES))
def test_swapping_two_groups_changes_nothing(a: Party, b: Party, state: Party) -> None:
    assume(a.id != b.id)
    text = "{} accused {} of shelling {}."
    assert (
        masked(text.format(a.names[0], b.names[0], state.names[0])).text
        == masked(text.format(b.names[0], a.names[0], state.names[0])).text
    )


def test_placeholders_follow_the_order_and_form_of_the_names() -> None:
    assert (
        masked("Armenia blamed Azerbaijani troops; Yerevan and Baku met Armenians.").text
        == "Russia blamed German troops; Moscow and Berlin met Russians."
    )


def test_two_parties_get_different_placeholders() -> None:
    assert masked("Armenia blamed Azerbaijan.").text != masked("Armenia blamed Armenia.").text


@given(
    st.lists(
        st.sampled_from(
            [
                "Armenia",
                "Azerbaijani",
                "Baku",
                "the UN",
                "Hamas",
                "cease-fire",
                "Cease-fires",
                "“",
                "”",
                " ",
                ", ",
                "'s",
                "’s",
                "fired",
                "Ségou",
                "\n",
                "-",
                ".",
                "😀",
            ]
        ),
        max_size=25,
    ).map("".join)
)
def test_offsets_are_mapped_back_exactly(text: str) -> None:
    hidden = masked(text)
    names = {(n.start, n.end) for n in NAMES.find(text)}
    assert names <= {(c.start, c.end) for c in hidden.cuts}
    for start, first, end, last in hidden.cuts:
        assert hidden.original(start, end) == (first, last)
        # Part of a name is mapped to the whole name.
        assert hidden.original(end - 1, end) == hidden.original(start, start + 1) == (first, last)
    inside = {i for c in hidden.cuts for i in range(c.masked_start, c.masked_end)}
    straight = {"“": '"', "”": '"', "’": "'", "\n": " "}
    for i, char in enumerate(hidden.text):
        if i not in inside:
            a, b = hidden.original(i, i + 1)
            assert b == a + 1
            assert straight.get(text[a], text[a]) == char
    if hidden.text:
        assert hidden.original(0, len(hidden.text)) == (0, len(text))


def test_spans_after_names_of_other_lengths_are_mapped_back() -> None:
    text = "The Democratic Republic of Congo's army blamed Rwandan troops."
    hidden = masked(text)
    start = hidden.text.index("'s army")
    assert text[slice(*hidden.original(start, start + 7))] == "'s army"
    start = hidden.text.index("German troops")
    assert text[slice(*hidden.original(start, start + 13))] == "Rwandan troops"


@pytest.mark.parametrize("text", ["Nobody fired.", "", "The “cook” left."])
def test_text_without_names_keeps_its_length(text: str) -> None:
    assert len(masked(text).text) == len(text)
    assert masked(text).original(0, len(text)) == (0, len(text))


def test_spellings_of_ceasefire_are_masked_alike() -> None:
    assert masked("A cease-fire holds, Iran said.").text == masked("A ceasefire holds, Iran said.").text
