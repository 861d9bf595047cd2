"""The registry: every trained model becomes a version; the best on the same validation articles is the champion."""

from __future__ import annotations

import io
from contextlib import redirect_stderr
from dataclasses import dataclass

from ...data.errors import InputError
from ..tracking.store import MODEL_NAME, connect
from ..train import Trained

METRIC = "validation_f1"


@dataclass(frozen=True, slots=True)
class Promotion:
    """Which alias a new version got, and why."""

    version: str
    alias: str
    why: str


def decide(new: float, same_data: bool, champion: str | None, old: float | None) -> tuple[str, str]:
    """The alias of a new version and the reason, from validation figures alone; test figures never decide."""
    if champion is None:
        return "champion", "it is the first model"
    if not same_data or old is None:
        return (
            "challenger",
            f"version {champion} was measured on other validation articles or another codebook: the figures cannot be compared",
        )
    if new > old:
        return (
            "champion",
            f"validation F1 {new:.3f} beats {old:.3f} of version {champion} on the same articles",
        )
    return (
        "challenger",
        f"validation F1 {new:.3f} does not beat {old:.3f} of version {champion} on the same articles",
    )


def register(trained: Trained) -> Promotion:
    """Register a run's model, with its card as the description, and give it its alias.

    Raises:
        InputError: what would be served does not score like what was trained.
    """
    if trained.refused:
        raise InputError(trained.refused, where=f"run {trained.run_id}")
    mlflow = connect()
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    client = MlflowClient()
    validation = trained.metrics["validation"]
    score = (
        validation["statements"]["f1"]
        if trained.codebook.stances
        else validation[trained.codebook.label_names[0]]["f1"]
    )
    tags = {
        METRIC: str(score),
        "validation_sha256": trained.split_digests["validation"],
        "codebook": trained.codebook.digest,
        "run_id": trained.run_id,
    }
    try:
        champion = client.get_model_version_by_alias(MODEL_NAME, "champion")
    except MlflowException:
        champion = None
    with redirect_stderr(io.StringIO()):  # MLflow prints there what the caller says better
        version = mlflow.register_model(trained.model_uri, MODEL_NAME, tags=tags)
    same = champion is not None and all(
        champion.tags.get(k) == tags[k] for k in ("validation_sha256", "codebook")
    )
    old = float(champion.tags[METRIC]) if champion is not None and METRIC in champion.tags else None
    alias, why = decide(float(score), same, champion.version if champion is not None else None, old)
    client.update_model_version(MODEL_NAME, version.version, description=trained.card)
    client.set_registered_model_alias(MODEL_NAME, alias, version.version)
    client.set_tag(trained.run_id, "registered", f"v{version.version} {alias}")
    return Promotion(str(version.version), alias, why)
