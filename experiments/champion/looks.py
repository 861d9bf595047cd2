"""How often the results on a set of test articles were looked at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...data.errors import InputError
from ..tracking.connection.failures import failures
from ..tracking.connection.lock import store_lock
from ..tracking.lifecycle.signals import postponed_signals
from ..tracking.lookup import find_run, search
from ..tracking.store import connect
from ..tracking.versions import PREFIX, registered_name

# A tag of the registered model, with the first characters of the digest of the test articles.
TAG = "test_looks."


def look_at(run_ids: Iterable[str]) -> int:
    """Count one more look at the test articles of some runs.

    Args:
        run_ids: the runs whose results on test articles are shown.

    Returns:
        How often results on these articles have been shown, this time included, see `count_look`; of several
        sets of articles, the largest number. 0 if looks cannot be counted: the store is read-only, or no
        model is registered.
    """
    try:
        by_digest = {run.data.tags.get("test_sha256"): run for run in map(find_run, run_ids)}
        connect(write=True)
        from mlflow import MlflowClient

        with store_lock(), postponed_signals():
            return max((count_look(MlflowClient(), run) for run in by_digest.values()), default=0)
    except InputError:
        return 0
    except failures():
        return 0


def count_look(client: Any, run: Any) -> int:
    """Count one more look at the test articles of a run. Call it with the lock of the store.

    Args:
        client: MLflow's client.
        run: an MLflow run.

    Returns:
        How often results on these articles have been shown, this time included: each finished training and
        evaluation on them shows them once. 0 if the run does not say which articles they are.
    """
    digest = run.data.tags.get("test_sha256")
    if not digest:
        return 0
    name, key = registered_name(run.data.tags.get("codebook_name", PREFIX)), f"{TAG}{digest[:16]}"
    value = client.get_registered_model(name).tags.get(key, "0")
    counted = 1 + (int(value) if value.isdigit() else 0)
    client.set_registered_model_tag(name, key, str(counted))
    trained = search({"test_sha256": digest}, status="FINISHED")
    evaluated = search({"kind": "evaluation", "corpus_sha256": digest}, status="FINISHED")
    return counted + len(trained) + len(evaluated)
