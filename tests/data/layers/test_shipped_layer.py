"""The shipped layers contain no text and are large enough; their splits differ in conflict and time."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stancewire.data.annotation.corpus import read_corpus
from stancewire.data.codebook import Codebook
from stancewire.data.layers.layer import LayerArticle, attach, read_layer
from stancewire.data.layers.registry import layer_file, layer_names, layer_source
from stancewire.data.text.gazetteer import gazetteer

# The files of the articles, and the doubly annotated articles of each layer.
ARTICLES = {"news": "articles.jsonl.gz", "news-more": "more.jsonl.gz"}
SECOND = {
    "news": ("news_first.jsonl", "news_second.jsonl"),
    "news-more": ("news_more_first.jsonl", "news_more_second.jsonl"),
}
# The only strings in a layer: metadata of the article, and names from the annotation guideline.
TEXT_FIELDS = {
    "doc_id",
    "sha256",
    "split",
    "conflict",
    "outlet",
    "date",
    "license",
    "annotators",
    "labels",
    "near_miss",
    "stance",
    "actor_id",
    "target_id",
}


@pytest.fixture(scope="module", params=ARTICLES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def layer(name: str) -> list[LayerArticle]:
    return read_layer(layer_file(name))


def second_annotation(root: Path, name: str) -> list[Path]:
    return [root / "data" / "second_annotation" / file for file in SECOND[name]]


def texts(raw: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """(field, text) of all strings in JSON."""
    if isinstance(raw, str):
        yield field, raw
    elif isinstance(raw, dict):
        for key, value in raw.items():
            yield from texts(value, key)
    elif isinstance(raw, list):
        for value in raw:
            yield from texts(value, field)


def test_it_contains_no_text_of_an_article(root: Path, name: str) -> None:
    kinds = set(
        re.findall(r"^\| ([a-z' ]+) \|", (root / "data" / "CODEBOOK.md").read_text(encoding="utf-8"), re.M)
    )
    for file in [layer_file(name), *second_annotation(root, name)]:
        for line in file.read_text(encoding="utf-8").splitlines():
            for field, text in texts(json.loads(line)):
                assert field in TEXT_FIELDS, (file.name, field, text)
                assert len(text) <= 64 and text.count(" ") <= 5, (file.name, field, text)
                assert field != "near_miss" or text in kinds, (file.name, text)


def test_no_sentence_of_the_articles_is_in_the_repository(
    layer: list[LayerArticle], name: str, root: Path, shared_data: Path
) -> None:
    """Nor are ten consecutive words of any annotated sentence with a statement."""
    import gzip

    with gzip.open(shared_data / "news" / ARTICLES[name], "rt", encoding="utf-8") as lines:
        articles = {raw["ID"]: raw["text"] for raw in map(json.loads, lines)}
    runs = set()
    for one in layer:
        for sentence in attach(one, articles[one.doc_id]).sentences:
            words = re.findall(r"\w+", sentence.text.lower())
            if sentence.statements:
                runs |= {tuple(words[i : i + 10]) for i in range(len(words) - 9)}
    assert len(runs) > 10_000
    tracked_texts = [
        p
        for p in root.rglob("*")
        if p.suffix in (".jsonl", ".sheet", ".md", ".txt", ".py", ".toml") and ".venv" not in p.parts
    ]
    found = set()
    for path in tracked_texts:
        words = re.findall(r"\w+", path.read_text(encoding="utf-8", errors="ignore").lower())
        found |= {
            (path.name, " ".join(run))
            for i in range(len(words) - 9)
            if (run := tuple(words[i : i + 10])) in runs
        }
    assert found == set()


def test_it_is_large_enough(layer: list[LayerArticle]) -> None:
    assert len(layer) >= 290
    assert sum(len(a.sentences) for a in layer) >= 4400
    assert (
        Counter(a.split for a in layer)["test"] >= 60 and Counter(a.split for a in layer)["validation"] >= 20
    )
    assert all(
        a.split and a.conflict and a.outlet and a.license == "CC-BY-4.0" and a.annotators for a in layer
    )


def test_a_fifth_of_it_has_a_second_annotation(layer: list[LayerArticle], name: str, root: Path) -> None:
    first, second = map(read_layer, second_annotation(root, name))
    assert [a.doc_id for a in first] == [a.doc_id for a in second]
    # Those of `news-more` include further paragraphs of articles of `news`.
    known = {a.doc_id for other in ARTICLES for a in read_layer(layer_file(other))}
    assert len(first) >= 0.2 * len(layer) and {a.doc_id for a in first} <= known
    assert all(a.annotators != b.annotators for a, b in zip(first, second, strict=True))


def test_the_splits_differ_in_conflict_and_time() -> None:
    layer = read_layer(layer_file("news"))
    conflicts = {
        split: {a.conflict for a in layer if a.split == split} for split in ("train", "validation", "test")
    }
    assert (
        not conflicts["train"] & conflicts["test"]
        and not conflicts["train"] & conflicts["validation"]
        and not conflicts["validation"] & conflicts["test"]
    )
    years = {split: {a.date[:4] for a in layer if a.split == split and a.date} for split in ("train", "test")}
    assert {"2019", "2020"} <= years["test"] - years["train"]


def test_the_splits_of_further_articles_differ_in_topic_and_month() -> None:
    further = read_layer(layer_file("news-more"))
    conflicts = {
        split: {a.conflict for a in further if a.split == split} for split in ("train", "validation", "test")
    }
    assert not conflicts["train"] & conflicts["validation"]
    for a in read_layer(layer_file("news")):
        if a.split == "train" and a.conflict and a.date:
            # The news layer has conflicts of their own for its last years.
            conflicts["train"].add(f"{a.conflict.removesuffix('-2019-2020')}-{a.date[:7]}")
    assert not conflicts["test"] & (conflicts["train"] | conflicts["validation"])


def test_every_stance_label_and_identity_is_in_the_codebook(
    layer: list[LayerArticle], codebook: Codebook
) -> None:
    statements = [x for a in layer for s in a.sentences for x in s.statements]
    assert {x.stance for x in statements} == set(codebook.stance_names)
    assert {label for a in layer for s in a.sentences for label in s.labels} == set(codebook.label_names)
    assert [
        x for x in statements if x.actor_id is None or (x.target is not None and x.target_id is None)
    ] == []
    known = {p for i in gazetteer().parties for p in i.split("+")} | {"OTHER", "MULTI"}
    unknown = Counter(
        part
        for x in statements
        for i in (x.actor_id, x.target_id)
        if i
        for part in i.split("+")
        if part not in known
    )
    # Small bodies and companies that no table has: few, and each rare.
    assert sum(unknown.values()) < 0.03 * len(statements), unknown


def test_it_joins_with_the_data_set(
    layer: list[LayerArticle],
    name: str,
    shared_data: Path,
    codebook: Codebook,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from stancewire.data.annotation.corpus import write_corpus
    from stancewire.data.layers.registry import fetched_file
    from stancewire.data.layers.texts import join

    monkeypatch.setenv("STANCEWIRE_CACHE", str(tmp_path))
    joined = join(layer, shared_data / "news" / ARTICLES[name], layer_source(name))
    assert joined.errors == [] and len(joined.articles) == len(layer)
    write_corpus(fetched_file(name), joined.articles)
    assert [a.doc_id for a in read_corpus([name], codebook)] == [a.doc_id for a in layer]


def test_every_layer_says_where_its_texts_are(name: str) -> None:
    assert layer_names() == tuple(ARTICLES)
    source = layer_source(name)
    assert (
        source.archive.startswith("https://") and source.texts_license == "Apache-2.0" and source.name == name
    )


def test_the_second_test_split_is_the_one_that_was_drawn_before_annotating() -> None:
    """Decision record 23; no article of a topic and month of the test split is in another split."""
    layer = read_layer(layer_file("news-more"))
    drawn = layer_file("news-more").with_suffix(".test.txt").read_text(encoding="utf-8").split()
    drawn = [line for line in drawn if not line.startswith("#")]
    assert {a.doc_id for a in layer if a.split == "test"} == set(drawn)
