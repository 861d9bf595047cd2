"""Export and import of models: a folder or a .zip file, with a manifest of checksums."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from ..data.errors import InputError
from ..experiments.tracking.lifecycle.work_folder import temporary_folder

if TYPE_CHECKING:
    from ..training.decoding.labeller import Labeller

# The file name of the manifest, beside the model's own files.
MANIFEST = "export.json"
MAX_FILES = 200
MAX_UNPACKED = 4_000_000_000
_CHUNK = 1 << 20
_AGAIN = "export or copy it again"


class Manifest(BaseModel):
    """The manifest of an exported model.

    Attributes:
        format: format of the manifest.
        name: name under which the model was registered: `stancewire/3`.
        stancewire: release that exported it.
        tags: tags of the registered version.
        sha256: checksum of each file, by its path in the folder.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
    format: int = 1
    name: str
    stancewire: str
    tags: dict[str, str] = {}
    sha256: dict[str, str]


def open_model(model: str, actors: Sequence[Path | str] = ()) -> tuple[Labeller, str]:
    """Load a model.

    Args:
        model: a name, run id or folder (see `model_folder`), or a .zip file that `stancewire models export`
            wrote.
        actors: CSV tables of parties that extend the shipped ones.

    Returns:
        The labeller, and the model name that its records have.

    Raises:
        InputError: the model does not exist, is damaged, or has a format that this release cannot read.
    """
    from ..experiments.tracking.registry import find_model

    path = Path(model)
    if path.suffix.lower() != ".zip" or not path.is_file():
        return find_model(model, actors)
    with unpacked(path) as folder:
        check_files(folder, str(path))
        return find_model(str(folder), actors)[0], path.stem


def is_final_model(model: str) -> bool:
    """Whether a model, named as in `open_model`, is registered and was trained on all articles."""
    from ..experiments.tracking.final_runs import FINAL
    from ..experiments.tracking.registry import find_version

    return not Path(model).exists() and FINAL in find_version(model).tags


def write_export(folder: Path, manifest_name: str, tags: dict[str, str], out: Path) -> Path:
    """Copy a model's folder to a new folder, or into a new .zip file, with a manifest.

    Args:
        folder: the model's data folder.
        manifest_name: name under which it was registered.
        tags: tags of that version.
        out: a path that does not exist yet; one that ends in .zip is written as a zip file.

    Raises:
        InputError: `out` exists or cannot be written.
    """
    from .. import __version__

    if out.exists():
        raise InputError("already exists", where=str(out), hint="choose a new name")
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != MANIFEST)
    sums = {p.relative_to(folder).as_posix(): _sha256(p) for p in files}
    manifest = Manifest(name=manifest_name, stancewire=__version__, tags=tags, sha256=sums)
    try:
        out.absolute().parent.mkdir(parents=True, exist_ok=True)
        with temporary_folder(out.absolute().parent, hidden=True) as work:
            inner = work / "model"
            if out.suffix.lower() == ".zip":
                inner = work / "model.zip"
                _write_zip(inner, folder, sums, manifest)
            else:
                shutil.copytree(folder, inner)
                (inner / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
            inner.rename(out)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", where=str(out)) from None
    return out


def _write_zip(out: Path, folder: Path, files: Sequence[str] | dict[str, str], manifest: Manifest) -> None:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, manifest.model_dump_json(indent=2) + "\n")
        for name in files:
            archive.write(folder / name, name)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Unpack a zip file to a temporary folder; a folder is returned as it is.

    Raises:
        InputError: the file is not a zip file, is damaged or too large, or has a path outside its folder.
    """
    if path.is_dir():
        yield path
        return
    with temporary_folder() as work:
        folder = work / path.stem
        folder.mkdir()
        try:
            with zipfile.ZipFile(path) as archive:
                _unpack(archive, folder, str(path))
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
            raise InputError(f"not a zip file, or damaged: {error}", where=str(path), hint=_AGAIN) from None
        yield folder


def _unpack(archive: zipfile.ZipFile, folder: Path, where: str) -> None:
    """Write the files of an archive; names and sizes are checked before anything is written."""
    infos = [i for i in archive.infolist() if not i.is_dir()]
    if len(infos) > MAX_FILES:
        raise InputError(f"has {len(infos)} files, more than a model can have ({MAX_FILES})", where=where)
    for info in infos:
        name = PurePosixPath(info.filename.replace("\\", "/"))
        symlink = (info.external_attr >> 16) & 0o170000 == 0o120000
        if name.is_absolute() or ".." in name.parts or ":" in info.filename or symlink:
            what = f"{info.filename!r} points outside the archive"
            raise InputError(what, where=where, hint="do not use this file")
    left = MAX_UNPACKED
    for info in infos:
        target = folder / PurePosixPath(info.filename.replace("\\", "/"))
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(info) as source, target.open("wb") as out:
            while chunk := source.read(_CHUNK):
                left -= len(chunk)
                if left < 0:  # the sizes that an archive declares may be false
                    raise InputError(f"unpacks to more than {MAX_UNPACKED / 1e9:.0f} GB", where=where)
                out.write(chunk)


def read_manifest(folder: Path, where: str) -> Manifest | None:
    """The manifest of an exported folder; None if the folder was copied by hand.

    Raises:
        InputError: it is damaged.
    """
    file = folder / MANIFEST
    if not file.exists():
        return None
    try:
        return Manifest.model_validate(json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, ValidationError, RecursionError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{MANIFEST} is damaged: {reason}", where=where, hint=_AGAIN) from None


def check_files(folder: Path, where: str) -> Manifest | None:
    """Compare the files of an exported folder with its manifest.

    Returns:
        The manifest, if there is one.

    Raises:
        InputError: a file is missing, changed or unknown.
    """
    manifest = read_manifest(folder, where)
    if manifest is None:
        return None
    for name, expected in manifest.sha256.items():
        file = folder / name
        if not file.resolve().is_relative_to(folder.resolve()) or not file.is_file():
            raise InputError(f"{name} is missing or points outside the folder", where=where, hint=_AGAIN)
        if _sha256(file) != expected:
            raise InputError(f"{name} is damaged: its checksum differs", where=where, hint=_AGAIN)
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    extra = sorted(found - set(manifest.sha256) - {MANIFEST})
    if extra:
        raise InputError(f"{extra[0]} is not in {MANIFEST}", where=where, hint=_AGAIN)
    return manifest


def export(model: str, out: Path) -> str:
    """Export a model, see `write_export`.

    Returns:
        The name under which it is registered, or the name of its folder.
    """
    from ..experiments.tracking.registry import find_version, model_folder
    from ..training.manifest import check_manifest

    folder, title = model_folder(model)
    check_manifest(folder)
    tags = {} if Path(model).exists() else dict(find_version(model).tags)
    write_export(folder, title, tags, out)
    return title


def import_to_folder(path: Path, out: Path) -> str:
    """Check an exported model and copy it to a new folder.

    Returns:
        The name under which it was exported, or that of its folder.

    Raises:
        InputError: it is damaged or cannot be loaded, or `out` exists or cannot be written.
    """
    with checked(path) as (folder, manifest):
        name = manifest.name if manifest else path.stem
        write_export(folder, name, manifest.tags if manifest else {}, out)
    return name


@contextmanager
def checked(path: Path) -> Iterator[tuple[Path, Manifest | None]]:
    """Check an exported model: compare its files with the manifest and load it. Yields folder and manifest.

    Raises:
        InputError: it is damaged, or this release cannot load it.
    """
    from ..training.serialization import load_model

    if not path.exists():
        raise InputError("no such file or folder", where=str(path))
    with unpacked(path) as folder:
        manifest = check_files(folder, str(path))
        try:
            load_model(folder)
        except InputError as error:
            raise InputError(error.what, where=str(path), hint=error.hint) from None
        yield folder, manifest


def describe_model(model: str) -> dict[str, Any]:
    """Describe a model: name, folder, classifier, label set, thresholds, tags and model card."""
    from ..experiments.tracking.registry import find_version, model_folder
    from ..training.serialization import read_model_file

    path = Path(model)
    if path.is_file():
        with unpacked(path) as inner:
            check_files(inner, str(path))
            return describe_model(str(inner)) | {"folder": model}
    folder, title = model_folder(model)
    version = None if path.exists() else find_version(model)
    content = read_model_file(folder).model_dump(mode="json")
    card = folder / "README.md"
    return {
        "name": title,
        "aliases": list(version.aliases) if version else [],
        "run": version.run_id if version else None,
        "created": version.created if version else None,
        "folder": str(folder),
        "tags": dict(version.tags) if version else {},
        "classifier": content["classifier"],
        "codebook": content["codebook"]["name"],
        "stances": [s["name"] for s in content["codebook"]["stances"]],
        "labels": [s["name"] for s in content["codebook"]["labels"]],
        "thresholds": content["thresholds"] | {"target": content["target_threshold"]},
        "format": content["format"],
        "stancewire": content["stancewire"],
        "card": card.read_text(encoding="utf-8") if card.is_file() else None,
    }
