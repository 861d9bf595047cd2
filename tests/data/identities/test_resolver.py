"""Identities of mentions, from the tables and from the article's own evidence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from stancewire.data.identities.parties import joined
from stancewire.data.identities.phrases import name_key
from stancewire.data.identities.resolver import IdentityResolver
from stancewire.data.text.analysis import (
    AnalysedSentence,
    UnparsedSentence,
    analyse,
    analyse_prepared,
    prepare,
)
from stancewire.data.text.gazetteer import gazetteer
from stancewire.data.text.segmentation.sentences import segment

Read = Callable[[str], list[AnalysedSentence]]
Who = Callable[..., str]


@pytest.fixture(scope="module")
def who(read: Read) -> Who:
    """The identity of the `nth` mention with these words; None stands for the unnamed speaker."""

    def ask(text: str, words: str | None, nth: int = 1) -> str:
        sentences = read(text)
        resolver = IdentityResolver(sentences)
        found = []
        for n, s in enumerate(sentences):
            for m in s.mentions:
                span = s.span(m)
                if (s.segment.text[span[0] : span[1]] if span else None) == words:
                    found.append(resolver.resolve(n, m))
        assert len(found) >= nth, f"{words!r} is not a candidate"
        return found[nth - 1]

    return ask


PASHINYAN = (
    "Armenian Prime Minister Nikol Pashinyan accused Azerbaijan of shelling border villages. "
    '"They opened fire first," he said. Pashinyan urged restraint.'
)


@pytest.mark.parametrize(
    ("text", "words", "identity"),
    [
        ("Turkish officials urged calm.", "Turkish officials", "TUR"),
        ("Bangkok urged calm.", "Bangkok", "THA"),
        ("The government of Sudan urged calm.", "The government of Sudan", "SDN"),
        ("Thailand's defence minister urged calm.", "Thailand's defence minister", "THA"),
        ("The United Nations urged calm.", "The United Nations", "UN"),
        ("The minister condemned Israeli shelling.", "Israeli", "ISR"),
        ("Western powers urged calm.", "Western powers", "MULTI"),
        ("A shopkeeper blamed the rain.", "A shopkeeper", "OTHER"),
        ("Syrian residents blamed the rain.", "Syrian residents", "OTHER"),
        ("Residents of Aleppo urged calm.", "Residents of Aleppo", "OTHER"),
    ],
)
def test_by_the_phrase_itself(who: Who, text: str, words: str, identity: str) -> None:
    assert who(text, words) == identity


@pytest.mark.parametrize(
    ("text", "words", "identity"),
    [
        # Several parties, but not which.
        ("NATO allies urged calm.", "NATO allies", "MULTI"),
        ("Kenya and its allies urged calm.", "its allies", "MULTI"),
        ("Kenya's neighbours urged calm.", "Kenya's neighbours", "MULTI"),
        ("The EU members urged calm.", "The EU members", "MULTI"),
        # People, not their state.
        ("A majority of Kenyans blamed Somalia.", "A majority of Kenyans", "OTHER"),
        ("The parents of Kenyan soldiers blamed Somalia.", "The parents of Kenyan soldiers", "OTHER"),
        ("Kenya and Somalia traded fire. Brazil and others urged calm.", "others", "OTHER"),
        ("Kenya and Somalia traded fire. Two officials urged calm.", "Two officials", "OTHER"),
        ("Kenya and Somalia traded fire. The two presidents urged calm.", "The two presidents", "KEN+SOM"),
        # A state's observer at an organisation; a state's agency with a wider name in its own.
        ("The Kenyan U.N. observer urged calm.", "The Kenyan U.N. observer", "KEN"),
        ("The Syrian Arab News Agency blamed Israel.", "The Syrian Arab News Agency", "SYR"),
        # Names in short after the full name.
        (
            "The Muslim Brotherhood left. The Brotherhood blamed Egypt.",
            "Brotherhood",
            "MUSLIM-BROTHERHOOD",
        ),
        ("North Korea left. The North blamed Japan.", "North", "PRK"),
        ("The North blamed Japan.", "North", "OTHER"),
        ("The YPG left. Kurdish forces blamed Turkey.", "Kurdish forces", "YPG"),
        # Officials and police of the place.
        ("Rebels seized an airport in Yemen, officials said.", "officials", "YEM"),
        ("Yemen and Oman wait, officials said.", "officials", "OTHER"),
        ("Kenya and Somalia wait. Kenya waits. Police blamed a gang.", "Police", "KEN"),
        ("Yemen waits. Lawmakers blamed a gang.", "Lawmakers", "OTHER"),
        # Texts by the subject of their verb.
        ("Kenya told Uganda to wait. Somalia released a video blaming Kenya.", "a video", "SOM"),
        ("Kenyan officers have signed an internal document blaming Somalia.", "an internal document", "KEN"),
        # The names of bodies before "he" and "she" are not of persons.
        ("The Daily Courier praised Kenyan President Ann Mbugu as she urged calm.", "she", "KEN"),
        # Short names that the tables have.
        ("The IDF urged calm.", "The IDF", "ISR"),
        ("KCNA blamed Japan.", "KCNA", "PRK"),
        ("SANA blamed Israel.", "SANA", "SYR"),
    ],
)
def test_phrases_of_news(who: Who, text: str, words: str, identity: str) -> None:
    assert who(text, words) == identity


def test_a_surname_that_the_parse_takes_for_a_noun(who: Who) -> None:
    text = "Kenyan President Ann Power left. A day later Power blamed Somalia. Somalia fled."
    assert who(text, "Power") == "KEN"


def test_a_noun_that_only_begins_sentences_is_not_looked_up_as_a_surname() -> None:
    """That would parse all sentences with this word, although a gate has decided not to read them."""
    text = "Officials blamed Kenya. The officials waited. Two officials left."
    sentences = analyse_prepared(prepare(segment(text), gazetteer()), read=[True, False, False])
    [officials] = [m for m in sentences[0].mentions if m.kind == "noun"]
    assert IdentityResolver(sentences).resolve(0, officials) == "KEN"
    assert all(isinstance(s, UnparsedSentence) and s._parsed is None for s in sentences[1:])


def test_sanaa_in_capitals_is_not_the_syrian_agency(read: Read) -> None:
    (sentence,) = read("SANA'A urged calm.")
    assert [x.party.id for x in sentence.names] == ["YEM"]


def test_a_person_has_the_identity_of_their_introduction(who: Who) -> None:
    assert who(PASHINYAN, "Nikol Pashinyan") == "ARM"
    assert who(PASHINYAN, "Pashinyan") == "ARM"


def test_the_introduction_may_come_later_and_after_the_name(who: Who) -> None:
    text = (
        "Malak urged calm. The raid was small. Harun Malak, the Sudanese foreign minister, spoke in Geneva."
    )
    assert who(text, "Malak") == "SDN"


def test_a_private_person_is_other_despite_a_state_nearby(who: Who) -> None:
    assert (
        who("Harun Malak, a shopkeeper in Damascus, blamed Syria. “We are tired,” said Malak.", "Malak")
        == "OTHER"
    )


def test_two_persons_keep_their_own_identities(who: Who) -> None:
    text = "Indian Foreign Minister Asha Rao met Pakistani Foreign Minister Bilal Khan. Rao blamed Khan."
    assert (who(text, "Rao"), who(text, "Khan")) == ("IND", "PAK")


def test_pronouns_refer_back(who: Who) -> None:
    assert who(PASHINYAN, "he") == "ARM"
    assert who("French Foreign Minister Anne Moreau urged calm. She said the truce held.", "She") == "FRA"
    assert who("Iran condemned the strike. It said a hospital was hit.", "It") == "IRN"


def test_the_first_person_is_the_speaker(who: Who) -> None:
    text = "“We held our fire,” said Harun Malak, the Sudanese defence minister."
    assert who(text, "We") == "SDN"


def test_the_first_person_outside_quotations_is_nobody_known(who: Who) -> None:
    text = "Turkey sent troops. French Foreign Minister Anne Moreau said no more.\n\nHe asks me to leave."
    assert who(text, "me") == "OTHER"


def test_the_object_of_a_verb_is_not_its_subject(who: Who) -> None:
    text = "Egyptian minister Adel Nour left. French Foreign Minister Anne Moreau accused him of lying."
    assert who(text, "him") == "EGY"
    text = "French President Anne Moreau called her Egyptian counterpart Adel Nour, urging him to stop."
    assert who(text, "him") == "EGY"


def test_an_article_without_sentences_has_a_resolver() -> None:
    assert IdentityResolver([]).sentences == []


def test_rebels_of_a_state_in_the_tables_of_the_user(tmp_path: Path) -> None:
    table = tmp_path / "actors.csv"
    table.write_text(
        "id,kind,names,demonyms,places,home\n"
        "FREEDONIA,state,Freedonia,Freedonian,,\n"
        "FRF,group,FRF;Freedonian rebels,,,FREEDONIA\n",
        encoding="utf-8",
    )
    names = gazetteer([table])
    sentences = analyse(segment("Freedonia shelled a town. The rebels fled."), names)
    [rebels] = [m for m in sentences[1].mentions if m.kind == "noun"]
    assert IdentityResolver(sentences, names).resolve(1, rebels) == "FRF"


def test_being_named_with_a_state_tells_nothing_about_a_person(who: Who) -> None:
    text = "Malak spoke about Iraq. Iraq was calm. In Iraq, Malak urged restraint. Iraq did not answer Malak."
    assert who(text, "Malak") == "OTHER"


def test_the_ministry_is_the_one_named_before(who: Who) -> None:
    text = (
        "Israel and the United States fired. Israel fired again. Iran's foreign ministry condemned "
        "the strike. The ministry urged Israel to stop."
    )
    assert who(text, "The ministry") == "IRN"


def test_both_sides_between_states(who: Who) -> None:
    text = "Armenia and Azerbaijan traded fire. Armenia blamed Azerbaijan. Russia urged both sides to stop."
    assert who(text, "both sides") == "ARM+AZE"


def test_both_sides_inside_a_state(who: Who) -> None:
    text = (
        "The Sudanese army said the RSF had shelled Omdurman. The RSF denied it. Egypt urged both sides to "
        "stop. The army left."
    )
    assert who(text, "both sides") == "RSF+SDN"
    assert who(text, "The army") == "SDN"


def test_both_sides_of_no_known_party_are_multi(who: Who) -> None:
    assert who("A monk urged both sides to stop.", "both sides") == "MULTI"


@pytest.mark.parametrize(
    "text",
    [
        "Iran's envoy blamed the raiders. “We want peace.”",
        "Calm held.\n\n“We want peace.” “It is late,” said Iran's envoy.",
    ],
)
def test_an_unnamed_speaker_is_the_one_who_spoke_last_or_speaks_next(who: Who, text: str) -> None:
    assert who(text, None) == "IRN"


def test_an_unnamed_speaker_without_evidence_is_other(who: Who) -> None:
    assert who("“It is cold here.”", None) == "OTHER"


SIDES = [
    (("Armenia", "Armenian", "ARM"), ("Azerbaijan", "Azerbaijani", "AZE")),
    (("Thailand", "Thai", "THA"), ("Cambodia", "Cambodian", "KHM")),
    (("Djibouti", "Djiboutian", "DJI"), ("Ethiopia", "Ethiopian", "ETH")),
]
STORY = (
    "{0[0]} blames {1[0]} for raid\n\n{0[1]} Prime Minister Harun Malak accused {1[1]} troops of shelling a "
    "village. “They fired first,” he said. “We want peace.”\n\n{1[0]}'s foreign ministry denied it. The "
    "ministry urged {0[0]} to stop. Brazil urged both sides to hold fire. Malak left."
)


@pytest.mark.parametrize(("a", "b"), SIDES)
def test_swapping_the_sides_swaps_their_identities_and_nothing_else(
    read: Read, a: tuple[str, str, str], b: tuple[str, str, str]
) -> None:
    def identities(text: str) -> list[str]:
        sentences = read(text)
        resolver = IdentityResolver(sentences)
        return [resolver.resolve(n, m) for n, s in enumerate(sentences) for m in s.mentions]

    swapped = {a[2]: b[2], b[2]: a[2]}
    expected = [
        "+".join(sorted(swapped.get(p, p) for p in i.split("+"))) for i in identities(STORY.format(a, b))
    ]
    assert identities(STORY.format(b, a)) == expected
    assert a[2] in expected and b[2] in expected and "+".join(sorted([a[2], b[2]])) in expected


def test_identities_are_joined_in_alphabetical_order_without_other() -> None:
    assert joined("AZE", "ARM", "OTHER", None, "ARM+GEO") == "ARM+AZE+GEO"
    assert joined("OTHER", None) is None


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Nikol Pashinyan", "pashinyan"),
        ("Pashinyan's", "pashinyan"),
        ("Bashar al-Assad", "assad"),
        ("Assad", "assad"),
    ],
)
def test_name_keys(name: str, key: str) -> None:
    assert name_key(name) == key
