"""A model folder: written, read, and refused with one clear line where it cannot be."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stancewire.data.errors import InputError
from stancewire.training.decoding.labeller import Labeller
from stancewire.training.serialization import load_model, save_model

TEXT = (
    "Armenia accused Azerbaijan of shelling the town. “The truce must hold,” said Maria Lopez, a teacher. "
    "Georgia said that a ceasefire had been agreed."
)


@pytest.fixture
def model(tiny_model: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    return Path(shutil.copytree(tiny_model, tmp_path / "copy"))


def refused(model: Path) -> str:
    with pytest.raises(InputError) as caught:
        load_model(model)
    line = str(caught.value)
    assert str(model) in line and "\n" not in line
    return line


def edit(model: Path, change: Callable[[dict[str, Any]], object]) -> None:
    raw = json.loads((model / "model.json").read_text(encoding="utf-8"))
    change(raw)
    (model / "model.json").write_text(json.dumps(raw), encoding="utf-8")


def test_a_saved_model_labels_as_before(tiny_labeller: Labeller, tiny_model: Path) -> None:
    before, after = tiny_labeller.label(TEXT), load_model(tiny_model).label(TEXT)
    assert before["statements"]
    assert [{**s, "score": None} for s in after["statements"]] == [
        {**s, "score": None} for s in before["statements"]
    ]
    assert [s["score"] for s in after["statements"]] == pytest.approx(
        [s["score"] for s in before["statements"]], abs=2e-4
    )


def test_saving_again_what_was_read_writes_the_same(tiny_model: Path, tmp_path: Path) -> None:
    save_model(load_model(tiny_model), tmp_path / "again")
    assert (tmp_path / "again" / "model.json").read_bytes() == (tiny_model / "model.json").read_bytes()


def test_another_version_is_named_beside_this_one(model: Path) -> None:
    from stancewire import __version__

    edit(model, lambda raw: raw.update(stancewire="9.3.1"))
    line = refused(model)
    assert "9.3.1" in line and __version__ in line and "stancewire train" in line


def test_another_version_may_hold_what_this_one_does_not_know(model: Path) -> None:
    edit(model, lambda raw: (raw.clear(), raw.update(stancewire="9.3.1", format=7, surprise=True)))
    assert "9.3.1" in refused(model)


def test_a_bug_fix_release_reads_the_same_models(model: Path) -> None:
    from stancewire import __version__

    major, minor, _ = __version__.split(".", 2)
    edit(model, lambda raw: raw.update(stancewire=f"{major}.{minor}.99"))
    assert load_model(model).label(TEXT)["sentences"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "model.json"),
        ("{", "model.json"),
        ("[1, 2]", "model.json|stancewire"),
        ("null", "model.json|stancewire"),
        ('"text"', "model.json|stancewire"),
        ("{}", "stancewire"),
    ],
)
def test_a_damaged_model_file_is_one_line(model: Path, content: str, said: str) -> None:
    (model / "model.json").write_text(content, encoding="utf-8")
    assert any(word in refused(model) for word in said.split("|"))


def test_a_binary_model_file_is_one_line(model: Path) -> None:
    (model / "model.json").write_bytes(b"\x00\xff\xfe\x80" * 50)
    assert "model.json" in refused(model)


@pytest.mark.parametrize("key", ["codebook", "thresholds", "calibration", "pairing_weights"])
def test_a_missing_field_is_named(model: Path, key: str) -> None:
    edit(model, lambda raw: raw.pop(key))
    assert key in refused(model)


def test_a_field_of_the_wrong_type_is_named(model: Path) -> None:
    edit(model, lambda raw: raw.update(thresholds={"blame:actor": "high"}))
    assert "thresholds" in refused(model)


def test_other_features_are_said(model: Path) -> None:
    edit(model, lambda raw: raw.update(lexicon="0123"))
    assert "other features" in refused(model)


def test_an_unknown_classifier_is_named(model: Path) -> None:
    edit(model, lambda raw: raw.update(classifier="oracle"))
    assert "oracle" in refused(model)


def test_a_folder_without_a_model_is_said(tmp_path: Path) -> None:
    assert "model.json" in refused(tmp_path)


def test_missing_weights_are_said(model: Path) -> None:
    (model / "linear.safetensors").unlink()
    assert "linear.safetensors" in refused(model)
