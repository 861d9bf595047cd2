"""Training of the network on a tiny random transformer: learning, early stopping, resuming and export."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stancewire.data.codebook import Codebook
from stancewire.data.errors import InputError
from stancewire.data.files.cache import cache_folder
from stancewire.training.curation.label_errors import held_out_probabilities
from stancewire.training.decoding.choice import choice_logits
from stancewire.training.encoder.classifier import EncoderPairClassifier
from stancewire.training.encoder.pretrained import licence_of
from stancewire.training.encoder.settings import EncoderSettings
from stancewire.training.examples.dataset import Analysed, subset
from stancewire.training.examples.known_pairs import known_pairs
from stancewire.training.pipeline import fit_and_measure
from stancewire.training.progress import Progress
from stancewire.training.settings import TrainingSettings

from .fitting import Killed, Split, fitted

torch = pytest.importorskip("torch", reason="the extra `encoder` is not installed")
pytestmark = pytest.mark.usefixtures("own_cache")


def test_the_loss_falls_and_epochs_are_reported(
    codebook: Codebook, split_of: Split, tiny_transformer: Path
) -> None:
    lines: list[str] = []
    done: list[tuple[int, int]] = []
    made = fitted(
        codebook,
        split_of,
        Progress(update=lambda a, b: done.append((a, b)), line=lines.append),
        encoder=str(tiny_transformer),
        epochs=4,
    )
    losses = [e["loss"] for e in made.history]
    assert len(losses) == 4 and losses[-1] < losses[0] * 0.8
    assert done[-1] == (48, 48) and [d for d, _ in done] == list(range(1, 49))
    assert sum(line.startswith("epoch ") for line in lines) == 4
    assert made.about["licence"] == licence_of(tiny_transformer) == "apache-2.0"


@pytest.mark.parametrize(("at", "precision"), [(5, "float32"), (12, "bfloat16"), (17, "auto")])
def test_a_killed_training_resumes_to_the_same_weights(
    codebook: Codebook,
    split_of: Split,
    tiny_transformer: Path,
    monkeypatch: pytest.MonkeyPatch,
    at: int,
    precision: str,
) -> None:
    monkeypatch.setattr("stancewire.training.encoder.trainer.CHECKPOINT_SECONDS", 0.0)
    settings: dict[str, Any] = {"encoder": str(tiny_transformer), "precision": precision}
    whole = fitted(codebook, split_of, **settings)

    def kill(done: int, total: int) -> None:
        if done == at:
            raise Killed

    with pytest.raises(Killed):
        fitted(codebook, split_of, Progress(update=kill), **settings)
    lines: list[str] = []
    resumed = fitted(codebook, split_of, Progress(line=lines.append), **settings)
    assert any("resuming interrupted training" in line for line in lines)
    assert [{k: v for k, v in e.items() if k != "seconds"} for e in resumed.history] == [
        {k: v for k, v in e.items() if k != "seconds"} for e in whole.history
    ]
    assert resumed.network == whole.network
    assert not list((cache_folder() / "checkpoints").glob("*/*.safetensors"))


@pytest.mark.parametrize("at", [2, 9, 14, 15])  # of the checkpoints within epochs, and those of epochs
def test_a_training_killed_while_it_saves_resumes_from_the_checkpoint_before(
    codebook: Codebook, split_of: Split, tiny_transformer: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    from stancewire.training.encoder import checkpoints

    monkeypatch.setattr("stancewire.training.encoder.trainer.CHECKPOINT_SECONDS", 0.0)
    settings: dict[str, Any] = {"encoder": str(tiny_transformer), "averaged_epochs": 2, "quantise": False}
    whole = fitted(codebook, split_of, **settings)
    write, files = checkpoints.save_file, 0

    def damaged(tensors: dict[str, Any], file: Path) -> None:
        nonlocal files
        files += 1
        if files == at:
            file.write_bytes(b"half of a file")
            raise Killed
        write(tensors, file)

    monkeypatch.setattr(checkpoints, "save_file", damaged)
    with pytest.raises(Killed):
        fitted(codebook, split_of, **settings)
    assert fitted(codebook, split_of, **settings).network == whole.network and files > at


def test_it_stops_when_validation_no_longer_improves(
    codebook: Codebook, split_of: Split, tiny_transformer: Path
) -> None:
    made = fitted(
        codebook,
        split_of,
        encoder=str(tiny_transformer),
        epochs=9,
        patience=1,
        learning_rate=1e-9,
        head_learning_rate=1e-9,
    )
    assert len(made.history) <= 4 and made.about["best_epoch"] < len(made.history)


@pytest.mark.parametrize("pooling", ["first-last", "mean", "attention"])
def test_the_export_scores_like_the_trained_network(
    codebook: Codebook, split_of: Split, tiny_transformer: Path, pooling: str
) -> None:
    made = fitted(codebook, split_of, encoder=str(tiny_transformer), pooling=pooling)
    served = made.score(split_of["validation"].sentences)
    assert made.about["parity"]["quantile"] <= 0.02
    for one, other in zip(served, made.reference, strict=True):
        assert one.roles.shape == other.roles.shape
        assert one.roles == pytest.approx(other.roles, abs=0.5)


def test_higher_precisions_are_tried_where_f1_needs_them(
    codebook: Codebook, split_of: Split, tiny_transformer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stancewire.training.encoder.onnx_export import PRECISIONS

    # No precision is ever enough here, so that each is tried.
    monkeypatch.setattr("stancewire.training.pipeline.PARITY_F1", -2.0)
    lines: list[str] = []
    chosen = {"kind": "encoder", "encoder": str(tiny_transformer), "epochs": 1}
    settings = TrainingSettings.model_validate({"corpus": ["shipped"], "bootstrap": 0, "classifier": chosen})
    out = fit_and_measure(
        settings,
        {**split_of, "test": subset(split_of["validation"], np.arange(0))},
        codebook,
        Progress(line=lines.append),
    )
    assert [
        p for p in PRECISIONS if any(line.startswith(f"served as {p}, validation") for line in lines)
    ] == list(PRECISIONS[:-1])
    classifier = out.labeller.classifier
    assert classifier.about["served_as"] == "float32" and classifier.precisions == ("float32",)
    assert out.refused is not None and "served as float32" in out.refused
    assert {"statements", "trained_f1"} <= set(out.metrics["validation"])
    assert list((cache_folder() / "checkpoints").glob("*/*.safetensors"))
    classifier.discard_checkpoints()
    assert not list((cache_folder() / "checkpoints").glob("*/*.safetensors"))


def test_folds_of_label_errors_leave_no_checkpoints(
    codebook: Codebook, split_of: Split, tiny_transformer: Path, tmp_path: Path
) -> None:
    settings = EncoderSettings(encoder=str(tiny_transformer), epochs=1)
    probabilities = held_out_probabilities(split_of["train"], codebook, settings, folds=2)
    assert (
        probabilities.shape == (96, len(codebook.stances) + len(codebook.labels)) and probabilities.std() > 0
    )
    assert not list((tmp_path / "cache" / "checkpoints").glob("*/*"))


def test_without_8_bits_it_scores_the_same(
    codebook: Codebook, split_of: Split, tiny_transformer: Path
) -> None:
    made = fitted(codebook, split_of, encoder=str(tiny_transformer), quantise=False)
    assert made.about["served_as"] == "float32" and made.about["parity"]["greatest"] < 1e-4


def test_focal_loss_and_weights_change_what_is_learnt(
    codebook: Codebook, split_of: Split, tiny_transformer: Path
) -> None:
    default, focal, weighted = (
        fitted(codebook, split_of, encoder=str(tiny_transformer), epochs=1, **extra)
        for extra in ({}, {"focal": 2.0}, {"positive_weight": 4.0})
    )
    mean = [np.mean([s.roles.mean() for s in c.reference]) for c in (default, focal, weighted)]
    assert focal.history[0]["loss"] < default.history[0]["loss"] < weighted.history[0]["loss"]
    assert mean[0] < mean[2]


def test_an_encoder_learns_to_choose_the_stance_of_known_pairs(
    codebook: Codebook, split_of: Split, tiny_transformer: Path
) -> None:
    pairs = {k: known_pairs(v, codebook) for k, v in split_of.items()}
    made = fitted(codebook, pairs, kind=EncoderPairClassifier, encoder=str(tiny_transformer), epochs=6)
    right = []
    for scores, targets in zip(made.score(pairs["train"].sentences), pairs["train"].targets, strict=True):
        best = int(choice_logits(scores, codebook).argmax())
        right.append(bool(targets.roles[0, codebook.stance_roles[best].actor]))
    assert np.mean(right) > 0.6


def test_frozen_layers_stay_as_they_were(codebook: Codebook, split_of: Split, tiny_transformer: Path) -> None:
    from stancewire.training.encoder.network import freeze, pretrained

    encoder = pretrained(tiny_transformer)
    freeze(encoder, 1)
    encoder(input_ids=torch.tensor([[2, 7, 3]]), attention_mask=torch.ones(1, 3, dtype=torch.long))[
        0
    ].sum().backward()
    moved = [n for n, p in encoder.named_parameters() if p.grad is not None]
    assert moved and all(".layer.1." in n for n in moved)
    assert fitted(codebook, split_of, encoder=str(tiny_transformer), frozen_layers=1).history[1]["loss"] > 0
    with pytest.raises(
        InputError, match=r"frozen_layers = 2, but the encoder has 2 layers.*give a number below 2"
    ):
        fitted(codebook, split_of, encoder=str(tiny_transformer), frozen_layers=2)


def test_a_codebook_without_stances_is_learnt_too(
    split_of: Split, codebook: Codebook, tiny_transformer: Path
) -> None:
    bare = codebook.model_copy(update={"stances": ()})

    def without(data: Analysed) -> Analysed:
        empty = [replace(t, roles=t.roles[:, :0], pairs=t.pairs[:0]) for t in data.targets]
        return replace(data, targets=empty)

    made = fitted(bare, {k: without(v) for k, v in split_of.items()}, encoder=str(tiny_transformer))
    assert made.score(split_of["validation"].sentences)[0].labels.shape == (1,)


def test_a_missing_encoder_is_one_error_line(
    codebook: Codebook, split_of: Split, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(InputError, match=r"no such encoder on the model hub.*give a local folder"):
        fitted(codebook, split_of, encoder="nobody/nothing")
    with pytest.raises(InputError, match=r"no config\.json, model\.safetensors, tokenizer\.json"):
        fitted(codebook, split_of, encoder=str(tmp_path))


def test_an_actor_without_target_is_trained_as_it_is_scored(
    codebook: Codebook, split_of: Split, tiny_transformer: Path
) -> None:
    from stancewire.training.encoder.checkpoints import Checkpoints
    from stancewire.training.encoder.inputs import InputReader, output_sizes
    from stancewire.training.encoder.network import Network, pretrained
    from stancewire.training.encoder.objective import ChoiceObjective, Outputs
    from stancewire.training.encoder.trainer import Trainer
    from tokenizers import Tokenizer

    pairs_of = known_pairs(split_of["train"], codebook)
    alone = [n for n, s in enumerate(pairs_of.sentences) if len(s.mentions) == 1][:3]
    both = [n for n, s in enumerate(pairs_of.sentences) if len(s.mentions) == 2][:3]
    assert alone and both
    torch.manual_seed(0)
    network = Network(pretrained(tiny_transformer), *output_sizes(codebook), "mean").eval()
    reader = InputReader(Tokenizer.from_file(str(tiny_transformer / "tokenizer.json")), marked=True)
    objective, unused = ChoiceObjective(codebook), Checkpoints(tiny_transformer / "unused")
    trainer = Trainer(network, reader, EncoderSettings(precision="float32"), codebook, objective, unused)
    encoded = reader.read([pairs_of.sentences[n] for n in [*alone, *both]])
    batch = {k: torch.from_numpy(v) for k, v in reader.batch(encoded).items()}
    with torch.inference_mode():
        has_target = torch.tensor([0.0] * len(alone) + [1.0] * len(both))
        learnt = objective.logits(Outputs(*network(**batch)), has_target)
    scored = np.stack([choice_logits(s, codebook) for s in trainer.score(encoded)])
    assert learnt.numpy() == pytest.approx(scored, abs=1e-4)
