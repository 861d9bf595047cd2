"""The manifest of a model folder: all damage is one line, and nothing outside the folder is read."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stancewire.data.errors import InputError
from stancewire.tests.models.make import FOLDER
from stancewire.training.manifest import MANIFEST, check_manifest, write_manifest
from stancewire.training.serialization import FORMAT, load_model

KINDS = ("linear", "linear_choice", "encoder", "encoder_choice")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A saved model of the current format, to damage."""
    return Path(shutil.copytree(FOLDER / f"{FORMAT}-linear", tmp_path / "model"))


def refused(model: Path) -> str:
    with pytest.raises(InputError) as caught:
        load_model(model)
    line = str(caught.value)
    assert str(model) in line and "\n" not in line and len(line) < 500
    return line


def edit(model: Path, change: Callable[[dict[str, Any]], object]) -> None:
    raw = json.loads((model / MANIFEST).read_text(encoding="utf-8"))
    change(raw)
    (model / MANIFEST).write_text(json.dumps(raw), encoding="utf-8")


def test_a_manifest_lists_every_file_and_every_weight(model: Path) -> None:
    assert check_manifest(model)
    raw = json.loads((model / MANIFEST).read_text(encoding="utf-8"))
    assert set(raw["files"]) == {p.name for p in model.iterdir()} - {MANIFEST}
    roles = raw["weights"]["linear.safetensors"]["roles.weights"]
    assert roles["dtype"] == "F32" and roles["shape"][0] == 6


def test_the_weights_of_an_onnx_file_are_listed() -> None:
    onnx = pytest.importorskip("onnx")
    folder = FOLDER / f"{FORMAT}-encoder"
    raw = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    graph = onnx.load(folder / "encoder.onnx").graph
    listed = {name: w["shape"] for name, w in raw["weights"]["encoder.onnx"].items()}
    assert listed == {w.name: list(w.dims) for w in graph.initializer}


@pytest.mark.parametrize("kind", KINDS)
def test_a_flipped_bit_or_a_cut_in_any_file_is_noticed(kind: str, tmp_path: Path) -> None:
    chosen = random.Random(kind)
    source = FOLDER / f"{FORMAT}-{kind}"
    for path in sorted(source.iterdir()):
        for damage in ("bit", "cut", "longer", "empty", "missing"):
            model = Path(shutil.copytree(source, tmp_path / "model", dirs_exist_ok=True))
            data = bytearray(path.read_bytes())
            if damage == "bit":
                data[chosen.randrange(len(data))] ^= 1 << chosen.randrange(8)
            elif damage == "cut":
                del data[len(data) // 2 :]
            elif damage == "longer":
                data += b"x"
            else:
                data.clear()
            (model / path.name).write_bytes(data)
            if damage == "missing":
                (model / path.name).unlink()
            assert refused(model), (path.name, damage)
            shutil.rmtree(model)


def test_unknown_files_are_refused(model: Path) -> None:
    (model / "more.py").write_text("print()")
    assert "'more.py' is not in manifest.json (remove it" in refused(model)


@pytest.mark.parametrize("target", ["linear.json", "manifest.json", "new.json"])
def test_links_are_refused(model: Path, target: str, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.json"
    path = model / target
    elsewhere.write_bytes(path.read_bytes() if path.exists() else b"{}")
    path.unlink(missing_ok=True)
    path.symlink_to(elsewhere)
    assert f"{target!r} is a link" in refused(model)


def test_folders_and_fifos_are_refused(model: Path) -> None:
    (model / "more").mkdir()
    assert "'more' is a folder" in refused(model)
    (model / "more").rmdir()
    os.mkfifo(model / "more")
    assert "'more' is not a plain file" in refused(model)


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/b", "..", ".", "", "C:x", "a\\b", "a\nb"])
def test_a_name_in_the_manifest_cannot_leave_the_folder(model: Path, name: str) -> None:
    (model.parent / "secret").write_text("x")
    edit(model, lambda raw: raw["files"].update({name: raw["files"]["model.json"]}))
    assert "cannot be a model file" in refused(model)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"files": {}}', b"9" * 5000, b" " * 6_000_000],
)
def test_a_damaged_manifest_is_one_line(model: Path, content: bytes) -> None:
    (model / MANIFEST).write_bytes(content)
    assert "manifest.json is damaged" in refused(model)


def test_shapes_that_differ_from_the_manifest_are_refused(model: Path) -> None:
    edit(model, lambda raw: raw["weights"]["linear.safetensors"]["roles.weights"].update(shape=[6, 1]))
    assert "roles.weights has another shape" in refused(model)


def test_damaged_weights_get_no_manifest(model: Path) -> None:
    (model / "linear.safetensors").write_bytes(b"\xff" * 100)
    with pytest.raises(InputError, match=r"linear\.safetensors is damaged"):
        write_manifest(model)


def test_a_network_of_another_codebook_is_refused(tmp_path: Path) -> None:
    model = Path(shutil.copytree(FOLDER / f"{FORMAT}-encoder", tmp_path / "model"))
    raw = json.loads((model / "model.json").read_text(encoding="utf-8"))
    raw["codebook"]["stances"].pop()
    (model / "model.json").write_text(json.dumps(raw), encoding="utf-8")
    write_manifest(model)
    assert "it scores 6 roles, but the codebook has" in refused(model)


def test_a_network_with_other_inputs_is_refused(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    model = Path(shutil.copytree(FOLDER / f"{FORMAT}-encoder", tmp_path / "model"))
    network = onnx.load(model / "encoder.onnx")
    network.graph.input.append(onnx.helper.make_tensor_value_info("more", onnx.TensorProto.FLOAT, ["b"]))
    onnx.save(network, model / "encoder.onnx")
    write_manifest(model)
    assert "its inputs are" in refused(model)


def test_a_network_with_weights_in_another_file_is_refused(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    model = Path(shutil.copytree(FOLDER / f"{FORMAT}-encoder", tmp_path / "model"))
    network = onnx.load(model / "encoder.onnx")
    network.graph.initializer[0].data_location = onnx.TensorProto.EXTERNAL
    (model / "encoder.onnx").write_bytes(network.SerializeToString())
    with pytest.raises(InputError, match="keeps weights in another file"):
        write_manifest(model)
