"""The input of an encoder."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from stancewire.data.schema import Span
from stancewire.data.text.analysis import AnalysedSentence
from stancewire.training.encoder.inputs import MAX_TOKENS, InputReader, by_length
from stancewire.training.examples.known_pairs import known_pair
from tokenizers import Tokenizer

Parsed = Callable[[str], AnalysedSentence]


@pytest.fixture
def reader(tokenizer: Tokenizer) -> InputReader:
    return InputReader(Tokenizer.from_str(tokenizer.to_str()))


def words(reader: InputReader, ids: list[int]) -> list[str]:
    return [str(reader.tokenizer.id_to_token(i)) for i in ids]


def test_a_mention_spans_the_tokens_of_its_words(reader: InputReader, parsed: Parsed) -> None:
    sentence = parsed("The government said on Monday that Armenia and the army had agreed.")
    [encoded] = reader.read([sentence])
    tokens = reader.tokenizer.encode(sentence.masked.text)
    for mention, (first, last) in zip(sentence.mentions, encoded.sentences[0].spans, strict=True):
        read = sentence.masked.text[tokens.offsets[first][0] : tokens.offsets[last][1]]
        start, end = sentence.parse.starts[mention.first], sentence.parse.end(mention.last)
        assert read == sentence.masked.text[start:end]


def test_the_unnamed_speaker_is_the_first_token(reader: InputReader, parsed: Parsed) -> None:
    sentence = parsed("“You must stop the shelling.”")
    [encoded] = reader.read([sentence])
    assert sentence.mentions[-1].head < 0 and encoded.sentences[0].spans[-1] == (0, 0)


def test_a_truncated_mention_is_the_first_token(reader: InputReader, parsed: Parsed) -> None:
    sentence = parsed("The army said " + "and the town " * 90 + "that Armenia had agreed.")
    [encoded] = reader.read([sentence])
    assert len(encoded.ids) == MAX_TOKENS
    assert all(0 <= first <= last < MAX_TOKENS for first, last in encoded.sentences[0].spans)


def test_mentions_follow_renamed_placeholders(reader: InputReader, parsed: Parsed) -> None:
    sentence = parsed("Armenia accused Azerbaijan of shelling the Armenian town.")
    [original], [renamed] = reader.read([sentence]), reader.read([sentence], None, [[3, 2, 1, 0, 4, 5, 6, 7]])
    assert len(original.sentences[0].spans) == len(renamed.sentences[0].spans)
    assert original.sentences[0].spans == renamed.sentences[0].spans  # one word for one word
    [same] = reader.read([sentence], None, [list(range(8))])
    assert same == original


def test_a_known_pair_is_marked(tokenizer: Tokenizer, parsed: Parsed) -> None:
    reader = InputReader(Tokenizer.from_str(tokenizer.to_str()), marked=True)
    sentence = parsed("The army said the town had been shelled by the rebels.")
    pair = known_pair(
        sentence, Span(text="The army", start=0, end=8), Span(text="the rebels", start=43, end=53)
    )
    [encoded] = reader.read([pair])
    shown = words(reader, encoded.ids)
    marks = [i for i, w in enumerate(shown) if w in "@#"]
    assert [shown[i] for i in marks] == ["@", "@", "#", "#"]
    (a, b), (c, d) = encoded.sentences[0].spans
    assert marks == [a - 1, b + 1, c - 1, d + 1]


def test_batches_have_similar_lengths_and_contain_every_sentence_once(
    reader: InputReader, parsed: Parsed
) -> None:
    sentences = [parsed("The army said " + "and the town " * n + "agreed.") for n in (1, 30, 2, 29, 3, 28)]
    encoded = reader.read(sentences)
    batches = list(by_length(encoded, 200))
    assert sorted(n for b in batches for n in b) == list(range(6))
    assert all(len(b) == 1 or max(len(encoded[n].ids) for n in b) * len(b) <= 200 for b in batches)
    assert [0, 2, 4] in batches
    arrays = reader.batch([encoded[n] for n in batches[0]])
    assert arrays["input_ids"].shape == arrays["attention_mask"].shape
    assert arrays["attention_mask"].sum() == sum(len(encoded[n].ids) for n in batches[0])


@pytest.mark.parametrize("marked", [False, True])
def test_each_word_has_its_own_tokens(tokenizer: Tokenizer, parsed: Parsed, marked: bool) -> None:
    reader = InputReader(Tokenizer.from_str(tokenizer.to_str()), marked)
    sentence = parsed("The army said the town had been shelled by the rebels.")
    pair = known_pair(
        sentence, Span(text="The army", start=0, end=8), Span(text="the town", start=14, end=22)
    )
    [encoded] = reader.read([pair])
    known = [(i, w) for i, w in enumerate(pair.parse.words) if reader.tokenizer.token_to_id(w) is not None]
    assert len(known) > 5
    for i, word in known:
        assert words(reader, [encoded.ids[k] for k in reader.words(pair)[i]]) == [word]
