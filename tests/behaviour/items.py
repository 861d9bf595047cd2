"""Behavioural items in the sense of CheckList (Ribeiro et al. 2020, ACL), and how often a model is right.

Run on a model: `python tests/behaviour/items.py MODEL`, where MODEL is a model's folder. Prints one line per
set. The sets:

- swapped names: the parties of a sentence are others. Right if the same statements are found, by the others.
- swapped roles: "A blamed B" becomes "B blamed A". Right if actor and target swap too.
- negated: right if no statement of this stance is found.
- attributed: right if the statement is still A's, and not that of the source C.
- lists of actors: the fraction of the actors in a list that are found.

In the first four, the unchanged sentence must be found too, with exactly its actor and target.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from stancewire.data.annotation.matching import MIN_OVERLAP, overlap
from stancewire.data.record import Record
from stancewire.training.decoding.labeller import Labeller
from stancewire.training.serialization import load_model

FOLDER = Path(__file__).parent
SETS = ("swapped names", "swapped roles", "negated", "attributed")
# Each template is filled with this many triples of names.
TRIPLES = 4
Expected = tuple[str, str, str]  # stance, actor, target


@dataclass(frozen=True, slots=True)
class Item:
    """A sentence and a variant of it, each with its only statement; None for no statement."""

    kind: str
    sentence: str
    expected: Expected
    variant: str
    variant_expected: Expected | None


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one of the files of items."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _filled(template: str, a: str, b: str, c: str) -> str:
    text = template.format(A=a, B=b, C=c)
    return text[0].upper() + text[1:]


def items() -> Iterator[Item]:
    """200 items of each of `SETS`."""
    names = [(r["A"], r["B"], r["C"]) for r in rows("names.tsv")]
    for n, row in enumerate(rows("templates.tsv")):
        for k in range(TRIPLES):
            a, b, c = names[(n * TRIPLES + k) % len(names)]
            other_a, other_b, _ = names[(n * TRIPLES + k + 5) % len(names)]
            plain, stance = row["sentence"], row["stance"]
            sentence, expected = _filled(plain, a, b, c), (stance, a, b)
            swapped = _filled(plain, other_a, other_b, c)
            yield Item(SETS[0], sentence, expected, swapped, (stance, other_a, other_b))
            yield Item(SETS[1], sentence, expected, _filled(plain, b, a, c), (stance, b, a))
            yield Item(SETS[2], sentence, expected, _filled(row["negated"], a, b, c), None)
            yield Item(SETS[3], sentence, expected, _filled(row["attributed"], a, b, c), expected)


def found(record: Record, stance: str) -> set[tuple[tuple[int, int] | None, tuple[int, int] | None]]:
    """The actor's and target's spans of a record's statements of one stance."""
    out = set()
    for s in record.statements:
        if s.stance == stance:
            actor = (s.actor.start, s.actor.end) if s.actor.start is not None else None
            target = (s.target.start, s.target.end) if s.target and s.target.start is not None else None
            out.add((actor, target))
    return out  # type: ignore[return-value]


def span_of(text: str, name: str) -> tuple[int, int]:
    """Where a sentence first names a party; case does not matter."""
    start = text.lower().index(name.lower())
    return start, start + len(name)


def is_right(record: Record, text: str, expected: Expected | None, stance: str) -> bool:
    """Whether a record has exactly the expected statement of a stance."""
    statements = found(record, stance)
    if expected is None:
        return not statements
    _, actor, target = expected
    return len(statements) == 1 and all(
        overlap(a, span_of(text, actor)) >= MIN_OVERLAP and overlap(t, span_of(text, target)) >= MIN_OVERLAP
        for a, t in statements
    )


def behaviour(labeller: Labeller, only: Sequence[Item] | None = None) -> dict[str, float]:
    """The fraction of items of each set on which a model is right, in [0, 1]."""
    tested = list(items()) if only is None else list(only)
    texts = list(dict.fromkeys(t for i in tested for t in (i.sentence, i.variant)))
    records = dict(zip(texts, labeller.pipe(texts), strict=True))
    right: dict[str, list[bool]] = {}
    for item in tested:
        stance = item.expected[0]
        right.setdefault(item.kind, []).append(
            is_right(records[item.sentence], item.sentence, item.expected, stance)
            and is_right(records[item.variant], item.variant, item.variant_expected, stance)
        )
    return {kind: sum(values) / len(values) for kind, values in right.items()}


def missed_actors(labeller: Labeller) -> tuple[list[tuple[str, str]], int]:
    """The (sentence, actor) pairs that are missed in the lists of actors, and the number of all actors."""
    lists = rows("actor_lists.tsv")
    missed, actors = [], 0
    for row, record in zip(lists, labeller.pipe([r["sentence"] for r in lists]), strict=True):
        statements = found(record, row["stance"])
        for actor in row["actors"].split("|"):
            actors += 1
            span = span_of(row["sentence"], actor)
            if not any(overlap(a, span) >= MIN_OVERLAP for a, _ in statements):
                missed.append((row["sentence"], actor))
    return missed, actors


def main(folder: str) -> None:
    """Print the results of one model."""
    labeller = load_model(Path(folder))
    for kind, share in behaviour(labeller).items():
        print(f"{kind:20} {share:.3f}")
    missed, actors = missed_actors(labeller)
    print(f"{'lists of actors':20} {1 - len(missed) / actors:.3f}")
    for sentence, actor in missed[: 60 if "-v" in sys.argv else 0]:
        print(f"  {actor}: {sentence}")


if __name__ == "__main__":
    main(sys.argv[1])
