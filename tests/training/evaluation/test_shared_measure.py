"""The metrics are equal to those of the shared measure, `statement_f1.py`."""

from __future__ import annotations

import importlib.util
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


@pytest.fixture(scope="session")
def measure_tool(root: Path) -> ModuleType:
    """The shared measure, `statement_f1.py`, as a module."""
    path = root.parent / "shared" / "tools" / "statement_f1.py"
    if not path.exists():
        pytest.skip("../shared/tools/statement_f1.py does not exist: it is only available to the developers")
    spec = importlib.util.spec_from_file_location("statement_f1", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
