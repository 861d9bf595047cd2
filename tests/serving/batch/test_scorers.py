"""Scoring in several processes gives the same records in the same order, and survives dying processes."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from stancewire.data.record import Carrier
from stancewire.serving.articles.source import SourceArticle
from stancewire.serving.batch import scorers
from stancewire.serving.batch.scorers import WorkersScorer, score_here, score_in_pool
from stancewire.serving.pool.model_source import ModelSource
from stancewire.serving.pool.pool import Pool
from stancewire.serving.pool.tasks import article_from_dict, article_to_dict, open_pool
from stancewire.training.decoding.statement_finder import StatementFinder

SENTENCES = (
    "Kenya accused Somalia of shelling a border town.",
    "Both governments agreed to stop fighting at dawn, the minister said.",
    "The United Nations urged Kenya to open the crossing.",
    "“We will not be intimidated,” he said.",
)


def _articles(n: int) -> list[SourceArticle]:
    return [
        SourceArticle(
            id=f"a{i}",
            text=" ".join(SENTENCES[k % 4] for k in range(i % 9 + 1)) + f" It was attack {i}.",
            source="in.jsonl",
            position=f"row {i + 1}",
            title=f"Title {i}",
            also_in=(Carrier(id="x", outlet="The Paper"),) if i % 3 == 0 else (),
        )
        for i in range(n)
    ]


def test_an_article_survives_the_way_to_a_worker() -> None:
    for article in _articles(4):
        assert article_from_dict(article_to_dict(article)) == article


def test_workers_give_the_same_records_in_the_same_order(
    tiny_labeller: StatementFinder, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_and_wait(source: ModelSource, workers: int) -> Pool:
        pool = open_pool(source, workers)
        pool.wait_until_ready()  # otherwise this process may have scored everything before
        return pool

    monkeypatch.setattr(scorers, "ALONE", 1)
    monkeypatch.setattr(scorers, "open_pool", open_and_wait)
    articles, notes = _articles(60), []
    source = ModelSource.find(str(tiny_model))
    expected = list(score_here(source.load(), articles))
    scored = WorkersScorer(source.load(), source, 2, None, notes.append)(articles)
    found = [next(scored) for _ in range(2)]
    assert len(_workers()) == 2
    found += scored
    assert [s.record for s in found] == [s.record for s in expected]
    assert [s.article for s in found] == articles and notes == []
    assert not _workers(), "the processes have ended"


def _workers() -> list[int]:
    """The ids of the worker processes that are left, without zombies."""
    servers = [p for p in psutil.Process().children() if "multiprocessing.forkserver" in str(p.cmdline())]
    workers = [worker for server in servers for worker in server.children()]
    return [worker.pid for worker in workers if worker.status() != psutil.STATUS_ZOMBIE]


def test_few_articles_start_no_processes(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a pool was opened")

    monkeypatch.setattr(scorers, "open_pool", refuse)
    source = ModelSource.find(str(tiny_model))
    assert len(list(WorkersScorer(source.load(), source, 2, None, print)(_articles(5)))) == 5


def test_articles_are_read_as_they_are_scored(tiny_model: Path) -> None:
    """A bounded number of articles is held, however many there are."""
    read, most = 0, 0

    def counted() -> Iterator[SourceArticle]:
        nonlocal read
        for article in _articles(400):
            read += 1
            yield article

    with open_pool(ModelSource.find(str(tiny_model)), 2) as pool:
        for done, _ in enumerate(score_in_pool(pool, counted())):
            most = max(most, read - done)
    assert most <= scorers.JOB_ARTICLES * (scorers._AHEAD * 2 + 1)


def test_killed_workers_lose_no_article(tiny_model: Path) -> None:
    articles = _articles(150)
    with open_pool(ModelSource.find(str(tiny_model)), 2) as pool:
        pool.wait_until_ready()
        done = threading.Event()

        def kill() -> None:
            for _ in range(3):
                time.sleep(0.15)
                if not done.is_set() and pool.pids:
                    os.kill(pool.pids[0], signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        found = list(score_in_pool(pool, articles))
        done.set()
        killer.join()
        assert pool.replaced >= 1
    assert [s.article.id for s in found] == [a.id for a in articles]
    assert all(s.record is not None or "SIGKILL" in str(s.error) for s in found)


def test_an_article_that_kills_its_worker_twice_is_reported_and_the_others_are_scored(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deadly.py").write_text(
        "import os, signal\n"
        "from stancewire.serving.pool import tasks\n"
        "def load(**arguments):\n"
        "    handle, about = tasks.load(**arguments)\n"
        "    def deadly(job):\n"
        "        if any(a['id'] == 'a7' for a in job['articles']):\n"
        "            os.kill(os.getpid(), signal.SIGKILL)\n"
        "        return handle(job)\n"
        "    return deadly, about\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("stancewire.serving.pool.tasks._LOADER", "deadly:load")
    with open_pool(ModelSource.find(str(tiny_model)), 2) as pool:
        found = list(score_in_pool(pool, _articles(40)))
    assert [s.article.id for s in found if s.record is None] == ["a7"]
    assert str(found[7].error).startswith("in.jsonl, row 8: a7: not scored: the process that scored it ended")
    assert [s.article.id for s in found] == [f"a{i}" for i in range(40)]
