"""Encoders at work: ONNX Runtime and a tokenizer, no torch. See `training.classifier.Classifier`."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from ...data.codebook import Codebook
from ...data.errors import InputError
from ...data.text.analysis import AnalysedSentence
from ..classifier import Floats, RoleExplanation, Scores
from ..examples.dataset import Analysed
from ..progress import Progress
from .inputs import Encoded, InputReader, by_length, cut_scores
from .parity import compare
from .settings import EncoderSettings

if TYPE_CHECKING:
    from .fit import TrainedEncoder

NETWORK, TOKENIZER, ABOUT = "encoder.onnx", "tokenizer.json", "encoder.json"
BATCH_TOKENS = 1024


class EncoderClassifier:
    """Roles, labels and pairs of the mentions that a model finds, by a transformer in one pass per sentence.

    Args:
        settings: what it is trained with.
        codebook: the stances and labels that it scores.
        seed: of the training.
    """

    kind: ClassVar[str] = "encoder"
    known_pairs: ClassVar[bool] = False

    def __init__(self, settings: EncoderSettings, codebook: Codebook, seed: int = 0) -> None:
        self.settings, self.codebook, self.seed = settings, codebook, seed
        # The ONNX file or its path: ONNX Runtime keeps its own copy of a loaded one, so that none is kept
        # here.
        self.network: bytes | Path = b""
        self.about: dict[str, Any] = {}
        self.history: list[dict[str, float]] = []
        self.reference: list[Scores] | None = None
        self._trained: TrainedEncoder | None = None
        self._reader: InputReader | None = None
        self._session: Any = None

    # Training.

    def fit(self, train: Analysed, validation: Analysed, progress: Progress) -> list[Floats] | None:
        """Train, and score in the lowest precision whose scores are close to those of the network.

        Raises:
            InputError: the extra `encoder` is not installed, the pretrained encoder cannot be found, or there
                is nothing to train on.
        """
        from .pretrained import need_extra

        need_extra()
        from .fit import train_encoder

        trained = train_encoder(
            self.settings, self.codebook, self.known_pairs, self.seed, train, validation, progress
        )
        self._trained, self.history, self.reference = trained, trained.history, trained.reference
        for precision in trained.precisions:
            if self._serve(trained, precision, progress):
                break
        return None

    @property
    def precisions(self) -> Sequence[str]:
        if self._trained is None:
            return ()
        all_of_them = self._trained.precisions
        return all_of_them[all_of_them.index(self.about["served_as"]) :]

    def at_precision(self, precision: str, progress: Progress) -> Self | None:
        assert self._trained is not None, "fitted"
        other = copy.copy(self)
        return other if other._serve(self._trained, precision, progress) else None

    def _serve(self, trained: TrainedEncoder, precision: str, progress: Progress) -> bool:
        """Score with an export of the network; returns whether it scores like the network, or no other is
        left."""
        progress.step("exporting the encoder")
        self.use(trained.export(precision), trained.tokenizer)
        began = time.perf_counter()
        served = self.run(trained.validation)
        seconds = time.perf_counter() - began
        parity = compare(served, trained.reference)
        progress.line(
            f"{precision}: 99 % of probabilities within {parity.quantile:.4f} of the trained network, "
            f"all within {parity.greatest:.4f}"
        )
        self.about = {
            **trained.about,
            "served_as": precision,
            "parity": parity.as_dict(),
            "faster": round(trained.seconds / seconds, 2) if seconds else 0.0,
        }
        return parity.holds or precision == trained.precisions[-1]

    def discard_checkpoints(self) -> None:
        if self._trained is not None:
            self._trained.checkpoints.discard()
        self._trained = None

    # Scoring.

    def use(self, network: bytes | Path, tokenizer: str) -> None:
        """Score with a network, an ONNX file or its path, and a tokenizer, the JSON of the `tokenizers`
        library."""
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # An arena would keep the memory of the largest batch so far.
        options.enable_cpu_mem_arena = False
        self.network = network
        self._reader = InputReader(Tokenizer.from_str(tokenizer), self.known_pairs)
        self._session = onnxruntime.InferenceSession(
            network if isinstance(network, bytes) else str(network),
            options,
            providers=["CPUExecutionProvider"],
        )

    @property
    def reader(self) -> InputReader:
        """How sentences are encoded, once there is a network."""
        assert self._reader is not None, "fitted or loaded"
        return self._reader

    def run(self, encoded: Sequence[Encoded]) -> list[Scores]:
        """Score sentences as the reader encodes them, in their order."""
        out: list[Scores | None] = [None] * len(encoded)
        for indices in by_length(encoded, BATCH_TOKENS):
            roles, labels, pairs = self._session.run(
                ["roles", "labels", "pairs"], dict(self.reader.batch([encoded[n] for n in indices]))
            )
            for k, n in enumerate(indices):
                r, x, p = (a[k].astype(np.float64) for a in (roles, labels, pairs))
                out[n] = cut_scores(r, x, p, len(encoded[n].spans), self.codebook)
        return [s for s in out if s is not None]

    def score(self, sentences: Sequence[AnalysedSentence]) -> list[Scores]:
        return self.run(self.reader.read(sentences)) if sentences else []

    def explain(self, sentence: AnalysedSentence, mention: int, role: int) -> RoleExplanation:
        """What the role's logit loses when a word's tokens are hidden, one word at a time (Zeiler and Fergus
        2014, "Visualizing and understanding convolutional networks", ECCV)."""
        [whole] = self.reader.read([sentence])
        spans, mask = self.reader.words(sentence), self.reader.mask
        variants = [
            replace(whole, ids=[mask if k in span else n for k, n in enumerate(whole.ids)]) for span in spans
        ]
        full, *hidden = (float(s.roles[mention, role]) for s in self.run([whole, *variants]))
        weights = [full - logit if span else 0.0 for logit, span in zip(hidden, spans, strict=True)]
        return RoleExplanation(weights, [])

    # Files.

    def save(self, folder: Path) -> None:
        (folder / NETWORK).write_bytes(
            self.network if isinstance(self.network, bytes) else self.network.read_bytes()
        )
        (folder / TOKENIZER).write_text(self.reader.tokenizer.to_str(), encoding="utf-8")
        about = {"settings": self.settings.model_dump(), "seed": self.seed, "about": self.about}
        (folder / ABOUT).write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, codebook: Codebook) -> Self:
        """Read what `save` wrote.

        Raises:
            InputError: a file is missing or damaged.
        """
        for name in (ABOUT, NETWORK, TOKENIZER):
            if not (folder / name).exists():
                raise InputError(f"{name} is missing", where=str(folder), hint="train the model again")
        try:
            raw = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
            classifier = cls(EncoderSettings.model_validate(raw["settings"]), codebook, raw["seed"])
            classifier.about = raw["about"]
            classifier.use(folder / NETWORK, (folder / TOKENIZER).read_text(encoding="utf-8"))
        except Exception as error:
            raise InputError(
                f"the encoder cannot be read: {str(error).splitlines()[0][:200]}",
                where=str(folder),
                hint="train the model again",
            ) from None
        return classifier


class EncoderPairClassifier(EncoderClassifier):
    """Chooses among stances for known pairs, whose actor and target the network reads between marks."""

    kind: ClassVar[str] = "encoder_choice"
    known_pairs: ClassVar[bool] = True
