"""The behavioural tests count what a model does with the items."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

import pytest
from stancewire.data.behaviour.items import ActorList, Expected, Item, actor_lists, items, span_of
from stancewire.data.codebook import Codebook
from stancewire.data.errors import InputError
from stancewire.data.record import NamedIn, Party, Record, ScoredSentence, ScoredStatement
from stancewire.training.decoding.statement_finder import StatementFinder
from stancewire.training.evaluation.behaviour import (
    TITLES,
    is_right,
    run_items,
    summarise_behaviour,
    wilson_interval,
)

PLAIN, BLAME = "Kenya blamed Chad for the raid.", Expected("blame", "Kenya", "Chad")
ROLES = Item("roles", PLAIN, BLAME, "Chad blamed Kenya for the raid.", Expected("blame", "Chad", "Kenya"))
NEGATED = Item("negated", PLAIN, BLAME, "Kenya did not blame Chad for the raid.", None)
LIST = ActorList("Kenya, Chad and Mali urged Niger to leave.", "appeal", ("Kenya", "Chad", "Mali"), "Niger")
Answers = dict[str, list[Expected]]


def record(text: str, statements: Sequence[Expected]) -> Record:
    """A record of one sentence with these statements."""

    def party(words: str) -> Party:
        start, end = span_of(text, words)
        return Party(text=text[start:end], start=start, end=end, id=None, evidence=None)

    found = [
        ScoredStatement(sentence=0, stance=s.stance, score=0.9, actor=party(s.actor), target=party(s.target))
        for s in statements
    ]
    sentence = ScoredSentence(start=0, end=len(text), text=text)
    return Record(id="", sentences=(sentence,), statements=tuple(found))


@pytest.fixture
def scripted(tiny_labeller: StatementFinder) -> Callable[[Answers], StatementFinder]:
    """A labeller that finds these statements, by sentence, and nothing in others."""

    def make(answers: Answers) -> StatementFinder:
        labeller = copy(tiny_labeller)

        def answer(sentences: Sequence[Any], *_: object, **__: object) -> Record:
            text = sentences[0].segment.text
            return record(text, answers.get(text, []))

        labeller.record = answer  # type: ignore[method-assign, assignment]
        return labeller

    return make


def answers_of(tested: Sequence[Item], lists: Sequence[ActorList]) -> Answers:
    """What a model that makes no error finds."""
    out: Answers = {}
    for item in tested:
        out[item.sentence] = [item.expected]
        out[item.variant] = [item.variant_expected] if item.variant_expected else []
    for one in lists:
        out[one.sentence] = [Expected(one.stance, actor, one.target or actor) for actor in one.actors]
    return out


def test_a_model_without_errors_is_right_on_every_item(
    scripted: Callable[[Answers], StatementFinder],
) -> None:
    found = summarise_behaviour(run_items(scripted(answers_of(items(), actor_lists()))))
    assert list(found) == list(TITLES)
    assert {m["share"] for m in found.values()} == {1.0}
    assert {m["items"] for k, m in found.items() if k != "lists"} == {200}
    assert found["lists"]["items"] == sum(len(x.actors) for x in actor_lists())


def test_a_model_that_finds_nothing_is_never_right(scripted: Callable[[Answers], StatementFinder]) -> None:
    found = summarise_behaviour(run_items(scripted({})))
    assert {m["share"] for m in found.values()} == {0.0}
    assert {m["unchanged"] for k, m in found.items() if k != "lists"} == {0.0}


def test_the_error_is_shown_in_the_sentence_that_has_it(
    scripted: Callable[[Answers], StatementFinder],
) -> None:
    always_kenya = scripted({PLAIN: [BLAME], ROLES.variant: [BLAME], NEGATED.variant: [BLAME]})
    roles, negated = run_items(always_kenya, [ROLES, NEGATED], [])
    assert not roles.right and roles.unchanged and roles.text == ROLES.variant
    assert not negated.right and negated.unchanged and negated.text == NEGATED.variant
    wrong_before = scripted({ROLES.variant: [Expected("blame", "Chad", "Kenya")]})
    [roles] = run_items(wrong_before, [ROLES], [])
    assert not roles.right and not roles.unchanged and roles.text == PLAIN


def test_of_a_list_each_actor_counts(scripted: Callable[[Answers], StatementFinder]) -> None:
    found = run_items(scripted({LIST.sentence: [Expected("appeal", "Chad", "Niger")]}), [], [LIST])
    assert [o.missed for o in found] == ["Kenya", "", "Mali"]
    assert summarise_behaviour(found)["lists"]["right"] == 1


def test_right_means_the_exact_parties_and_nothing_else() -> None:
    assert is_right(record(PLAIN, [BLAME]), PLAIN, BLAME, "blame")
    others = [BLAME, Expected("blame", "Chad", "Kenya")]
    assert not is_right(record(PLAIN, others), PLAIN, BLAME, "blame")
    assert not is_right(record(PLAIN, [Expected("blame", "Kenya", "raid")]), PLAIN, BLAME, "blame")
    # Another stance in the same sentence is not tested.
    both = [BLAME, Expected("appeal", "Kenya", "Chad")]
    assert is_right(record(PLAIN, both), PLAIN, BLAME, "blame")
    assert is_right(record(PLAIN, [Expected("appeal", "Kenya", "Chad")]), PLAIN, None, "blame")


def test_a_pronoun_counts_as_the_party_to_which_it_refers() -> None:
    text = "Kenya said it had blamed Chad."
    [found] = record(text, [Expected("blame", "it", "Chad")]).statements
    assert not is_right(record(text, [Expected("blame", "it", "Chad")]), text, BLAME, "blame")

    def with_actor_named_in(start: int, end: int) -> Record:
        actor = found.actor.model_copy(update={"named_in": NamedIn(sentence=0, start=start, end=end)})
        statement = found.model_copy(update={"actor": actor})
        return record(text, []).model_copy(update={"statements": (statement,)})

    assert is_right(with_actor_named_in(0, 5), text, BLAME, "blame")
    chad = text.index("Chad")
    assert not is_right(with_actor_named_in(chad, chad + 4), text, BLAME, "blame")


def test_sentences_are_scored_together_as_they_are_one_by_one(tiny_labeller: StatementFinder) -> None:
    some = items()[::17]
    together = run_items(tiny_labeller, some, [])
    assert together == [o for item in some for o in run_items(tiny_labeller, [item], [])]
    for item, outcome in zip(some, together, strict=True):
        alone = tiny_labeller.label(item.sentence)
        assert outcome.unchanged == is_right(alone, item.sentence, item.expected, item.expected.stance)


def test_another_label_set_is_one_error(tiny_labeller: StatementFinder, codebook: Codebook) -> None:
    other = copy(tiny_labeller)
    other.codebook = codebook.model_copy(update={"stances": codebook.stances[:2]})
    with pytest.raises(InputError, match="shipped label set"):
        run_items(other)


def test_the_interval_is_wilsons() -> None:
    # Agresti and Coull 1998, The American Statistician 52: 0 of 10 gives 0 to 0.278.
    assert wilson_interval(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson_interval(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
