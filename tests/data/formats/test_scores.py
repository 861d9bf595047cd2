"""Records corrected by hand: what is kept, which fields are optional, and errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stancewire.data.errors import InputError
from stancewire.data.formats import read_articles
from stancewire.data.schema import Article

RECORD: dict[str, Any] = {
    "id": "a",
    "source": "a.txt",
    "title": "T",
    "model": "stancewire/1",
    "sentences": [
        {"start": 0, "end": 19, "text": "Iran told Iran off.", "labels": [{"name": "loaded", "score": 0.7}]},
        {"start": 21, "end": 30, "text": "It acted.", "labels": []},
    ],
    "statements": [
        {
            "sentence": 0,
            "stance": "blame",
            "score": 0.9,
            "actor": {"text": "Iran", "start": 10, "end": 14, "id": "IRN"},
            "target": None,
        },
    ],
}


@pytest.fixture
def read(tmp_path: Path) -> Callable[[Any], Article]:
    def one(record: Any) -> Article:
        (tmp_path / "x.jsonl").write_text(json.dumps(record) + "\n")
        return read_articles([tmp_path / "x.jsonl"], "scores")[0]

    return one


def test_scores_become_an_article(read: Callable[[Any], Article]) -> None:
    article = read(RECORD)
    assert (article.doc_id, article.source, article.annotators) == ("a", "a.txt", ("stancewire/1",))
    assert [(s.text, s.para, s.labels) for s in article.sentences] == [
        ("Iran told Iran off.", True, ("loaded",)),
        ("It acted.", True, ()),
    ]
    [statement] = article.sentences[0].statements
    assert statement.actor is not None and (statement.actor.start, statement.actor_id) == (10, "IRN")


def test_an_added_party_needs_no_offsets_and_an_added_label_no_score(read: Callable[[Any], Article]) -> None:
    added = {"sentence": 1, "stance": "appeal", "actor": {"text": "It"}}
    labelled = [RECORD["sentences"][0], RECORD["sentences"][1] | {"labels": ["loaded"]}]
    article = read(
        RECORD | {"statements": [added], "sentences": labelled, "split": "train", "annotators": ["ann"]}
    )
    [statement] = article.sentences[1].statements
    assert statement.actor is not None and (statement.actor.text, statement.actor.start) == ("It", 0)
    assert (article.sentences[1].labels, article.split, article.annotators) == (
        ("loaded",),
        "train",
        ("ann",),
    )


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ({"sentence": 7}, r"x\.jsonl:1: statements\.0: no sentence 7; the article has 2"),
        ({"stance": "praise"}, r"statements\.0: stance: unknown stance 'praise'"),
        ({"actor": {"text": "Iran"}}, r"statements\.0\.actor: 'Iran' occurs 2 times"),
        ({"actor": {"text": "Iraq"}}, r"statements\.0\.actor: 'Iraq' occurs 0 times"),
        ({"actor": {"text": "Iran", "start": 0}}, r"statements\.0\.actor: only one of start and end"),
        (
            {"actor": {"text": "Iran", "start": 1, "end": 5}},
            r"statements\.0\.actor: 1-5 is 'ran ', not 'Iran'",
        ),
        (
            {"actor": {"text": "It", "start": 21, "end": 23}},
            r"statements\.0\.actor: 21-23 is outside the sentence",
        ),
        ({"actor": {"id": "irn"}}, r"statements\.0: actor_id: identity 'irn'"),
    ],
)
def test_an_invalid_correction_names_the_field(
    statement: dict[str, Any], message: str, read: Callable[[Any], Article]
) -> None:
    with pytest.raises(InputError, match=message):
        read(RECORD | {"statements": [RECORD["statements"][0] | statement]})
