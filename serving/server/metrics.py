"""Counts of the service in the text format of Prometheus (exposition format 0.0.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_POOLS = (
    ("workers", "gauge", "Worker processes by model."),
    ("jobs_pending", "gauge", "Jobs that are running or waiting, by model."),
    ("workers_replaced_total", "counter", "Worker processes that died or took too long."),
)
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Counts since the start."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, int]] = Counter()
        self.seconds = [0] * len(BUCKETS)
        self.total_seconds = 0.0
        self.answered = 0
        self.articles: Counter[str] = Counter()
        self.statements: Counter[tuple[str, str]] = Counter()
        self.failures: Counter[str] = Counter()

    def request(self, path: str, status: int, seconds: float) -> None:
        """Count a request."""
        self.requests[path, status] += 1
        self.answered += 1
        self.total_seconds += seconds
        for n, bound in enumerate(BUCKETS):
            self.seconds[n] += seconds <= bound

    def record(self, model: str, record: dict[str, Any]) -> None:
        """Count a scored article and its statements."""
        self.articles[model] += 1
        self.statements.update((model, s["stance"]) for s in record["statements"])

    def text(self, pools: Iterable[tuple[str, int, int, int]], active: int) -> str:
        """All counts, one per line.

        Args:
            pools: of each model its name, and the numbers of its processes, of its jobs that are running or
                waiting, and of its processes that were replaced.
            active: requests that are running or waiting.
        """
        lines: list[str] = []
        for name, kind, about, rows in self._families(list(pools), active):
            full = f"stancewire_{name}"
            lines += [f"# HELP {full} {about}", f"# TYPE {full} {kind}"]
            lines += [f"{full}{suffix}{_labels(labels)} {value}" for suffix, labels, value in rows]
        return "\n".join(lines) + "\n"

    def _families(self, pools: Sequence[tuple[str, int, int, int]], active: int) -> Iterator[_Family]:
        rows: list[_Row] = [
            ("", {"path": p, "status": str(s)}, n) for (p, s), n in sorted(self.requests.items())
        ]
        yield "requests_total", "counter", "Requests by path and status.", rows
        yield "request_seconds", "histogram", "Time until a request was answered.", self._histogram()
        yield "requests_active", "gauge", "Requests that are running or waiting.", [("", {}, active)]
        rows = [("", {"model": m}, n) for m, n in sorted(self.articles.items())]
        yield "articles_total", "counter", "Scored articles by model.", rows
        rows = [("", {"model": m, "stance": s}, n) for (m, s), n in sorted(self.statements.items())]
        yield "statements_total", "counter", "Statements by model and stance.", rows
        rows = [("", {"reason": r}, n) for r, n in sorted(self.failures.items())]
        yield "failures_total", "counter", "Jobs without a result, by reason.", rows
        for k, (name, kind, about) in enumerate(_POOLS, 1):
            yield name, kind, about, [("", {"model": str(p[0])}, int(p[k])) for p in pools]
        yield "resident_memory_bytes", "gauge", "Memory of the service and its workers.", _memory()

    def _histogram(self) -> list[_Row]:
        counts = zip(BUCKETS, self.seconds, strict=True)
        return [
            *(("_bucket", {"le": f"{bound:g}"}, n) for bound, n in counts),
            ("_bucket", {"le": "+Inf"}, self.answered),
            ("_sum", {}, round(self.total_seconds, 3)),
            ("_count", {}, self.answered),
        ]


_Row = tuple[str, dict[str, str], float]
_Family = tuple[str, str, str, list[_Row]]


def _memory() -> list[_Row]:
    """Resident memory of this process, and of all its children together."""
    import psutil

    own, children = psutil.Process(), 0
    for child in own.children(recursive=True):
        try:
            children += child.memory_info().rss
        except psutil.Error:
            continue
    return [("", {"process": "server"}, own.memory_info().rss), ("", {"process": "workers"}, children)]


def _labels(labels: dict[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{k}="{_escaped(v)}"' for k, v in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
