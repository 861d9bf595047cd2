"""The encoder at work: ONNX Runtime and a tokenizer, no torch. See `Classifier`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...data.codebook import Codebook
from ...data.errors import InputError
from ...data.text.analysis import AnalysedSentence
from ..classifier import Floats, Scores
from ..progress import Progress
from .inputs import Encoded, InputReader, by_length, cut_scores
from .settings import EncoderSettings

if TYPE_CHECKING:
    from ..examples.dataset import Analysed

NETWORK, TOKENIZER, ABOUT = "encoder.onnx", "tokenizer.json", "encoder.json"
BATCH_TOKENS = 1024


class EncoderClassifier:
    """Roles, labels and pairs by a transformer, one pass a sentence.

    Args:
        settings: what it is trained with.
        codebook: the stances and labels that it scores.
        given: whether source and target of each sentence are given.

    Attributes:
        about: what is told of the network: its encoder, licence, size, and how near what is served is to what was trained.
        history: loss and validation of each epoch of the training.
        reference: after `fit`, the scores of the network as it was trained on the validation sentences.
    """

    kind = "encoder"

    def __init__(
        self, settings: EncoderSettings, codebook: Codebook, given: bool = False, seed: int = 0
    ) -> None:
        self.settings, self.codebook, self.given, self.seed = settings, codebook, given, seed
        # The ONNX file, or where it lies: what was loaded is not kept a second time beside ONNX Runtime's own copy.
        self.network: bytes | Path = b""
        self.about: dict[str, Any] = {}
        self.history: list[dict[str, float]] = []
        self.reference: list[Scores] = []
        self._forms: Iterator[dict[str, Any]] = iter(())
        self._forget: Callable[[], None] = lambda: None
        self._reader: InputReader | None = None
        self._session: Any = None

    def fit(self, train: Analysed, validation: Analysed, progress: Progress) -> list[Floats] | None:
        from .pretrained import need_extra

        need_extra()
        from .fit import train_encoder

        trained = train_encoder(self, train, validation, progress)
        self.about, self.history, self.reference = trained.about, trained.history, trained.reference
        self._forms, self._forget = trained.forms, trained.forget
        self.widen()
        return None

    def widen(self) -> bool:
        """After `fit`, serve the network with more bits than now; False where there are none to add."""
        wider = next(self._forms, None)
        self.about |= wider or {}
        return wider is not None

    def settle(self) -> None:
        """Keep what is served now; the trained network and its checkpoints may go. Until then a training that failed late goes on from them."""
        self._forms = iter(())
        self._forget()

    def use(self, network: bytes | Path, tokenizer: str) -> None:
        """Score with a network, an ONNX file or its path, and a tokenizer, the JSON of the `tokenizers` library."""
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # An arena would keep the memory of the largest batch that ever was.
        options.enable_cpu_mem_arena = False
        self.network = network
        self._reader = InputReader(Tokenizer.from_str(tokenizer), self.given)
        self._session = onnxruntime.InferenceSession(
            network if isinstance(network, bytes) else str(network),
            options,
            providers=["CPUExecutionProvider"],
        )

    @property
    def reader(self) -> InputReader:
        assert self._reader is not None, "fitted or loaded"
        return self._reader

    def run(self, encoded: Sequence[Encoded]) -> list[Scores]:
        """Scores of sentences as the reader encodes them, in their order."""
        out: list[Scores | None] = [None] * len(encoded)
        for places in by_length(encoded, BATCH_TOKENS):
            roles, labels, pairs = self._session.run(
                ["roles", "labels", "pairs"], dict(self.reader.batch([encoded[n] for n in places]))
            )
            for k, n in enumerate(places):
                r, x, p = (a[k].astype(np.float64) for a in (roles, labels, pairs))
                out[n] = cut_scores(r, x, p, len(encoded[n].spans), self.codebook)
        return [s for s in out if s is not None]

    def score(self, sentences: Sequence[AnalysedSentence]) -> list[Scores]:
        return self.run(self.reader.read(sentences)) if sentences else []

    def save(self, folder: Path) -> None:
        (folder / NETWORK).write_bytes(
            self.network if isinstance(self.network, bytes) else self.network.read_bytes()
        )
        (folder / TOKENIZER).write_text(self.reader.tokenizer.to_str(), encoding="utf-8")
        about = {
            "settings": self.settings.model_dump(),
            "given": self.given,
            "seed": self.seed,
            "about": self.about,
        }
        (folder / ABOUT).write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, codebook: Codebook) -> EncoderClassifier:
        """Read what `save` wrote.

        Raises:
            InputError: a file is missing or damaged.
        """
        for name in (ABOUT, NETWORK, TOKENIZER):
            if not (folder / name).exists():
                raise InputError(f"no {name} in this model", where=str(folder))
        try:
            raw = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
            found = cls(EncoderSettings.model_validate(raw["settings"]), codebook, raw["given"], raw["seed"])
            found.about = raw["about"]
            found.use(folder / NETWORK, (folder / TOKENIZER).read_text(encoding="utf-8"))
        except Exception as fault:
            raise InputError(
                f"the encoder cannot be read: {str(fault).splitlines()[0][:200]}",
                where=str(folder),
                hint="train the model again",
            ) from None
        return found
