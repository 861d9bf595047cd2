"""From analysed articles to a trained encoder."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from ...data.codebook import Codebook
from ...data.errors import InputError
from ...data.files.cache import cache_folder, remove_stale
from ..classifier import Scores
from ..examples.dataset import Analysed
from ..examples.priors import Adjustment, logit_adjustment
from ..examples.soft_labels import SoftlyLabelled
from ..progress import Progress
from .checkpoints import Checkpoints
from .distillation import SoftBatches
from .inputs import Batch, Encoded, InputReader, by_length, output_sizes
from .network import Network, freeze, pretrained
from .objective import ChoiceObjective, Objective, RoleObjective
from .onnx_export import PRECISIONS, export
from .pretrained import find_encoder, licence_of
from .settings import EncoderSettings
from .trainer import Trainer

# How many training sentences the export uses to scale weights and activations, and how many tokens per batch.
EXPORT_SENTENCES, EXPORT_TOKENS = 400, 2048


@dataclass(frozen=True, slots=True)
class TrainedEncoder:
    """A trained network, and what is needed to export it and to compare the export with it.

    Attributes:
        network: on the CPU, in evaluation mode, with the weights of the best epoch.
        tokenizer: the JSON of the `tokenizers` library.
        about: provenance: pretrained encoder, licence, number of parameters and epochs; with soft labels also
            the teachers and the unlabelled text.
        history: see `Trainer.fit`.
        validation: the encoded validation sentences.
        reference: the network's scores of the validation sentences.
        seconds: the time that scoring them took.
        examples: batches of training sentences, by which the export scales weights and activations.
        precisions: the precisions available for export, in ascending order.
        checkpoints: the checkpoints of its training; the caller must discard them.
    """

    network: Network
    tokenizer: str
    about: dict[str, Any]
    history: list[dict[str, float]]
    validation: list[Encoded]
    reference: list[Scores]
    seconds: float
    examples: list[Batch]
    precisions: tuple[str, ...]
    checkpoints: Checkpoints

    def export(self, precision: str) -> bytes:
        """The network as an ONNX file in one of `precisions`."""
        return export(self.network, self.examples, precision)


def _digest(
    settings: EncoderSettings,
    codebook: Codebook,
    known_pairs: bool,
    seed: int,
    data: Sequence[Analysed],
    encoder: Path,
    epochs: int | None,
    soft: SoftlyLabelled | None,
) -> str:
    """A digest of everything the result depends on; checkpoints with another digest are not resumed."""
    fixed = [] if epochs is None else [epochs]
    key = [settings.model_dump(), codebook.digest, known_pairs, seed, *fixed]
    digest = hashlib.sha256(json.dumps(key).encode())
    weights, config = encoder / "model.safetensors", encoder / "config.json"
    digest.update(
        f"{torch.__version__} {weights.stat().st_size} {config.read_text(encoding='utf-8')}".encode()
    )
    for part in data:
        for sentence, targets in zip(part.sentences, part.targets, strict=True):
            digest.update(
                sentence.masked.text.encode()
                + targets.roles.tobytes()
                + targets.labels.tobytes()
                + targets.pairs.tobytes()
            )
    if soft is not None:
        for sentence in soft.sentences:
            digest.update(sentence.masked.text.encode())
        for scores in (s for teacher in soft.by_teacher for s in teacher):
            digest.update(scores.roles.tobytes() + scores.labels.tobytes() + scores.pairs.tobytes())
    return digest.hexdigest()[:24]


def _network(
    settings: EncoderSettings, codebook: Codebook, folder: Path, seed: int, window: int = 0
) -> Network:
    """The pretrained transformer with untrained heads, for windows of up to `window` tokens."""
    torch.manual_seed(seed)
    encoder = pretrained(folder)
    _check_window(window, encoder)
    if settings.frozen_layers:
        freeze(encoder, settings.frozen_layers)
    return Network(encoder, *output_sizes(codebook), settings.pooling, settings.dropout)


def _check_window(window: int, encoder: torch.nn.Module) -> None:
    """Check that an encoder has positions for all tokens of a window.

    Raises:
        InputError: it has fewer.
    """
    positions = int(getattr(encoder.config, "max_position_embeddings", 0) or 0)
    if 0 < positions < window:
        raise InputError(
            f"windows have up to {window} tokens, but the encoder reads at most {positions}",
            where="classifier.window",
            hint=f"give {positions} or fewer",
        )


def _adjustment(
    settings: EncoderSettings, codebook: Codebook, reader: InputReader, train: Analysed
) -> Adjustment | None:
    """What the loss adds to the logits; None without logit adjustment."""
    if not settings.logit_adjustment:
        return None
    windows = reader.windows(train.sentences)
    return logit_adjustment(
        train.targets, windows, codebook, settings.negative_rate, settings.logit_adjustment
    )


def _objective(
    settings: EncoderSettings, codebook: Codebook, known_pairs: bool, adjustment: Adjustment | None
) -> Objective:
    """The objective: the choice of a stance for known pairs, else roles and labels."""
    if known_pairs:
        return ChoiceObjective(codebook, adjustment)
    return RoleObjective(codebook, settings, adjustment)


def _examples(reader: InputReader, train: Analysed) -> list[Batch]:
    """Batches for the export, of the training sentences with the most mentions; see `export`."""
    windows = sorted(
        reader.windows(train.sentences), key=lambda w: -max(len(train.sentences[n].mentions) for n in w)
    )
    sentences = sum(len(w) for w in windows)
    encoded = reader.read(train.sentences, windows[: max(4, EXPORT_SENTENCES * len(windows) // sentences)])
    batches = [reader.batch((encoded * 4)[:4])]
    batches += [reader.batch([encoded[n] for n in indices]) for indices in by_length(encoded, EXPORT_TOKENS)]
    return batches


def train_encoder(
    settings: EncoderSettings,
    codebook: Codebook,
    known_pairs: bool,
    seed: int,
    train: Analysed,
    validation: Analysed,
    progress: Progress,
    epochs: int | None = None,
    soft: SoftlyLabelled | None = None,
) -> TrainedEncoder:
    """Train an encoder, or resume interrupted training.

    Args:
        known_pairs: whether to train on known pairs, see `training.examples.known_pairs`.
        epochs: see `Classifier.fit`.
        soft: unlabelled sentences with the probabilities of teachers, to learn from as well.

    Raises:
        InputError: the pretrained encoder cannot be found or does not fit the settings, or there is nothing
            to train on.
    """
    if not len(train):
        raise InputError("no sentences", where="training articles", hint="annotate more sentences")
    _silence_transformers()
    progress.step("loading the encoder")
    folder = find_encoder(settings.encoder)
    tokenizer = (folder / "tokenizer.json").read_text(encoding="utf-8")
    reader = InputReader(Tokenizer.from_str(tokenizer), known_pairs, settings.window)
    network = _network(settings, codebook, folder, seed, reader.window)
    digest = _digest(settings, codebook, known_pairs, seed, (train, validation), folder, epochs, soft)
    remove_stale()
    checkpoints = Checkpoints(cache_folder() / "checkpoints" / digest)
    adjustment = _adjustment(settings, codebook, reader, train)
    objective = _objective(settings, codebook, known_pairs, adjustment)
    batches = SoftBatches(soft, reader, settings, codebook, seed, adjustment) if soft is not None else None
    trainer = Trainer(network, reader, settings, codebook, objective, checkpoints, seed, batches)
    progress.step("training the encoder")
    trainer.fit(train, validation, progress, epochs)
    return _exportable(trainer, tokenizer, _provenance(trainer, folder, epochs, soft), train, validation)


def _provenance(
    trainer: Trainer, folder: Path, fixed: int | None, soft: SoftlyLabelled | None
) -> dict[str, Any]:
    """Where the network comes from; without the best epoch if the number of epochs was fixed."""
    best = {"best_epoch": trainer.state.best_epoch + 1} if fixed is None else {}
    return {
        "encoder": trainer.settings.encoder,
        "licence": licence_of(folder),
        "parameters": sum(p.numel() for p in trainer.network.parameters()),
        "epochs": len(trainer.state.history),
        **best,
        "trained_in": "bfloat16" if trainer.bfloat16 else "float32",
        **(soft.about if soft is not None else {}),
    }


def _silence_transformers() -> None:
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()


def _exportable(
    trainer: Trainer, tokenizer: str, about: dict[str, Any], train: Analysed, validation: Analysed
) -> TrainedEncoder:
    """The trained network on the CPU in full precision, with its scores of the validation sentences."""
    trainer.network.to("cpu")
    trainer.device, trainer.bfloat16 = torch.device("cpu"), False
    held_out = trainer.reader.read(validation.sentences)
    began = time.perf_counter()
    reference = trainer.score(held_out)
    return TrainedEncoder(
        trainer.network,
        tokenizer,
        about,
        trainer.state.history,
        held_out,
        reference,
        time.perf_counter() - began,
        _examples(trainer.reader, train),
        PRECISIONS if trainer.settings.quantise else PRECISIONS[-1:],
        trainer.checkpoints,
    )
