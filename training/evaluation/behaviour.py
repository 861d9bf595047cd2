"""Behavioural tests: on which share of the items of `data.behaviour` a model is right.

An item counts as right if the model finds exactly the expected statement, with its actor and its target, in
the unchanged sentence and in its variant; a pronoun counts as the party to which it refers. Each sentence is
read on its own, as an article of one sentence, and without the sentence gate, as in every evaluation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...data.annotation.matching import MIN_OVERLAP, overlap
from ...data.behaviour.items import CATEGORIES, ActorList, Expected, Item, actor_lists, items, span_of
from ...data.codebook import shipped_codebook
from ...data.errors import InputError
from ...data.record import Party, Record
from ...data.text.analysis import analyse
from ...data.text.segmentation.sentences import segment
from ...data.text.spacy_parser import ParseCache
from ..decoding.labeller import Labeller

LISTS = "lists"
# The categories in the order in which they are shown, with their titles.
TITLES = {
    "names": "names swapped",
    "roles": "roles swapped",
    "negated": "negated",
    "attributed": "attributed to another",
    LISTS: "actors in lists",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a model did with one item, or with one actor of a list.

    Attributes:
        category: a key of `TITLES`.
        stance: of the expected statement.
        right: whether it was right.
        unchanged: whether it was right on the unchanged sentence; always true for lists.
        text: the sentence that shows the error: the unchanged one if the model is wrong there already.
        missed: the actor, for lists; empty for items.
    """

    category: str
    stance: str
    right: bool
    unchanged: bool
    text: str
    missed: str = ""


def has_behaviour(labeller: Labeller) -> bool:
    """Whether the items can be used: the model finds statements, and has the shipped label set."""
    return labeller.mentions == "found" and labeller.codebook.digest == shipped_codebook().digest


def run_items(
    labeller: Labeller,
    tested: Sequence[Item] | None = None,
    lists: Sequence[ActorList] | None = None,
    cached: ParseCache | None = None,
) -> list[Outcome]:
    """What a model does with behavioural items.

    Args:
        labeller: a model with the shipped label set that finds statements.
        tested: Default: all items.
        lists: Default: all sentences with lists of actors.
        cached: the cache of parses; None parses everything.

    Returns:
        One outcome per item, and one per actor of the lists.

    Raises:
        InputError: the model has another label set, or reads known pairs.
    """
    if not has_behaviour(labeller):
        raise InputError(
            "the behavioural items are for models that find statements of the shipped label set",
            hint="this model has another label set, or chooses the stance of known pairs",
        )
    tested = items() if tested is None else tested
    lists = actor_lists() if lists is None else lists
    texts = dict.fromkeys(
        [*(t for i in tested for t in (i.sentence, i.variant)), *(x.sentence for x in lists)]
    )
    records = _records(labeller, list(texts), cached)
    outcomes = [_outcome(item, records) for item in tested]
    return [*outcomes, *(o for one in lists for o in _members(one, records[one.sentence]))]


def _records(labeller: Labeller, texts: Sequence[str], cached: ParseCache | None) -> dict[str, Record]:
    """The records of texts, which are scored together: one by one takes several times as long."""
    segments = [segment(text) for text in texts]
    sentences = analyse([s for one in segments for s in one], labeller.gazetteer, cached)
    scores = labeller.classifier.score(sentences)
    out: dict[str, Record] = {}
    start = 0
    for text, own in zip(texts, segments, strict=True):
        end = start + len(own)
        out[text] = labeller.record(sentences[start:end], scores[start:end])
        start = end
    return out


def _outcome(item: Item, records: Mapping[str, Record]) -> Outcome:
    stance = item.expected.stance
    unchanged = is_right(records[item.sentence], item.sentence, item.expected, stance)
    right = unchanged and is_right(records[item.variant], item.variant, item.variant_expected, stance)
    return Outcome(item.category, stance, right, unchanged, item.variant if unchanged else item.sentence)


def is_right(record: Record, text: str, expected: Expected | None, stance: str) -> bool:
    """Whether the statements of a stance in a record are exactly the expected one, or none."""
    found = {(_spans(s.actor), _spans(s.target)) for s in record.statements if s.stance == stance}
    if expected is None:
        return not found
    actor, target = span_of(text, expected.actor), span_of(text, expected.target)
    return len(found) == 1 and all(_any_overlaps(a, actor) and _any_overlaps(t, target) for a, t in found)


def _members(one: ActorList, record: Record) -> Iterator[Outcome]:
    found = [_spans(s.actor) for s in record.statements if s.stance == one.stance]
    for actor in one.actors:
        span = span_of(one.sentence, actor)
        right = any(_any_overlaps(spans, span) for spans in found)
        yield Outcome(LISTS, one.stance, right, True, one.sentence, "" if right else actor)


def _spans(party: Party | None) -> tuple[tuple[int, int], ...]:
    """The span of a party and, if it is a pronoun, also that of the mention to which it refers.

    In "Kenya said it had urged Somalia", the guideline has "it" as the actor; the items name Kenya.
    """
    named = (party, party.named_in) if party else ()
    return tuple((x.start, x.end) for x in named if x and x.start is not None and x.end is not None)


def _any_overlaps(spans: Sequence[tuple[int, int]], expected: tuple[int, int]) -> bool:
    return any(overlap(span, expected) >= MIN_OVERLAP for span in spans)


def summarise_behaviour(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Any]]:
    """The results by category.

    Returns:
        For each category `items`, their number (of lists: the number of actors); `right`, the number of items
        that are right (of actors that are found); `share` of these, from 0 to 1; `ci95`, its 95% interval;
        `unchanged`, the share of items whose unchanged sentence is right (not for lists); and `by_stance`,
        the share by stance.
    """
    out: dict[str, dict[str, Any]] = {}
    for category in (*CATEGORIES, LISTS):
        own = [o for o in outcomes if o.category == category]
        if not own:
            continue
        right = sum(o.right for o in own)
        out[category] = {
            "items": len(own),
            "right": right,
            "share": round(right / len(own), 4),
            "ci95": [round(x, 4) for x in wilson_interval(right, len(own))],
            "by_stance": _by_stance(own),
        }
        if category != LISTS:
            out[category]["unchanged"] = round(sum(o.unchanged for o in own) / len(own), 4)
    return out


def _by_stance(outcomes: Sequence[Outcome]) -> dict[str, float]:
    of: dict[str, list[bool]] = {}
    for o in outcomes:
        of.setdefault(o.stance, []).append(o.right)
    return {stance: round(sum(x) / len(x), 4) for stance, x in of.items()}


def wilson_interval(successes: int, trials: int) -> tuple[float, float]:
    """The 95% interval of a proportion (Wilson 1927, J. Am. Stat. Assoc. 22).

    It takes the trials as independent.

    Args:
        successes: from 0 to `trials`.
        trials: 1 or more.
    """
    from scipy.stats import binomtest

    interval = binomtest(successes, trials).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)
