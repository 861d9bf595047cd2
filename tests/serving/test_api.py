"""The Python API."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import stancewire
from stancewire.data.errors import InputError
from stancewire.experiments.final import train_final

TEXT = "Kenya accused Somalia on Tuesday of shelling a border town."


def test_importing_is_lazy() -> None:
    heavy = ("numpy", "pandas", "pydantic", "spacy", "mlflow", "typer", "rich")
    code = f"import sys, stancewire; print([m for m in {heavy} if m in sys.modules], dir(stancewire))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.startswith("[] ") and "'load'" in result.stdout


def test_every_exported_name_exists() -> None:
    assert all(hasattr(stancewire, name) for name in stancewire.__all__)
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        _ = stancewire.lode  # type: ignore[attr-defined]


def test_a_loaded_model_labels_texts(tiny_model: Path) -> None:
    labeller = stancewire.load(tiny_model)
    record = labeller.label(TEXT, id="a")
    assert isinstance(labeller, stancewire.Labeller) and isinstance(record, stancewire.Record)
    assert record.model == "tiny"
    [row] = [r for r in record.to_frame().to_dict("records") if r["stance"] == "blame"]
    assert (row["actor"], row["target_id"]) == ("Kenya", "SOM")
    assert stancewire.Record.from_dict(record.to_dict()) == record
    assert [r.statements for r in labeller.pipe([TEXT, TEXT], batch_size=2)] == [record.statements] * 2


def test_a_model_is_evaluated(tiny_model: Path, tiny_file: Path) -> None:
    metrics = stancewire.evaluate(tiny_model, tiny_file, split="test", bootstrap=0)
    assert 0 <= metrics["statements"]["f1"] <= 1 and metrics["articles"] == 6
    with pytest.raises(InputError, match="no split 'dev'"):
        stancewire.evaluate(tiny_model, tiny_file, split="dev")


def test_a_corpus_is_read_by_path_or_by_name(tiny_file: Path) -> None:
    assert len(stancewire.read_corpus(tiny_file)) == 54
    assert len(stancewire.read_corpus([tiny_file])) == 54


def test_a_training_returns_its_labeller(store: Path, tiny_file: Path) -> None:
    result = stancewire.train(
        "linear", corpus=tiny_file, overrides={"bootstrap": 0, "classifier.min_count": 3}
    )
    assert result.registered == "stancewire/1 champion"
    assert 0 <= result.metrics["validation"]["statements"]["f1"] <= 1
    assert result.labeller.label(TEXT).sentences[0].text == TEXT
    assert stancewire.load(result.run_id).label(TEXT).statements == result.labeller.label(TEXT).statements


def test_a_final_training_inherits_metrics(
    trained_store: Path, tiny_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(train_final.__kwdefaults__, "folds", 2)
    result = stancewire.train("linear", corpus=tiny_file, final=True)
    assert result.metrics == {} and result.registered == "stancewire/2 champion"
    assert set(result.inherited) == {"validation", "test"} and result.inherited["test"]["articles"] == 6
    assert result.labeller.label(TEXT).sentences[0].text == TEXT


def test_a_value_that_toml_cannot_express_is_an_error() -> None:
    with pytest.raises(InputError, match="seed"):
        stancewire.train(overrides={"seed": object()})
