"""Agreement of two annotators, and the list of their differences."""

from __future__ import annotations

from typing import Any

import pytest
from stancewire.data.annotation.agreement import agreement, alpha, by_split, differences
from stancewire.data.codebook import Codebook
from stancewire.data.errors import InputError
from stancewire.data.schema import Article

TEXTS = ("Iran blamed Iraq for the fire.", "Oman urged calm.", "They met.", "The brutes fled.")
BLAME = {"stance": "blame", "actor": "Iran", "actor_id": "IRN", "target": "Iraq", "target_id": "IRQ"}
APPEAL = {"stance": "appeal", "actor": "Oman", "actor_id": "OMN"}


def article(
    *statements: list[dict[str, Any]], loaded: int | None = None, doc_id: str = "a", split: str | None = None
) -> Article:
    marks = [*statements, *([[]] * (len(TEXTS) - len(statements)))]
    sentences = [
        {"text": t, "statements": m, "labels": ["loaded"] if n == loaded else []}
        for n, (t, m) in enumerate(zip(TEXTS, marks, strict=True))
    ]
    return Article.model_validate({"doc_id": doc_id, "split": split, "sentences": sentences})


def test_alpha_matches_the_published_example() -> None:
    # Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", example A: binary, two observers.
    one = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    other = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert alpha([bool(x) for x in one], [bool(x) for x in other]) == pytest.approx(0.095, abs=0.001)
    assert alpha([True, False], [True, False]) == 1.0
    assert alpha([False, False], [False, False]) is None
    # Example B: nominal data, two observers, five values.
    first, second = "aabbdcccedda", "babbbcccedd" + "d"
    assert alpha(first, second) == pytest.approx(0.692, abs=0.001)
    # By hand: 4 units, one disagreement, counts 3 and 5, so 1 - 7 * 2 / (64 - 9 - 25) = 1 - 14 / 30.
    assert alpha([True, True, False, False], [True, False, False, False]) == pytest.approx(1 - 14 / 30)
    # Systematic disagreement of two units: 1 - 3 * 4 / 8.
    assert alpha([True, False], [False, True]) == pytest.approx(-0.5)


def test_alpha_takes_answers_of_both_annotators_to_every_unit() -> None:
    with pytest.raises(ValueError, match="shorter"):
        alpha([True, False], [True])


def test_an_annotator_agrees_with_itself(codebook: Codebook) -> None:
    one = [article([BLAME], [APPEAL], loaded=3)]
    found = agreement(one, one, codebook)
    assert (found["articles"], found["sentences"]) == (1, 4)
    for key in ("blame", "appeal", "statements", "loaded"):
        assert found[key]["f1"] == found[key]["alpha"] == 1.0
    assert found["actor_id"] == found["target"] == found["target_id"] == 1.0
    assert found["ceasefire_claim"] == {"alpha": None, "f1": None, "first": 0, "second": 0, "both": 0}
    assert differences(one, one, codebook) == []


def test_differences_are_counted_and_listed(codebook: Codebook) -> None:
    one = [article([BLAME], [APPEAL])]
    other = [article([{**BLAME, "target_id": "OTHER"}], loaded=3)]
    found = agreement(one, other, codebook)
    assert found["blame"] == {"alpha": 1.0, "f1": 1.0, "first": 1, "second": 1, "both": 1}
    assert (found["appeal"]["f1"], found["appeal"]["first"], found["appeal"]["second"]) == (0.0, 1, 0)
    assert found["statements"]["f1"] == pytest.approx(2 / 3, abs=1e-4)
    assert (found["actor_id"], found["target"], found["target_id"]) == (1.0, 1.0, 0.0)
    listed = [(d.where, d.kind, d.one, d.other) for d in differences(one, other, codebook)]
    assert listed == [
        ("a:0", "blame", "Iran | IRN | Iraq | IRQ", "Iran | IRN | Iraq | OTHER"),
        ("a:1", "appeal", "Oman | OMN | - | -", None),
        ("a:3", "loaded", None, "loaded"),
    ]


def test_only_shared_articles_count_overall_and_by_split(codebook: Codebook) -> None:
    one = [
        article([BLAME], doc_id="a", split="train"),
        article([BLAME], doc_id="b", split="test"),
        article([BLAME], doc_id="c", split="test"),
    ]
    found = by_split(one, [article([BLAME], doc_id="b"), article(doc_id="a")], codebook)
    assert {k: (v["articles"], v["blame"]["f1"]) for k, v in found.items()} == {
        "all": (2, 0.6667),
        "train": (1, 0.0),
        "test": (1, 1.0),
    }


def test_files_with_different_texts_are_refused(codebook: Codebook) -> None:
    with pytest.raises(InputError, match="no articles in common"):
        agreement([article()], [article(doc_id="b")], codebook)
    changed = Article.model_validate(
        {"doc_id": "a", "sentences": [{"text": t} for t in (*TEXTS[:3], "The men fled.")]}
    )
    with pytest.raises(InputError, match="a:3"):
        agreement([article()], [changed], codebook)
    with pytest.raises(InputError, match="4 sentences in one file, 1 in the other"):
        agreement(
            [article()],
            [Article.model_validate({"doc_id": "a", "sentences": [{"text": TEXTS[0]}]})],
            codebook,
        )
