"""Features do not depend on the names of parties and persons."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from stancewire.data.text.analysis import AnalysedSentence
from stancewire.data.text.gazetteer import gazetteer
from stancewire.data.text.masking import PLACEHOLDERS
from stancewire.training.decoding.statement_finder import StatementFinder
from stancewire.training.linear.classifier import LinearClassifier
from stancewire.training.linear.label_features import label_features
from stancewire.training.linear.mention_features import SentenceView, mention_features

Parsed = Callable[[str], AnalysedSentence]


def features(sentence: AnalysedSentence) -> list[list[str]]:
    view = SentenceView(sentence)
    return [label_features(view), *(mention_features(view, m) for m in sentence.mentions)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "Armenian Prime Minister Nikol Pashinyan accused Azerbaijan of shelling Goris.",
            ["Armenian", "Nikol", "Pashinyan", "Azerbaijan", "Goris"],
        ),
        (
            "President Volodymyr Zelenskyy urged Washington to condemn Moscow.",
            ["Volodymyr", "Zelenskyy", "Washington", "Moscow"],
        ),
        (
            "“Ethiopia broke the truce,” said Yemane Gebremeskel of Asmara.",
            ["Ethiopia", "Yemane", "Gebremeskel", "Asmara"],
        ),
        ("Hamas and the RSF blamed Tel Aviv and Khartoum.", ["Hamas", "RSF", "Khartoum"]),
        (
            "Greek officials said Turkish jets had crossed into Kastellorizo.",
            ["Greek", "Turkish", "Kastellorizo"],
        ),
    ],
)
def test_no_feature_names_a_party_or_a_person(parsed: Parsed, text: str, names: list[str]) -> None:
    sentence = parsed(text)
    found = {f for row in features(sentence) for f in row}
    assert found
    for name in names:
        assert not [f for f in found if name.lower() in f.lower()], name


@pytest.mark.parametrize(
    ("text", "swap"),
    [
        (
            "Armenia accused Azerbaijan of shelling Armenian villages.",
            {"Armenia": "India", "Azerbaijan": "Pakistan", "Armenian": "Indian"},
        ),
        ("Kyiv urged the Russian army to observe the truce.", {"Kyiv": "Tbilisi", "Russian": "Turkish"}),
        (
            "Sudan's army and Ethiopia blamed each other, Sudanese officials said.",
            {"Sudan's": "Greece's", "Ethiopia": "Turkey", "Sudanese": "Greek"},
        ),
    ],
)
def test_features_do_not_depend_on_party_names(parsed: Parsed, text: str, swap: dict[str, str]) -> None:
    other = re.sub("|".join(sorted(map(re.escape, swap), key=len, reverse=True)), lambda m: swap[m[0]], text)
    assert other != text
    assert features(parsed(text)) == features(parsed(other))


def test_no_feature_of_a_trained_model_names_a_state(tiny_labeller: StatementFinder) -> None:
    assert isinstance(tiny_labeller.classifier, LinearClassifier)
    words = {
        w
        for f in tiny_labeller.classifier.roles.vocabulary.features
        for w in re.findall(r"[a-z]+", f.lower())
    }
    names = {
        a.lower()
        for p in gazetteer().parties.values()
        if p.kind == "state"
        for a in (*p.names, *p.demonyms, *p.places)
        if a.isalpha() and len(a) > 4
    }
    assert len(names) > 300 and len(words) > 500
    assert not words & names - {p.lower() for p in PLACEHOLDERS}


def test_features_of_a_mention_name_its_own_frame(parsed: Parsed) -> None:
    sentence = parsed("Armenia accused Azerbaijan of shelling the town.")
    view = SentenceView(sentence)
    by_word = {
        sentence.segment.text[slice(*(sentence.span(m) or (0, 0)))]: set(mention_features(view, m))
        for m in sentence.mentions
    }
    assert "F|SUBJ|accuse" in by_word["Armenia"] and "F|OBJ|accuse" in by_word["Azerbaijan"]
    assert "F|SUBJ|accuse" not in by_word["Azerbaijan"]


def test_the_features_of_a_named_mention_are_unique(parsed: Parsed) -> None:
    for row in features(
        parsed("Armenia accused Azerbaijan, accusing it again, and urged Azerbaijan to stop and stop.")
    ):
        assert len(row) == len(set(row))
