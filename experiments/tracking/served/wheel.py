"""A wheel of the running stancewire, which travels with a model; built without a build tool or a network."""

from __future__ import annotations

import base64
import hashlib
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from .... import __version__
from ....data.errors import InputError

PACKAGE = "stancewire"
ROOT = Path(__file__).parents[3]
# The date of every file in the wheel, so that the same code gives the same bytes.
_DATE = (1980, 1, 1, 0, 0, 0)
# Written by the installer.
_NOT_PACKED = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"})


def build_wheel(folder: Path) -> Path:
    """Build a wheel of the code that is running.

    Args:
        folder: where to write it.

    Returns:
        `stancewire-VERSION-py3-none-any.whl` in `folder`; the same code gives the same bytes.

    Raises:
        InputError: the running code is neither a checkout nor an installed distribution.
    """
    project = _project()
    files = dict(_of_checkout(project) if project else _of_installation())
    info = f"{PACKAGE}-{__version__}.dist-info"
    files[f"{info}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: {PACKAGE} {__version__}\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    ).encode()
    files[f"{info}/RECORD"] = _record(files, f"{info}/RECORD")
    path = folder / f"{PACKAGE}-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return path


def checkout() -> Path | None:
    """The folder of the project's checkout from which the code runs; None if it is installed."""
    return ROOT if _project() else None


def _project() -> dict[str, Any] | None:
    """The content of the checkout's pyproject.toml; None outside of one."""
    file = ROOT / "pyproject.toml"
    if not file.is_file():
        return None
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    return content if content.get("project", {}).get("name") == PACKAGE else None


def _record(files: Mapping[str, bytes], own: str) -> bytes:
    """The list of files with their checksums, without padding, as the wheel format has it."""

    def line(name: str, content: bytes) -> str:
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        return f"{name},sha256={digest},{len(content)}"

    return "\n".join([*(line(*file) for file in sorted(files.items())), f"{own},,", ""]).encode()


def _of_checkout(content: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """The files that setuptools would pack, by their names in the wheel."""
    settings = content["tool"]["setuptools"]
    for package in settings["packages"]:
        folder = ROOT.joinpath(*package.split(".")[1:])
        for pattern in ("*.py", *settings["package-data"].get(package, ())):
            for path in sorted(folder.glob(pattern)):
                yield f"{PACKAGE}/{path.relative_to(ROOT).as_posix()}", path.read_bytes()
    project, info = content["project"], f"{PACKAGE}-{__version__}.dist-info"
    yield f"{info}/METADATA", _metadata(project).encode()
    scripts = "".join(f"{name} = {target}\n" for name, target in project["scripts"].items())
    yield f"{info}/entry_points.txt", f"[console_scripts]\n{scripts}".encode()
    for name in project["license-files"]:
        yield f"{info}/licenses/{name}", (ROOT / name).read_bytes()


def _metadata(project: Mapping[str, Any]) -> str:
    """Core metadata 2.4 from the `project` table of pyproject.toml."""
    lines = [
        "Metadata-Version: 2.4",
        f"Name: {project['name']}",
        f"Version: {__version__}",
        f"Summary: {project['description']}",
        f"License-Expression: {project['license']}",
        *(f"License-File: {name}" for name in project["license-files"]),
        *(f"Classifier: {name}" for name in project["classifiers"]),
        f"Requires-Python: {project['requires-python']}",
        *(f"Requires-Dist: {requirement}" for requirement in project["dependencies"]),
    ]
    for extra, requirements in project["optional-dependencies"].items():
        lines += [f"Provides-Extra: {extra}"]
        lines += [f'Requires-Dist: {requirement}; extra == "{extra}"' for requirement in requirements]
    return "\n".join([*lines, ""])


def _of_installation() -> Iterator[tuple[str, bytes]]:
    """The files of the installed distribution, without compiled code and scripts."""
    try:
        installed = distribution(PACKAGE)
    except PackageNotFoundError:
        installed = None
    files = [f for f in (installed.files if installed else None) or [] if f.parts[0].startswith(PACKAGE)]
    if installed is None or not any(f.parts == (PACKAGE, "__init__.py") for f in files):
        raise InputError("neither a checkout nor an installed package", where=str(ROOT), hint="install it")
    for file in files:
        if file.suffix != ".pyc" and not (file.parts[0] != PACKAGE and file.name in _NOT_PACKED):
            yield file.as_posix(), Path(str(installed.locate_file(file))).read_bytes()
