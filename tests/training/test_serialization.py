"""Model folders: writing, reading, and one clear error line if one cannot be read."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from stancewire.data.errors import InputError
from stancewire.training.decoding.statement_finder import StatementFinder
from stancewire.training.manifest import write_manifest
from stancewire.training.serialization import (
    FORMAT,
    OLDEST_FORMAT,
    OLDEST_LINEAR_FORMAT,
    load_model,
    read_model_file,
    save_model,
)

TEXT = (
    "Armenia accused Azerbaijan of shelling the town. “The truce must hold,” message Maria Lopez, a teacher. "
    "Georgia message that a ceasefire had been agreed."
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
    write(model, json.dumps(raw).encode())


def write(model: Path, content: bytes) -> None:
    """Replace `model.json`, with a manifest that lists the new content."""
    (model / "model.json").write_bytes(content)
    write_manifest(model)


def test_a_saved_model_labels_as_before(tiny_labeller: StatementFinder, tiny_model: Path) -> None:
    before, after = tiny_labeller.label(TEXT), load_model(tiny_model).label(TEXT)
    assert before.statements
    assert [s.model_copy(update={"score": 0}) for s in after.statements] == [
        s.model_copy(update={"score": 0}) for s in before.statements
    ]
    assert [s.score for s in after.statements] == pytest.approx(
        [s.score for s in before.statements], abs=2e-4
    )


def test_loading_and_saving_writes_the_same_file(tiny_model: Path, tmp_path: Path) -> None:
    save_model(load_model(tiny_model), tmp_path / "again")
    assert (tmp_path / "again" / "model.json").read_bytes() == (tiny_model / "model.json").read_bytes()


def test_another_format_is_refused_with_a_hint(model: Path) -> None:
    edit(model, lambda raw: raw.update(format=1, stancewire="0.1.3"))
    line = refused(model)
    assert OLDEST_LINEAR_FORMAT == FORMAT and f"model format 1, this version reads {FORMAT} (" in line
    assert "train again with `stancewire train`" in line and "0.1.3" in line


def test_a_later_format_with_unknown_fields_is_refused(model: Path) -> None:
    edit(model, lambda raw: (raw.clear(), raw.update(stancewire="9.3.1", format=7, surprise=True)))
    assert "model format 7" in refused(model)


def test_the_version_that_trained_a_model_does_not_matter(model: Path) -> None:
    edit(model, lambda raw: raw.update(stancewire="9.3.1"))
    assert load_model(model).label(TEXT).sentences


def test_records_carry_the_name_of_the_model(model: Path) -> None:
    assert load_model(model).label(TEXT).model is None
    assert load_model(model, name="stancewire/3").label(TEXT).model == "stancewire/3"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "model.json"),
        ("{", "model.json"),
        ("[1, 2]", "format"),
        ("null", "format"),
        ('"text"', "format"),
        ("{}", "format"),
        ('{"format": "2"}', "format"),
        ('{"format": true}', "format"),
        ("[" * 100_000, "model.json"),
        ('{"format": ' + "9" * 5000 + "}", "model.json"),
    ],
)
def test_a_damaged_model_file_is_one_error_line(model: Path, content: str, message: str) -> None:
    write(model, content.encode())
    assert message in refused(model) and "model.json" in refused(model)


def test_a_binary_model_file_is_one_error_line(model: Path) -> None:
    write(model, b"\x00\xff\xfe\x80" * 50)
    assert "model.json" in refused(model)


@pytest.mark.parametrize("key", ["codebook", "thresholds", "calibration", "pairing", "mentions"])
def test_a_missing_field_is_named(model: Path, key: str) -> None:
    edit(model, lambda raw: raw.pop(key))
    assert key in refused(model)


def test_a_field_of_the_wrong_type_is_named(model: Path) -> None:
    edit(model, lambda raw: raw.update(thresholds={"blame:actor": "high"}))
    assert "thresholds" in refused(model)


def test_other_features_are_refused(model: Path) -> None:
    edit(model, lambda raw: raw.update(lexicon="0123"))
    assert "other features" in refused(model)


def test_another_pairing_is_refused(model: Path) -> None:
    edit(model, lambda raw: raw["pairing"]["weights"].pop("near"))
    assert "other features" in refused(model)


def test_an_unknown_classifier_is_named(model: Path) -> None:
    edit(model, lambda raw: raw.update(classifier="oracle"))
    assert "oracle" in refused(model)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    assert "model.json" in refused(tmp_path)


def test_thresholds_are_finite_probabilities(model: Path) -> None:
    for value in (float("nan"), float("inf"), -0.1, 1.1):
        edit(model, lambda raw, v=value: raw["thresholds"].update(loaded=v))
        assert "thresholds.loaded" in refused(model)


@pytest.mark.parametrize("more", [1, -1])
def test_a_codebook_with_another_number_of_stances_is_refused(model: Path, more: int) -> None:
    def change(raw: dict[str, Any]) -> None:
        stances = raw["codebook"]["stances"]
        if more > 0:
            stances.append(stances[0] | {"name": "praise", "title": "praise"})
        else:
            stances.pop()

    edit(model, change)
    assert "wrong shape" in refused(model)


def rewrite_weights(model: Path, change: Callable[[dict[str, Any]], object]) -> None:
    arrays = load_file(model / "linear.safetensors")
    change(arrays)
    save_file(arrays, model / "linear.safetensors")
    write_manifest(model)


def test_weights_with_one_output_are_refused(model: Path) -> None:
    rewrite_weights(model, lambda a: a.update({"roles.weights": a["roles.weights"][:1].copy()}))
    assert "roles.weights has the wrong shape" in refused(model)


def test_weights_that_are_not_finite_are_refused(model: Path) -> None:
    rewrite_weights(model, lambda a: a["roles.weights"].fill(np.nan))
    assert "roles.weights contains something other than finite numbers" in refused(model)


def test_a_model_without_a_manifest_is_incomplete(model: Path) -> None:
    (model / "manifest.json").unlink()
    assert "manifest.json is missing" in refused(model)


def test_a_model_of_format_3_needs_no_manifest(model: Path) -> None:
    edit(model, lambda raw: raw.update(format=3, classifier="encoder"))
    (model / "manifest.json").unlink()
    assert read_model_file(model).format == 3


def test_a_linear_model_with_features_of_an_earlier_format_is_refused(model: Path) -> None:
    edit(model, lambda raw: raw.update(format=FORMAT - 1))
    assert f"model format {FORMAT - 1}" in refused(model)
    edit(model, lambda raw: raw.update(format=FORMAT - 1, classifier="encoder"))
    assert read_model_file(model).format == FORMAT - 1 >= OLDEST_FORMAT
