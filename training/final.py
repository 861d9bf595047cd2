"""Training for release: on all annotated articles, without any held out for validation or test.

What is otherwise chosen on validation articles (calibration, thresholds, the gate) is chosen on out-of-fold
scores: classifiers with the same settings are trained without a fold of the articles each, and score the
articles of their fold. See Platt 1999, "Probabilistic outputs for support vector machines", section 2.1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..data.annotation.folds import assign_folds
from ..data.codebook import Codebook
from ..data.text.analysis import AnalysedSentence
from ..data.text.gazetteer import gazetteer
from ..data.text.spacy_parser import ParseCache
from .classifier import Classifier, Floats, Scores
from .decoding.labeller import Labeller
from .decoding.pairing import Pairing
from .decoding.statement_finder import StatementFinder
from .evaluation.metrics import measure
from .evaluation.result import TrainingResult
from .evaluation.score_articles import score_articles
from .examples.dataset import Analysed, subset
from .examples.soft_labels import SoftlyLabelled
from .fit import fit_uncalibrated
from .gate.fitting import fit_gate_out_of_fold
from .pipeline import PARITY_F1
from .progress import Progress
from .settings import TrainingSettings

# The number of folds. With five, the classifiers whose scores are calibrated see 80% of the articles.
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an earlier training with the same settings chose on its validation articles.

    Attributes:
        epochs: the number of epochs of the network; None for all epochs of the settings.
        precision: the precision in which the network is served, or a higher one; None for the lowest whose
            scores are close to those of the trained network.
    """

    epochs: int | None = None
    precision: str | None = None


def fit_final(
    settings: TrainingSettings,
    data: Analysed,
    codebook: Codebook,
    folds: int = FOLDS,
    chosen: Chosen | None = None,
    progress: Progress | None = None,
    soft: SoftlyLabelled | None = None,
) -> TrainingResult:
    """Train on all articles. The caller must discard the classifier's checkpoints.

    Args:
        settings: what to train.
        data: all articles; the result of `known_pairs` if `settings.mentions` is `known`.
        codebook: the label set.
        folds: the number of folds, at least 2: as many classifiers are trained besides that of the model.
        chosen: see `Chosen`.
        progress: receives the progress of training.
        soft: see `training.fit.make_classifier`; every classifier learns from it. It must not have text of
            the articles, whose scores would not be out-of-fold then.

    Returns:
        The labeller, without metrics: no article is left to measure it on.

    Raises:
        InputError: there are fewer articles than folds, or the articles outside a fold have nothing to learn
            from.
    """
    progress, chosen = progress or Progress(), chosen or Chosen()
    if settings.classifier.kind == "encoder" and chosen.epochs is None:
        chosen = replace(chosen, epochs=settings.classifier.epochs)
    training = _Training(settings, data, codebook, chosen, soft)
    fold_of = assign_folds(data.articles, folds, settings.seed)[data.article_of]
    parts = [training.without_fold(fold_of, fold, folds, progress) for fold in range(folds)]
    progress.step("training on all articles")
    result = TrainingResult(training.on_all(parts, fold_of, progress))
    _decide(result, _OutOfFold(parts, data, fold_of), settings, progress)
    for part in parts:
        part.classifier.discard_checkpoints()
    return result


@dataclass(frozen=True, slots=True)
class _Training:
    """Trains labellers on parts of the articles, all with the same settings."""

    settings: TrainingSettings
    data: Analysed
    codebook: Codebook
    chosen: Chosen
    soft: SoftlyLabelled | None = None

    def without_fold(self, fold_of: NDArray[np.int64], fold: int, folds: int, progress: Progress) -> Labeller:
        """A labeller that has not seen the sentences of a fold."""
        which = f"fold {fold + 1} of {folds}"
        here = Progress(
            lambda what: progress.step(f"{which}: {what}"),
            progress.update,
            lambda text: progress.line(f"{which}: {text}"),
        )
        return self.fit(fold_of != fold, fold_of == fold, here)

    def on_all(self, parts: Sequence[Labeller], fold_of: NDArray[np.int64], progress: Progress) -> Labeller:
        """A labeller that has seen all sentences, in no lower precision than those of the folds."""
        training = self
        if precisions := min((part.classifier.precisions for part in parts), key=len):
            training = replace(self, chosen=replace(self.chosen, precision=precisions[0]))
        # The articles of one fold are enough to compare the export with the network.
        return training.fit(np.ones(len(self.data), dtype=bool), fold_of == 0, progress)

    def fit(self, inside: NDArray[np.bool_], check: NDArray[np.bool_], progress: Progress) -> Labeller:
        """A labeller, without calibrations and thresholds, trained on some of the sentences.

        Args:
            inside: whether to train on each sentence.
            check: whether to compare the export of a network with it on each sentence.
        """
        labeller = fit_uncalibrated(
            subset(self.data, np.flatnonzero(inside)),
            subset(self.data, np.flatnonzero(check)),
            self.codebook,
            gazetteer(),
            self.settings.classifier,
            self.settings.seed,
            progress,
            self.settings.mentions,
            self.chosen.epochs,
            self.soft,
        )
        labeller.classifier = _at_least(labeller.classifier, self.chosen.precision, progress)
        return labeller


def _at_least(classifier: Classifier, precision: str | None, progress: Progress) -> Classifier:
    """The classifier in a precision, or in the next higher one in which it scores like the network."""
    available = classifier.precisions
    if precision not in available[1:]:  # it has this one, or could not be exported to one as low
        return classifier
    for name in available[available.index(precision) :]:
        if (found := classifier.at_precision(name, progress)) is not None:
            return found
    return classifier


class _OutOfFold:
    """Scores sentences, each with the classifier that was trained without its article.

    Attributes:
        scores: of all sentences.
        reference: the same before the export; None if nothing is exported.
    """

    def __init__(self, parts: Sequence[Labeller], data: Analysed, fold_of: NDArray[np.int64]) -> None:
        self.parts, self.data = parts, data
        # Neither known pairs nor the gate replace the segment of a sentence.
        self.fold_of = {id(s.segment): int(f) for s, f in zip(data.sentences, fold_of, strict=True)}
        self.scores = self.rescore(data.sentences)
        self.reference = self._reference(fold_of)

    def rescore(self, sentences: Sequence[AnalysedSentence]) -> list[Scores]:
        """Score sentences of the articles, in their order."""
        folds = np.array([self.fold_of[id(s.segment)] for s in sentences], dtype=np.int64)
        return self._merged(
            folds,
            [
                part.classifier.score([sentences[i] for i in np.flatnonzero(folds == fold).tolist()])
                for fold, part in enumerate(self.parts)
            ],
        )

    def _reference(self, fold_of: NDArray[np.int64]) -> list[Scores] | None:
        found = [part.classifier.reference for part in self.parts]
        references = [r for r in found if r is not None]
        return self._merged(fold_of, references) if len(references) == len(found) else None

    @staticmethod
    def _merged(folds: NDArray[np.int64], by_fold: Sequence[Sequence[Scores]]) -> list[Scores]:
        scores = [iter(s) for s in by_fold]
        return [next(scores[fold]) for fold in folds.tolist()]

    def labeller(self, final: Labeller) -> Labeller:
        """A labeller like the final one, which pairs actors and targets out of fold, too."""
        if not isinstance(final, StatementFinder):
            return final
        pairings = {
            segment: part.pairing
            for segment, fold in self.fold_of.items()
            if isinstance(part := self.parts[fold], StatementFinder)
        }
        return _OutOfFoldFinder(final, pairings)


class _OutOfFoldFinder(StatementFinder):
    """Finds statements in the articles with, for each, the pairing that was trained without it.

    Args:
        final: the labeller that was trained on all articles.
        pairings: by the `id` of a sentence's segment.
    """

    def __init__(self, final: StatementFinder, pairings: Mapping[int, Pairing]) -> None:
        super().__init__(final.classifier, final.decisions, final.pairing, final.codebook, final.gazetteer)
        self.pairings = pairings

    def pair_scores(
        self,
        sentence: AnalysedSentence,
        scores: Scores,
        stance: int,
        actor: int,
        candidates: Sequence[int],
        actors: Sequence[int],
    ) -> Floats:
        self.pairing = self.pairings[id(sentence.segment)]
        return super().pair_scores(sentence, scores, stance, actor, candidates, actors)


def _decide(
    result: TrainingResult, out_of_fold: _OutOfFold, settings: TrainingSettings, progress: Progress
) -> None:
    """Set calibration, thresholds and gate of the result's labeller, and `refused`."""
    final, data = result.labeller, out_of_fold.data
    labeller = out_of_fold.labeller(final)
    progress.step("calibrating on out-of-fold scores")
    labeller.calibrate(data, out_of_fold.scores, settings.seed)
    final.decisions = labeller.decisions
    if out_of_fold.reference is not None and final.codebook.stances:
        served, trained = (_f1(labeller, data, s) for s in (out_of_fold.scores, out_of_fold.reference))
        if trained - served > PARITY_F1:
            result.refused = (
                f"as served, out-of-fold F1 is {served:.3f}; as trained, it is {trained:.3f}: they differ by "
                f"more than {PARITY_F1}; train with --set classifier.quantise=false"
            )
    if settings.mentions == "found" and final.codebook.stances:
        progress.step("training the gate")
        final.gate = fit_gate_out_of_fold(
            labeller, data, out_of_fold.scores, out_of_fold.rescore, settings.seed
        )
        if final.gate is not None:
            progress.line(str(final.gate.about))


def _f1(labeller: Labeller, data: Analysed, scores: Sequence[Scores]) -> float:
    records = score_articles(labeller, data, scores, ParseCache(), as_annotated=True)
    return float(measure(data.articles, records, labeller.codebook, 0)[0]["statements"]["f1"])
