"""Replace the names of an article's main parties with those of others, to test if names matter to a model."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence

from ...data.text.gazetteer import Gazetteer, Name, Party
from ...data.text.masking import Cut, Masked
from ...data.text.segmentation.sentences import Segment

# The field of `Party` that has the words for each form of a name.
_FIELDS = {"name": "names", "demonym": "demonyms", "people": "demonyms", "place": "places"}


def _forms(names: Sequence[Name], party: Party) -> set[str]:
    """The forms in which an article names a party."""
    return {n.form for n in names if n.party.id == party.id}


def _fits(party: Party, forms: set[str]) -> bool:
    """Whether a party has words for all these forms; for a people, a demonym that takes an s."""
    return all(getattr(party, _FIELDS[f]) for f in forms) and (
        "people" not in forms or party.demonyms[0].endswith(("n", "i"))
    )


def _sides(counts: Counter[str], gazetteer: Gazetteer) -> list[Party]:
    """The two parties of one kind that are named most, or one if there is only one."""
    by_kind: dict[str, list[Party]] = {}
    for identity, _ in counts.most_common():
        party = gazetteer.parties[identity]
        by_kind.setdefault(party.kind, []).append(party)
    return max(
        by_kind.values(),
        key=lambda parties: (min(len(parties), 2), sum(counts[p.id] for p in parties[:2])),
        default=[],
    )[:2]


def draw_swap(names: Sequence[Name], gazetteer: Gazetteer, rng: random.Random) -> dict[str, Party]:
    """Draw random replacements for the two parties of one kind that an article names most.

    The two may replace each other.

    Args:
        names: all names in the article.
        gazetteer: the parties to draw from.
        rng: the source of randomness.

    Returns:
        The replacement of each party by its id; empty if the article names no party that can be replaced.
    """
    counts = Counter(n.party.id for n in names if n.party.kind in ("state", "group"))
    sides = _sides(counts, gazetteer)
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
    """Replace names in a sentence.

    Args:
        segment: the sentence.
        names: the names in it, from left to right.
        swap: the replacement of each party by its id, see `draw_swap`.
        offset: where the new sentence starts in the new article, in characters.

    Returns:
        The new sentence, and its text with the replaced names, by which offsets are mapped back.
    """
    parts: list[str] = []
    cuts: list[Cut] = []
    at = length = 0
    for name in names:
        other = swap.get(name.party.id)
        if other is None:
            continue
        word = getattr(other, _FIELDS[name.form])[0] + ("s" if name.form == "people" else "")
        parts += [segment.text[at : name.start], word]
        length += name.start - at
        cuts.append(Cut(length, name.start, length + len(word), name.end))
        length, at = length + len(word), name.end
    text = "".join([*parts, segment.text[at:]])
    return Segment(offset, offset + len(text), text, segment.para, segment.quoted), Masked(text, tuple(cuts))
