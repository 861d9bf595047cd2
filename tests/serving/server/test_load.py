"""Many clients at once, and SIGTERM while they are served: no answer is wrong, and none is lost."""

from __future__ import annotations

import signal
from pathlib import Path

import httpx
import pytest
from load import expected_records, load, stop_under_load, texts
from running import RunningServer


def test_64_clients_get_the_right_answers(service: RunningServer, tiny_model: Path) -> None:
    articles = texts(20, 4)
    answers = load(service, articles, expected_records(tiny_model, articles), 64, 5)
    assert answers.statuses.keys() == {200} and answers.statuses[200] >= 64
    assert answers.wrong == 0 and answers.lost == [] and answers.refused == 0


def _stopped(model: Path, times: int) -> None:
    articles = texts(20, 4)
    expected = expected_records(model, articles)
    for n in range(times):
        answers, code = stop_under_load(model, articles, expected, 16, 1 + n / 10)
        assert code == 0
        assert answers.statuses.keys() == {200} and answers.wrong == 0 and answers.lost == []


def test_sigterm_under_load_answers_every_accepted_request(tiny_model: Path) -> None:
    _stopped(tiny_model, 1)


@pytest.mark.slow
def test_10_times_sigterm_under_load(tiny_model: Path) -> None:
    _stopped(tiny_model, 10)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_other_signals_stop_it_too(number: int, tiny_model: Path) -> None:
    running = RunningServer(tiny_model, "--workers", "1")
    assert httpx.get(f"{running.url}/health").status_code == 200
    assert running.stop(number) == 0
    assert running.lines[-1] == "stopped"
    assert not any("Traceback" in line for line in running.lines)
