"""`stancewire train`."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import Result
from stancewire.data.codebook import Codebook
from stancewire.experiments import train as training
from stancewire.experiments.train import Trained

Cli = Callable[..., Result]


def test_a_rejected_model_shows_its_metrics_first(
    cli: Cli, codebook: Codebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = {"precision": 0.5, "recall": 0.25, "f1": 0.3333, "support": 4, "predicted": 2}
    names = ("statements", *codebook.stance_names, "with_target", *codebook.label_names)
    metrics = {**dict.fromkeys(names, counts), "macro_f1": 0.3, "id": 0.5, "articles": 1}
    refused = "validation F1 as served differs from that as trained"
    trained = Trained("r1", "models:/m", {"validation": metrics}, {}, codebook, 1.0, "card", refused)
    monkeypatch.setattr(training, "train", lambda *_, **__: trained)
    result = cli("train")
    assert result.exit_code == 1
    assert "validation, 1 article " in result.stdout and "0.333" in result.stdout
    assert result.stderr.startswith("error: run r1: validation F1 as served")
    unregistered = cli("train", "--no-register")
    assert unregistered.exit_code == 0 and unregistered.stdout == result.stdout
