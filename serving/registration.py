"""Register a model that was trained elsewhere."""

from __future__ import annotations

import io
from contextlib import redirect_stderr
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .models import Manifest, checked

if TYPE_CHECKING:
    from ..data.codebook import Codebook

# Tags that are kept from the registry where the model was trained.
KEPT_TAGS = ("validation_f1", "validation_sha256", "codebook", "model_format", "final", "settings_of")


def register_folder(path: Path) -> str:
    """Check an exported model, log it to a run of its own, and register it.

    Args:
        path: a folder or .zip file that `stancewire models export` wrote.

    Returns:
        One line: its name, version and alias, with the reason for the alias.

    Raises:
        InputError: it is damaged, this release cannot load it, or the store cannot be used.
    """
    with checked(path) as (folder, manifest):
        return _register(folder, manifest, path.stem)


def _register(folder: Path, manifest: Manifest | None, stem: str) -> str:
    from ..experiments.tracking.connection.addresses import shown_uri
    from ..experiments.tracking.connection.failures import failures, store_error
    from ..experiments.tracking.lifecycle.run import open_run
    from ..experiments.tracking.lifecycle.work_folder import work_folder
    from ..experiments.tracking.provenance import NOTE, source_tags
    from ..experiments.tracking.served.logged_model import log_model
    from ..experiments.tracking.store import connect
    from ..training.serialization import load_model

    labeller = load_model(folder)
    codebook = labeller.codebook
    source = manifest.name if manifest else stem
    mlflow = connect(write=True)
    run_tags = {
        "kind": "import",
        "model": source,
        "config": f"import {source}",
        "codebook": codebook.digest,
        "codebook_name": codebook.name,
        NOTE: f"Import of the model {source}, which was trained elsewhere.",
        **source_tags("models import"),
    }
    tags = {k: v for k, v in (manifest.tags if manifest else {}).items() if k in KEPT_TAGS}
    try:
        with (
            work_folder() as work,
            open_run(mlflow, f"import {source}", run_tags, "stancewire") as run,
            redirect_stderr(io.StringIO()),
        ):
            uri = log_model(mlflow, folder, labeller, work)
        return _version(mlflow, uri, codebook, tags | {"run_id": run.run_id}, source)
    except failures() as error:
        raise store_error(error, shown_uri()) from None


def _version(mlflow: Any, uri: str, codebook: Codebook, tags: dict[str, str], source: str) -> str:
    """Register a logged model, and return the line that describes the version."""
    from mlflow import MlflowClient

    from ..experiments.champion.history import make_champion
    from ..experiments.tracking.card.card_metadata import model_description
    from ..experiments.tracking.connection.lock import store_lock
    from ..experiments.tracking.lifecycle.signals import postponed_signals
    from ..experiments.tracking.registry import CHALLENGER, CHAMPION
    from ..experiments.tracking.versions import list_versions, registered_name

    client, name = MlflowClient(), registered_name(codebook.name)
    with store_lock(), postponed_signals():
        with redirect_stderr(io.StringIO()):  # MLflow announces the version there, as the caller does
            version = mlflow.register_model(uri, name, tags=tags)
        first = not any(v.name == name and CHAMPION in v.aliases for v in list_versions())
        alias = CHAMPION if first else CHALLENGER
        why = "it is the first model" if first else "an imported model does not replace the champion"
        client.update_model_version(
            name, version.version, description=f"Imported from an export of {source}."
        )
        if first:
            client.update_registered_model(name, description=model_description(codebook))
            make_champion(client, name, str(version.version), "import", why)
        else:
            client.set_registered_model_alias(name, CHALLENGER, version.version)
    return f"registered as {name} version {version.version}, {alias}: {why}"
