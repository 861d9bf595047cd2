"""Which predicates a sentence denies."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from stancewire.data.text.analysis import AnalysedSentence
from stancewire.training.linear.mention_features import SentenceView, mention_features
from stancewire.training.linear.negation import denied_tokens

Parsed = Callable[[str], AnalysedSentence]


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("Gabon did not accuse Angola of the raid.", {"accuse"}),
        ("Gabon has neither accused nor blamed Angola.", {"accused", "blamed"}),
        ("The envoy refused to blame either side.", {"blame"}),
        ("Gabon stopped short of condemning the army.", {"condemning"}),
        ("Gabon made no request for help.", {"request"}),
        ("Gabon has not issued a call for talks.", {"issued", "call"}),
        ("Nobody blamed the army.", {"blamed"}),
        # Not the verb that takes the stance.
        ("The bishop urged Gabon not to cross the river.", {"cross"}),
        ("Gabon did not refuse to condemn the raid.", {"refuse"}),
        ("Gabon accused Angola of the raid.", set()),
    ],
)
def test_denied_predicates(parsed: Parsed, text: str, denied: set[str]) -> None:
    parse = parsed(text).parse
    assert {parse.words[i] for i in denied_tokens(parse)} == denied


def first_features(text: str, parsed: Parsed) -> set[str]:
    sentence = parsed(text)
    return set(mention_features(SentenceView(sentence), sentence.mentions[0]))


def test_denied_blame_has_no_feature_of_blame(parsed: Parsed) -> None:
    asserted = first_features("Gabon chose to accuse Angola of treachery.", parsed)
    refused = first_features("Gabon refused to accuse Angola of treachery.", parsed)
    assert "F|SUBJ|#blame_verb" in asserted and "S#blame_verb|SUBJ" in asserted
    assert not {f for f in refused if "#blame_verb" in f and "not-" not in f}
    assert "F|SUBJ!|#not-blame_verb" in refused


def test_what_others_are_said_to_have_said_is_marked(parsed: Parsed) -> None:
    own = first_features("Gabon said Angola had burned the ferry.", parsed)
    reported = first_features("Gabon said Congo had accused Angola of arson.", parsed)
    assert "C|SUBJ|has#harm_verb" in own
    assert "C|SUBJ|reports#blame_verb" in reported and "C|SUBJ|has#blame_verb" not in reported
    assert "S#blame_verb|REPORTS" in reported
