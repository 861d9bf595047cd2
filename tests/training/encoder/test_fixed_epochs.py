"""A fixed number of epochs, and final encoders, on a tiny random transformer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from stancewire.data.codebook import Codebook
from stancewire.data.files.cache import cache_folder
from stancewire.data.schema import Article
from stancewire.data.text.gazetteer import gazetteer
from stancewire.data.text.spacy_parser import ParseCache
from stancewire.training.encoder.classifier import EncoderClassifier
from stancewire.training.encoder.settings import EncoderSettings
from stancewire.training.examples.dataset import Analysed, analyse_articles, subset
from stancewire.training.final import Chosen, fit_final
from stancewire.training.progress import Progress
from stancewire.training.settings import TrainingSettings

torch = pytest.importorskip("torch", reason="the extra `encoder` is not installed")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A separate cache for each test, so that it has only its own checkpoints."""
    monkeypatch.setenv("STANCEWIRE_CACHE", str(tmp_path / "cache"))


def settings(encoder: Path, **values: float) -> EncoderSettings:
    common = {"batch_size": 8, "head_learning_rate": 5e-3, "epochs": 3, "encoder": str(encoder)}
    return EncoderSettings.model_validate({**common, **values})


def test_as_many_epochs_as_were_best_give_the_same_network(
    codebook: Codebook, split_of: dict[str, Analysed], tiny_transformer: Path
) -> None:
    # The learning rate is so high that the last epoch is not the best.
    chosen = settings(tiny_transformer, head_learning_rate=0.05, learning_rate=0.02, epochs=4)
    stopped = EncoderClassifier(chosen, codebook)
    stopped.fit(split_of["train"], split_of["validation"], Progress())
    best = stopped.about["best_epoch"]
    stopped.discard_checkpoints()
    fixed, lines = EncoderClassifier(chosen, codebook), list[str]()
    fixed.fit(split_of["train"], split_of["validation"], Progress(line=lines.append), epochs=best)
    fixed.discard_checkpoints()
    assert best < len(stopped.history) and len(fixed.history) == best == fixed.about["epochs"]
    assert [e["loss"] for e in fixed.history] == [e["loss"] for e in stopped.history[:best]]
    assert all("validation" not in e for e in fixed.history) and "best_epoch" not in fixed.about
    assert fixed.network == stopped.network
    assert lines[0].startswith(f"epoch 1 of {best}: loss") and "validation" not in lines[0]


def test_a_final_encoder_has_the_epochs_and_the_precision_that_were_chosen(
    codebook: Codebook, tiny: list[Article], tiny_transformer: Path
) -> None:
    articles = [a for split in ("train", "validation") for a in [x for x in tiny if x.split == split][:4]]
    data = analyse_articles(articles, gazetteer(), codebook, ParseCache())
    training = TrainingSettings(classifier=settings(tiny_transformer), bootstrap=0)
    lines: list[str] = []
    progress = Progress(line=lines.append)
    result = fit_final(training, data, codebook, 2, Chosen(2, "float32"), progress)
    classifier = result.labeller.classifier
    assert len(classifier.history) == 2 and classifier.about["served_as"] == "float32"
    assert sum(line.startswith("fold 1 of 2: epoch ") for line in lines) == 2
    assert result.metrics == {} and result.refused is None
    assert result.labeller.decisions.thresholds.keys() >= {"blame:actor", "appeal:actor", "loaded"}
    # Only those of the classifier itself are left, for its caller to discard.
    assert len(list((cache_folder() / "checkpoints").iterdir())) == 1
    classifier.discard_checkpoints()
    without = fit_final(training, data, codebook, 2).labeller.classifier
    assert len(without.history) == training.classifier.epochs == 3  # type: ignore[union-attr]
    without.discard_checkpoints()


def test_without_validation_data_there_is_no_score_of_it(
    codebook: Codebook, split_of: dict[str, Analysed], tiny_transformer: Path
) -> None:
    made = EncoderClassifier(settings(tiny_transformer, epochs=1), codebook)
    made.fit(split_of["train"], subset(split_of["validation"], np.arange(0)), Progress())
    made.discard_checkpoints()
    assert "validation" not in made.history[0]
