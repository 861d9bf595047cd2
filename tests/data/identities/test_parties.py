"""The parties of an article as a whole: rebels without a name, names of several groups, both sides."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from stancewire.data.identities.parties import ArticleParties
from stancewire.data.text.analysis import AnalysedSentence

Read = Callable[[str], list[AnalysedSentence]]


def test_the_main_state_may_leave_out_the_home_of_the_press(read: Read) -> None:
    parties = ArticleParties(read("The United States and the United States waited. Kenya waited."))
    assert (parties.main_state(), parties.main_state("USA")) == ("USA", "KEN")


@pytest.mark.parametrize(
    ("text", "noun", "group"),
    [
        # The tables know the "Syrian rebels"; an article about Syria need not name them.
        ("Syria shelled a town. The rebels fled.", "rebels", "FSA"),
        ("Syria shelled a town. The opposition left.", "opposition", "SNC"),
        ("Kenya shelled a town. The rebels fled.", "rebels", "OTHER"),
        ("Kenya shelled a town that al-Shabaab held. The rebels fled.", "rebels", "AL-SHABAAB"),
    ],
)
def test_rebels_without_a_name(read: Read, text: str, noun: str, group: str) -> None:
    assert ArticleParties(read(text)).rebels([], noun).id == group


@pytest.mark.parametrize(
    ("text", "branches"),
    [
        ("The PKK left. Kurdish forces fired.", {"KURDS": "PKK"}),
        ("The YPG left. Kurdish forces fired.", {"KURDS": "YPG"}),
        ("Peshmerga and the YPG left. Kurdish forces fired.", {}),
        ("Kurdish forces fired.", {}),
        ("Nepali Maoists left. Maoists fired.", {"CPI-MAOIST": "CPN-MAOIST"}),
        # The full name of another group says which one is meant.
        ("Nepali Maoists left. The Communist Party of India (Maoist) fired. Maoists fled.", {}),
    ],
)
def test_a_name_of_several_groups_means_the_only_one_that_the_article_names(
    read: Read, text: str, branches: dict[str, str]
) -> None:
    assert ArticleParties(read(text)).branches == branches


def test_hamas_and_israel_are_both_sides(read: Read) -> None:
    text = "Palestinians waited. Palestinians fled. Hamas and Israel traded fire. Hamas left."
    assert ArticleParties(read(text)).both_sides() == "HAMAS+ISR"
