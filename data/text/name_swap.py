"""Articles with other parties' names in place of the sides': the same story about others, to see whether a model cares who is who."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence

from .gazetteer import Gazetteer, Name, Party
from .masking import Masked
from .sentences import Segment

# What stands for a party has these forms; a party without them cannot take its place.
_FORMS = {"name": "names", "demonym": "demonyms", "people": "demonyms", "place": "places"}


def _forms(names: Sequence[Name], party: Party) -> set[str]:
    return {n.form for n in names if n.party.id == party.id}


def _fits(party: Party, forms: set[str]) -> bool:
    """Whether a party has what is asked of it, and can be called a people where it must be."""
    return all(getattr(party, _FORMS[f]) for f in forms) and (
        "people" not in forms or party.demonyms[0].endswith(("n", "i"))
    )


def draw_swap(names: Sequence[Name], gazetteer: Gazetteer, rng: random.Random) -> dict[str, Party]:
    """Who takes the place of whom: the two parties of one kind that an article names most, exchanged or renamed at random.

    Args:
        names: all those of the article.

    Returns:
        By id the party that takes its place; empty where the article names none that others could stand for.
    """
    counts = Counter(n.party.id for n in names if n.party.kind in ("state", "group"))
    by_kind: dict[str, list[Party]] = {}
    for identity, _ in counts.most_common():
        party = gazetteer.parties[identity]
        by_kind.setdefault(party.kind, []).append(party)
    sides = max(
        by_kind.values(),
        key=lambda parties: (min(len(parties), 2), sum(counts[p.id] for p in parties[:2])),
        default=[],
    )[:2]
    if not sides:
        return {}
    forms = [_forms(names, p) for p in sides]
    others = [
        p
        for p in gazetteer.parties.values()
        if p.kind == sides[0].kind and (p.id not in counts or p in sides)
    ]
    swap: dict[str, Party] = {}
    for side, needed in zip(sides, forms, strict=True):
        fitting = sorted(
            (
                p
                for p in others
                if p.id != side.id and p.id not in {x.id for x in swap.values()} and _fits(p, needed)
            ),
            key=lambda p: p.id,
        )
        if not fitting:
            return {}
        swap[side.id] = rng.choice(fitting)
    return swap


def swap_names(
    segment: Segment, names: Sequence[Name], swap: Mapping[str, Party], offset: int = 0
) -> tuple[Segment, Masked]:
    """A sentence with other names, and the way back to its own.

    Args:
        offset: where the sentence starts in the changed article.
    """
    parts: list[str] = []
    cuts: list[tuple[int, int, int, int]] = []
    at = length = 0
    for name in names:
        other = swap.get(name.party.id)
        if other is None:
            continue
        word = getattr(other, _FORMS[name.form])[0] + ("s" if name.form == "people" else "")
        parts += [segment.text[at : name.start], word]
        length += name.start - at
        cuts.append((length, name.start, length + len(word), name.end))
        length, at = length + len(word), name.end
    text = "".join([*parts, segment.text[at:]])
    return Segment(offset, offset + len(text), text, segment.para, segment.quoted), Masked(text, tuple(cuts))
