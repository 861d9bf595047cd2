"""Find the model that `--model` names: by alias, version, codebook, run or folder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...data.errors import InputError
from .connection.addresses import shown_uri, tracking_uri
from .connection.failures import reason
from .lifecycle.artifacts import local_path
from .store import check_uri, connect
from .versions import PREFIX, ModelVersion, list_versions, local_folder, registered_name

if TYPE_CHECKING:
    from ...training.decoding.labeller import Labeller

CHAMPION, CHALLENGER = "champion", "challenger"
NO_MODEL = "run `stancewire train` (or `stancewire demo`) first"
_MISSING = "copy the folder of artifacts, usually mlruns, beside the database; or train again"
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
    if not model.strip():
        raise InputError("no name", where="--model", hint="use champion, a version, a run id or a folder")
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
    found = sorted(p.parent for p in folder.rglob(FILE)) if folder.is_dir() else []
    if len(found) > 1:
        names = ", ".join(str(p.relative_to(folder)) for p in found[:3])
        raise InputError(
            f"there are {len(found)} models in this folder", where=str(folder), hint=f"{names} …"
        )
    return found[0] if found else None


def find_version(model: str) -> ModelVersion:
    """The registered version with a name, see `model_folder`.

    Raises:
        InputError: there is none.
    """
    where = shown_uri()
    check_uri(tracking_uri())
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
        names = {v.name for v in versions}
        # Who trained with one label set of their own, and no other, means that one.
        return _with_alias(versions, PREFIX if PREFIX in names or len(names) > 1 else min(names), model)
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
        numbers = sorted(v.number for v in own)
        last = f" to {short}/{numbers[-1]}" if len(numbers) > 1 else ""
        names.append(f"{short}/{numbers[0]}{last}")
    listed = f"registered: {', '.join(names)}; " if names else ""
    others = "a version, the id of a registered run or a folder also works"
    return f"{listed}{others}; see `stancewire experiments list`"


def artifact_folder(version: ModelVersion) -> Path:
    """The folder with the data files of a version, downloaded by MLflow if it is not on this machine.

    Raises:
        InputError: its files cannot be read, or are not a stancewire model.
    """
    root = local_folder(version)
    if root is None:
        if version.location and local_path(version.location) is not None:
            raise InputError(
                f"the model's files are neither in {version.location} nor beside the database",
                where=version.title,
                hint=_MISSING,
            )
        mlflow = connect()
        try:
            root = Path(mlflow.artifacts.download_artifacts(artifact_uri=f"models:/{version.title}"))
        except Exception as error:  # whatever a remote store raises
            raise InputError(
                f"the model's files cannot be read: {reason(error)}", where=version.title, hint=_MISSING
            ) from None
    if (found := _saved_in(root)) is None:
        raise InputError("this registered model has no stancewire files", where=version.title, hint=NO_MODEL)
    return found
