"""Many clients at once, and SIGTERM while they are served.

As a script: `python tests/serving/server/load.py MODEL [CLIENTS [SECONDS]]` prints the figures of a load;
`python tests/serving/server/load.py MODEL sigterm [TIMES]` those of stops under load.
"""

from __future__ import annotations

import json
import random
import signal
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psutil
from running import RunningServer
from stancewire.serving.pool.model_source import ModelSource

SENTENCES = (
    "Kenya accused Somalia of shelling a border town.",
    "Both governments agreed to stop fighting at dawn, the minister said.",
    "The United Nations urged Kenya to open the crossing.",
    "The ministry in Nairobi rejected the charge and spoke of a brutal provocation.",
    "Rain fell on the market while traders returned to their stalls.",
)


def texts(n: int, length: int = 20) -> list[str]:
    """Different texts of about `length` sentences."""
    chance = random.Random(18)
    return [" ".join([*chance.choices(SENTENCES, k=length), f"It was day {i}."]) for i in range(n)]


@dataclass
class Answers:
    """What clients got.

    Attributes:
        seconds: the time of each correct answer.
        statuses: how many of each status.
        wrong: answers whose record is not that of the text.
        lost: requests without an answer whose connection the service had accepted and read from.
        refused: requests whose connection was not accepted, because the service had stopped.
    """

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: int = 0
    lost: list[str] = field(default_factory=list)
    refused: int = 0

    def quantile(self, q: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(q * len(ordered)))] if ordered else float("nan")


def expected_records(model: Path | str, articles: list[str]) -> list[object]:
    """The records of texts, made in this process."""
    labeller = ModelSource.find(str(model)).load()
    return [labeller.label(text).to_dict()["statements"] for text in articles]


def client(
    url: str,
    articles: list[str],
    expected: list[object],
    answers: Answers,
    stop: threading.Event,
    seed: int,
) -> None:
    """Send texts, one after another over one connection, until the event or the service's end."""
    name, port = url.removeprefix("http://").split(":")
    chance, connection = random.Random(seed), None
    while not stop.is_set():
        n = chance.randrange(len(articles))
        began = time.perf_counter()
        try:
            if connection is None:
                connection = HTTPConnection(name, int(port), timeout=120)
                connection.connect()
        except OSError:
            answers.refused += 1
            return
        try:
            body = json.dumps({"text": articles[n]})
            connection.request("POST", "/score", body, {"Content-Type": "application/json"})
            reply = connection.getresponse()
            content = reply.read()
        except (OSError, HTTPException) as error:
            answers.lost.append(f"{type(error).__name__} after {time.perf_counter() - began:.2f} s")
            return
        answers.statuses[reply.status] += 1
        if reply.status == 200:
            answers.wrong += json.loads(content)["records"][0]["statements"] != expected[n]
            answers.seconds.append(time.perf_counter() - began)
        if reply.getheader("connection", "").lower() == "close":
            connection.close()
            connection = None


@contextmanager
def clients(url: str, articles: list[str], expected: list[object], n: int) -> Iterator[Answers]:
    """Let `n` clients send texts during the block; their answers are complete after it."""
    answers, stop = Answers(), threading.Event()
    threads = [
        threading.Thread(target=client, args=(url, articles, expected, answers, stop, seed))
        for seed in range(n)
    ]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def load(
    running: RunningServer, articles: list[str], expected: list[object], number: int, seconds: float
) -> Answers:
    """Let clients send texts for some seconds."""
    with clients(running.url, articles, expected, number) as answers:
        time.sleep(seconds)
    return answers


def stop_under_load(
    model: Path | str, articles: list[str], expected: list[object], number: int, seconds: float
) -> tuple[Answers, int]:
    """Send SIGTERM while clients are served; returns what they got, and the exit code."""
    running = RunningServer(model, "--workers", "2", "--max-requests", "1000")
    with clients(running.url, articles, expected, number) as answers:
        time.sleep(seconds)
        code = running.stop(signal.SIGTERM, 120)
    return answers, code


def main() -> None:
    model, articles = sys.argv[1], texts(200)
    expected = expected_records(model, articles)
    if sys.argv[2:3] == ["sigterm"]:
        for n in range(int(sys.argv[3]) if len(sys.argv) > 3 else 10):
            answers, code = stop_under_load(model, articles, expected, 16, 2 + n / 5)
            print(n, dict(answers.statuses), "wrong", answers.wrong, "lost", answers.lost, "exit", code)
        return
    number = int(sys.argv[2]) if len(sys.argv) > 2 else 64
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 60
    running = RunningServer(model, "--workers", "2")
    memory = {"server": 0, "workers": 0}
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.5):
            own = psutil.Process(running.process.pid)
            memory["server"] = max(memory["server"], own.memory_info().rss)
            rss = sum(p.memory_info().rss for p in own.children(recursive=True))
            memory["workers"] = max(memory["workers"], rss)

    threading.Thread(target=watch, daemon=True).start()
    answers = load(running, articles, expected, number, seconds)
    done.set()
    print(dict(answers.statuses), "wrong", answers.wrong, "lost", answers.lost, "refused", answers.refused)
    print(f"p50 {answers.quantile(0.5):.2f} s, p99 {answers.quantile(0.99):.2f} s")
    print({k: f"{v / 1e6:.0f} MB" for k, v in memory.items()}, "exit", running.stop())


if __name__ == "__main__":
    socket.setdefaulttimeout(120)
    main()
