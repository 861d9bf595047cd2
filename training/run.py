"""One training run: fit, measure, and log everything that tells what was done and how good it is."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import __version__
from ..data.codebook import Codebook, codebook_named
from ..data.corpus import SPLITS, corpus_digest, read_corpus, with_splits
from ..data.errors import InputError
from ..data.gazetteer import gazetteer
from ..data.parser import ParseCache, cache_folder
from ..data.schema import Article
from .encoder.classifier import EncoderClassifier
from .examples import Analysed, analyse_articles
from .fit import decide, fit_labeller, settle
from .given import questions
from .measuring import score_articles
from .metrics import measure
from .model import save_model
from .model_card import model_card
from .name_flips import flipped_share
from .outcome import Outcome
from .run_log import log_run
from .settings import TrainingSettings
from .tracking import connect
from .watch import Watch

# Swaps of names for the model card; `evaluate --name-swaps` takes more.
CARD_SWAPS = 5
# What is served may have so much less F1 on validation than what was trained.
PARITY_F1 = 0.005


@dataclass(slots=True)
class Trained:
    """A finished run. `refused` says why its model must not be registered; None where it may."""

    run_id: str
    model_uri: str
    metrics: dict[str, dict[str, Any]]
    split_digests: dict[str, str]
    codebook: Codebook
    seconds: float
    card: str
    refused: str | None = None


def load_articles(settings: TrainingSettings, codebook: Codebook) -> tuple[dict[str, list[Article]], str]:
    """The articles of all corpora by split, and how the split was made.

    Raises:
        InputError: a corpus is at fault, or there is nothing to train on.
    """
    articles, how = with_splits(read_corpus(settings.corpus, codebook), settings.seed)
    by_split: dict[str, list[Article]] = {s: [a for a in articles if a.split == s] for s in SPLITS}
    for needed in ("train", "validation"):
        if not by_split[needed]:
            raise InputError(f"no {needed} articles", where=", ".join(settings.corpus), mend="annotate more articles, or set their 'split'")
    return by_split, how


def analyse_splits(settings: TrainingSettings, by_split: Mapping[str, Sequence[Article]], codebook: Codebook, watch: Watch) -> dict[str, Analysed]:
    """The articles of each split, analysed as the settings say."""
    watch.step("analysing sentences")
    names, cached = gazetteer(), ParseCache(cache_folder())
    total = sum(len(a.sentences) for articles in by_split.values() for a in articles)
    done = 0

    def advance(n: int) -> None:
        nonlocal done
        done += n
        watch.progress(done, total)

    data = {split: analyse_articles(articles, names, codebook, cached, advance) for split, articles in by_split.items()}
    return {split: questions(part, codebook) for split, part in data.items()} if settings.mentions == "given" else data


def fit_and_measure(settings: TrainingSettings, data: Mapping[str, Analysed], codebook: Codebook, watch: Watch) -> Outcome:
    """Fit on `train`, decide on `validation`, measure on `validation` and `test` where they have articles."""
    given = settings.mentions == "given"
    labeller = fit_labeller(data["train"], data["validation"], codebook, gazetteer(), settings.classifier, settings.seed, watch, given)
    out = Outcome(labeller)
    for split in ("validation", "test"):
        if data[split].articles:
            watch.step(f"measuring on {split} articles")
            out.measure(split, data[split], settings.bootstrap)
        if split == "validation" and isinstance(labeller.classifier, EncoderClassifier) and codebook.stances:
            _keep_near(out, labeller.classifier, data[split], settings, watch)
    return out


def _keep_near(out: Outcome, classifier: EncoderClassifier, validation: Analysed, settings: TrainingSettings, watch: Watch) -> None:
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
        watch.line(f"{said}; more bits then")
        labeller.decisions = decide(labeller, validation, classifier.score(validation.sentences), settings.seed)
        out.measure("validation", validation, settings.bootstrap)


def train(settings: TrainingSettings, watch: Watch | None = None) -> Trained:
    """Train, measure and log one run.

    Raises:
        InputError: the corpus, codebook or tracking store is at fault; then nothing is logged.
    """
    watch = watch or Watch()
    began = time.perf_counter()
    codebook = codebook_named(settings.codebook)
    by_split, how = load_articles(settings, codebook)
    watch.step("connecting to the tracking store")
    mlflow = connect()
    data = analyse_splits(settings, by_split, codebook, watch)
    outcome = fit_and_measure(settings, data, codebook, watch)
    labeller, flips = outcome.labeller, None
    if codebook.stances and not labeller.given:
        watch.step("giving the sides other names")
        articles = by_split["test"] or by_split["validation"]
        flips = round(flipped_share(labeller, articles, CARD_SWAPS, settings.seed, ParseCache(cache_folder())), 5)
    watch.step("writing the model card")
    card = model_card(settings, how, by_split, outcome, flips)
    watch.step("logging the run")
    digests = {split: corpus_digest(articles) for split, articles in by_split.items()}
    mlflow.set_experiment(settings.experiment)
    with mlflow.start_run(run_name=settings.name) as run, tempfile.TemporaryDirectory() as work:
        log_run(mlflow, settings, how, by_split, outcome, Path(work))
        mlflow.log_text(card, "model_card.md")
        seconds = round(time.perf_counter() - began, 1)
        mlflow.log_metrics({"seconds": seconds, **({"name_flips": flips} if flips is not None else {})})
        watch.step("logging the model")
        save_model(labeller, Path(work) / "model")
        (Path(work) / "model" / "README.md").write_text(card, encoding="utf-8")
        # Names only: MLflow would otherwise import the world to guess the model's requirements.
        info = mlflow.pyfunc.log_model(
            name="model",
            python_model=str(Path(__file__).parent / "pyfunc_model.py"),
            artifacts={"model": str(Path(work) / "model")},
            pip_requirements=[f"stancewire=={__version__}"],
        )
        settle(labeller.classifier)
        return Trained(run.info.run_id, info.model_uri, outcome.metrics, digests, codebook, seconds, card, outcome.refused)
