"""Features for sentence labels: words outside of quotations, without names."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import lru_cache

from .mention_features import SentenceView

_NAMES = ("NAME", "NATIONALITY", "NUMBER")
_DEPENDENCIES = ("amod", "advmod", "dobj", "nsubj", "acomp", "attr", "compound", "neg")
_LENGTHS = (10, 15, 20, 25, 30, 40)
# Quotation marks around at most this many tokens may be scare quotes.
_SHORT_QUOTE = 4
# N-grams of longer words are not kept: a word of 50,000 characters would have megabytes of them.
_LONG = 30


def _character_ngrams(view: SentenceView) -> Iterator[str]:
    """Character n-grams of words, three to five characters long: "istic", " brut"."""
    for i, lemma in enumerate(view.lemmas):
        if (
            lemma not in _NAMES
            and not view.sentence.quoted[i]
            and view.parse.pos[i] not in ("PUNCT", "SPACE")
        ):
            word = view.parse.words[i].lower()
            yield from _known_ngrams(word) if len(word) <= _LONG else _ngrams(word)


def _ngrams(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    return tuple(f"c:{padded[k : k + n]}" for n in (3, 4, 5) for k in range(len(padded) - n + 1))


# Words recur, and to cut them up takes as long as all other features of labels.
_known_ngrams = lru_cache(maxsize=5_000)(_ngrams)


def _grammar(view: SentenceView) -> Iterator[str]:
    """Dependencies outside quotations, trigrams of part-of-speech tags, and the length of the sentence."""
    parse = view.parse
    for i, dep in enumerate(parse.deps):
        if dep in _DEPENDENCIES and not view.sentence.quoted[i]:
            yield f"d:{view.lemmas[parse.heads[i]]}<{dep}<{view.lemmas[i]}"
            yield f"d:{dep}<{view.lemmas[i]}"
    yield from (f"t:{a}_{b}_{c}" for a, b, c in zip(parse.tags, parse.tags[1:], parse.tags[2:], strict=False))
    yield from (f"length>{n}" for n in _LENGTHS if len(parse) > n)


def _words(view: SentenceView) -> list[str]:
    """The lemmas of the sentence, with each quotation replaced by a single QUOTED."""
    words = [
        "QUOTED" if view.sentence.quoted[i] else view.lemmas[i]
        for i in range(len(view.parse))
        if view.parse.pos[i] != "SPACE"
    ]
    return [w for k, w in enumerate(words) if w != "QUOTED" or (k and words[k - 1] != "QUOTED")]


def label_features(view: SentenceView) -> list[str]:
    """Names of the binary features of a sentence, without duplicates."""
    parse, quoted, words = view.parse, view.sentence.quoted, _words(view)
    out = [f"w:{w}" for w in words]
    out += [f"b:{a}_{b}" for a, b in itertools.pairwise(words)]
    out += [f"p:{w[:5]}" for w in words if len(w) > 6]
    out += [f"s:{w[-4:]}" for w in words if len(w) > 6]
    adjectives = sum(parse.pos[i] in ("ADJ", "ADV") and not quoted[i] for i in range(len(parse)))
    out += [f"adjectives>{n}" for n in (2, 4, 6, 8) if adjectives > n]
    out += ["attributed"] if any("report_verb" in c for c in view.classes) else ["unattributed"]
    if "QUOTED" in words:
        out.append("has quote")
    quotations = [len(list(run)) for inside, run in itertools.groupby(quoted, bool) if inside]
    out += ["short quote"] if any(n <= _SHORT_QUOTE for n in quotations) else []
    out += [*_character_ngrams(view), *_grammar(view)]
    return list(dict.fromkeys(out))
