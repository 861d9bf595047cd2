"""Parsing of masked sentences."""

from __future__ import annotations

from stancewire.data.text.spacy_parser import MAX_TOKENS, parse_sentences


def test_a_sentence_of_more_than_a_million_characters_is_parsed_up_to_its_limit() -> None:
    [parse] = parse_sentences(["Kenya accused Somalia of it and then said that " * 26_000])
    assert len(parse.heads) == MAX_TOKENS
