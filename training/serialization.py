"""A trained model as a folder of data files: `model.json`, the files of its classifier, and a manifest.

No code, no pickle.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .. import __version__
from ..data.codebook import Codebook
from ..data.errors import InputError
from ..data.text.gazetteer import gazetteer
from .classifier import Classifier
from .decoding.calibration import Sigmoid
from .decoding.decisions import Decisions
from .decoding.labeller import Labeller, Mentions
from .decoding.pairing import FEATURES, Pairing
from .decoding.stance_chooser import StanceChooser
from .decoding.statement_finder import StatementFinder
from .encoder.classifier import EncoderClassifier, EncoderPairClassifier
from .gate.gate import load_gate
from .linear.classifier import LinearClassifier
from .linear.lexicon import lexicon_digest
from .linear.pair_classifier import LinearPairClassifier
from .manifest import COPY_AGAIN, MANIFEST, check_manifest, write_manifest

FILE = "model.json"
# Incremented when a model's files or a classifier's features change; independent of the package version.
# Format 2 introduced safetensors and `mentions`, format 3 features of normalised text, format 4 a manifest,
# format 5 linear features of negation and attribution.
FORMAT = 5
# Models of format 3 have the same files, but no manifest to check them against.
OLDEST_FORMAT = 3
# Linear models of earlier formats have other features.
OLDEST_LINEAR_FORMAT = 5
MAX_BYTES = 20_000_000
RETRAIN = "train again with `stancewire train`"
LOADERS: dict[str, Callable[[Path, Codebook], Classifier]] = {
    LinearClassifier.kind: LinearClassifier.load,
    LinearPairClassifier.kind: LinearPairClassifier.load,
    EncoderClassifier.kind: EncoderClassifier.load,
    EncoderPairClassifier.kind: EncoderPairClassifier.load,
}


Probability = Annotated[float, Field(ge=0, le=1)]


class PairingFile(BaseModel):
    """The weights of a pairing, by the names of its features."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    weights: dict[str, float]
    intercept: float


class ModelFile(BaseModel):
    """The content of `model.json`.

    Attributes:
        format: see `FORMAT`.
        stancewire: the version that trained the model; provenance only.
        classifier: its kind, a key of `LOADERS`.
        lexicon: digest of the word classes that features use.
        pairing: None for models of known pairs.
    """

    model_config = ConfigDict(extra="forbid", protected_namespaces=(), allow_inf_nan=False)
    format: int
    stancewire: str
    classifier: str
    mentions: Mentions
    lexicon: str
    codebook: Codebook
    calibration: dict[str, Sigmoid]
    thresholds: dict[str, Probability]
    target_threshold: Probability
    pairing: PairingFile | None


def save_model(labeller: Labeller, folder: Path, documents: Mapping[str, str] | None = None) -> None:
    """Write a labeller into an empty or new folder; the manifest comes last.

    Args:
        documents: the content of other text files of the model by name, such as its model card.
    """
    folder.mkdir(parents=True, exist_ok=True)
    content = ModelFile(
        format=FORMAT,
        stancewire=__version__,
        classifier=labeller.classifier.kind,
        mentions=labeller.mentions,
        lexicon=lexicon_digest(),
        codebook=labeller.codebook,
        calibration=labeller.decisions.calibration,
        thresholds=labeller.decisions.thresholds,
        target_threshold=labeller.decisions.target_threshold,
        pairing=_pairing_file(labeller.pairing),
    )
    labeller.classifier.save(folder)
    if labeller.gate is not None:
        labeller.gate.save(folder)
    (folder / FILE).write_text(content.model_dump_json(indent=2) + "\n", encoding="utf-8")
    for name, text in (documents or {}).items():
        (folder / name).write_text(text, encoding="utf-8")
    write_manifest(folder)


def _pairing_file(pairing: Pairing | None) -> PairingFile | None:
    if pairing is None:
        return None
    return PairingFile(weights=dict(zip(FEATURES, pairing.weights, strict=True)), intercept=pairing.intercept)


def _read(folder: Path) -> Any:
    path = folder / FILE
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"more than {MAX_BYTES // 1_000_000} MB")
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(
            f"not a stancewire model: {FILE} is missing",
            where=str(folder),
            hint="give a model folder, a run id or champion",
        ) from None
    except (ValueError, RecursionError, OSError) as error:
        reason = str(error).splitlines()[0][:150]
        raise InputError(f"{FILE} is damaged: {reason}", where=str(folder), hint=RETRAIN) from None


def read_model_file(folder: Path) -> ModelFile:
    """Check a model folder against its manifest, and read `model.json`.

    Raises:
        InputError: it is not a model, is damaged, or has another format or other features.
    """
    has_manifest = check_manifest(folder)
    content = _checked(_read(folder), str(folder))
    if content.format > OLDEST_FORMAT and not has_manifest:
        raise InputError(f"{MANIFEST} is missing", where=str(folder), hint=COPY_AGAIN)
    return content


def _checked(raw: Any, where: str) -> ModelFile:
    """The content of a model file, if it has a format and features that this version reads."""
    version = raw.get("format") if isinstance(raw, dict) else None
    if not isinstance(version, int) or isinstance(version, bool):
        raise InputError(f"{FILE} has no integer 'format'", where=where, hint=RETRAIN)
    linear = raw.get("classifier") in (LinearClassifier.kind, LinearPairClassifier.kind)
    oldest = OLDEST_LINEAR_FORMAT if linear else OLDEST_FORMAT
    if not oldest <= version <= FORMAT:
        trained_by = str(raw.get("stancewire"))[:40]
        readable = str(FORMAT) if oldest == FORMAT else f"{oldest} to {FORMAT}"
        raise InputError(
            f"model format {str(version)[:20]}, this version reads {readable}",
            where=where,
            hint=f"{RETRAIN}, or use the version of stancewire that trained it ({trained_by})",
        )
    try:
        content = ModelFile.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(
            f"{FILE}: {'.'.join(map(str, first['loc']))}: {first['msg']}", where=where, hint=RETRAIN
        ) from None
    features = tuple(content.pairing.weights) if content.pairing else FEATURES
    if content.lexicon != lexicon_digest() or features != FEATURES:
        raise InputError(
            f"trained with other features than those of this version (by stancewire {content.stancewire})",
            where=where,
            hint=RETRAIN,
        )
    if content.classifier not in LOADERS:
        raise InputError(f"unknown classifier {content.classifier[:40]!r}", where=where, hint=RETRAIN)
    return content


def load_model(folder: Path, actors: Sequence[Path | str] = (), name: str | None = None) -> Labeller:
    """Read a model folder.

    Args:
        actors: CSV files with additional parties.
        name: the value of `model` in the labeller's records.

    Raises:
        InputError: it is not a model, is damaged, or has another format or other features.
    """
    content = read_model_file(folder)
    classifier = LOADERS[content.classifier](folder, content.codebook)
    decisions = Decisions(content.calibration, content.thresholds, content.target_threshold)
    names = gazetteer(actors)
    if content.mentions == "known":
        return StanceChooser(classifier, decisions, content.codebook, names, name)
    pairing = Pairing()
    if content.pairing is not None:
        pairing.weights = list(content.pairing.weights.values())
        pairing.intercept = content.pairing.intercept
    finder = StatementFinder(classifier, decisions, pairing, content.codebook, names, name)
    # A model of an earlier release has no gate, and reads every sentence.
    finder.gate = load_gate(folder, content.codebook.label_names)
    return finder
