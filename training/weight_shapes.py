"""Names, number formats and shapes of the weights in safetensors and ONNX files, read from their headers.

Declared sizes are not trusted: no memory is allocated for them, and both formats are read only within the
bytes of the file. ONNX files are read as Protocol Buffers by field number
(https://onnx.ai/onnx/repo-docs/IR.html), because the base install has no `onnx`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

MAX_HEADER = 10_000_000
# Fields of ModelProto, GraphProto and TensorProto.
_GRAPH, _INITIALIZER = 7, 5
_DIMS, _DATA_TYPE, _NAME, _DATA_LOCATION = 1, 2, 8, 14
_EXTERNAL = 1
_ONNX_TYPES = {1: "F32", 2: "U8", 3: "I8", 6: "I32", 7: "I64", 9: "BOOL", 10: "F16", 11: "F64", 16: "BF16"}


class Weight(NamedTuple):
    """Number format (as safetensors names it) and shape of an array."""

    dtype: str
    shape: tuple[int, ...]


def weight_shapes(path: Path) -> dict[str, Weight] | None:
    """The weights of a file by name; None for files of other kinds.

    Raises:
        ValueError: the file is damaged, or keeps weights in another file.
        OSError: it cannot be read.
    """
    if path.suffix == ".safetensors":
        return _of_safetensors(path)
    return _of_onnx(path) if path.suffix == ".onnx" else None


def _of_safetensors(path: Path) -> dict[str, Weight]:
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        if not 2 <= size <= min(MAX_HEADER, path.stat().st_size - 8):
            raise ValueError("its header is damaged")
        try:
            header = json.loads(file.read(size))
        except RecursionError:
            raise ValueError("its header is damaged") from None
    if not isinstance(header, dict):
        raise ValueError("its header is damaged")
    try:
        return {
            name: Weight(str(about["dtype"]), tuple(int(n) for n in about["shape"]))
            for name, about in header.items()
            if name != "__metadata__"
        }
    except (KeyError, TypeError):
        raise ValueError("its header is damaged") from None


def _of_onnx(path: Path) -> dict[str, Weight]:
    data = memoryview(path.read_bytes())
    out = {}
    for graph in (value for field, value in _fields(data) if field == _GRAPH):
        for field, tensor in _fields(graph):
            if field == _INITIALIZER:
                name, weight = _tensor(tensor)
                out[name] = weight
    if not out:
        raise ValueError("it has no weights")
    return out


def _tensor(data: memoryview | int) -> tuple[str, Weight]:
    name, kind, shape = "", 0, []
    for field, value in _fields(data):
        if field == _DIMS:
            shape += [value] if isinstance(value, int) else list(_varints(value))
        elif field == _DATA_TYPE and isinstance(value, int):
            kind = value
        elif field == _NAME and not isinstance(value, int):
            name = bytes(value).decode("utf-8")
        elif field == _DATA_LOCATION and value == _EXTERNAL:
            raise ValueError("it keeps weights in another file")
    return name, Weight(_ONNX_TYPES.get(kind, f"type {kind}"), tuple(shape))


def _fields(data: memoryview | int) -> Iterator[tuple[int, memoryview | int]]:
    """Number and value of each field of a Protocol Buffers message."""
    if isinstance(data, int):
        raise ValueError("it is not an ONNX file")
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == 0:
            number, at = _varint(data, at)
            yield key >> 3, number
            continue
        if kind == 2:
            length, at = _varint(data, at)
        elif kind in (1, 5):
            length = 8 if kind == 1 else 4
        else:
            raise ValueError("it is not an ONNX file")
        if length > len(data) - at:
            raise ValueError("it is cut off")
        yield key >> 3, data[at : at + length]
        at += length


def _varints(data: memoryview) -> Iterator[int]:
    at = 0
    while at < len(data):
        number, at = _varint(data, at)
        yield number


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    number = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            raise ValueError("it is cut off")
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return number, at
    raise ValueError("it is not an ONNX file")
