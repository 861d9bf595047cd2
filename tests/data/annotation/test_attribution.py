"""How sentences carry statements: quoted, reported, or in the outlet's own words."""

from __future__ import annotations

import pytest
from stancewire.data.annotation.attribution import voice


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Kenya accused Somalia of shelling a border town.", "reported"),
        ("According to Accra, Togolese boats rammed a trawler.", "reported"),
        ("Somalia shelled the town, Kenya's army said.", "reported"),
        ("A statement by the ELN announced a halt to attacks.", "reported"),
        ("The two governments have extended the truce by a month.", "unattributed"),
        ("A ceasefire was signed on Friday between Eritrea and Djibouti.", "unattributed"),
        ("The “truce” between the two has been extended.", "unattributed"),  # a scare quote
        ("“Send us doctors at once,” the mayor of Bukavu said.", "quoted"),
        ('Togo called it "an act of piracy" and sent boats.', "quoted"),
        ("The generals' truce and the militia's truce were extended.", "unattributed"),  # apostrophes
    ],
)
def test_the_voice_of_a_sentence(sentence: str, expected: str) -> None:
    assert voice(sentence) == expected


def test_a_sentence_that_does_not_name_its_speaker_is_within_a_quotation() -> None:
    assert voice("The bridge has been quiet since Monday.", named=False) == "quoted"


@pytest.mark.parametrize("form", ["urges", "urged", "urging", "denies", "denied", "begged", "condemning"])
def test_all_forms_of_verbs_of_saying(form: str) -> None:
    assert voice(f"Ghana {form} Togo to return the boats.") == "reported"
