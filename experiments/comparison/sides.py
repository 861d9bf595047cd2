"""The sides of a comparison: one training, or several that differ only in their seed; and what differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...data.errors import InputError
from ..tracking.lookup import SEEDS, children, named_run, recipe_of, same_recipe
from ..tracking.provenance import GIT_COMMIT
from .recipes import MIN_SEEDS
from .results import Differing

# Of the trainings of a recipe that the store has, the newest are used.
MAX_SEEDS = 20
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CODE = {GIT_COMMIT: "commit", "stancewire": "stancewire", "mlflow.source.git.dirty": "uncommitted changes"}
_CORPUS = {
    "codebook_name": "codebook",
    "codebook": "codebook (SHA-256)",
    "train_sha256": "train articles (SHA-256)",
    "validation_sha256": "validation articles (SHA-256)",
    "test_sha256": "test articles (SHA-256)",
}


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison.

    Attributes:
        letter: `A`, `B` …, as tables show it.
        name: what the user called it.
        runs: MLflow runs: one, or several seeds of a recipe. The first is the model of this side.
        parent: the run that the seeds are nested under, if any.
    """

    letter: str
    name: str
    runs: tuple[Any, ...]
    parent: Any = None

    @property
    def model(self) -> Any:
        """The run whose model stands for this side."""
        return self.runs[0]

    @property
    def title(self) -> str:
        """Name and id of the run, or of the parent of the seeds."""
        run = self.parent or self.model
        seeds = f", {len(self.runs)} seeds" if len(self.runs) > 1 else ""
        name = run.info.run_name or run.data.tags.get("config", "run")
        return f"{name} ({run.info.run_id[:8]}{seeds})"

    def recipe_runs(self) -> tuple[Any, ...]:
        """The runs of its recipe: its own seeds, or, of a single training, those found in the store."""
        if len(self.runs) > 1 or self.model.data.tags.get("kind", "training") != "training":
            return self.runs
        return tuple(same_recipe(self.model)[:MAX_SEEDS])


def find_sides(names: Sequence[str]) -> list[Side]:
    """The sides that the user named.

    Three or more runs of one recipe become one side if all names can be grouped in this way.

    Args:
        names: see `tracking.lookup.named_run`; the parent run of `train --seeds` stands for its seeds.

    Raises:
        InputError: there are fewer than two names, two are the same run, or one does not exist.
    """
    if len(names) < 2:
        raise InputError("one run cannot be compared", hint="name at least two runs or models")
    found = [(name, *runs_named(name)) for name in names]
    ids = [(parent or runs[0]).info.run_id for _, runs, parent in found]
    for k, run_id in enumerate(ids):
        if run_id in ids[:k]:
            raise InputError(f"{names[ids.index(run_id)]} and {names[k]} are the same run")
    if len(found) > len(LETTERS):
        raise InputError(f"{len(found)} runs are too many to compare", hint=f"at most {len(LETTERS)}")
    grouped = _by_recipe(found)
    return [Side(letter, *side) for letter, side in zip(LETTERS, grouped or found, strict=False)]


_Found = tuple[str, tuple[Any, ...], Any]


def runs_named(name: str) -> tuple[tuple[Any, ...], Any]:
    """The runs that a name stands for, and the run that they are nested under, if they are several seeds.

    Args:
        name: see `tracking.lookup.named_run`.

    Raises:
        InputError: there is no such run, or none of its trainings finished.
    """
    run = named_run(name)
    if run.data.tags.get("kind") != SEEDS:
        return (run,), None
    runs = tuple(children(run.info.run_id))
    if not runs:
        raise InputError("no training of this run finished", where=f"run {run.info.run_id[:8]}")
    return runs, run


def _by_recipe(found: Sequence[_Found]) -> list[_Found]:
    """Single runs grouped by recipe; empty if there are not at least three of each of several recipes."""
    groups: dict[object, list[_Found]] = {}
    for side in found:
        groups.setdefault(recipe_of(side[1][0]), []).append(side)
    if len(groups) < 2 or any(len(g) < MIN_SEEDS or any(s[2] for s in g) for g in groups.values()):
        return []
    return [(g[0][0], tuple(run for _, runs, _ in g for run in runs), None) for g in groups.values()]


def differing(runs: Sequence[Any]) -> list[Differing]:
    """The settings, versions and corpora that are not the same for all runs.

    Of different kinds of classifier, the settings that only one kind has are left out, unless its runs differ
    in them: they say nothing about the difference. Which encoder it is stays.

    Args:
        runs: MLflow runs.
    """
    params = [run.data.params for run in runs]
    tags = [run.data.tags for run in runs]
    names = sorted({name for p in params for name in p})
    rows = [
        Differing("corpus" if name in ("corpus", "split") else "settings", name, _values(params, name))
        for name in names
        # Thresholds are results of the training.
        if not name.startswith("threshold.")
    ]
    for group, known in (("code", _CODE), ("corpus", _CORPUS)):
        rows += [Differing(group, title, _short(_values(tags, name))) for name, title in known.items()]
    if len(set(_values(params, "classifier.kind"))) > 1:
        rows = [r for r in rows if not _only_of_one_kind(r)]
    order = ("settings", "code", "corpus")
    return sorted((r for r in rows if len(set(r.values)) > 1), key=lambda r: order.index(r.group))


def _only_of_one_kind(row: Differing) -> bool:
    """Whether only some sides have this setting, and all of these the same value."""
    found = {value for value in row.values if value is not None}
    of_classifier = row.name != "classifier.encoder" and row.name.startswith(("classifier.", "encoder."))
    return of_classifier and None in row.values and len(found) == 1


def _values(tables: Sequence[Any], name: str) -> tuple[str | None, ...]:
    return tuple(table.get(name) for table in tables)


def _short(values: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """Digests and commits by their first characters."""
    return tuple(v[:12] if v is not None and len(v) in (40, 64) else v for v in values)
