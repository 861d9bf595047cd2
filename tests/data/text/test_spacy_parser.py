"""Parsing of masked sentences."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from stancewire.data.text.spacy_parser import MAX_TOKENS, _pipeline, parse_sentences


def test_a_sentence_of_more_than_a_million_characters_is_parsed_up_to_its_limit() -> None:
    [parse] = parse_sentences(["Kenya accused Somalia of it and then said that " * 26_000])
    assert len(parse.heads) == MAX_TOKENS


SENTENCES = [f"Envoy number{n} accused militia{n} of shelling town{n} on Monday." for n in range(40)]


def test_words_are_forgotten_once_the_vocabulary_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = parse_sentences(SENTENCES)
    monkeypatch.setattr("stancewire.data.text.spacy_parser.MAX_WORDS", 0)
    strings = _pipeline().vocab.strings
    before = len(strings)
    parse_sentences([s.replace("number", "unknown") for s in SENTENCES])
    assert len(strings) == before
    assert parse_sentences(SENTENCES) == whole


def test_threads_get_the_same_parses_while_words_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = parse_sentences(SENTENCES)
    monkeypatch.setattr("stancewire.data.text.spacy_parser.MAX_WORDS", 0)
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(parse_sentences, [SENTENCES] * 8)) == [whole] * 8
