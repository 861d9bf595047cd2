"""From a config and annotated corpora to a trained labeller with its metrics. Knows nothing of experiment tracking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..data.annotation.corpus import read_corpus
from ..data.annotation.splits import with_splits
from ..data.codebook import Codebook
from ..data.errors import InputError
from ..data.files.cache import cache_folder
from ..data.schema import SPLITS, Article
from ..data.text.gazetteer import gazetteer
from ..data.text.spacy_parser import ParseCache
from .encoder.classifier import EncoderClassifier
from .evaluation.metrics import measure
from .evaluation.result import Outcome
from .evaluation.score_articles import score_articles
from .examples.dataset import Analysed, analyse_articles
from .examples.known_pairs import questions
from .fit import decide, fit_labeller
from .progress import Progress
from .settings import TrainingSettings

# What is served may have so much less F1 on validation than what was trained.
PARITY_F1 = 0.005


def load_articles(settings: TrainingSettings, codebook: Codebook) -> tuple[dict[str, list[Article]], str]:
    """The articles of all corpora by split, and how the split was made.

    Raises:
        InputError: a corpus is at fault, or there is nothing to train on.
    """
    articles, how = with_splits(read_corpus(settings.corpus, codebook), settings.seed)
    by_split: dict[str, list[Article]] = {s: [a for a in articles if a.split == s] for s in SPLITS}
    for needed in ("train", "validation"):
        if not by_split[needed]:
            raise InputError(
                f"no {needed} articles",
                where=", ".join(settings.corpus),
                hint="annotate more articles, or set their 'split'",
            )
    return by_split, how


def analyse_splits(
    settings: TrainingSettings,
    by_split: Mapping[str, Sequence[Article]],
    codebook: Codebook,
    progress: Progress,
) -> dict[str, Analysed]:
    """The articles of each split, analysed as the settings say."""
    progress.step("analysing sentences")
    names, cached = gazetteer(), ParseCache(cache_folder())
    total = sum(len(a.sentences) for articles in by_split.values() for a in articles)
    done = 0

    def advance(n: int) -> None:
        nonlocal done
        done += n
        progress.update(done, total)

    data = {
        split: analyse_articles(articles, names, codebook, cached, advance)
        for split, articles in by_split.items()
    }
    return (
        {split: questions(part, codebook) for split, part in data.items()}
        if settings.mentions == "given"
        else data
    )


def fit_and_measure(
    settings: TrainingSettings, data: Mapping[str, Analysed], codebook: Codebook, progress: Progress
) -> Outcome:
    """Fit on `train`, decide on `validation`, measure on `validation` and `test` where they have articles."""
    given = settings.mentions == "given"
    labeller = fit_labeller(
        data["train"],
        data["validation"],
        codebook,
        gazetteer(),
        settings.classifier,
        settings.seed,
        progress,
        given,
    )
    out = Outcome(labeller)
    for split in ("validation", "test"):
        if data[split].articles:
            progress.step(f"measuring on {split} articles")
            out.measure(split, data[split], settings.bootstrap)
        if split == "validation" and isinstance(labeller.classifier, EncoderClassifier) and codebook.stances:
            _keep_near(out, labeller.classifier, data[split], settings, progress)
    return out


def _keep_near(
    out: Outcome,
    classifier: EncoderClassifier,
    validation: Analysed,
    settings: TrainingSettings,
    progress: Progress,
) -> None:
    """Serve an encoder with as many bits as it needs to have the F1 on validation that it was trained to."""
    labeller = out.labeller
    while True:
        records = score_articles(labeller, validation, classifier.reference, ParseCache(cache_folder()))
        trained = measure(validation.articles, records, labeller.codebook, 0)[0]["statements"]["f1"]
        served = out.metrics["validation"]["statements"]["f1"]
        out.metrics["validation"]["trained_f1"] = trained
        if trained - served <= PARITY_F1:
            return
        said = f"served as {classifier.about['served_as']}, validation F1 is {served:.3f}, {trained:.3f} as trained: more than {PARITY_F1} apart"
        if not classifier.widen():
            out.refused = said
            return
        progress.line(f"{said}; more bits then")
        labeller.decisions = decide(
            labeller, validation, classifier.score(validation.sentences), settings.seed
        )
        out.measure("validation", validation, settings.bootstrap)
