"""A trained model as a folder of data: `model.json`, the codebook, the classifier's weights. No code, no pickle."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from .. import __version__
from ..data.codebook import Codebook
from ..data.errors import InputError
from ..data.text.gazetteer import gazetteer
from .classifier import Classifier
from .decoding.calibration import Sigmoid
from .decoding.labeller import Decisions, Labeller
from .decoding.pairing import FEATURES, Pairing
from .encoder.classifier import EncoderClassifier
from .linear.classifier import LinearClassifier
from .linear.lexicon import lexicon_digest
from .linear.pair_classifier import LinearPairClassifier

FILE = "model.json"
FORMAT = 1
LOADERS: dict[str, Callable[[Path, Codebook], Classifier]] = {
    LinearClassifier.kind: LinearClassifier.load,
    LinearPairClassifier.kind: LinearPairClassifier.load,
    EncoderClassifier.kind: EncoderClassifier.load,
}


class ModelFile(BaseModel):
    """What `model.json` holds."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())
    format: int
    stancewire: str
    classifier: str
    lexicon: str
    codebook: Codebook
    given: bool = False
    calibration: dict[str, Sigmoid]
    thresholds: dict[str, float]
    target_threshold: float
    pairing_features: tuple[str, ...]
    pairing_weights: list[float]
    pairing_intercept: float


def _release(version: str) -> tuple[str, ...]:
    """The part of a version that models depend on: 0.1.3 reads what 0.1.0 wrote, 0.2.0 does not."""
    return tuple(version.split(".")[:2])


def save_model(labeller: Labeller, folder: Path) -> None:
    """Write a labeller into an empty or new folder."""
    folder.mkdir(parents=True, exist_ok=True)
    content = ModelFile(
        format=FORMAT,
        stancewire=__version__,
        classifier=labeller.classifier.kind,
        lexicon=lexicon_digest(),
        codebook=labeller.codebook,
        given=labeller.given,
        calibration=labeller.decisions.calibration,
        thresholds=labeller.decisions.thresholds,
        target_threshold=labeller.decisions.target_threshold,
        pairing_features=FEATURES,
        pairing_weights=labeller.pairing.weights,
        pairing_intercept=labeller.pairing.intercept,
    )
    labeller.classifier.save(folder)
    (folder / FILE).write_text(content.model_dump_json(indent=2) + "\n", encoding="utf-8")


def load_model(folder: Path, actors: Sequence[Path | str] = ()) -> Labeller:
    """Read a model folder.

    Args:
        actors: a user's own tables of parties.

    Raises:
        InputError: it is no model, is damaged, or was made by another release of stancewire.
    """
    where = str(folder)
    retrain = "train it again with `stancewire train`"
    try:
        raw = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(
            f"no stancewire model here: {FILE} is missing",
            where=where,
            hint="give a model folder, a run id or champion",
        ) from None
    except ValueError as fault:
        raise InputError(f"{FILE} is damaged: {fault}", where=where, hint=retrain) from None
    made_by = str(raw.get("stancewire")) if isinstance(raw, dict) else "?"
    if _release(made_by) != _release(__version__) or raw.get("format") != FORMAT:
        raise InputError(
            f"this model was made by stancewire {made_by}, this is {__version__}",
            where=where,
            hint=f"{retrain}, or install that version",
        )
    try:
        content = ModelFile.model_validate(raw)
    except ValidationError as fault:
        first = fault.errors()[0]
        raise InputError(
            f"{FILE}: {'.'.join(map(str, first['loc']))}: {first['msg']}", where=where, hint=retrain
        ) from None
    if content.lexicon != lexicon_digest() or content.pairing_features != FEATURES:
        raise InputError(
            "this model was trained with other features than this stancewire has", where=where, hint=retrain
        )
    if content.classifier not in LOADERS:
        raise InputError(f"unknown classifier {content.classifier!r}", where=where, hint=retrain)
    pairing = Pairing()
    pairing.weights, pairing.intercept = content.pairing_weights, content.pairing_intercept
    decisions = Decisions(content.calibration, content.thresholds, content.target_threshold)
    classifier = LOADERS[content.classifier](folder, content.codebook)
    return Labeller(classifier, decisions, pairing, content.codebook, gazetteer(actors), content.given)
