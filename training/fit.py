"""From annotated articles to a labeller: fit on training articles, calibrate and decide on validation articles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from ..data.analysis import AnalysedSentence, analyse
from ..data.codebook import Codebook
from ..data.gazetteer import Gazetteer
from ..data.parser import ParseCache
from ..data.schema import Article, Sentence
from ..data.segment import annotated_segments
from .alignment import align, candidate_recall, role_targets
from .calibration import Sigmoid, best_threshold, fit_sigmoid
from .classifier import Classifier, Floats, RoleTargets
from .labeller import Decisions, Labeller
from .linear import LinearClassifier
from .pairing import Pairing, pair_features
from .thresholds import stance_thresholds

# So few that one cannot be held out without most of the others' variety going with it.
MIN_CONFLICTS = 5


class ClassifierSettings(BaseModel):
    """The table `[classifier]` of a config."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: str = Field("linear", pattern="^linear$", description="which classifier")
    regularisation: float = Field(0.5, gt=0, description="inverse strength of the L2 penalty on role weights")
    label_regularisation: float = Field(0.3, gt=0, description="the same for sentence labels")
    wording_regularisation: float = Field(0.1, gt=0, description="the same for the stances that a sentence holds by its words")
    context_regularisation: float = Field(0.02, gt=0, description="the same for the second look at each mention among the others of its sentence")
    min_count: int = Field(2, ge=1, description="features seen in fewer mentions are dropped")


@dataclass(slots=True)
class Analysed:
    """Annotated articles with their analyses, sentence by sentence."""

    articles: list[Article]
    gold: list[Sentence]
    sentences: list[AnalysedSentence]
    article_of: NDArray[np.int64]
    targets: list[RoleTargets]

    def __len__(self) -> int:
        return len(self.gold)


def analyse_articles(
    articles: Sequence[Article], gazetteer: Gazetteer, codebook: Codebook, cached: ParseCache | None = None, advance: Callable[[int], None] | None = None
) -> Analysed:
    """Analyse annotated articles as they are cut into sentences by their annotators."""
    segments = [annotated_segments(a) for a in articles]
    sentences = analyse([s for one in segments for s in one], gazetteer, cached, advance)
    gold = [s for a in articles for s in a.sentences]
    article_of = np.repeat(np.arange(len(articles)), [len(a.sentences) for a in articles])
    return Analysed(list(articles), gold, sentences, article_of, [role_targets(g, s, codebook) for g, s in zip(gold, sentences, strict=True)])


def make_classifier(settings: ClassifierSettings, seed: int) -> Classifier:
    return LinearClassifier(
        regularisation=settings.regularisation,
        label_regularisation=settings.label_regularisation,
        wording_regularisation=settings.wording_regularisation,
        context_regularisation=settings.context_regularisation,
        min_count=settings.min_count,
        seed=seed,
    )


def conflict_of(data: Analysed) -> NDArray[np.int64]:
    """The number of each sentence's conflict; of its article where there are too few conflicts to hold some out."""
    conflicts = [a.conflict or a.doc_id for a in data.articles]
    if len(set(conflicts)) < MIN_CONFLICTS:
        conflicts = [a.doc_id for a in data.articles]
    number = {c: i for i, c in enumerate(dict.fromkeys(conflicts))}
    return np.array([number[c] for c in conflicts], dtype=np.int64)[data.article_of]


def share_of_candidates(data: Analysed) -> float:
    """The share of gold actors that some candidate stands for; 1.0 where there are none."""
    found = [candidate_recall(g, s) for g, s in zip(data.gold, data.sentences, strict=True)]
    return sum(a for a, _ in found) / max(1, sum(b for _, b in found)) if any(b for _, b in found) else 1.0


def pair_rows(data: Analysed, roles: Sequence[Floats], codebook: Codebook) -> tuple[list[list[float]], list[int], list[int]]:
    """Pairs of each gold actor with every mention of its sentence: features, whether gold has it, and the article."""
    rows: list[list[float]] = []
    wanted: list[int] = []
    groups: list[int] = []
    for n, (gold, sentence, logits_of) in enumerate(zip(data.gold, data.sentences, roles, strict=True)):
        aligned = align(gold, sentence)
        mentions = sentence.mentions
        for stance in {a.stance for a in aligned}:
            if f"{stance}:target" not in codebook.roles:
                continue
            logits = logits_of[:, codebook.roles.index(f"{stance}:target")]
            actors = sorted({a.actor for a in aligned if a.stance == stance and a.actor is not None and a.actor >= 0})
            for actor in actors:
                targets = {a.target for a in aligned if a.stance == stance and a.actor == actor}
                for j, m in enumerate(mentions):
                    if j != actor and m.head >= 0:
                        rows.append(pair_features(sentence, mentions[actor], m, logits, j, [mentions[a] for a in actors]))
                        wanted.append(int(j in targets))
                        groups.append(int(data.article_of[n]))
    return rows, wanted, groups


def _fit_pairing(train: Analysed, held_out: Sequence[Floats], codebook: Codebook, seed: int) -> Pairing:
    """Fit on out-of-fold target scores, so that the pairing does not learn to trust overfitted ones."""
    pairing = Pairing()
    rows, wanted, _ = pair_rows(train, held_out, codebook)
    pairing.fit(rows, wanted, seed)
    return pairing


def decide(labeller: Labeller, validation: Analysed, seed: int) -> Decisions:
    """Calibrations and thresholds from the validation split."""
    codebook, decisions = labeller.codebook, Decisions()
    if not len(validation):
        return decisions
    scores = labeller.classifier.score(validation.sentences)
    logits = np.concatenate([s.roles for s in scores])
    wanted = np.concatenate([t.roles for t in validation.targets])
    decisions.calibration = {role: fit_sigmoid(logits[:, k], wanted[:, k]) for k, role in enumerate(codebook.roles)}
    label_logits = np.stack([s.labels for s in scores])
    label_wanted = np.stack([t.labels for t in validation.targets])
    for k, name in enumerate(codebook.label_names):
        sigmoid: Sigmoid = fit_sigmoid(label_logits[:, k], label_wanted[:, k])
        decisions.calibration[name] = sigmoid
        decisions.thresholds[name] = best_threshold(sigmoid(label_logits[:, k]), label_wanted[:, k], validation.article_of, seed=seed)
    rows, pairs, pair_groups = pair_rows(validation, [s.roles for s in scores], codebook)
    if any(pairs):
        decisions.target_threshold = best_threshold(labeller.pairing.score(rows), np.array(pairs, dtype=np.int8), np.array(pair_groups), seed=seed)
    settled = Labeller(labeller.classifier, decisions, labeller.pairing, codebook, labeller.gazetteer)
    decisions.thresholds |= {f"{stance}:actor": t for stance, t in stance_thresholds(settled, validation, scores, seed).items()}
    return decisions


def fit_labeller(
    train: Analysed,
    validation: Analysed,
    codebook: Codebook,
    gazetteer: Gazetteer,
    settings: ClassifierSettings,
    seed: int = 0,
    step: Callable[[str], None] | None = None,
) -> Labeller:
    """Train the whole labeller.

    Args:
        step: told what is being done.
    """
    tell = step or (lambda _: None)
    tell("fitting roles and labels")
    classifier = make_classifier(settings, seed)
    held_out = classifier.fit(train.sentences, train.targets, conflict_of(train))
    tell("fitting the pairing")
    pairing = _fit_pairing(train, held_out, codebook, seed)
    labeller = Labeller(classifier, Decisions(), pairing, codebook, gazetteer)
    tell("calibrating on validation articles")
    labeller.decisions = decide(labeller, validation, seed)
    return labeller
