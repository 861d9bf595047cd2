"""Behavioural items in the sense of CheckList (Ribeiro et al. 2020, "Beyond accuracy", ACL).

An item is a sentence and a variant of it, each with the statement that has to be found. The categories:

- `names`: the parties of the variant are others. The same statement has to be found, by the others.
- `roles`: "A blamed B" becomes "B blamed A". Actor and target have to be swapped, too.
- `negated`: no statement of this stance may be found.
- `attributed`: the variant quotes a source. The statement is still the actor's, not the source's.

The members of a list of actors ("Kenya and Uganda urged …") all take the stance.

The items were written before any model was run on them, and no training sees them.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
CATEGORIES = ("names", "roles", "negated", "attributed")
# Each template is filled with this many triples of names.
_TRIPLES = 4
# The other names of a variant are this many triples further on.
_SHIFT = 5


@dataclass(frozen=True, slots=True)
class Expected:
    """The only statement of a sentence; the parties are words of the sentence."""

    stance: str
    actor: str
    target: str


@dataclass(frozen=True, slots=True)
class Item:
    """A sentence and a variant of it.

    Attributes:
        category: one of `CATEGORIES`.
        sentence: the unchanged sentence.
        expected: its statement.
        variant: the changed sentence.
        variant_expected: its statement; None if it has none of this stance.
    """

    category: str
    sentence: str
    expected: Expected
    variant: str
    variant_expected: Expected | None


@dataclass(frozen=True, slots=True)
class ActorList:
    """A sentence in which several actors take a stance together.

    Attributes:
        actors: words of the sentence, two to eight.
        target: words of the sentence; None if the stance has no target there.
    """

    sentence: str
    stance: str
    actors: tuple[str, ...]
    target: str | None


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _filled(template: str, a: str, b: str, c: str) -> str:
    text = template.format(A=a, B=b, C=c)
    return text[0].upper() + text[1:]


@cache
def items() -> tuple[Item, ...]:
    """200 items of each category: 50 templates, each with four triples of names."""
    names = [(r["A"], r["B"], r["C"]) for r in _rows("names.tsv")]
    out: list[Item] = []
    for n, row in enumerate(_rows("templates.tsv")):
        for k in range(_TRIPLES):
            at = n * _TRIPLES + k
            out += _items(row, names[at % len(names)], names[(at + _SHIFT) % len(names)])
    return tuple(out)


def _items(row: dict[str, str], names: tuple[str, str, str], others: tuple[str, str, str]) -> list[Item]:
    """The item of each category that one template gives with one triple of names."""
    (a, b, c), (other_a, other_b, _) = names, others
    plain, stance = row["sentence"], row["stance"]
    sentence, expected = _filled(plain, a, b, c), Expected(stance, a, b)
    renamed = _filled(plain, other_a, other_b, c), Expected(stance, other_a, other_b)
    variants: tuple[tuple[str, Expected | None], ...] = (
        renamed,
        (_filled(plain, b, a, c), Expected(stance, b, a)),
        (_filled(row["negated"], a, b, c), None),
        (_filled(row["attributed"], a, b, c), expected),
    )
    return [
        Item(category, sentence, expected, *variant)
        for category, variant in zip(CATEGORIES, variants, strict=True)
    ]


@cache
def actor_lists() -> tuple[ActorList, ...]:
    """100 sentences with lists of actors."""
    return tuple(
        ActorList(r["sentence"], r["stance"], tuple(r["actors"].split("|")), r["target"] or None)
        for r in _rows("actor_lists.tsv")
    )


def span_of(text: str, words: str) -> tuple[int, int]:
    """Where a sentence first has these words, as offsets of its characters; case does not matter."""
    start = text.lower().index(words.lower())
    return start, start + len(words)
