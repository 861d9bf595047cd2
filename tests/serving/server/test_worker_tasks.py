"""What worker processes of the service do with an article, without a process."""

from __future__ import annotations

from pathlib import Path

import pytest
from stancewire.data.errors import InputError
from stancewire.serving.articles.source import SourceArticle
from stancewire.serving.pool.model_source import ModelSource
from stancewire.serving.pool.tasks import article_to_dict
from stancewire.serving.server import worker_tasks


def test_what_a_text_makes_a_library_raise_is_an_error_of_its_article(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise KeyError("x")

    handle, _ = worker_tasks.load(ModelSource.find(str(tiny_model)).to_dict())
    article = SourceArticle(id="1", text=worker_tasks.WARM_UP, source="article 1")
    job = {
        "task": "score",
        "article": article_to_dict(article),
        "min_score": None,
        "any_language": False,
    }
    assert handle(job)["id"] == "1"
    monkeypatch.setitem(worker_tasks._TASKS, "score", failing)
    # An `InputError` is the error of one article; anything else would fail the whole request.
    with pytest.raises(InputError, match=r"^article 1: cannot be read: KeyError"):
        handle(job)
