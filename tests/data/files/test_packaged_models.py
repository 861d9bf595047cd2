"""Repackaged models are loaded only with the files that were tested; official ones are preferred."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from stancewire.data.errors import InputError
from stancewire.data.files import packaged_models
from stancewire.data.files.packaged_models import (
    OFFICIAL_PIPELINE,
    PACKAGED_PIPELINE,
    check_pipeline,
    package_folder,
    pipeline_package,
)


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the repackaged pipeline that is used instead of it."""
    root = package_folder(PACKAGED_PIPELINE)
    assert root is not None
    copied = Path(shutil.copytree(root, tmp_path / PACKAGED_PIPELINE))
    monkeypatch.setattr(packaged_models, "pipeline_package", lambda: PACKAGED_PIPELINE)
    monkeypatch.setattr(packaged_models, "package_folder", lambda package: copied)
    return next(copied.glob(f"{PACKAGED_PIPELINE}-*/"))


def test_the_tested_files_are_accepted(copy: Path) -> None:
    assert check_pipeline() == PACKAGED_PIPELINE


@pytest.mark.parametrize("name", ["parser/model", "config.cfg", "tokenizer", "vocab/strings.json"])
def test_a_changed_file_is_one_line(copy: Path, name: str) -> None:
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)
    with pytest.raises(InputError) as caught:
        check_pipeline()
    assert f"{name} is not the file that stancewire was tested with" in str(caught.value)
    (copy / name).unlink()
    with pytest.raises(InputError, match="cannot be read"):
        check_pipeline()


@pytest.mark.parametrize(("release", "package"), [("3.8.0", OFFICIAL_PIPELINE), ("3.7.1", PACKAGED_PIPELINE)])
def test_the_official_pipeline_is_preferred(
    release: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packaged_models, "find_spec", lambda name: object())
    monkeypatch.setattr(packaged_models, "version", lambda name: release)
    assert pipeline_package() == package
