"""From settings and corpora to a trained labeller with its metrics. Independent of experiment tracking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..data.annotation.corpus import read_corpus
from ..data.annotation.splits import SHARES, with_splits
from ..data.codebook import Codebook
from ..data.errors import InputError
from ..data.schema import SPLITS, Article
from ..data.text.gazetteer import gazetteer
from ..data.text.spacy_parser import ParseCache
from .classifier import Scores
from .decoding.labeller import Labeller
from .evaluation.metrics import measure
from .evaluation.result import TrainingResult
from .evaluation.score_articles import score_articles
from .examples.dataset import Analysed, analyse_articles
from .examples.known_pairs import known_pairs
from .examples.soft_labels import SoftlyLabelled
from .fit import fit_labeller
from .gate.fitting import fit_gate
from .progress import Progress
from .settings import TrainingSettings

# The largest loss of validation F1 that is accepted when a model is exported.
PARITY_F1 = 0.005


def load_articles(
    settings: TrainingSettings, codebook: Codebook, split_seed: int | None = None
) -> tuple[dict[str, list[Article]], str]:
    """The articles of all corpora by split, and how the split was made.

    Args:
        settings: name the corpora.
        codebook: the label set.
        split_seed: for corpora without splits. Default: the seed of the settings.

    Raises:
        InputError: a corpus is invalid, or its training articles have fewer than two classes; or the settings
            have shares, but every article has a split.
    """
    seed = settings.seed if split_seed is None else split_seed
    articles, how = with_splits(read_corpus(settings.corpus, codebook), seed, settings.shares or SHARES)
    if settings.shares is not None and how == "given":
        raise InputError(
            "every article has a split already, so there is nothing to share out",
            where=", ".join(settings.corpus),
            hint="leave --split (the setting shares) out, or remove 'split' from the articles",
        )
    by_split: dict[str, list[Article]] = {s: [a for a in articles if a.split == s] for s in SPLITS}
    for needed in ("train", "validation"):
        if not by_split[needed]:
            raise InputError(
                f"no {needed} articles",
                where=", ".join(settings.corpus),
                hint="annotate more articles, or set their 'split'",
            )
    _check_classes(settings, by_split["train"])
    return by_split, how


def load_all_articles(settings: TrainingSettings, codebook: Codebook) -> list[Article]:
    """The articles of all corpora, whatever their splits.

    Raises:
        InputError: a corpus is invalid, or its articles have fewer than two classes.
    """
    articles = read_corpus(settings.corpus, codebook)
    _check_classes(settings, articles)
    return articles


def _check_classes(settings: TrainingSettings, train: Sequence[Article]) -> None:
    """Check that the training articles have at least two classes to distinguish.

    Raises:
        InputError: nothing is annotated, or all pairs have the same stance, or all sentences the same labels.
    """
    where = ", ".join(settings.corpus)
    sentences = [s for a in train for s in a.sentences]
    stances = {x.stance for s in sentences for x in s.statements}
    labels = {frozenset(s.labels) for s in sentences}
    if not stances and labels <= {frozenset()}:
        what = "no training sentence has a statement or a label to learn from"
        raise InputError(what, where=where, hint="annotate more sentences")
    if settings.mentions == "known" and len(stances) < 2:
        only = f"all training statements have the stance {min(stances)!r}" if stances else "no statements"
        raise InputError(
            f"{only}: there is nothing to distinguish",
            where=where,
            hint="annotate statements of at least two stances",
        )
    if not stances and len(labels) < 2:
        raise InputError(
            "all training sentences have the same labels: there is nothing to distinguish",
            where=where,
            hint="annotate sentences without the label too",
        )


def analyse_splits(
    settings: TrainingSettings,
    by_split: Mapping[str, Sequence[Article]],
    codebook: Codebook,
    progress: Progress,
) -> dict[str, Analysed]:
    """The analysed articles of each split; as known pairs if `settings.mentions` is `known`."""
    progress.step("analysing sentences")
    names, cache = gazetteer(), ParseCache()
    total = sum(len(a.sentences) for articles in by_split.values() for a in articles)
    done = 0

    def advance(n: int) -> None:
        nonlocal done
        done += n
        progress.update(done, total)

    data = {
        split: analyse_articles(articles, names, codebook, cache, advance)
        for split, articles in by_split.items()
    }
    if settings.mentions == "known":
        return {split: known_pairs(part, codebook) for split, part in data.items()}
    return data


def fit_and_measure(
    settings: TrainingSettings,
    data: Mapping[str, Analysed],
    codebook: Codebook,
    progress: Progress,
    soft: SoftlyLabelled | None = None,
) -> TrainingResult:
    """Train on `train`, tune on `validation`, measure on `validation` and `test` if they have articles.

    Args:
        soft: unlabelled sentences with the probabilities of teachers, if the settings name teachers.

    Returns:
        The labeller and its metrics, even if the model must not be registered (`TrainingResult.refused`).
    """
    labeller = fit_labeller(
        data["train"],
        data["validation"],
        codebook,
        gazetteer(),
        settings.classifier,
        settings.seed,
        progress,
        settings.mentions,
        soft,
    )
    result = TrainingResult(labeller)
    for split in ("validation", "test"):
        if data[split].articles:
            progress.step(f"measuring on {split} articles")
            result.measure(split, data[split], settings.bootstrap)
        if split == "validation" and codebook.stances:
            _choose_precision(result, data[split], settings, progress)
            _add_gate(labeller, data, settings, progress)
    return result


def _add_gate(
    labeller: Labeller, data: Mapping[str, Analysed], settings: TrainingSettings, progress: Progress
) -> None:
    """Train the gate. The metrics of training are without it: they read every sentence."""
    if settings.mentions == "known":
        return
    progress.step("training the gate")
    validation = data["validation"]
    scores = labeller.classifier.score(validation.sentences)
    gate = fit_gate(labeller, data["train"], validation, scores, settings.seed)
    if gate is not None:
        progress.line(str(gate.about))


def _statements_f1(labeller: Labeller, data: Analysed, scores: Sequence[Scores]) -> float:
    records = score_articles(labeller, data, scores, ParseCache())
    return float(measure(data.articles, records, labeller.codebook, 0)[0]["statements"]["f1"])


def _choose_precision(
    result: TrainingResult, validation: Analysed, settings: TrainingSettings, progress: Progress
) -> None:
    """Serve in the lowest precision whose validation F1 is close to that of the trained network.

    Sets `result.refused` if not even the highest precision is close enough.
    """
    labeller = result.labeller
    trained = labeller.classifier
    if trained.reference is None:
        return
    message = ""
    for n, precision in enumerate(trained.precisions):
        if n > 0:  # `fit` chose the first, which has been measured
            classifier = trained.at_precision(precision, progress)
            if classifier is None:
                continue
            progress.line(f"{message}; trying a higher precision")
            labeller.classifier = classifier
            labeller.calibrate(validation, classifier.score(validation.sentences), settings.seed)
            result.measure("validation", validation, settings.bootstrap)
        trained_f1 = _statements_f1(labeller, validation, trained.reference)
        served_f1 = result.metrics["validation"]["statements"]["f1"]
        result.metrics["validation"]["trained_f1"] = trained_f1
        if trained_f1 - served_f1 <= PARITY_F1:
            return
        message = (
            f"served as {precision}, validation F1 is {served_f1:.3f}; as trained, it is {trained_f1:.3f}: "
            f"they differ by more than {PARITY_F1}"
        )
    result.refused = message
