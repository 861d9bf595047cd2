"""Fit a labeller: train on training articles, then calibrate and tune thresholds on validation articles."""

from __future__ import annotations

from collections.abc import Sequence

from ..data.codebook import Codebook
from ..data.text.gazetteer import Gazetteer
from .classifier import Classifier, Floats
from .decoding.decisions import Decisions
from .decoding.labeller import Labeller, Mentions
from .decoding.pairing import Pairing
from .decoding.stance_chooser import StanceChooser
from .decoding.statement_finder import StatementFinder
from .encoder.classifier import EncoderClassifier, EncoderPairClassifier
from .examples.dataset import Analysed
from .examples.soft_labels import SoftlyLabelled
from .examples.target_pairs import target_pairs
from .linear.classifier import LinearClassifier
from .linear.pair_classifier import LinearPairClassifier
from .progress import Progress
from .settings import ClassifierSettings


def make_classifier(
    settings: ClassifierSettings,
    codebook: Codebook,
    seed: int,
    mentions: Mentions = "found",
    soft: SoftlyLabelled | None = None,
) -> Classifier:
    """An untrained classifier.

    Args:
        mentions: `known` for sentences with a known pair, see `training.examples.known_pairs`.
        soft: what an encoder learns from besides the gold annotation; not for known pairs.
    """
    if settings.kind == "encoder":
        kind = EncoderPairClassifier if mentions == "known" else EncoderClassifier
        return kind(settings, codebook, seed, soft)
    if mentions == "known":
        return LinearPairClassifier(codebook, settings.choice_regularisation, settings.min_count, seed)
    return LinearClassifier(
        regularisation=settings.regularisation,
        label_regularisation=settings.label_regularisation,
        sentence_regularisation=settings.sentence_regularisation,
        context_regularisation=settings.context_regularisation,
        min_count=settings.min_count,
        seed=seed,
    )


def _fit_pairing(finder: StatementFinder, train: Analysed, held_out: Sequence[Floats], seed: int) -> None:
    """Train the pairing on held-out scores, so that it does not rely on overfitted ones."""
    pairs = target_pairs(train, finder.codebook)
    rows = finder.pair_rows(train, held_out, pairs)
    finder.pairing.fit(rows, [int(p.is_target) for p in pairs], seed)


def fit_labeller(
    train: Analysed,
    validation: Analysed,
    codebook: Codebook,
    gazetteer: Gazetteer,
    settings: ClassifierSettings,
    seed: int = 0,
    progress: Progress | None = None,
    mentions: Mentions = "found",
    soft: SoftlyLabelled | None = None,
) -> Labeller:
    """Train a labeller. The caller must discard the classifier's checkpoints when they are no longer needed.

    Args:
        train, validation: analysed articles; the result of `known_pairs` if `mentions` is `known`.
        mentions: `found` for a `StatementFinder`, `known` for a `StanceChooser`.
        soft: see `make_classifier`.

    Raises:
        InputError: there is nothing to train on, or something needed for training is missing.
    """
    progress = progress or Progress()
    labeller = fit_uncalibrated(
        train, validation, codebook, gazetteer, settings, seed, progress, mentions, soft=soft
    )
    progress.step("calibrating on validation articles")
    labeller.calibrate(validation, labeller.classifier.score(validation.sentences), seed)
    return labeller


def fit_uncalibrated(
    train: Analysed,
    validation: Analysed,
    codebook: Codebook,
    gazetteer: Gazetteer,
    settings: ClassifierSettings,
    seed: int,
    progress: Progress,
    mentions: Mentions = "found",
    epochs: int | None = None,
    soft: SoftlyLabelled | None = None,
) -> Labeller:
    """Train a labeller without calibrations and thresholds; see `fit_labeller`.

    Args:
        epochs: see `Classifier.fit`.
        soft: see `make_classifier`.
    """
    progress.step("training the classifier")
    classifier = make_classifier(settings, codebook, seed, mentions, soft)
    held_out = classifier.fit(train, validation, progress, epochs)
    if mentions == "known":
        return StanceChooser(classifier, Decisions(), codebook, gazetteer)
    finder = StatementFinder(classifier, Decisions(), Pairing(), codebook, gazetteer)
    if held_out is not None:
        progress.step("training the pairing")
        _fit_pairing(finder, train, held_out, seed)
    return finder
