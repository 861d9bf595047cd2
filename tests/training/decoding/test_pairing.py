"""Assigning targets to actors."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from stancewire.data.text.analysis import AnalysedSentence
from stancewire.data.text.mentions import SPEAKER, Mention
from stancewire.training.decoding.pairing import FEATURES, Pairing, pair_features
from stancewire.training.decoding.statement_finder import StatementFinder

Parsed = Callable[[str], AnalysedSentence]
TWO = "Armenia blamed Azerbaijan for the raid, while Ethiopia blamed Eritrea for the strike."


def mention(sentence: AnalysedSentence, words: str) -> Mention:
    [found] = [
        m
        for m in sentence.mentions
        if (span := sentence.span(m)) and sentence.segment.text[slice(*span)] == words
    ]
    return found


def pair(sentence: AnalysedSentence, actor: str, target: str, actors: tuple[str, ...]) -> dict[str, float]:
    """The features of a pair, with equal target logits for all mentions."""
    logits = np.zeros(len(sentence.mentions))
    candidate = sentence.mentions.index(mention(sentence, target))
    row = pair_features(
        sentence,
        mention(sentence, actor),
        mention(sentence, target),
        logits,
        candidate,
        [mention(sentence, a) for a in actors],
    )
    return dict(zip(FEATURES, row, strict=True))


def test_features_distinguish_the_objects_of_two_verbs(parsed: Parsed) -> None:
    sentence, actors = parsed(TWO), ("Armenia", "Ethiopia")
    own, crossed = (
        pair(sentence, "Armenia", "Azerbaijan", actors),
        pair(sentence, "Armenia", "Eritrea", actors),
    )
    assert (own["same_predicate"], own["subject_object"], own["after_actor"], own["rival_nearer"]) == (
        1,
        1,
        1,
        0,
    )
    assert (crossed["same_predicate"], crossed["subject_object"], crossed["rival_nearer"]) == (0, 0, 1)
    assert pair(sentence, "Ethiopia", "Azerbaijan", actors)["before_actor"] == 1


def test_a_trained_pairing_does_not_cross_two_accusations(
    parsed: Parsed, tiny_labeller: StatementFinder
) -> None:
    sentence, actors = parsed(TWO), ("Armenia", "Ethiopia")

    def score(actor: str, target: str) -> float:
        return float(tiny_labeller.pairing.score([list(pair(sentence, actor, target, actors).values())])[0])

    assert score("Armenia", "Azerbaijan") > score("Armenia", "Eritrea")
    assert score("Ethiopia", "Eritrea") > score("Ethiopia", "Azerbaijan")


def test_an_unnamed_speaker_has_targets_too(parsed: Parsed) -> None:
    sentence = parsed("“Azerbaijan shelled our village.”")
    target = mention(sentence, "Azerbaijan")
    logits = np.array([3.0 if m == target else -3.0 for m in sentence.mentions])
    row = dict(
        zip(
            FEATURES,
            pair_features(sentence, SPEAKER, target, logits, sentence.mentions.index(target), [SPEAKER]),
            strict=True,
        )
    )
    assert row["unnamed_actor"] == 1 and row["best_target"] == 1 and row["target_logit"] == 3.0


def test_an_unfitted_pairing_uses_the_target_role_alone() -> None:
    low, high = [-2.0] + [1.0] * (len(FEATURES) - 1), [2.0] + [0.0] * (len(FEATURES) - 1)
    scores = Pairing().score([low, high])
    assert scores[0] < 0.5 < scores[1]


def test_it_learns_the_feature_that_predicts_pairs() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(400, len(FEATURES))).round(2)
    gold = (rows[:, FEATURES.index("same_predicate")] > 0).astype(int)
    pairing = Pairing()
    pairing.fit(rows.tolist(), gold.tolist(), seed=0)
    assert ((pairing.score(rows.tolist()) > 0.5) == (gold > 0)).mean() > 0.95
    assert np.argmax(np.abs(pairing.weights)) == FEATURES.index("same_predicate")


def test_examples_of_a_single_class_leave_it_unfitted() -> None:
    pairing = Pairing()
    pairing.fit([[1.0] * len(FEATURES)] * 3, [1, 1, 1], seed=0)
    assert pairing.weights == Pairing().weights
