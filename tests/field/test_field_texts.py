"""Texts as they come in the field: how they are cut, what is quoted, who is named, and where.

`inputs/` holds texts written for this project after public reports of people who work with such texts;
`sentences.jsonl` how a reader cuts each of them. What is not right yet is marked with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from stancewire.data.files.cache import cache_folder
from stancewire.data.identities.resolver import IdentityResolver
from stancewire.data.text.analysis import AnalysedSentence, analyse
from stancewire.data.text.gazetteer import gazetteer
from stancewire.data.text.segmentation.sentences import segment
from stancewire.data.text.spacy_parser import ParseCache
from stancewire.training.decoding.statement_finder import StatementFinder

FIELD = Path(__file__).parent
CUT = [json.loads(line) for line in (FIELD / "sentences.jsonl").read_text(encoding="utf-8").splitlines()]
Party = tuple[str | None, str]


def text_of(name: str) -> str:
    return (FIELD / "inputs" / name).read_bytes().decode("utf-8")


@cache
def analysed(name: str) -> tuple[AnalysedSentence, ...]:
    return tuple(analyse(segment(text_of(name)), gazetteer(), ParseCache(cache_folder())))


def parties(name: str) -> list[list[Party]]:
    """Of each sentence its candidates: their span, and their identity."""
    sentences = analysed(name)
    resolver = IdentityResolver(sentences)
    return [
        [
            (s.segment.text[slice(*span)] if (span := s.span(m)) else None, resolver.resolve(n, m))
            for m in s.mentions
        ]
        for n, s in enumerate(sentences)
    ]


@pytest.mark.parametrize("case", CUT, ids=[c["file"] for c in CUT])
def test_texts_are_cut_as_a_reader_cuts_them(case: dict[str, list[str]]) -> None:
    assert [s.text for s in segment(text_of(str(case["file"])))] == case["sentences"]


@pytest.mark.parametrize("name", sorted(p.name for p in (FIELD / "inputs").iterdir()))
def test_offsets_are_those_of_the_text_as_read(name: str) -> None:
    text = text_of(name)
    for s in analysed(name):
        assert text[s.segment.start : s.segment.end] == s.segment.text
        for mention in s.mentions:
            if (span := s.span(mention)) is not None:
                start, end = (s.segment.start + at for at in span)
                assert text[start:end] == s.segment.text[slice(*span)]
                assert text[start].isalnum() or text[start] in "\"'’(-_$", text[start:end]


def test_a_control_character_is_in_no_sentence() -> None:
    assert all("\x00" not in (party or "") for row in parties("enc_nul_late.txt") for party, _ in row)


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("q_german.txt", ["Kosovo is to blame for the violence", "We urge NATO to act"]),
        (
            "v_german3.txt",
            ["Azerbaijan attacked our posts", "It must withdraw at once", "The truce is not holding"],
        ),
        (
            "q_unclosed.txt",
            [
                "Armenia broke the truce",
                "It shelled our posts",
                "Baku urged the UN to act",
                "Yerevan denied the claim",
                "Officials met in Tbilisi",
            ],
        ),
        (
            "q_single.txt",
            ["India is to blame for the firing", "We urge the UN to act", "The truce is holding"],
        ),
        (
            "q_single_straight.txt",
            ["India is to blame for the firing", "We urge the UN to act", "The truce is holding"],
        ),
        ("q_backtick.txt", ["Israel is to blame", "We urge Egypt to act"]),
        (
            "q_nested.txt",
            [
                "Their general told us Sudan is to blame and then Chad must withdraw",
                "He said The UN must act",
                "That was all",
            ],
        ),
    ],
)
def test_what_is_quoted(name: str, quoted: list[str]) -> None:
    found = []
    for s in analysed(name):
        words = [
            s.segment.text[slice(*s.token_span(i))]
            for i in range(len(s.parse))
            if s.quoted[i] and s.parse.pos[i] != "PUNCT"
        ]
        if words:
            found.append(" ".join(words))
    assert found == quoted


@pytest.mark.parametrize(
    ("name", "sentence", "expected"),
    [
        ("v_nbsp.txt", 0, [("United\u00a0States", "USA"), ("Iran", "IRN")]),
        ("v_nbsp.txt", 1, [("North\u00a0Korea", "PRK"), ("South\u00a0Korea", "KOR")]),
        ("v_nbsp.txt", 3, [("South\u202fSudan", "SSD"), ("Sudan", "SDN")]),
        ("enc_zw.txt", 2, [("South\u00a0Sudan", "SSD"), ("Su\u00addan", "SDN")]),
        ("v_nfd.txt", 0, [("Co\u0302te d’Ivoire", "CIV"), ("Mali", "MLI")]),
        ("v_nfd.txt", 1, [("Tu\u0308rkiye", "TUR"), ("Syria", "SYR")]),
        ("v_nfd.txt", 2, [("Sa\u0303o Tome\u0301", "STP"), ("Angola", "AGO")]),
        ("enc_combining.txt", 1, [("Co\u0302te d’Ivoire", "CIV"), ("the United Nations", "UN")]),
        ("v_softhyphen.txt", 0, [("Rus\u00adsia", "RUS"), ("Uk\u00adraine", "UKR")]),
        ("v_softhyphen.txt", 1, [("The Uni\u00adted Na\u00adtions", "UN"), ("Israel", "ISR")]),
        ("v_names2.txt", 1, [("Cote d`Ivoire", "CIV"), ("Mali", "MLI")]),
        ("v_names2.txt", 2, [("Côte dʼIvoire", "CIV"), ("Mali", "MLI")]),
        ("v_names2.txt", 8, [("Nʼdjamena", "TCD"), ("Khartoum", "SDN")]),
        ("v_names2.txt", 11, [("Guinea‑Bissau", "GNB"), ("Senegal", "SEN")]),
        ("enc_mojibake.txt", 0, [("Kenyaâ€™s army", "KEN"), ("Somalia", "SOM")]),
        ("s_caps.txt", 0, [("KENYA", "KEN"), ("SOMALIA", "SOM")]),
        ("s_caps.txt", 2, [("SOUTH SUDAN", "SSD"), ("SUDAN", "SDN")]),
        ("s_caps.txt", 3, [("NORTH KOREA", "PRK"), ("THE UNITED STATES", "USA")]),
        ("w_caps3.txt", 0, [("ISRAEL", "ISR"), ("HEZBOLLAH", "HEZBOLLAH")]),
        ("q_single.txt", 0, [("India", "IND"), (None, "PAK")]),
        ("q_single.txt", 1, [("We", "PAK"), ("the UN", "UN")]),
        ("q_single_straight.txt", 1, [("We", "PAK"), ("the UN", "UN")]),
        ("s_tweet.txt", 3, [("mfa_russia", "RUS")]),
        ("s_tweet.txt", 4, [("Kyiv", "UKR"), ("Moscow", "RUS")]),
        ("a09_social.txt", 2, [("AfricanUnion", "AU"), ("UN", "UN")]),
        ("w_emoji2.txt", 2, [("Mali", "MLI"), ("Algeria", "DZA")]),
        ("w_url.txt", 1, [("Chad", "TCD"), ("Sudan", "SDN")]),
        ("w_url.txt", 2, [("Mali", "MLI"), ("Algeria", "DZA")]),
        ("w_wrap2.txt", 0, [("The Malian army", "MLI"), ("Algeria", "DZA"), ("the African\nUnion", "AU")]),
        ("s_table.txt", 4, [("Kenya", "KEN")]),
    ],
)
def test_parties_are_known_however_they_are_written(name: str, sentence: int, expected: list[Party]) -> None:
    assert set(expected) <= set(parties(name)[sentence])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("s_dateline2.txt", {"KYIV", "GAZA CITY", "JERUSALEM", "NAIROBI", "BAMAKO", "N’DJAMENA",
          "ADDIS ABABA", "AP"}),
        ("v_dl3.txt", {"ISLAMABAD"}),
        ("s_liveblog.txt", {"GMT", "LIVE", "14:32 GMT", "GMT\nKenya"}),
        ("a04_liveblog.txt", {"EAT", "11:42 EAT"}),
        ("s_transcript.txt", {"MILLER", "MR. MILLER", "THE PRESIDENT", "QUESTION"}),
        ("a03_transcript.txt", {"CALDER", "MR. CALDER", "QUESTION"}),
        ("a09_social.txt", {"BREAKING", "@_AfricanUnion", "@UN", "#Somalia"}),
        ("s_tweet.txt", {"@UkrGov", "RT", "@UN", "#Moscow", "#Kyiv"}),
        ("s_table.txt", {"|", "| Side", "| Side | Killed |", "|\n| Somalia"}),
        ("w_resolution.txt", {"Demands"}),
    ],
)  # fmt: skip
def test_what_is_no_party_is_no_candidate(name: str, words: set[str]) -> None:
    assert not words & {span for row in parties(name) for span, _ in row}


@pytest.mark.parametrize(
    ("name", "sentence", "party"),
    [
        ("w_ministry_in.txt", 1, ("The Defence Ministry", "RUS")),
        ("w_ministry_in.txt", 2, ("The foreign ministry", "CHN")),
        ("w_ministry_in.txt", 3, ("The government", "IRN")),
        ("w_ministry_in.txt", 4, ("Officials", "TUR")),
        ("w_ministry_in.txt", 5, ("The junta", "NER")),
        ("w_hyphen_titles.txt", 0, ("The Secretary-General", "UN")),
        ("w_hyphen_titles.txt", 1, ("The UN Under-Secretary-General", "UN")),
        ("s_transcript_name.txt", 3, ("We", "RUS")),
        ("a03_transcript.txt", 5, ("We", "USA")),
        ("a03_transcript.txt", 5, ("both sides", "RSF+SDN")),
        ("a09_social.txt", 2, ("We", "SOM")),
        ("v_names2.txt", 20, ("The Wa State Army", "OTHER")),
        ("a12_drc_french.txt", 2, ("Laurent Kanda", "M23")),
        ("w_resolution.txt", 1, (None, "UN")),
    ],
)
def test_parties_are_known_from_phrase_passage_and_turn(name: str, sentence: int, party: Party) -> None:
    assert party in parties(name)[sentence]


Said = tuple[str, str | None, str | None, str | None, str | None]


@pytest.fixture(scope="session")
def said(labeller: StatementFinder) -> Callable[[str], list[Said]]:
    """The statements that the default model finds: stance, actor, its identity, target, its identity."""

    def find(text: str) -> list[Said]:
        record = labeller.label(text, id="test", cache=ParseCache())
        return [
            (
                s.stance,
                s.actor.text,
                s.actor.id,
                *((s.target.text, s.target.id) if s.target else (None, None)),
            )
            for s in record.statements
        ]

    return find


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("w_caps3.txt", {("blame", "ISR", "HEZBOLLAH")}),
        ("w_wrap2.txt", {("blame", "MLI", "DZA"), ("appeal", "MLI", "AU"), ("blame", "DZA", "MLI")}),
        ("w_url.txt", {("blame", "KEN", "SOM"), ("appeal", "TCD", "SDN"), ("blame", "MLI", "DZA"),
          ("appeal", "EGY", "ISR")}),
        ("w_emoji2.txt", {("blame", "KEN", "SOM"), ("appeal", "TCD", "SDN"), ("blame", "MLI", "DZA"),
          ("appeal", "EGY", "ISR")}),
    ],
)  # fmt: skip
def test_statements_of_the_default_model(
    name: str, expected: set[tuple[str, str, str]], said: Callable[[str], list[Said]]
) -> None:
    assert {(stance, actor, target) for stance, _, actor, _, target in said(text_of(name))} == expected
