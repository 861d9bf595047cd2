"""Find a trained model: the champion, a version, a run, or a folder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ...data.errors import InputError
from ...training.decoding.labeller import Labeller
from ...training.serialization import FILE, load_model
from .store import MODEL_NAME, connect, tracking_uri

NO_MODEL = "run `stancewire train` (or `stancewire demo`) first"


def _artifact_folder(uri: str, where: str) -> Path:
    """The model's data folder, downloaded where the store is remote."""
    mlflow = connect()
    try:
        root = Path(mlflow.artifacts.download_artifacts(artifact_uri=uri))
    except Exception as fault:
        raise InputError(
            f"the model's files cannot be read: {str(fault).splitlines()[0][:200]}",
            where=where,
            hint=NO_MODEL,
        ) from None
    found = next(iter(sorted(root.rglob(FILE))), None)
    if found is None:
        raise InputError("this model holds no stancewire files", where=where, hint=NO_MODEL)
    return found.parent


def find_model(model: str, actors: Sequence[Path | str] = ()) -> tuple[Labeller, str]:
    """Load a model.

    Args:
        model: `champion`, `challenger`, a version number, a run id (or a prefix of 8 characters or more), or a folder.

    Returns:
        The labeller, and the name under which its scores go.

    Raises:
        InputError: there is none, it is damaged, or made by another release.
    """
    if Path(model).is_dir():
        folder = Path(model)
        inner = (
            folder
            if (folder / FILE).exists()
            else next((p.parent for p in sorted(folder.rglob(FILE))), folder)
        )
        return load_model(inner, actors, folder.name), folder.name
    connect()
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    client, where = MlflowClient(), tracking_uri()
    try:
        if re.fullmatch(r"v?\d{1,6}", model):
            version = client.get_model_version(MODEL_NAME, model.lstrip("v"))
        elif re.fullmatch(r"[0-9a-f]{8,32}", model):
            found = [
                v
                for v in client.search_model_versions(f"name='{MODEL_NAME}'")
                if (v.tags.get("run_id") or v.run_id or "").startswith(model)
            ]
            if not found:
                raise InputError(
                    f"no model of a run {model!r}",
                    where=where,
                    hint="`stancewire experiments list` shows the runs",
                )
            version = found[0]
        else:
            version = client.get_model_version_by_alias(MODEL_NAME, model)
    except MlflowException:
        if not client.search_registered_models(f"name='{MODEL_NAME}'"):
            raise InputError("no model is registered yet", where=where, hint=NO_MODEL) from None
        raise InputError(
            f"no model {model!r}",
            where=where,
            hint="give champion, a version, a run id or a folder; `stancewire experiments list` shows the runs",
        ) from None
    name = f"{MODEL_NAME}/{version.version}"
    return load_model(_artifact_folder(f"models:/{name}", model), actors, name), name
