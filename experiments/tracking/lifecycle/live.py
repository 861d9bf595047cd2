"""Metrics and steps of a training while it runs, so that it can be followed in MLflow."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ....training.progress import Progress
from ..connection.failures import failures, reason

# Seconds between two values of a metric that is reported at every training step.
INTERVAL = 10.0
EPOCH = "epoch/"
STEP_TAG = "step"


def is_epoch(values: Mapping[str, float]) -> bool:
    """Whether these are the metrics of an epoch, not of a training step."""
    return all(name.startswith(EPOCH) for name in values)


class LiveLog:
    """Logs the progress of a training to the current run, besides showing it.

    If the store fails, the training goes on: nothing more is logged until its end.

    Attributes:
        progress: to be passed to the training.
        logged_epochs: numbers of the epochs, from 1, whose metrics were logged.
        history: all metrics that were to be logged, each with its step.
    """

    def __init__(self, mlflow: Any, progress: Progress) -> None:
        self.logged_epochs: set[int] = set()
        self.history: list[tuple[dict[str, float], int]] = []
        self.progress = replace(progress, step=self._step, metrics=self._metrics)
        self._mlflow, self._shown = mlflow, progress
        self._failed = False
        self._values: dict[str, list[float]] = {}
        self._last = time.monotonic()

    def _step(self, what: str) -> None:
        self._shown.step(what)
        self._try(lambda: self._mlflow.set_tag(STEP_TAG, what))

    def _metrics(self, values: Mapping[str, float], step: int) -> None:
        if is_epoch(values):
            self.history.append((dict(values), step))
            if self._try(lambda: self._mlflow.log_metrics(dict(values), step=step)):
                self.logged_epochs.add(step)
            return
        for name, value in values.items():
            self._values.setdefault(name, []).append(value)
        if time.monotonic() - self._last >= INTERVAL:
            means = {name: math.fsum(x) / len(x) for name, x in self._values.items()}
            self._values, self._last = {}, time.monotonic()
            self.history.append((means, step))
            self._try(lambda: self._mlflow.log_metrics(means, step=step))

    def _try(self, log: Any) -> bool:
        if self._failed:
            return False
        try:
            log()
        except failures() as error:
            self._failed = True
            self._shown.line(
                f"the tracking store failed ({reason(error)}); the training goes on and is logged at its end"
            )
        return not self._failed
