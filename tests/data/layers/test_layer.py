"""Layers: separating articles from their texts, and joining them again with exactly these texts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stancewire.data.annotation.corpus import parse_article
from stancewire.data.errors import InputError
from stancewire.data.layers.layer import (
    LayerArticle,
    attach,
    detach,
    normalised_text,
    read_layer,
    text_digest,
    write_layer,
)
from stancewire.data.schema import Article, Sentence
from stancewire.data.text.segmentation.sentences import segment

TEXT = "Border shelled\n\nKenya accused Somalia of shelling a\ntown. “They\tfired,” he said.\n"


@pytest.fixture
def article() -> Article:
    raw = {
        "doc_id": "a1",
        "split": "train",
        "conflict": "kenya-somalia",
        "outlet": "The Post",
        "date": "2015-02-01",
        "annotators": ["one"],
        "sentences": [
            {"text": "Border shelled", "para": True},
            {
                "text": "Kenya accused Somalia of shelling a town.",
                "para": True,
                "statements": [
                    {
                        "stance": "blame",
                        "actor": "Kenya",
                        "actor_id": "KEN",
                        "target": "Somalia",
                        "target_id": "SOM",
                    }
                ],
            },
            {
                "text": "“They fired,” he said.",
                "labels": ["loaded"],
                "statements": [{"stance": "blame", "actor": "he", "actor_id": "KEN"}],
            },
        ],
    }
    return parse_article(json.dumps(raw), "here")


def test_attaching_the_text_restores_the_article(article: Article) -> None:
    layer = detach(article, TEXT)
    assert attach(layer, TEXT) == article
    assert layer.sentences[1].statements[0].actor is not None
    assert TEXT[layer.sentences[1].start :].startswith("Kenya accused")


def test_a_layer_file_contains_no_words_of_the_text(article: Article, tmp_path: Path) -> None:
    write_layer(tmp_path / "layer.jsonl", [detach(article, TEXT)])
    written = (tmp_path / "layer.jsonl").read_text()
    assert [w for w in ("accused", "shell", "town", "They", "fired", "Border") if w in written] == []
    assert [attach(one, TEXT) for one in read_layer(tmp_path / "layer.jsonl")] == [article]


def test_line_ends_and_outer_space_do_not_matter(article: Article) -> None:
    layer = detach(article, TEXT)
    assert attach(layer, "\ufeff\n " + TEXT.replace("\n", "\r\n") + "\n\n") == article


def test_a_changed_text_is_refused(article: Article) -> None:
    with pytest.raises(InputError, match="a1: the text is not the one that was annotated"):
        attach(detach(article, TEXT), TEXT.replace("town", "city"))


def test_a_sentence_that_is_not_in_the_text_is_refused(article: Article) -> None:
    with pytest.raises(InputError, match=r"a1: sentence 1 is not in the text.*Kenya accused"):
        detach(article, TEXT.replace("Kenya", "Uganda"))


@given(
    st.text(st.sampled_from("aB. \n\r\t“”'"), min_size=1).filter(lambda t: bool(segment(normalised_text(t))))
)
def test_every_text_survives_the_round_trip(text: str) -> None:
    segments = segment(normalised_text(text))
    sentences = tuple(
        Sentence(text=s.text.translate(str.maketrans("\n\r\t", "   ")), para=s.para) for s in segments
    )
    article = Article(doc_id="a", sentences=sentences)
    layer = detach(article, text)
    assert attach(layer, text) == article
    assert [s.start for s in layer.sentences] == [s.start for s in segments]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"sha256": "0"}, "sha256"),
        ({"sentences": [{"start": 5, "end": 5}]}, "sentence 5-5 is empty"),
        ({"sentences": [{"start": 0, "end": 9}, {"start": 5, "end": 12}]}, "overlap or are unordered"),
        (
            {
                "sentences": [
                    {
                        "start": 0,
                        "end": 9,
                        "statements": [{"stance": "blame", "actor": {"start": 3, "end": 11}}],
                    }
                ]
            },
            "not within its sentence",
        ),
        ({"sentences": [{"start": 0, "end": 9, "text": "Kenya did"}]}, "text"),
    ],
)
def test_errors_name_file_and_line(
    change: dict[str, object], what: str, article: Article, tmp_path: Path
) -> None:
    good = detach(article, TEXT).model_dump(mode="json", exclude_defaults=True)
    path = tmp_path / "layer.jsonl"
    path.write_text(json.dumps(good) + "\n" + json.dumps({**good, "doc_id": "a2", **change}) + "\n")
    with pytest.raises(InputError, match=what) as error:
        read_layer(path)
    assert error.value.where == f"{path}:2"


def test_duplicate_articles_are_refused(article: Article, tmp_path: Path) -> None:
    one: LayerArticle = detach(article, TEXT)
    write_layer(tmp_path / "layer.jsonl", [one, one])
    with pytest.raises(InputError, match="duplicate doc_id 'a1'"):
        read_layer(tmp_path / "layer.jsonl")


def test_the_digest_ignores_line_ends_and_outer_space() -> None:
    assert text_digest(" a\r\nb ") == text_digest("a\nb") != text_digest("a b")
