"""Find runs: by id, by the name of a model, by parent, or by recipe."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...data.errors import InputError
from .connection.addresses import shown_uri
from .connection.failures import failures, store_error
from .connection.stored_runs import read_runs
from .registry import find_version
from .store import connect, store_exists

# The tag by which MLflow notes the parent of a nested run.
PARENT = "mlflow.parentRunId"
# The kind of the parent of several trainings that differ only in their seed.
SEEDS = "seeds"
# Tags that trainings of one recipe share.
_SAME = ("codebook", "stancewire", "train_sha256", "validation_sha256", "test_sha256")
_HINT = "`stancewire experiments list` shows the runs"


def search(tags: Mapping[str, str] | None = None, prefix: str = "", status: str | None = None) -> list[Any]:
    """The runs of all experiments, newest first.

    Args:
        tags: tags that the runs have.
        prefix: the first characters of the run id.
        status: MLflow's status.

    Raises:
        InputError: the store cannot be used.
    """
    if not store_exists():
        return []
    stored = read_runs(prefix, tags, status)
    if stored is not None:
        return list(stored)
    conditions = [f"tags.`{k}` = '{v}'" for k, v in (tags or {}).items()]
    conditions += [f"attributes.run_id LIKE '{prefix}%'"] if prefix else []
    conditions += [f"attributes.status = '{status}'"] if status else []
    mlflow = connect()
    try:
        found = mlflow.search_runs(
            search_all_experiments=True,
            filter_string=" and ".join(conditions),
            output_format="list",
            max_results=5000,
        )
    except failures() as error:
        raise store_error(error, shown_uri()) from None
    return list(found)


def find_run(run: str) -> Any:
    """The MLflow run with an id, or with an id that starts with these characters.

    Raises:
        InputError: there is no such run, or more than one.
    """
    known = re.fullmatch(r"[0-9a-f]{1,32}", run) is not None
    found = search(prefix=run) if known else []
    if len(found) != 1:
        what = f"no run {run!r}" if not found else f"{len(found)} runs start with {run!r}"
        raise InputError(what, where=shown_uri(), hint=_HINT)
    return found[0]


def named_run(name: str) -> Any:
    """The run that a name means: a run id, or what `--model` takes for a registered model.

    Args:
        name: a run id or its first characters, `champion`, `challenger`, a version, `NAME[@alias|/version]`.

    Raises:
        InputError: there is no such run.
    """
    if re.fullmatch(r"[0-9a-f]{6,32}", name):
        return find_run(name)
    return find_run(find_version(name).run_id)


def children(run_id: str) -> list[Any]:
    """The finished runs nested under a run, oldest first."""
    found = search({PARENT: run_id}, status="FINISHED")
    return sorted(found, key=lambda r: int(r.info.start_time))


def recipe_of(run: Any) -> tuple[tuple[str, str], ...]:
    """What makes two trainings the same recipe: settings without the seed, codebook, corpus and release."""
    params = {
        k: v
        for k, v in run.data.params.items()
        if k not in ("seed", "bootstrap", "experiment") and not k.startswith(("threshold.", "encoder."))
    }
    tags = {k: run.data.tags.get(k, "") for k in _SAME}
    return tuple(sorted((params | {f"tag {k}": v for k, v in tags.items()}).items()))


def same_recipe(run: Any) -> list[Any]:
    """The finished trainings with the recipe of a run, one per seed, newest first; the run itself first."""
    corpus, config = (run.data.tags.get(k, "") for k in ("corpus_sha256", "config"))
    if not re.fullmatch(r"[0-9a-f]+", corpus) or not config or "'" in config:
        return [run]
    recipe = recipe_of(run)
    by_seed = {run.data.params.get("seed"): run}
    for other in search({"corpus_sha256": corpus, "config": config}, status="FINISHED"):
        if other.data.tags.get("kind", "training") == "training" and recipe_of(other) == recipe:
            by_seed.setdefault(other.data.params.get("seed"), other)
    return list(by_seed.values())
