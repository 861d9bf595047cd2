"""How often the results on a set of test articles were looked at."""

from __future__ import annotations

from typing import Any

# A tag of the registered model, with the first characters of the digest of the test articles.
PREFIX = "test_looks."


def looks(mlflow: Any, client: Any, name: str, digest: str) -> int:
    """The number of times that results on these test articles were shown.

    Each finished training shows them once; promotions and comparisons are counted by `count_look`.

    Args:
        mlflow: the module, connected to a store.
        client: MLflow's client.
        name: the registered model.
        digest: SHA-256 of the test articles.
    """
    trained = mlflow.search_runs(
        search_all_experiments=True,
        filter_string=f"tags.test_sha256 = '{digest}' and attributes.status = 'FINISHED'",
        output_format="list",
        max_results=50_000,
    )
    return len(trained) + _counted(client, name, digest)


def count_look(client: Any, name: str, digest: str) -> None:
    """Count one more look at these test articles."""
    client.set_registered_model_tag(name, _key(digest), str(_counted(client, name, digest) + 1))


def _key(digest: str) -> str:
    return f"{PREFIX}{digest[:16]}"


def _counted(client: Any, name: str, digest: str) -> int:
    value = client.get_registered_model(name).tags.get(_key(digest), "0")
    return int(value) if value.isdigit() else 0
