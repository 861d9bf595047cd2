"""Metrics: cases computed by hand."""

from __future__ import annotations

from typing import Any

import pytest
from stancewire.data.codebook import Codebook
from stancewire.data.record import Record
from stancewire.data.schema import Article
from stancewire.training.evaluation.metrics import measure

FIRST = "Armenia accused Azerbaijan of shelling."
SECOND = "Both sides urged calm, and Russia blamed Turkey and Iran."
AT = len(FIRST) + 1


def party(text: str | None, start: int | None = None, identity: str | None = None) -> dict[str, Any]:
    return {
        "text": text,
        "start": start,
        "end": None if start is None or text is None else start + len(text),
        "id": identity,
    }


def stated(
    sentence: int, stance: str, actor: dict[str, Any], target: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {"sentence": sentence, "stance": stance, "score": 0.9, "actor": actor, "target": target}


@pytest.fixture
def article() -> Article:
    sentences = [
        {
            "text": FIRST,
            "statements": [
                {
                    "stance": "blame",
                    "actor": "Armenia",
                    "actor_id": "ARM",
                    "target": "Azerbaijan",
                    "target_id": "AZE",
                }
            ],
        },
        {
            "text": SECOND,
            "labels": ["loaded"],
            "statements": [
                {"stance": "appeal", "actor": "Both sides", "actor_id": "ARM+AZE"},
                {
                    "stance": "blame",
                    "actor": "Russia",
                    "actor_id": "RUS",
                    "target": "Turkey",
                    "target_id": "TUR",
                },
                {
                    "stance": "blame",
                    "actor": "Russia",
                    "actor_id": "RUS",
                    "target": "Iran",
                    "target_id": "IRN",
                },
            ],
        },
    ]
    return Article.model_validate({"doc_id": "one", "sentences": sentences})


def record(*statements: dict[str, Any], loaded: tuple[int, ...] = ()) -> dict[str, Any]:
    spans = [(0, len(FIRST)), (AT, AT + len(SECOND))]
    return {
        "id": "one",
        "sentences": [
            {
                "start": a,
                "end": b,
                "text": text,
                "labels": [{"name": "loaded", "score": 0.8}] if i in loaded else [],
            }
            for i, ((a, b), text) in enumerate(zip(spans, (FIRST, SECOND), strict=True))
        ],
        "statements": list(statements),
    }


def counted(article: Article, codebook: Codebook, scored: dict[str, Any]) -> dict[str, Any]:
    return measure([article], {"one": Record.from_dict(scored)}, codebook, bootstrap=0)[0]


def metrics_of(precision: float, recall: float, f1: float, support: int, predicted: int) -> dict[str, float]:
    return {"precision": precision, "recall": recall, "f1": f1, "support": support, "predicted": predicted}


def test_an_actor_counts_once_however_many_targets_it_has(article: Article, codebook: Codebook) -> None:
    russia = party("Russia", AT + SECOND.index("Russia"), "RUS")
    found = record(
        stated(0, "blame", party("Armenia", 0, "ARM"), party("Azerbaijan", FIRST.index("Azerbaijan"), "AZE")),
        stated(1, "blame", russia, party("Turkey", AT + SECOND.index("Turkey"), "TUR")),
        loaded=(0, 1),
    )
    got = counted(article, codebook, found)
    assert got["statements"] == metrics_of(1.0, round(2 / 3, 4), 0.8, 3, 2)
    assert got["blame"] == metrics_of(1.0, 1.0, 1.0, 2, 2)
    assert got["appeal"]["f1"] == 0.0 and got["appeal"]["support"] == 1
    assert got["with_target"] == metrics_of(1.0, 0.5, round(2 / 3, 4), 4, 2)
    assert got["loaded"] == metrics_of(0.5, 1.0, round(2 / 3, 4), 1, 2)
    assert got["macro_f1"] == round(1 / 3, 4)
    assert got["id"] == 1.0


@pytest.mark.parametrize(
    ("actor", "matches", "identity_right"),
    [
        (party("Armenia", 0, "ARM"), True, True),
        (party("Armenia", 0, "AZE"), True, False),
        (
            party("Armenia accused Azerbaijan of shelling", 0, None),
            False,
            False,
        ),  # just below a fifth of the union
        (party("Armenia accused", 0, None), True, False),
        (party("shelling", FIRST.index("shelling"), "ARM"), True, True),  # by identity
        (party("shelling", FIRST.index("shelling"), "OTHER"), False, False),
        (party(None, None, "ARM"), True, True),
        (party(None, None, None), False, False),
    ],
)
def test_a_statement_matches_by_span_or_by_identity(
    article: Article, codebook: Codebook, actor: dict[str, Any], matches: bool, identity_right: bool
) -> None:
    got = counted(article, codebook, record(stated(0, "blame", actor)))
    assert got["blame"]["precision"] == (1.0 if matches else 0.0)
    assert got["id"] == (1.0 if identity_right else 0.0)


def test_vague_identities_do_not_match_by_themselves(codebook: Codebook) -> None:
    for vague in ("OTHER", "MULTI"):
        gold = Article.model_validate(
            {
                "doc_id": "one",
                "sentences": [
                    {
                        "text": FIRST,
                        "statements": [{"stance": "blame", "actor": "Armenia", "actor_id": vague}],
                    },
                    {"text": SECOND},
                ],
            }
        )
        got = counted(
            gold, codebook, record(stated(0, "blame", party("shelling", FIRST.index("shelling"), vague)))
        )
        assert got["blame"] == metrics_of(0.0, 0.0, 0.0, 1, 1)


def test_another_stance_or_another_sentence_is_no_match(article: Article, codebook: Codebook) -> None:
    assert (
        counted(article, codebook, record(stated(0, "appeal", party("Armenia", 0, "ARM"))))["statements"][
            "precision"
        ]
        == 0.0
    )
    assert (
        counted(article, codebook, record(stated(1, "blame", party(None, None, "ARM"))))["statements"][
            "precision"
        ]
        == 0.0
    )


def test_without_a_record_every_statement_is_missed(article: Article, codebook: Codebook) -> None:
    metrics, mistakes = measure([article], {}, codebook, bootstrap=0)
    assert metrics["statements"] == metrics_of(0.0, 0.0, 0.0, 3, 0)
    assert {(m.kind, m.stance, m.actor) for m in mistakes} == {
        ("missed", "blame", "Armenia"),
        ("missed", "blame", "Russia"),
        ("missed", "appeal", "Both sides"),
    }
