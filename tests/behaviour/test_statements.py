"""What the default model must do, whoever the parties are: invariance, direction, minimum functionality
(Ribeiro et al. 2020, CheckList)."""

from __future__ import annotations

import pytest
from stancewire.training.decoding.labeller import Labeller

Found = set[tuple[str, str | None, str | None]]


def found(labeller: Labeller, text: str) -> Found:
    """(stance, actor's id, target's id) of every statement in a text."""
    return {
        (s.stance, s.actor.id, s.target.id if s.target else None) for s in labeller.label(text).statements
    }


BLAME = [
    ("Kenya accused Somalia of shelling a border town.", "KEN", "SOM"),
    ("The Kremlin blamed Ukraine on Monday for the attack on the depot.", "RUS", "UKR"),
    ("Peru’s foreign minister condemned Ecuador for the raid.", "PER", "ECU"),
    ("Indian officials said Pakistani troops had violated the truce.", "IND", "PAK"),
    ("Somalia was accused by Kenya of arming the militia.", "KEN", "SOM"),
]
APPEAL = [
    ("Kenya urged Somalia to withdraw its troops from the town.", "KEN", "SOM"),
    ("The European Union called on Serbia to release the two officers.", "EU", "SRB"),
    ("Paris asked the United Nations to send monitors to the border.", "FRA", "UN"),
    ("“Iran must withdraw its forces,” said Iraq’s president.", "IRQ", "IRN"),
]
CEASEFIRE = [
    ("Kenya said a ceasefire had been agreed with Somalia.", "KEN"),
    ("Peru’s defence minister said the truce was holding.", "PER"),
    ("The Kremlin announced a three-day ceasefire on Friday.", "RUS"),
    ("Ethiopia declared a unilateral truce on Sunday.", "ETH"),
]


@pytest.mark.parametrize(("text", "actor", "target"), BLAME)
def test_blame_is_found(labeller: Labeller, text: str, actor: str, target: str) -> None:
    assert ("blame", actor, target) in found(labeller, text)


@pytest.mark.parametrize(("text", "actor", "target"), APPEAL)
def test_appeals_are_found(labeller: Labeller, text: str, actor: str, target: str) -> None:
    assert ("appeal", actor, target) in found(labeller, text)


@pytest.mark.parametrize(("text", "actor"), CEASEFIRE)
def test_ceasefire_claims_are_found(labeller: Labeller, text: str, actor: str) -> None:
    assert ("ceasefire_claim", actor) in {f[:2] for f in found(labeller, text)}


@pytest.mark.parametrize(
    "text",
    [
        "Kenya shelled the border town of Mandera on Tuesday.",
        "Six people were killed in the shelling, doctors said.",
        "The region, a plateau of some 40 villages, lies 200km north of the capital.",
        "The two foreign ministers met for three hours in Geneva on Wednesday.",
    ],
)
def test_narration_is_not_a_statement(labeller: Labeller, text: str) -> None:
    assert found(labeller, text) == set()


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("Kenya said that Somalia had shelled the town.", "Kenya denied that Somalia had shelled the town."),
        (
            "The general said that Kenyan troops had fired first.",
            "The general denied that Kenyan troops had fired first.",
        ),
        ("Iran said that Iraqi drones had hit the port.", "Iran denied that Iraqi drones had hit the port."),
    ],
)
def test_a_denial_is_not_blame(labeller: Labeller, text: str, denied: str) -> None:
    assert "blame" in {f[0] for f in found(labeller, text)}
    assert "blame" not in {f[0] for f in found(labeller, denied)}


def test_two_accusations_are_paired_correctly(labeller: Labeller) -> None:
    text = "Kenya accused Somalia of shelling the town, and Ethiopia blamed Eritrea for the raid."
    assert {f for f in found(labeller, text) if f[0] == "blame"} == {
        ("blame", "KEN", "SOM"),
        ("blame", "ETH", "ERI"),
    }


PAIRS = [
    (("Denmark", "Danish", "Copenhagen"), ("Poland", "Polish", "Warsaw")),
    (("Denmark", "Danish", "Copenhagen"), ("North Korea", "North Korean", "Pyongyang")),
    (("Poland", "Polish", "Warsaw"), ("Mali", "Malian", "Bamako")),
]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_swapped_names_do_not_change_labels(
    labeller: Labeller, one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    template = (
        "{0} accused {4} troops of opening fire on a ferry, and urged NATO to send monitors.\n\n"
        "{5} denied it. {3} said a truce with {0} was holding. "
        "“They started it,” said the {1} defence minister."
    )
    first = labeller.label(template.format(*one, *other)).statements
    second = labeller.label(template.format(*other, *one)).statements
    assert first, "the article has statements"
    assert [(s.sentence, s.stance, s.score) for s in first] == [
        (s.sentence, s.stance, s.score) for s in second
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Oman’s envoy, a former judge, urged Kenya to open the road.",
        "Kenya’s army said on Monday it had agreed to a ceasefire with Somalia.",
        "The Kenyan government said it accused Somalia of shelling the town.",
    ],
)
def test_a_party_that_is_named_twice_takes_a_stance_once(labeller: Labeller, text: str) -> None:
    actors = [(s.stance, s.actor.start) for s in labeller.label(text).statements]
    assert len(set(actors)) == 1


def test_a_phrase_before_the_clause_is_not_a_denial(labeller: Labeller) -> None:
    assert ("appeal", "KEN", "SOM") in found(
        labeller, "Without naming any party, Kenya urged Somalia to withdraw its troops from the town."
    )
