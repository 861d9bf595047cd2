"""The models of the service: each has worker processes of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...data.codebook import Codebook
from ...data.errors import InputError
from ..pool.model_source import ModelSource
from ..pool.pool import Pool

LOADER = "stancewire.serving.server.worker_tasks:load"
DEFAULT = ("champion", "challenger")


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model and its worker processes.

    Attributes:
        name: as requests name it: `champion`.
        title: the version that its records have: `stancewire/3`.
        mentions: `found`, or `known` for models that choose the stance of a known pair.
        thresholds: by stance and label.
    """

    name: str
    title: str
    mentions: str
    codebook: Codebook
    thresholds: dict[str, float]
    pool: Pool


class ServedModels:
    """The models of the service, by name; the first one is the default. All processes start at once.

    Args:
        names: see `--model`; empty for the champion, and the challenger if there is one.
        actors: CSV tables of parties that extend the shipped ones.
        workers: number of processes of the first model; each of the others has one.

    Raises:
        InputError: a model does not exist, or cannot be loaded.
        JobError: a process ended while it loaded a model.
    """

    def __init__(self, names: Sequence[str], actors: Sequence[Path], workers: int) -> None:
        pools: list[tuple[str, ModelSource, Pool]] = []
        self.by_name: dict[str, ServedModel] = {}
        try:
            for name, source in _sources(names, actors):
                arguments = {"source": source.to_dict()}
                pools.append((name, source, Pool(LOADER, arguments, workers if not pools else 1)))
            for name, source, pool in pools:
                self.by_name[name] = _served(name, source, pool, pool.wait_until_ready())
        except BaseException:
            for _, _, pool in pools:
                pool.kill()
            raise

    @property
    def default(self) -> ServedModel:
        """The first model."""
        return next(iter(self.by_name.values()))

    def get(self, name: str | None) -> ServedModel:
        """The model of a request.

        Raises:
            InputError: the service does not have it.
        """
        if name is None:
            return self.default
        if name not in self.by_name:
            known = ", ".join(self.by_name)
            raise InputError("the service does not have this model", where="model", hint=f"it has {known}")
        return self.by_name[name]

    def close(self) -> None:
        """Finish all jobs, then end the processes."""
        for model in self.by_name.values():
            model.pool.close()

    def kill(self) -> None:
        """End all processes at once."""
        for model in self.by_name.values():
            model.pool.kill()


def _sources(names: Sequence[str], actors: Sequence[Path]) -> list[tuple[str, ModelSource]]:
    if names:
        return [(name, ModelSource.find(name, actors)) for name in dict.fromkeys(names)]
    found = [(DEFAULT[0], ModelSource.find(DEFAULT[0], actors))]
    try:
        return [*found, (DEFAULT[1], ModelSource.find(DEFAULT[1], actors))]
    except InputError:  # there is no challenger
        return found


def _served(name: str, source: ModelSource, pool: Pool, about: dict[str, Any]) -> ServedModel:
    codebook = Codebook.model_validate(about["codebook"])
    return ServedModel(name, source.title, about["mentions"], codebook, about["thresholds"], pool)
