"""The encoder classifiers. Scoring uses ONNX Runtime and a tokenizer, no torch."""

from __future__ import annotations

import copy
import json
import os
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from ...data.codebook import Codebook
from ...data.errors import InputError
from ...data.text.analysis import AnalysedSentence
from ..classifier import Floats, RoleExplanation, Scores
from ..examples.dataset import Analysed
from ..examples.soft_labels import SoftlyLabelled
from ..progress import Progress
from .inputs import INPUTS, SENTENCE_INPUTS, Encoded, InputReader, output_sizes, score_batches
from .parity import compare
from .settings import EncoderSettings, refuse_teachers

if TYPE_CHECKING:
    from .fit import TrainedEncoder

NETWORK, TOKENIZER, ABOUT = "encoder.onnx", "tokenizer.json", "encoder.json"
BATCH_TOKENS = 1024


class EncoderClassifier:
    """Scores the roles, labels and pairs of a sentence in one pass of a transformer.

    Args:
        settings: the training settings.
        codebook: the stances and labels to score.
        seed: the random seed of training.
        soft: unlabelled sentences with the probabilities of teachers, to learn from besides the gold
            annotation; not for known pairs.
    """

    kind: ClassVar[str] = "encoder"
    known_pairs: ClassVar[bool] = False

    def __init__(
        self,
        settings: EncoderSettings,
        codebook: Codebook,
        seed: int = 0,
        soft: SoftlyLabelled | None = None,
    ) -> None:
        self.settings, self.codebook, self.seed, self.soft = settings, codebook, seed, soft
        # The content of the ONNX file or its path. ONNX Runtime keeps its own copy.
        self.network: bytes | Path = b""
        self.about: dict[str, Any] = {}
        self.history: list[dict[str, float]] = []
        self.reference: list[Scores] | None = None
        self._trained: TrainedEncoder | None = None
        self._reader: InputReader | None = None
        self._session: Any = None
        self._inputs: set[str] = set()

    # Training.

    def fit(
        self, train: Analysed, validation: Analysed, progress: Progress, epochs: int | None = None
    ) -> list[Floats] | None:
        """Train, and export in the lowest precision whose scores are close to those of the trained network.

        Raises:
            InputError: the extra `encoder` is not installed, the pretrained encoder cannot be found, there is
                nothing to train on, or the settings name teachers and there are no soft labels.
        """
        refuse_teachers(self.settings, "here", self.soft is not None)
        from .pretrained import need_extra

        need_extra()
        from .fit import train_encoder

        made = (self.settings, self.codebook, self.known_pairs, self.seed)
        trained = train_encoder(*made, train, validation, progress, epochs, self.soft)
        self.soft = None  # it is large, and not needed any more
        self._trained, self.history, self.reference = trained, trained.history, trained.reference
        for precision in trained.precisions:
            if self._serve_at(trained, precision, progress):
                break
        return None  # the network scores pairs itself

    @property
    def precisions(self) -> Sequence[str]:
        if self._trained is None:
            return ()
        precisions = self._trained.precisions
        return precisions[precisions.index(self.about["served_as"]) :]

    def at_precision(self, precision: str, progress: Progress) -> Self | None:
        assert self._trained is not None, "fit the classifier first"
        other = copy.copy(self)
        return other if other._serve_at(self._trained, precision, progress) else None

    def _serve_at(self, trained: TrainedEncoder, precision: str, progress: Progress) -> bool:
        """Export the network and score with the export.

        Returns:
            Whether the precision is accepted: its scores are close to the network's, or it is the highest.
        """
        progress.step("exporting the encoder")
        self.set_network(trained.export(precision), trained.tokenizer)
        began = time.perf_counter()
        served = self.score_encoded(trained.validation)
        seconds = time.perf_counter() - began
        parity = compare(served, trained.reference)
        progress.line(
            f"{precision}: 99% of probabilities within {parity.quantile:.4f} of the trained network, "
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

    def set_network(self, network: bytes | Path, tokenizer: str) -> None:
        """Set the network to score with.

        Args:
            network: the content of an ONNX file, or its path.
            tokenizer: the JSON of the `tokenizers` library.
        """
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # A memory arena would never release the memory of the largest batch.
        options.enable_cpu_mem_arena = False
        # ONNX Runtime itself ignores the variable; worker processes have it set to 1.
        threads = os.environ.get("OMP_NUM_THREADS", "")
        options.intra_op_num_threads = int(threads) if re.fullmatch("[0-9]{1,4}", threads) else 0
        self.network = network
        self._reader = InputReader(Tokenizer.from_str(tokenizer), self.known_pairs, self.settings.window)
        self._session = onnxruntime.InferenceSession(
            network if isinstance(network, bytes) else str(network),
            options,
            providers=["CPUExecutionProvider"],
        )
        self._inputs = {x.name for x in self._session.get_inputs()}

    def _check_network(self) -> None:
        """Check that the network takes the inputs of `InputReader` and scores what the codebook defines.

        Raises:
            ValueError: its inputs or outputs differ.
        """
        needed = INPUTS if self.settings.window else SENTENCE_INPUTS
        if not set(needed) <= self._inputs <= set(INPUTS):
            names = ", ".join(sorted(self._inputs))
            raise ValueError(f"its inputs are {names}, not {', '.join(sorted(INPUTS))}")
        shapes = {x.name: x.shape for x in self._session.get_outputs()}
        sizes = zip(("roles", "labels", "pairs"), (3, 2, 4), output_sizes(self.codebook), strict=True)
        for name, rank, size in sizes:
            shape = shapes.get(name, [])
            if len(shape) != rank:
                raise ValueError(f"its output {name!r} is missing or has another shape")
            if isinstance(shape[-1], int) and shape[-1] != size:
                raise ValueError(f"it scores {shape[-1]} {name}, but the codebook has {size}")

    @property
    def reader(self) -> InputReader:
        """The reader that encodes sentences; it exists once there is a network."""
        assert self._reader is not None, "fit or load the classifier first"
        return self._reader

    def score_encoded(self, encoded: Sequence[Encoded]) -> list[Scores]:
        """Score the sentences of encoded windows, in their order."""

        def run(windows: list[Encoded]) -> Any:
            inputs = {k: v for k, v in self.reader.batch(windows).items() if k in self._inputs}
            return self._session.run(["roles", "labels", "pairs"], inputs)

        return score_batches(encoded, BATCH_TOKENS, self.codebook, run)

    def score(self, sentences: Sequence[AnalysedSentence]) -> list[Scores]:
        return self.score_encoded(self.reader.read(sentences)) if sentences else []

    def explain(self, sentence: AnalysedSentence, mention: int, role: int) -> RoleExplanation:
        """Explain a logit by occlusion: its decrease when the tokens of a word are masked, word by word.

        The sentence is read by itself, also if the network reads windows.

        See Zeiler and Fergus 2014, "Visualizing and understanding convolutional networks", ECCV.
        """
        [whole] = self.reader.read([sentence])
        spans, mask = self.reader.words(sentence), self.reader.mask
        variants = [
            replace(whole, ids=[mask if k in span else n for k, n in enumerate(whole.ids)]) for span in spans
        ]
        full, *hidden = (float(s.roles[mention, role]) for s in self.score_encoded([whole, *variants]))
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
            classifier.set_network(folder / NETWORK, (folder / TOKENIZER).read_text(encoding="utf-8"))
            classifier._check_network()
        except Exception as error:
            raise InputError(
                f"the encoder cannot be read: {(str(error).splitlines() or [type(error).__name__])[0][:200]}",
                where=str(folder),
                hint="train the model again",
            ) from None
        return classifier


class EncoderPairClassifier(EncoderClassifier):
    """Scores the stances of known pairs; the words of actor and target are marked in the network's input."""

    kind: ClassVar[str] = "encoder_choice"
    known_pairs: ClassVar[bool] = True
