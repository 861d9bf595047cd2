"""The predicates of mentions in real sentences."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from stancewire.data.text import analysis
from stancewire.data.text.analysis import AnalysedSentence
from stancewire.data.text.mentions import SPEAKER
from stancewire.data.text.predicates import predicates

Parsed = Callable[[str], AnalysedSentence]


def predicates_of(sentence: AnalysedSentence, head: str) -> set[tuple[str, str]]:
    """(lemma of the predicate, relation) of the only token whose text is `head`."""
    parse = sentence.parse
    [place] = [i for i in range(len(parse)) if sentence.segment.text[slice(*sentence.token_span(i))] == head]
    return {(parse.lemmas[i], relation) for i, relation in predicates(parse, place)}


@pytest.mark.parametrize(
    ("text", "head", "predicate", "relation"),
    [
        # Plain.
        ("Armenia accused Azerbaijan of shelling the town.", "Armenia", "accuse", "SUBJ"),
        ("Armenia accused Azerbaijan of shelling the town.", "Azerbaijan", "accuse", "OBJ"),
        ("The mayor appealed to Ukraine for help.", "Ukraine", "appeal", "OBL:to"),
        # Passives.
        ("Azerbaijan was accused by Armenia of shelling the town.", "Armenia", "accuse", "SUBJ"),
        ("Azerbaijan was accused by Armenia of shelling the town.", "Azerbaijan", "accuse", "OBJ"),
        ("The raid was condemned by the ministry.", "ministry", "condemn", "SUBJ"),
        # Control.
        ("The council moved to condemn Azerbaijan.", "council", "condemn", "SUBJ"),
        ("Armenia urged Azerbaijan to withdraw.", "Azerbaijan", "withdraw", "SUBJ"),
        ("Armenia wanted to blame Azerbaijan for the raid.", "Armenia", "blame", "SUBJ"),
        # Participles.
        ("Armenia recalled its envoy, accusing Azerbaijan of treachery.", "Armenia", "accuse", "SUBJ"),
        ("Soldiers accused of looting by Ukraine were arrested.", "Soldiers", "accuse", "OBJ"),
        ("A statement blaming Armenia was withdrawn.", "statement", "blame", "SUBJ"),
        # Relative clauses.
        ("Armenia, which blames Azerbaijan for the raid, closed the border.", "which", "blame", "SUBJ"),
        ("The general who accused Armenia resigned.", "who", "accuse", "SUBJ"),
        ("Azerbaijan, which Armenia blames for the raid, closed the border.", "Azerbaijan", "blame", "OBJ"),
        # Coordination.
        ("Armenia and Azerbaijan condemned the raid.", "Azerbaijan", "condemn", "SUBJ"),
        ("Armenia condemned the raid and urged restraint.", "Armenia", "urge", "SUBJ"),
        ("Armenia blamed Azerbaijan and Turkey for the raid.", "Turkey", "blame", "OBJ"),
        # Nominal predicates.
        ("Armenia's call for talks was ignored.", "Armenia", "call", "POSS"),
        ("Criticism from Armenia grew.", "Armenia", "criticism", "NMOD:from"),
        ("Armenian accusations were denied.", "Armenian", "accusation", "MOD"),
    ],
)
def test_different_constructions_get_the_same_form(
    parsed: Parsed, text: str, head: str, predicate: str, relation: str
) -> None:
    assert (predicate, relation) in predicates_of(parsed(text), head)


@pytest.mark.parametrize(
    ("text", "head", "predicate", "relation"),
    [
        ("Armenia urged Azerbaijan to withdraw.", "Armenia", "withdraw", "SUBJ"),
        ("Azerbaijan was accused by Armenia of shelling the town.", "Azerbaijan", "accuse", "SUBJ"),
        ("Armenia said that Azerbaijan condemned the raid.", "Armenia", "condemn", "SUBJ"),
        ("Azerbaijan, which Armenia blames for the raid, closed the border.", "Azerbaijan", "blame", "SUBJ"),
        ("Armenia condemned the raid and Azerbaijan urged restraint.", "Armenia", "urge", "SUBJ"),
    ],
)
def test_a_mention_is_not_the_subject_of_another_ones_predicate(
    parsed: Parsed, text: str, head: str, predicate: str, relation: str
) -> None:
    assert (predicate, relation) not in predicates_of(parsed(text), head)


def test_no_predicate_is_listed_twice(parsed: Parsed, tiny: list) -> None:  # type: ignore[type-arg]
    for sentence in tiny[0].sentences:
        parse = parsed(sentence.text).parse
        for i in range(len(parse)):
            found = predicates(parse, i)
            assert len(found) == len(set(found)) and all(0 <= at < len(parse) for at, _ in found)


def test_a_sentence_computes_the_predicates_of_a_mention_once(
    parsed: Parsed, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentence = parsed("Armenia accused Azerbaijan of shelling the town.")
    first = [sentence.predicates(m) for m in sentence.mentions]
    assert first == [predicates(sentence.parse, m.head) for m in sentence.mentions]
    monkeypatch.setattr(analysis, "predicates", None)
    assert [sentence.predicates(m) for m in sentence.mentions] == first


def test_the_unnamed_speaker_has_no_predicates(parsed: Parsed) -> None:
    assert parsed("Armenia accused Azerbaijan of shelling the town.").predicates(SPEAKER) == ()
