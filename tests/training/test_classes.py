"""Training articles with nothing to distinguish are one line, before anything is opened."""

from __future__ import annotations

from pathlib import Path

import pytest
from stancewire.data.annotation.corpus import write_corpus
from stancewire.data.codebook import Codebook
from stancewire.data.errors import InputError
from stancewire.data.schema import Article
from stancewire.training.pipeline import load_articles
from stancewire.training.settings import TrainingSettings


def _changed(articles: list[Article], stances: tuple[str, ...], labels: tuple[str, ...]) -> list[Article]:
    def sentences(article: Article) -> tuple[object, ...]:
        return tuple(
            s.model_copy(
                update={
                    "statements": tuple(x for x in s.statements if x.stance in stances),
                    "labels": labels,
                    "near_miss": None,
                }
            )
            for s in article.sentences
        )

    return [a.model_copy(update={"sentences": sentences(a)}) for a in articles]


@pytest.mark.parametrize(
    ("stances", "labels", "mentions", "message"),
    [
        ((), (), "found", "no training sentence has a statement or a label"),
        ((), ("loaded",), "found", "all training sentences have the same labels"),
        (("blame",), (), "known", "all training statements have the stance 'blame'"),
    ],
)
def test_a_corpus_with_a_single_class_is_one_line(
    stances: tuple[str, ...],
    labels: tuple[str, ...],
    mentions: str,
    message: str,
    tiny: list[Article],
    codebook: Codebook,
    tmp_path: Path,
) -> None:
    path = tmp_path / "one.jsonl"
    write_corpus(path, _changed(tiny, stances, labels))
    settings = TrainingSettings.model_validate({"corpus": (str(path),), "mentions": mentions})
    with pytest.raises(InputError, match=message):
        load_articles(settings, codebook)
