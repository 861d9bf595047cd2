"""From annotated articles to a labeller: fit on training articles, calibrate and decide on validation articles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..data.codebook import Codebook
from ..data.text.gazetteer import Gazetteer
from .classifier import Classifier, Floats, Scores
from .decoding.calibration import Sigmoid, best_threshold, fit_sigmoid
from .decoding.choice import CHOICE, choice_logits, fit_temperature
from .decoding.labeller import Decisions, Labeller
from .decoding.pairing import Pairing, pair_features
from .decoding.thresholds import stance_thresholds
from .encoder.classifier import EncoderClassifier
from .encoder.settings import EncoderSettings
from .examples.alignment import align
from .examples.dataset import Analysed
from .linear.classifier import LinearClassifier
from .linear.pair_classifier import LinearPairClassifier
from .progress import Progress
from .settings import ClassifierSettings


def make_classifier(
    settings: ClassifierSettings, codebook: Codebook, seed: int, given: bool = False
) -> Classifier:
    """A classifier that knows nothing yet.

    Args:
        given: source and target of each sentence are given, see `training.given`.
    """
    if isinstance(settings, EncoderSettings):
        return EncoderClassifier(settings, codebook, given, seed)
    if given:
        return LinearPairClassifier(codebook, settings.choice_regularisation, settings.min_count, seed)
    return LinearClassifier(
        regularisation=settings.regularisation,
        label_regularisation=settings.label_regularisation,
        sentence_regularisation=settings.sentence_regularisation,
        context_regularisation=settings.context_regularisation,
        min_count=settings.min_count,
        seed=seed,
    )


def pair_places(data: Analysed, codebook: Codebook) -> list[tuple[int, int, int, int, list[int], bool]]:
    """Of each annotated actor every mention that its target may be: (sentence, stance, actor, mention, all actors, whether gold has it)."""
    out = []
    for n, (gold, sentence) in enumerate(zip(data.gold, data.sentences, strict=True)):
        aligned = align(gold, sentence)
        for k, (_, target, _) in enumerate(codebook.columns):
            stance = codebook.stance_names[k]
            actors = (
                sorted(
                    {a.actor for a in aligned if a.stance == stance and a.actor is not None and a.actor >= 0}
                )
                if target >= 0
                else []
            )
            for actor in actors:
                targets = {a.target for a in aligned if a.stance == stance and a.actor == actor}
                out += [
                    (n, k, actor, j, actors, j in targets)
                    for j, m in enumerate(sentence.mentions)
                    if j != actor and m.head >= 0
                ]
    return out


def pair_rows(
    data: Analysed, roles: Sequence[Floats], codebook: Codebook
) -> tuple[list[list[float]], list[int]]:
    """Pairs of each annotated actor with every mention of its sentence: features, and whether gold has it."""
    rows: list[list[float]] = []
    wanted: list[int] = []
    for n, k, actor, j, actors, held in pair_places(data, codebook):
        mentions = data.sentences[n].mentions
        logits = roles[n][:, codebook.columns[k][1]]
        rows.append(
            pair_features(
                data.sentences[n], mentions[actor], mentions[j], logits, j, [mentions[a] for a in actors]
            )
        )
        wanted.append(int(held))
    return rows, wanted


def _fit_pairing(train: Analysed, held_out: Sequence[Floats], codebook: Codebook, seed: int) -> Pairing:
    """Fit on out-of-fold target scores, so that the pairing does not learn to trust overfitted ones."""
    pairing = Pairing()
    rows, wanted = pair_rows(train, held_out, codebook)
    pairing.fit(rows, wanted, seed)
    return pairing


def _decide_targets(labeller: Labeller, validation: Analysed, scores: Sequence[Scores], seed: int) -> float:
    """The threshold of a pair of actor and target."""
    codebook, decisions = labeller.codebook, labeller.decisions
    places = pair_places(validation, codebook)
    wanted = np.array([held for *_, held in places], dtype=np.int8)
    if not wanted.any():
        return decisions.target_threshold
    found = [
        labeller.pair_scores(validation.sentences[n], scores[n], codebook.stance_names[k], a, [j], actors)[0]
        for n, k, a, j, actors, _ in places
    ]
    return best_threshold(np.array(found), wanted, validation.article_of[[n for n, *_ in places]], seed=seed)


def decide(labeller: Labeller, validation: Analysed, scores: Sequence[Scores], seed: int) -> Decisions:
    """Calibrations and thresholds from the validation split.

    Args:
        scores: of each of its sentences.
    """
    codebook, decisions = labeller.codebook, Decisions()
    if not len(validation):
        return decisions
    label_logits = np.stack([s.labels for s in scores])
    label_wanted = np.stack([t.labels for t in validation.targets])
    for k, name in enumerate(codebook.label_names):
        sigmoid: Sigmoid = fit_sigmoid(label_logits[:, k], label_wanted[:, k])
        decisions.calibration[name] = sigmoid
        decisions.thresholds[name] = best_threshold(
            sigmoid(label_logits[:, k]), label_wanted[:, k], validation.article_of, seed=seed, balanced=True
        )
    if labeller.given:
        wanted = np.stack([t.roles[0, [a for a, _, _ in codebook.columns]] for t in validation.targets])
        temperature = fit_temperature(np.stack([choice_logits(s, codebook) for s in scores]), wanted)
        decisions.calibration[CHOICE] = Sigmoid(slope=-1 / temperature)
        return decisions
    logits = np.concatenate([s.roles for s in scores])
    wanted = np.concatenate([t.roles for t in validation.targets])
    decisions.calibration |= {
        role: fit_sigmoid(logits[:, k], wanted[:, k]) for k, role in enumerate(codebook.roles)
    }
    settled = Labeller(labeller.classifier, decisions, labeller.pairing, codebook, labeller.gazetteer)
    decisions.target_threshold = _decide_targets(settled, validation, scores, seed)
    decisions.thresholds |= {
        f"{stance}:actor": t for stance, t in stance_thresholds(settled, validation, scores, seed).items()
    }
    return decisions


def fit_labeller(
    train: Analysed,
    validation: Analysed,
    codebook: Codebook,
    gazetteer: Gazetteer,
    settings: ClassifierSettings,
    seed: int = 0,
    progress: Progress | None = None,
    given: bool = False,
) -> Labeller:
    """Train the whole labeller. Once all that it was trained for is done, `settle` its classifier.

    Args:
        given: source and target of each sentence are given; the articles are `given.questions` then.
    """
    progress = progress or Progress()
    progress.step("fitting roles and labels")
    classifier = make_classifier(settings, codebook, seed, given)
    held_out = classifier.fit(train, validation, progress)
    pairing = Pairing()
    if held_out is not None and not given:
        progress.step("fitting the pairing")
        pairing = _fit_pairing(train, held_out, codebook, seed)
    labeller = Labeller(classifier, Decisions(), pairing, codebook, gazetteer, given)
    progress.step("calibrating on validation articles")
    labeller.decisions = decide(labeller, validation, classifier.score(validation.sentences), seed)
    return labeller


def settle(classifier: Classifier) -> None:
    """A training is over, and what it was for is done: what only going on with it would need may go."""
    if isinstance(classifier, EncoderClassifier):
        classifier.settle()
