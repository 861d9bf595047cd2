"""From analysed articles to an encoder that is ready to serve."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from tokenizers import Tokenizer

from ...data.errors import InputError
from ...data.files.cache import cache_folder
from ..classifier import Scores
from ..examples.dataset import Analysed
from ..progress import Progress
from .inputs import InputReader, by_length, output_sizes
from .network import Network, freeze, pretrained
from .onnx_export import FORMS, export
from .parity import compare
from .pretrained import find_encoder, licence_of
from .trainer import Trainer

if TYPE_CHECKING:
    from .classifier import EncoderClassifier


# What the export sees: sentences to scale by.
EXPORT_SENTENCES, EXPORT_TOKENS = 400, 2048


@dataclass(frozen=True, slots=True)
class TrainedEncoder:
    """What is told of a training, and the scores of the network as it was trained on validation sentences.

    Each step of `forms` has the classifier serve the network with more bits than before, and tells what came of it.
    `forget` removes the checkpoints.
    """

    about: dict[str, Any]
    history: list[dict[str, float]]
    reference: list[Scores]
    forms: Iterator[dict[str, Any]]
    forget: Callable[[], None]


def _digest(classifier: EncoderClassifier, data: Sequence[Analysed], encoder: Path) -> str:
    """What makes two trainings the same: then one goes on where the other stopped."""
    found = hashlib.sha256(
        json.dumps(
            [classifier.settings.model_dump(), classifier.codebook.digest, classifier.given, classifier.seed]
        ).encode()
    )
    found.update(
        f"{torch.__version__} {(encoder / 'model.safetensors').stat().st_size} {(encoder / 'config.json').read_text(encoding='utf-8')}".encode()
    )
    for part in data:
        for sentence, targets in zip(part.sentences, part.targets, strict=True):
            found.update(
                sentence.masked.text.encode()
                + targets.roles.tobytes()
                + targets.labels.tobytes()
                + targets.pairs.tobytes()
            )
    return found.hexdigest()[:24]


def train_encoder(
    classifier: EncoderClassifier, train: Analysed, validation: Analysed, progress: Progress
) -> TrainedEncoder:
    """Train; the classifier scores with what the first of `forms` makes of the network.

    Raises:
        InputError: the encoder is not to be found, or there is nothing to learn from.
    """
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    if not len(train):
        raise InputError("no sentences to train on", hint="annotate some")
    settings = classifier.settings
    progress.step("reading the encoder")
    folder = find_encoder(settings.encoder)
    tokenizer = (folder / "tokenizer.json").read_text(encoding="utf-8")
    reader = InputReader(Tokenizer.from_str(tokenizer), classifier.given)
    torch.manual_seed(classifier.seed)
    book = classifier.codebook
    encoder = pretrained(folder)
    if settings.frozen_layers:
        freeze(encoder, settings.frozen_layers)
    network = Network(encoder, *output_sizes(book), settings.pooling, settings.dropout)
    checkpoints = cache_folder() / "checkpoints" / _digest(classifier, (train, validation), folder)
    trainer = Trainer(network, reader, settings, classifier.seed, book, classifier.given, checkpoints)
    progress.step("training the encoder")
    history = trainer.fit(train, validation, progress.progress, progress.line)
    network.to("cpu")
    trained_in = "bfloat16" if trainer.bfloat16 else "float32"
    trainer.device, trainer.bfloat16 = torch.device("cpu"), False
    held_out = reader.read(validation.sentences)
    began = time.perf_counter()
    reference = trainer.score(held_out)
    torch_seconds = time.perf_counter() - began
    read = reader.read(sorted(train.sentences, key=lambda s: -len(s.mentions))[:EXPORT_SENTENCES])
    batches = [
        reader.batch((read * 2)[:4]),
        *(reader.batch([read[n] for n in places]) for places in by_length(read, EXPORT_TOKENS)),
    ]

    def forms() -> Iterator[dict[str, Any]]:
        for form in FORMS if settings.quantise else FORMS[-1:]:
            progress.step("exporting the encoder")
            classifier.use(export(network, batches, form), tokenizer)
            began = time.perf_counter()
            served = classifier.run(held_out)
            seconds = time.perf_counter() - began
            parity = compare(served, reference)
            progress.line(
                f"{form}: 99 % of probabilities within {parity.quantile:.4f} of the trained network, all within {parity.greatest:.4f}"
            )
            if parity.holds or form == FORMS[-1]:
                yield {
                    "served_as": form,
                    "parity": parity.as_dict(),
                    "faster": round(torch_seconds / seconds, 2) if seconds else 0.0,
                }

    about = {
        "encoder": settings.encoder,
        "licence": licence_of(folder),
        "parameters": sum(p.numel() for p in network.parameters()),
        "epochs": len(history),
        "best_epoch": trainer.state.best_epoch + 1,
        "trained_in": trained_in,
    }
    return TrainedEncoder(about, history, reference, forms(), trainer.forget)
