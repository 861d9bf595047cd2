"""Windows of consecutive sentences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stancewire.data.text.analysis import AnalysedSentence, analyse
from stancewire.data.text.gazetteer import gazetteer
from stancewire.data.text.masking import PLACEHOLDERS, renamed
from stancewire.data.text.segmentation.sentences import segment
from stancewire.training.encoder.inputs import InputReader
from stancewire.training.encoder.windows import SORTED_TOGETHER, name_orders, pack, runs, sampled_batches
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, processors

TEXT = (
    "Armenia accused Azerbaijan of shelling a town. Officials in Baku denied it. The two sides had met in "
    "Moscow. Russia urged Azerbaijan to stop. “We want peace,” said Armenia. The talks go on."
)


@pytest.fixture
def article() -> list[AnalysedSentence]:
    return analyse(segment(TEXT), gazetteer())


@pytest.fixture
def reader_of(tokenizer: Tokenizer) -> Callable[[int], InputReader]:
    return lambda window: InputReader(Tokenizer.from_str(tokenizer.to_str()), window=window)


def test_a_new_article_begins_a_new_run(article: list[AnalysedSentence]) -> None:
    assert runs([*article, *article]) == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]
    assert runs([article[0], article[4]]) == [[0, 1]], "a short gap, as of a caption, does not divide"


def test_sentences_far_apart_are_not_read_together(article: list[AnalysedSentence]) -> None:
    moved = replace(article[1], segment=replace(article[1].segment, start=9_000, end=9_050))
    assert runs([article[0], moved]) == [[0], [1]]


@given(st.lists(st.integers(1, 60), min_size=1, max_size=40), st.integers(20, 100))
def test_windows_are_complete_and_within_the_limit(lengths: list[int], limit: int) -> None:
    windows = pack(range(len(lengths)), lengths, limit)
    assert [n for w in windows for n in w] == list(range(len(lengths)))
    assert all(sum(lengths[n] for n in w) <= limit or len(w) == 1 for w in windows)


def test_a_window_is_within_the_limit_whatever_its_placeholders() -> None:
    article = analyse(segment(" ".join(["NATO urged Hamas to stop."] * 9)), gazetteer())
    words = {*" ".join(s.masked.text for s in article).replace(".", " .").split(), *PLACEHOLDERS}
    pieces = ["[UNK]", "[CLS]", "[SEP]", *sorted(words - {"Interpol"}), "Inter", "##pol"]
    own = Tokenizer(models.WordPiece({w: n for n, w in enumerate(pieces)}, unk_token="[UNK]"))
    own.pre_tokenizer = pre_tokenizers.Whitespace()
    own.post_processor = processors.BertProcessing(("[SEP]", 2), ("[CLS]", 1))
    reader = InputReader(own, window=64)
    windows = reader.windows(article)
    for shift in range(8):
        order = [(n + shift) % 8 for n in range(8)]
        encoded = reader.read(article, windows, [order] * len(windows))
        assert [len(e.sentences) for e in encoded] == [len(w) for w in windows]
        assert all(len(e.ids) <= 64 for e in encoded)


def test_windows_have_similar_lengths() -> None:
    assert [len(w) for w in pack(range(9), [10] * 9, 80)] == [5, 4]


def test_each_sentence_of_a_window_keeps_its_own_tokens(
    article: list[AnalysedSentence], reader_of: Callable[[int], InputReader]
) -> None:
    together, alone = reader_of(512), reader_of(0)
    [window] = together.read(article)
    separate = alone.read(article)
    assert len(window.sentences) == len(separate) == 6
    for inside, single in zip(window.sentences, separate, strict=True):
        [own] = single.sentences
        assert inside.end - inside.begin == own.end - own.begin
        assert [(a - inside.begin, b - inside.begin) for a, b in inside.spans] == own.spans
        assert inside.kinds == own.kinds


def test_a_party_has_one_placeholder_in_a_window(article: list[AnalysedSentence]) -> None:
    orders = name_orders(article)
    texts = [renamed(s.masked, [], order)[0] for s, order in zip(article, orders, strict=True)]
    assert texts[0].startswith("Russia accused Germany")
    assert texts[1].startswith("Officials in Berlin")
    assert texts[2] == "The two sides had met in Cairo."
    assert texts[3] == "Egypt urged Germany to stop."
    assert texts[4].endswith("said Russia.")


def test_a_window_is_read_with_one_placeholder_for_each_party(
    article: list[AnalysedSentence], tokenizer: Tokenizer
) -> None:
    own = Tokenizer.from_str(tokenizer.to_str())
    own.add_tokens([AddedToken(word, single_word=True) for word in sorted(PLACEHOLDERS)])
    [window] = InputReader(own, window=512).read(article)
    shown = [word for word in map(own.id_to_token, window.ids) if word in PLACEHOLDERS]
    # Baku, the only name of its sentence, is in the second party of the window, not in the first.
    assert shown == ["Russia", "Germany", "Berlin", "Cairo", "Egypt", "Germany", "Russia"]


def test_parties_of_a_sentence_have_different_placeholders_in_a_window_with_many() -> None:
    states = "Armenia, Azerbaijan, Georgia, Turkey, Iran, Iraq, Syria and Jordan"
    article = analyse(segment(f"{states} met. Armenia accused Egypt of an attack."), gazetteer())
    many, two = name_orders(article)
    assert many == list(range(8)) and two[0] == 0
    assert renamed(article[1].masked, [], two)[0] == "Russia accused Germany of an attack."


def test_a_permutation_is_the_same_in_a_window(article: list[AnalysedSentence]) -> None:
    orders = name_orders(article, [7, 6, 5, 4, 3, 2, 1, 0])
    texts = [renamed(s.masked, [], order)[0] for s, order in zip(article, orders, strict=True)]
    assert texts[0].startswith("Norway accused Cuba")
    assert texts[3] == "Australia urged Cuba to stop."


def sentences_per_batch(sizes: list[int], batch_size: int) -> list[int]:
    """The number of sentences of each batch of windows of these sizes, all of which are read."""
    windows, none = [range(n) for n in sizes], np.zeros(len(sizes), dtype=bool)
    rng = np.random.default_rng(0)
    batches = sampled_batches(windows, sizes, none, 1.0, batch_size, rng)
    assert sorted(n for b in batches for n in b) == list(range(len(sizes)))
    return [sum(sizes[n] for n in b) for b in batches]


def test_single_sentences_fill_every_batch_but_the_last() -> None:
    assert sorted(sentences_per_batch([1] * 1000, 16)) == [8] + [16] * 62


@given(st.lists(st.integers(1, 16), min_size=1, max_size=200), st.integers(1, 40))
def test_batches_of_windows_have_about_as_many_sentences(sizes: list[int], batch_size: int) -> None:
    found = sentences_per_batch(sizes, batch_size)
    assert max(found) <= max(batch_size + max(sizes) / 2, *sizes)
    # The last batch of each group of windows that are sorted by length may be smaller.
    groups = 1 + len(sizes) // SORTED_TOGETHER
    assert sum(n < batch_size - max(sizes) / 2 for n in found) <= groups


def test_the_size_of_windows_does_not_change_the_size_of_batches() -> None:
    sizes = np.random.default_rng(0).integers(2, 12, 2000).tolist()
    assert np.mean(sizes) == pytest.approx(6.6, abs=0.1)  # two such windows have 13.2 sentences, three 19.8
    assert np.mean(sentences_per_batch(sizes, 16)) == pytest.approx(16, abs=1)
