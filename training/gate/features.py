"""Hashed n-grams of the words of a sentence, as rows of a sparse matrix.

The words come from a regular expression, not from a parse. Names of known parties are placeholders already;
other names become NAME, so that no weight depends on one. N-grams and word classes of neighbouring sentences,
character n-grams and the position in the article did not lower the fraction of sentences that are read, so
each sentence is judged alone (docs/decisions/0024-sentence-gate.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Protocol
from zlib import crc32

import numpy as np
from scipy.sparse import csr_matrix

from ...data.text.gazetteer import Name
from ...data.text.masking import PLACEHOLDERS, Masked
from ...data.text.segmentation.sentences import Segment
from ..linear.lexicon import word_classes

# Increased whenever the same sentence would get other features.
VERSION = 2
# The number of columns: a power of two.
COLUMNS = 1 << 18
_LENGTHS = (5, 10, 15, 20, 25, 30, 40)
_TOKEN = re.compile(r"\w+|[\"'?!;:,.]")
# Endings and what remains of the word without them: "accused" is "accuse", "denies" is "deny".
_ENDINGS = (
    ("ies", ("y",)),
    ("ied", ("y",)),
    ("ing", ("", "e")),
    ("ed", ("", "e")),
    ("es", ("", "e")),
    ("s", ("",)),
    ("ting", ("t",)),
    ("ted", ("t",)),
    ("ling", ("l",)),
    ("led", ("l",)),
    ("ning", ("n",)),
    ("red", ("r",)),
)


@lru_cache(maxsize=100_000)
def _word(word: str) -> str:
    """A lower-case word; that of the lexicon which it is a form of, if there is one."""
    classes = word_classes()
    if word in classes:
        return word
    for ending, stems in _ENDINGS:
        if word.endswith(ending):
            for stem in stems:
                if (known := word[: -len(ending)] + stem) in classes:
                    return known
    return "0" if word.isdigit() else word


@lru_cache(maxsize=200_000)
def _column(feature: str) -> int:
    return crc32(feature.encode()) % COLUMNS


class UnparsedText(Protocol):
    """What a gate looks at: a sentence that is prepared or analysed."""

    @property
    def segment(self) -> Segment: ...
    @property
    def masked(self) -> Masked: ...
    @property
    def names(self) -> Sequence[Name]: ...
    @property
    def speaker(self) -> Name | None: ...


class Words:
    """The words of a masked sentence.

    Args:
        text: the masked sentence.
        quoted: whether it begins within a quotation.

    Attributes:
        words: in lower case, with NAME for names.
        quoted: whether each word is in a quotation.
        classes: the word classes of the sentence, see `lexicon.toml`.
    """

    def __init__(self, text: str, quoted: bool = False) -> None:
        self.words: list[str] = []
        self.quoted: list[bool] = []
        classes = word_classes()
        for i, token in enumerate(_TOKEN.findall(text)):
            if token == '"':
                quoted = not quoted
            is_name = token[0].isupper() and (i or token in PLACEHOLDERS) and token.lower() not in classes
            self.words.append("NAME" if is_name else _word(token.lower()))
            self.quoted.append(quoted)
        self.classes = {name for word in self.words for name in classes.get(word, ())}


def statement_features(words: Words) -> Iterator[str]:
    """Names of the features of the words that tell whether a sentence may hold a statement."""
    classes, tokens = word_classes(), words.words
    for word, quoted in zip(tokens, words.quoted, strict=True):
        mark = "q" if quoted else ""
        yield f"w:{word}"
        yield f"q:{mark}{word}"
        if len(word) > 5:
            yield f"p:{word[:5]}"
        for name in classes.get(word, ()):
            yield f"l:{name}"
            yield f"l:{mark}{name}"
    yield from (f"b:{a}_{b}" for a, b in pairwise(tokens))
    yield from (f"s:{a}_{b}" for a, b in zip(tokens, tokens[2:], strict=False))
    yield from (f"t:{a}_{b}_{c}" for a, b, c in zip(tokens, tokens[1:], tokens[2:], strict=False))


def sentence_features(words: Words, sentence: UnparsedText) -> Iterator[str]:
    """Names of further features for statements: known names, quotations, length and beginning."""
    names, segment = min(len(sentence.names), 3), sentence.segment
    yield f"known names:{names}"
    yield f"known parties:{min(len({n.party for n in sentence.names}), 3)}"
    yield f"names:{min(words.words.count('NAME'), 3)}"
    yield from (f"length>{n}" for n in _LENGTHS if len(words.words) > n)
    yield from (f"x:{min(names, 2)}_{name}" for name in words.classes)
    facts = {
        "paragraph": segment.para,
        "begins quoted": segment.quoted,
        "speaker": sentence.speaker is not None,
        "quotation": any(words.quoted),
        "mostly quoted": 2 * sum(words.quoted) > len(words.quoted),
    }
    yield from (name for name, value in facts.items() if value)


def label_features(words: Words) -> Iterator[str]:
    """Names of the features for the outlet's own wording: words and their characters outside quotations."""
    classes = word_classes()
    own = ["QUOTED" if quoted else w for w, quoted in zip(words.words, words.quoted, strict=True)]
    own = [w for k, w in enumerate(own) if w != "QUOTED" or (k and own[k - 1] != "QUOTED")]
    for word in own:
        yield f"w:{word}"
        yield from (f"l:{name}" for name in classes.get(word, ()))
        if len(word) > 6:
            yield f"p:{word[:5]}"
            yield f"s:{word[-4:]}"
        if len(word) > 1 and word not in ("QUOTED", "NAME"):
            padded = f" {word} "
            for n in (3, 4, 5):
                yield from (f"c:{padded[k : k + n]}" for k in range(len(padded) - n + 1))
    yield from (f"b:{a}_{b}" for a, b in pairwise(own))
    yield from (f"length>{n}" for n in _LENGTHS if len(words.words) > n)
    yield "attributed" if "report_verb" in words.classes else "unattributed"
    if any(words.quoted):
        yield "quotation"


def words_of(sentence: UnparsedText) -> Words:
    """The words of a prepared sentence."""
    return Words(sentence.masked.text, sentence.segment.quoted)


def statement_rows(sentences: Sequence[UnparsedText], words: Sequence[Words]) -> csr_matrix:
    """The features of sentences for statements (sentences x `COLUMNS`)."""
    own = hashed([statement_features(w) for w in words])
    return own + hashed([sentence_features(w, s) for w, s in zip(words, sentences, strict=True)])


def label_rows(words: Sequence[Words]) -> csr_matrix:
    """The features of sentences for labels (sentences x `COLUMNS`)."""
    return hashed([label_features(w) for w in words])


def hashed(rows: Sequence[Iterator[str]]) -> csr_matrix:
    """Rows of length 1 with an entry for each hashed feature (rows x `COLUMNS`)."""
    columns: list[int] = []
    values: list[float] = []
    pointers = [0]
    for row in rows:
        own = sorted({_column(feature) for feature in row})
        columns += own
        values += [max(1, len(own)) ** -0.5] * len(own)
        pointers.append(len(columns))
    return csr_matrix((np.array(values), columns, pointers), shape=(len(rows), COLUMNS))
