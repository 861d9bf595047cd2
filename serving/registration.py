"""Register a model that was trained elsewhere."""

from __future__ import annotations

import io
from contextlib import redirect_stderr
from pathlib import Path

from .models import Manifest, checked

# Tags that are kept from the registry where the model was trained.
KEPT_TAGS = ("validation_f1", "validation_sha256", "codebook", "model_format")


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
    from .. import __version__
    from ..experiments.tracking.registry import CHALLENGER, CHAMPION
    from ..experiments.tracking.store import connect
    from ..experiments.tracking.versions import list_versions, registered_name
    from ..experiments.train import PYFUNC_MODEL
    from ..training.serialization import load_model

    codebook = load_model(folder).codebook
    name, source = registered_name(codebook.name), manifest.name if manifest else stem
    mlflow = connect()
    from mlflow import MlflowClient

    mlflow.set_experiment("stancewire")
    with mlflow.start_run(run_name=f"import {source}") as run, redirect_stderr(io.StringIO()):
        mlflow.set_tags({"kind": "import", "model": source, "config": f"import {source}"})
        info = mlflow.pyfunc.log_model(
            name="model",
            python_model=str(PYFUNC_MODEL),
            artifacts={"model": str(folder)},
            pip_requirements=[f"stancewire=={__version__}"],
        )
        tags = {k: v for k, v in (manifest.tags if manifest else {}).items() if k in KEPT_TAGS}
        version = mlflow.register_model(info.model_uri, name, tags=tags | {"run_id": run.info.run_id})
    first = not any(v.name == name and CHAMPION in v.aliases for v in list_versions())
    alias = CHAMPION if first else CHALLENGER
    why = "it is the first model" if first else "an imported model does not replace the champion"
    client = MlflowClient()
    client.update_model_version(name, version.version, description=f"Imported from an export of {source}.")
    client.set_registered_model_alias(name, alias, version.version)
    return f"registered as {name} version {version.version}, {alias}: {why}"
