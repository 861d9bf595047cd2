"""Wire copy counted once."""

from __future__ import annotations

import gzip
import json
import random
import re
import tracemalloc
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from stancewire.serving.articles.selecting.duplicates import Signatures, deduplicated
from stancewire.serving.articles.source import SourceArticle

_VOCABULARY = [
    a + b for a in ("ka", "mo", "ri", "te", "lu", "sho") for b in ("ban", "der", "fin", "gor", "hal")
]


def text(seed: int, n: int = 300) -> str:
    rng = random.Random(seed)
    return " ".join(rng.choice(_VOCABULARY) for _ in range(n))


def article(n: int, body: str, **fields: Any) -> SourceArticle:
    return SourceArticle(id=str(n), text=body, source="a.jsonl", **fields)


def test_copies_are_given_once_with_their_carriers() -> None:
    body = text(1)
    articles = [
        article(0, text(0), outlet="Harbour Gazette", title="Ä"),
        article(1, body, outlet="Wire", date="2026-05-12", url="https://w.example/1"),
        article(2, "A new headline\n\n" + " ".join(body.split()[:200]), outlet="Courier", date="2026-05-13"),
        article(3, text(3)),
        article(4, body.upper(), outlet="Post"),
    ]
    notes: list[str] = []
    found = list(deduplicated(iter(articles), notes.append))
    assert [a.id for a in found] == ["0", "1", "3"] and found[0] == articles[0]
    assert [(c.id, c.outlet, c.date, c.source) for c in found[1].also_in] == [
        ("2", "Courier", "2026-05-13", "a.jsonl"),
        ("4", "Post", None, "a.jsonl"),
    ]
    assert notes == ["2 of 5 articles are near-identical copies of an earlier one; not read again"]


def test_nothing_and_short_texts() -> None:
    assert list(deduplicated([], print)) == []
    short = [article(0, "It rained."), article(1, "It snowed."), article(2, "It rained."), article(3, "…")]
    assert [a.id for a in deduplicated(short, print)] == ["0", "1", "3"]


def test_memory_is_about_a_kilobyte_an_article() -> None:
    found = Signatures()
    found.add("warm up")
    tracemalloc.start()
    for n in range(1000):
        found.add(f"{n} " + text(n, 30))
    found.first_of_each()
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert used < 1_500_000


def test_thousands_of_copies_of_one_text() -> None:
    found = Signatures()
    for _ in range(3000):
        found.add("The same few words of a notice that every page has")
    assert set(found.first_of_each()) == {0}


def test_the_record_lists_the_carriers() -> None:
    from stancewire.data.record import Record
    from stancewire.serving.articles.scoring import score_article

    class Labeller:
        def label(self, text: str, **fields: Any) -> Record:
            return Record(id=fields["id"], sentences=(), statements=())

    body = text(1)
    articles = deduplicated([article(0, body), article(1, body, outlet="Wire")], print)
    [one] = articles
    record = score_article(Labeller(), one, None, None)  # type: ignore[arg-type]
    assert record.to_dict()["also_in"] == [
        {"id": "1", "outlet": "Wire", "date": None, "url": None, "source": "a.jsonl"}
    ]


def _altered(body: str, others: list[str], rng: random.Random) -> str:
    """The first half to nine tenths, under a new headline, with two sentences of other articles."""
    sentences = re.split(r"(?<=[.!?])\s+", body)
    kept = sentences[: max(5, int(len(sentences) * rng.uniform(0.5, 0.9)))]
    foreign = re.split(r"(?<=[.!?])\s+", rng.choice(others))
    for i in rng.sample(range(len(kept)), min(2, len(kept))):
        kept[i] = rng.choice(foreign)
    return "A new headline about the day\n\n" + " ".join(kept)


def _same_week(articles: list[dict[str, str]]) -> list[tuple[str, str]]:
    """Pairs of different articles about the same conflict in the same week."""
    places = "Syria Israel Gaza Ukraine Iraq Afghan Yemen Libya Iran Korea Sudan Pakistan Russia ISIS".split()
    groups: dict[tuple[str, int, int], list[dict[str, str]]] = {}
    for one in articles:
        year, week, _ = date.fromisoformat(one["date"][:10]).isocalendar()
        for place in places:
            if one["text"].count(place) >= 3:
                groups.setdefault((place, year, week), []).append(one)
    pairs = {
        tuple(sorted((a["ID"], b["ID"]))): (a["text"], b["text"])
        for group in groups.values()
        for a, b in combinations(group, 2)
        if a["ID"] != b["ID"]
    }
    return [pairs[key] for key in sorted(pairs)]


@pytest.mark.slow
def test_copies_and_different_articles_of_one_week_are_told_apart(shared_data: Path) -> None:
    articles = []
    for name in ("articles", "more"):
        with gzip.open(shared_data / "news" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
            articles += [json.loads(line) for line in file]
    articles = [a for a in articles if a["date"]]
    rng = random.Random(0)
    texts = [a["text"] for a in articles]
    positive = [(body, _altered(body, texts, rng)) for body in rng.sample(texts, 500)]
    negative = rng.sample(_same_week(articles), 500)
    hits = [_are_copies(*pair) for pair in positive]
    false = [_are_copies(*pair) for pair in negative]
    precision, recall = sum(hits) / (sum(hits) + sum(false)), sum(hits) / len(hits)
    print(f"precision {precision:.3f}, recall {recall:.3f}")
    assert precision >= 0.98 and recall >= 0.95


def _are_copies(a: str, b: str) -> bool:
    found = Signatures()
    found.add(a)
    found.add(b)
    return found.first_of_each()[1] == 0
