"""Find the model that `--model` names: by alias, version, codebook, run or folder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...data.errors import InputError
from .store import check_uri, connect, tracking_uri
from .versions import PREFIX, ModelVersion, list_versions, local_folder, registered_name

if TYPE_CHECKING:
    from ...training.decoding.labeller import Labeller

CHAMPION, CHALLENGER = "champion", "challenger"
NO_MODEL = "run `stancewire train` (or `stancewire demo`) first"
# `NAME`, `NAME@alias` or `NAME/version`.
_NAMED = re.compile(r"(?P<name>[^@/]+)(?:@(?P<alias>[^@/]+)|/v?(?P<number>\d{1,9}))?")


def find_model(model: str, actors: Sequence[Path | str] = ()) -> tuple[Labeller, str]:
    """Load a model.

    Args:
        model: see `model_folder`.
        actors: CSV tables of parties that extend the shipped ones.

    Returns:
        The labeller, and the model name that its records have: `stancewire/3`, or the name of the folder.

    Raises:
        InputError: the model does not exist, is damaged, or has a format that this release cannot read.
    """
    # Imported here: commands that only look up a model do not need the classifiers.
    from ...training.serialization import load_model

    folder, title = model_folder(model)
    return load_model(folder, actors, title), title


def model_folder(model: str) -> tuple[Path, str]:
    """The data folder of a model, downloaded where the store is remote, and the model's title.

    Args:
        model: `champion` or `challenger` (of the shipped codebook), a version number of it, the name of
            another codebook (`NAME`, `NAME@alias`, `NAME/version`), a run id (or its first 8 or more
            characters), or a folder.

    Raises:
        InputError: there is no such model.
    """
    if (folder := _saved_in(Path(model))) is not None:
        return folder, Path(model).resolve().name
    try:
        version = find_version(model)
    except InputError:
        if Path(model).is_dir():
            raise InputError(
                "no stancewire model in this folder",
                where=model,
                hint="use a model folder, a run id or champion",
            ) from None
        raise
    return artifact_folder(version), version.title


def _saved_in(folder: Path) -> Path | None:
    """The folder itself, or the first folder below it, that contains a model."""
    from ...training.serialization import FILE

    if (folder / FILE).is_file():
        return folder
    return next((p.parent for p in sorted(folder.rglob(FILE))), None) if folder.is_dir() else None


def find_version(model: str) -> ModelVersion:
    """The registered version with a name, see `model_folder`.

    Raises:
        InputError: there is none.
    """
    where = tracking_uri()
    check_uri(where)
    versions = list_versions()
    if not versions:
        raise InputError("no model is registered yet", where=where, hint=NO_MODEL)
    found = _by_name(versions, model)
    if found is None and re.fullmatch(r"[0-9a-f]{8,32}", model):
        found = next((v for v in versions if v.run_id.startswith(model)), None)
    if found is None:
        raise InputError(f"no model {model!r}", where=where, hint=_known(versions))
    return found


def _by_name(versions: Sequence[ModelVersion], model: str) -> ModelVersion | None:
    if model in (CHAMPION, CHALLENGER):
        return _with_alias(versions, PREFIX, model)
    if re.fullmatch(r"v?\d{1,9}", model):
        return _with_number(versions, PREFIX, int(model.lstrip("v")))
    parts = _NAMED.fullmatch(model)
    if parts is None:
        return None
    registered = {v.name for v in versions}
    name = next((n for n in (registered_name(parts["name"]), parts["name"]) if n in registered), None)
    if name is None:
        return None
    if parts["number"]:
        return _with_number(versions, name, int(parts["number"]))
    return _with_alias(versions, name, parts["alias"] or CHAMPION)


def _with_alias(versions: Sequence[ModelVersion], name: str, alias: str) -> ModelVersion | None:
    return next((v for v in versions if v.name == name and alias in v.aliases), None)


def _with_number(versions: Sequence[ModelVersion], name: str, number: int) -> ModelVersion | None:
    return next((v for v in versions if v.name == name and v.number == number), None)


def _known(versions: Sequence[ModelVersion]) -> str:
    """A hint that lists the models by the names that `--model` takes."""
    names = []
    for name in dict.fromkeys(v.name for v in versions):
        short = name.removeprefix(f"{PREFIX}-")
        own = [v for v in versions if v.name == name]
        for version in own:
            for alias in version.aliases:
                names.append(alias if name == PREFIX else short if alias == CHAMPION else f"{short}@{alias}")
    listed = f"registered: {', '.join(names)}; " if names else ""
    return f"{listed}a version, a run id or a folder also works; see `stancewire experiments list`"


def artifact_folder(version: ModelVersion) -> Path:
    """The folder with the data files of a version, downloaded by MLflow if it is not on this machine.

    Raises:
        InputError: its files cannot be read, or are not a stancewire model.
    """
    root = local_folder(version)
    if root is None:
        mlflow = connect()
        try:
            root = Path(mlflow.artifacts.download_artifacts(artifact_uri=f"models:/{version.title}"))
        except Exception as error:  # whatever a remote store raises
            reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
            raise InputError(
                f"the model's files cannot be read: {reason}", where=version.title, hint=NO_MODEL
            ) from None
    if (found := _saved_in(root)) is None:
        raise InputError("this registered model has no stancewire files", where=version.title, hint=NO_MODEL)
    return found
