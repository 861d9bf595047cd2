"""Files of linear weights: arrays as safetensors, feature names as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from ...data.errors import InputError
from ..classifier import Floats

ARRAYS = "linear.safetensors"
FEATURES = "linear.json"
_HINT = "train the model again"


def save_weights(
    folder: Path,
    arrays: Mapping[str, Mapping[str, NDArray[np.generic]]],
    features: Mapping[str, Sequence[str]],
) -> None:
    """Write the weights of a linear classifier.

    Args:
        folder: an existing folder.
        arrays: the arrays of each part of the classifier, by name.
        features: the names of the features of each part that has a vocabulary, in the order of their columns.
    """
    flat = {f"{part}.{name}": a for part, named in arrays.items() for name, a in named.items()}
    (folder / ARRAYS).write_bytes(save({name: np.ascontiguousarray(a) for name, a in flat.items()}))
    (folder / FEATURES).write_text(json.dumps(features) + "\n", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class StoredWeights:
    """The files that `save_weights` wrote; each part is checked when it is accessed."""

    folder: Path
    arrays: Mapping[str, NDArray[np.generic]]
    names: Any

    def array(self, name: str, shape: tuple[int | None, ...]) -> Floats:
        """An array in double precision.

        Args:
            name: the names of part and array, joined by a dot.
            shape: the required shape; None for any length.

        Raises:
            InputError: it is missing, has another shape, or contains numbers that are not finite.
        """
        if name not in self.arrays:
            _damaged(self.folder / ARRAYS, f"{name} is missing")
        array = self.arrays[name]
        if len(array.shape) != len(shape) or any(
            n not in (None, m) for n, m in zip(shape, array.shape, strict=True)
        ):
            _damaged(self.folder / ARRAYS, f"{name} has the wrong shape {array.shape}")
        numbers: Floats = array.astype(np.float64) if array.dtype.kind in "fbiu" else np.full(1, np.nan)
        if not np.isfinite(numbers).all():
            _damaged(self.folder / ARRAYS, f"{name} contains something other than finite numbers")
        return numbers

    def features(self, part: str) -> list[str]:
        """The names of the features of a part.

        Raises:
            InputError: they are missing or not a list of strings.
        """
        names = self.names.get(part) if isinstance(self.names, dict) else None
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            _damaged(self.folder / FEATURES, f"no list of features for {part}")
        return names


def load_weights(folder: Path) -> StoredWeights:
    """Read what `save_weights` wrote.

    Raises:
        InputError: a file is missing or damaged.
    """
    return StoredWeights(folder, _read(folder / ARRAYS, load), _read(folder / FEATURES, json.loads))


def _read(path: Path, parse: Callable[[bytes], Any]) -> Any:
    try:
        return parse(path.read_bytes())
    except FileNotFoundError:
        raise InputError(f"{path.name} is missing", where=str(path.parent), hint=_HINT) from None
    except (OSError, ValueError, RecursionError, SafetensorError) as error:
        _damaged(path, str(error))


def _damaged(path: Path, why: str) -> NoReturn:
    raise InputError(f"{path.name} cannot be read: {why}", where=str(path.parent), hint=_HINT) from None
