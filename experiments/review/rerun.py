"""Train a run again and compare every figure: the same commit, corpus and seed should give the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ... import __version__
from ...data.annotation.corpus import corpus_digest
from ...data.codebook import codebook_named
from ...data.errors import InputError
from ...training.distillation.articles import ReadUnlabelled
from ...training.pipeline import load_all_articles, load_articles
from ...training.progress import Progress
from ...training.settings import TrainingSettings
from ..comparison.reading import kept_splits, predictions_of
from ..final import train_final
from ..tracking.final_runs import final_of
from ..tracking.lifecycle.artifacts import artifact_json, artifact_text
from ..tracking.lookup import find_run
from ..tracking.metrics import ARTIFACT
from ..tracking.provenance import GIT_COMMIT, GIT_DIRTY, code_folder, environment, git_commit, is_dirty
from ..tracking.run_logging import ENVIRONMENT
from ..tracking.run_settings import settings_of
from ..train import SPLIT_SEED, train

RERUN_OF = "rerun_of"
# Metrics that are no results: durations, speeds, the load of the machine, the loss of single steps.
_TIMES = re.compile(r"(^|/|_)seconds?$|^(system|step)/")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that differs; None if a run does not have it."""

    name: str
    before: float | None
    now: float | None


@dataclass(frozen=True, slots=True)
class Rerun:
    """The result of training a run again.

    Attributes:
        original: run id of the original.
        run_id: run id of the new run.
        inputs: what differs besides figures: commit, release, packages, processor; one line each.
        compared: the number of figures that were compared.
        different: those that differ, by name.
        predictions: whether all predictions and their scores are the same; None if the original kept none.
    """

    original: str
    run_id: str
    inputs: tuple[str, ...]
    compared: int
    different: tuple[Figure, ...]
    predictions: bool | None

    @property
    def same(self) -> bool:
        """Whether everything that was compared is the same."""
        return not self.different and self.predictions is not False


def rerun(
    run: str,
    allow_dirty: bool = False,
    progress: Progress | None = None,
    read: ReadUnlabelled | None = None,
) -> Rerun:
    """Train with the settings of a run, log the new run, and compare the two.

    Args:
        run: run id, or its first characters.
        allow_dirty: accept a working tree with uncommitted changes, which no commit describes.
        progress: receives the steps.
        read: see `read_unlabelled` of `experiments.train.train`.

    Raises:
        InputError: there is no such finished training, its corpus or codebook has changed, or the tree has
            uncommitted changes.
    """
    original = find_run(run)
    settings = settings_of(original)
    tag = original.data.tags.get(SPLIT_SEED, "")
    split_seed = int(tag) if tag.isdigit() else None
    inputs = list(_code(original, allow_dirty))
    final, tags = final_of(original), {RERUN_OF: original.info.run_id}
    _check_data(original, settings, split_seed, final is not None)
    if final is not None:
        trained = train_final(settings, final, progress, tags=tags, read=read)
    else:
        trained = train(settings, progress, split_seed=split_seed, tags=tags, read_unlabelled=read)
    if trained.unlogged is not None:
        raise trained.unlogged
    new = find_run(trained.run_id)
    inputs += [*_unlabelled(original, new), *_environment(original)]
    return _compared(original, new, inputs)


def _compared(original: Any, new: Any, inputs: Sequence[str]) -> Rerun:
    before, now = _figures(original), _figures(new)
    names = sorted(before.keys() | now.keys())
    return Rerun(
        original.info.run_id,
        new.info.run_id,
        tuple(inputs),
        len(names),
        tuple(Figure(n, before.get(n), now.get(n)) for n in names if before.get(n) != now.get(n)),
        _same_predictions(original, new),
    )


def _code(run: Any, allow_dirty: bool) -> Iterator[str]:
    """What differs in the code.

    Raises:
        InputError: the working tree has uncommitted changes, and these are not allowed.
    """
    here, tags = code_folder(), run.data.tags
    commit, before = git_commit(here), tags.get(GIT_COMMIT)
    if is_dirty(here):
        if not allow_dirty:
            raise InputError(
                "the working tree has uncommitted changes: no commit says what would run",
                where=str(here),
                hint="commit or stash them, or use --allow-dirty",
            )
        yield "the working tree has uncommitted changes"
    if tags.get(GIT_DIRTY) == "true":
        yield "the original ran with uncommitted changes"
    if commit != before:
        yield f"commit: {_short(before)} then, {_short(commit)} now"
    release = tags.get("stancewire", "unknown")
    if release != __version__:
        yield f"release: {release} then, {__version__} now"


def _short(commit: str | None) -> str:
    return commit[:10] if commit else "none"


def _check_data(run: Any, settings: TrainingSettings, split_seed: int | None, is_final: bool) -> None:
    """Check that corpus and codebook are those of the run.

    Args:
        is_final: whether all articles were for training.

    Raises:
        InputError: one of them has changed.
    """
    codebook, tags = codebook_named(settings.codebook), run.data.tags
    if is_final:
        by_split = {"train": load_all_articles(settings, codebook)}
    else:
        by_split, _ = load_articles(settings, codebook, split_seed)
    digests = [("codebook", tags.get("codebook"), codebook.digest)]
    digests += [("corpus", tags.get(f"{s}_sha256"), corpus_digest(by_split[s])) for s in by_split]
    for what, before, now in digests:
        if before is not None and before != now:
            raise InputError(
                f"the {what} has changed since the run: its SHA-256 was {before[:10]}, and is {now[:10]} now",
                where=", ".join(settings.corpus) if what == "corpus" else settings.codebook,
                hint="restore it, or train a new model with `stancewire train`",
            )


def _unlabelled(before: Any, now: Any) -> Iterator[str]:
    """Whether teachers labelled another text, or other teachers did."""
    for what, key in (("teachers", "encoder.teachers"), ("unlabelled text", "encoder.unlabelled_sha256")):
        then, today = before.data.params.get(key), now.data.params.get(key)
        if then != today:
            yield f"{what}: {then} then, {today} now"


def _environment(run: Any) -> Iterator[str]:
    """Packages and machine that differ."""
    text = artifact_text(run, ENVIRONMENT)
    if text is None:  # of an earlier release, or artifacts that cannot be reached
        yield "packages: those of the original are not known"
        return
    before = set(text.splitlines())
    now = set(environment().splitlines())
    for title, lines in (("then", before - now), ("now", now - before)):
        if lines:
            more = f" and {len(lines) - 5} more" if len(lines) > 5 else ""
            yield f"packages and machine, only {title}: {', '.join(sorted(lines)[:5])}{more}"


def _figures(run: Any) -> dict[str, float]:
    """Every figure of a run but times: metrics, and thresholds with four decimals."""
    found = dict(_flat(artifact_json(run, ARTIFACT) or {}))  # none of an earlier release
    found |= {k: v for k, v in run.data.metrics.items() if not _TIMES.search(k)}
    thresholds = {k: v for k, v in run.data.params.items() if k.startswith("threshold.")}
    return found | {k: float(v) for k, v in thresholds.items()}


def _flat(metrics: Any, prefix: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(metrics, Mapping):
        for key, value in metrics.items():
            yield from _flat(value, f"{prefix}/{key}" if prefix else str(key))
    elif isinstance(metrics, list):
        for n, value in enumerate(metrics):
            yield from _flat(value, f"{prefix}/{n}")
    elif isinstance(metrics, int | float):
        yield prefix, float(metrics)


def _same_predictions(before: Any, now: Any) -> bool | None:
    splits = kept_splits(before)
    if not splits:
        return None
    if splits != kept_splits(now):
        return False
    return all(predictions_of(before, split) == predictions_of(now, split) for split in splits)
