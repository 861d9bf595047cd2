"""Metrics: cases computed by hand, and equality with the shared measure."""

from __future__ import annotations

import json
import random
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from stancewire.data.annotation.corpus import read_corpus
from stancewire.data.codebook import Codebook
from stancewire.data.record import Record
from stancewire.data.schema import Article
from stancewire.data.text.segmentation.sentences import annotated_segments
from stancewire.data.text.spacy_parser import ParseCache
from stancewire.training.decoding.labeller import Labeller
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


# Equal to the shared measure.


def as_gold(article: Article) -> dict[str, Any]:
    """An article as the shared measure reads it."""
    return {"doc_id": article.doc_id, "sentences": [s.model_dump(mode="json") for s in article.sentences]}


def gold_record(article: Article, rng: random.Random) -> dict[str, Any]:
    """The gold statements as a record, with random errors of every kind."""
    segments = annotated_segments(article)
    sentences = [
        {
            "start": s.start,
            "end": s.end,
            "text": s.text,
            "labels": [{"name": "loaded", "score": 0.7}] if rng.random() < 0.3 else [],
        }
        for s in segments
    ]
    statements = []
    for n, (segment, gold) in enumerate(zip(segments, article.sentences, strict=True)):
        for s in gold.statements:
            if rng.random() < 0.2:
                continue

            def scored(
                span: Any, identity: str | None, start: int = segment.start, end: int = segment.end
            ) -> dict[str, Any]:
                wrong = rng.random()
                identity = rng.choice([identity, identity, "OTHER", "MULTI", "RUS", None])
                if span is None or wrong < 0.1:
                    return {"text": None, "start": None, "end": None, "id": identity}
                a, b = start + span.start, start + span.end
                if wrong < 0.4:
                    a, b = max(start, a + rng.randint(-20, 20)), min(end, b + rng.randint(-20, 20))
                return {"text": "…", "start": a, "end": max(b, a + 1), "id": identity}

            for _ in range(rng.choice([1, 1, 2])):
                stance = rng.choice([s.stance] * 4 + ["blame", "appeal", "protest"])
                target = None if rng.random() < 0.2 else scored(s.target, s.target_id)
                statements.append(
                    {
                        "sentence": n,
                        "stance": stance,
                        "score": 0.5,
                        "actor": scored(s.actor, s.actor_id),
                        "target": target,
                    }
                )
    return {"id": article.doc_id, "sentences": sentences, "statements": statements}


TOOL_KEYS = {"p": "precision", "r": "recall", "gold": "support"}


def assert_same_metrics(
    tool: ModuleType,
    articles: list[Article],
    gold: list[dict[str, Any]],
    records: dict[str, Record],
    codebook: Codebook,
) -> None:
    raw = {doc_id: record.to_dict() for doc_id, record in records.items()}
    counts = [
        tool.count(doc, raw.get(doc["doc_id"], {"sentences": [], "statements": []}), []) for doc in gold
    ]
    expected = tool.summary(counts)
    rng = random.Random(0)
    sample = [tool.summary(rng.choices(counts, k=len(counts)))["statements"]["f1"] for _ in range(100)]
    got, _ = measure(articles, records, codebook, bootstrap=100)
    # The tool rounds the F1 of each resample.
    assert got["statements"].pop("ci95") == pytest.approx(np.quantile(sample, (0.025, 0.975)), abs=1e-4)
    for key in ("statements", *codebook.stance_names, "with_target", "loaded"):
        counted = {TOOL_KEYS.get(name, name): value for name, value in expected[key].items()}
        assert got[key] == counted, key
    for key in ("macro_f1", "id"):
        assert got[key] == expected[key], key
    assert {**got["stance"]} == {s: expected["stance"][s] for s in codebook.stance_names}


@pytest.mark.parametrize("seed", range(5))
def test_equal_to_the_shared_measure_on_records_with_errors(
    measure_tool: ModuleType, tiny: list[Article], codebook: Codebook, seed: int
) -> None:
    rng = random.Random(seed)
    records = {a.doc_id: Record.from_dict(gold_record(a, rng)) for a in tiny if rng.random() < 0.95}
    assert_same_metrics(measure_tool, tiny, [as_gold(a) for a in tiny], records, codebook)


def test_equal_to_the_shared_measure_on_scored_articles(
    measure_tool: ModuleType, tiny: list[Article], tiny_labeller: Labeller, codebook: Codebook
) -> None:
    cached = ParseCache()
    articles = [a for a in tiny if a.split != "train"]
    records = {a.doc_id: tiny_labeller.label(a.text, id=a.doc_id, cache=cached) for a in articles}
    assert sum(len(r.statements) for r in records.values()) > 10
    assert_same_metrics(measure_tool, articles, [as_gold(a) for a in articles], records, codebook)


@pytest.mark.parametrize("name", ["seed", "dev"])
def test_equal_to_the_shared_measure_on_real_articles(
    measure_tool: ModuleType, shared_data: Path, tiny_labeller: Labeller, codebook: Codebook, name: str
) -> None:
    path = shared_data / name / "gold.jsonl"
    articles = read_corpus([path], codebook)
    gold = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    cached = ParseCache()
    records = {a.doc_id: tiny_labeller.label(a.text, id=a.doc_id, cache=cached) for a in articles}
    assert any(r.statements for r in records.values())
    assert_same_metrics(measure_tool, articles, gold, records, codebook)
