"""Train for release: on all annotated articles, with the figures of a run that held some of them out."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from ..data.annotation.corpus import corpus_digest, read_corpus
from ..data.annotation.folds import assign_folds
from ..data.annotation.splits import SHARES, with_splits
from ..data.codebook import Codebook, codebook_named
from ..data.errors import InputError
from ..data.schema import Article
from ..training.distillation.articles import ReadUnlabelled
from ..training.distillation.labelling import Distillation
from ..training.final import FOLDS, Chosen
from ..training.pipeline import load_all_articles
from ..training.progress import Progress
from ..training.settings import TrainingSettings
from .config import changed_settings
from .distillation import prepare_distillation, resolved
from .tracking.connection.addresses import redacted
from .tracking.final_runs import SETTINGS_OF, Final, is_final, measured_of
from .tracking.lookup import named_run, search
from .tracking.run_logging import training_tags
from .tracking.run_settings import settings_of
from .tracking.store import connect
from .train import SPLIT_SEED, Prepared, Trained, run_training

# Settings that do not change the model. Of corpora and codebooks, the content counts, not the name.
_NO_MATTER = {"name", "experiment", "corpus", "codebook", "bootstrap", "shares"}
_HOW = "all articles are for training"
# The parameter with the names and digests of the teachers of a run.
_TEACHERS = "encoder.teachers"


def train_final(
    settings: TrainingSettings,
    final: Final | None = None,
    progress: Progress | None = None,
    config: str | None = None,
    *,
    folds: int = FOLDS,
    tags: Mapping[str, str] | None = None,
    read: ReadUnlabelled | None = None,
) -> Trained:
    """Train a final model on all articles, and log it.

    Args:
        settings: what to train, and on what.
        final: how. Default: as `final_for` says.
        progress: receives the steps, and a line that says whose figures the model inherits.
        config: see `experiments.train.train`.
        folds: see `final_for`; not used if `final` is given.
        tags, read: further tags of the run; see `read_unlabelled` of `experiments.train.train`. Copies of any
            of the articles are left out of what it reads: each is in a fold whose scores choose thresholds.

    Raises:
        InputError: see `experiments.train.train`; also if there are fewer articles than folds.
    """
    progress, began = progress or Progress(), time.perf_counter()
    codebook = codebook_named(settings.codebook)
    articles = load_all_articles(settings, codebook)
    by_split = {"train": articles}
    teaching = prepare_distillation(settings, articles, codebook, read, progress)
    settings = resolved(settings, teaching)
    progress.step("connecting to the tracking store")
    mlflow = connect(write=True)
    final = final or final_for(settings, articles, codebook, folds, teaching)
    assign_folds(articles, final.folds, settings.seed)  # too few are an error before the run is opened
    progress.line(_inherits(final))
    changed = changed_settings(settings, config)
    shown = {"changed": redacted(" ".join(f"{k}={v}" for k, v in changed.items()))}
    all_tags = training_tags(settings, by_split, codebook) | shown | final.tags() | dict(tags or {})
    prepared = Prepared(settings, codebook, by_split, _HOW, changed, all_tags, False, final, teaching)
    return run_training(mlflow, prepared, progress, began)


def _inherits(final: Final) -> str:
    if final.measured is None:
        return (
            "no finished run in the store has these settings and articles: the model will have no measured "
            "figures (train without --final first)"
        )
    return f"the settings are those of run {final.measured.run_id[:8]}, whose figures the model inherits"


def final_for(
    settings: TrainingSettings,
    articles: Sequence[Article],
    codebook: Codebook,
    folds: int = FOLDS,
    teaching: Distillation | None = None,
) -> Final:
    """How to train a final model with these settings: like the newest run that measured them.

    Args:
        settings: what to train.
        articles: all articles, as they were read.
        codebook: the label set.
        folds: the number of folds, at least 2.
        teaching: the teachers, if the settings name some.

    Returns:
        `measured` is None if no finished training of this release has the same settings, articles and
        teachers. The unlabelled text may differ: that of a final model has no copies of any article.
    """
    teachers = str(teaching.about["teachers"]) if teaching is not None else None
    for run in search({"codebook": codebook.digest}, status="FINISHED"):
        if run.data.tags.get("kind", "training") != "training" or not _same_release(run):
            continue
        try:
            same = _key(settings_of(run)) == _key(settings)
        except InputError:  # settings of another release
            continue
        same = same and run.data.params.get(_TEACHERS) == teachers
        if same and _has_articles(run, articles) and (found := measured_of(run)) is not None:
            measured, chosen = found
            return Final(folds, chosen, measured)
    return Final(folds, Chosen())


def final_like(name: str, corpora: Sequence[str] = (), folds: int = FOLDS) -> tuple[TrainingSettings, Final]:
    """The settings of a run, and how to train a final model with them.

    Args:
        name: a run or model, see `tracking.lookup.named_run`; a final model stands for the run whose settings
            it uses.
        corpora: where the articles of the run are. Default: where they were.
        folds: see `final_for`.

    Raises:
        InputError: there is no such finished training, its corpus or codebook has changed, or it has no
            figures to inherit.
    """
    run = named_run(name)
    where = f"run {run.info.run_id[:8]}"
    if is_final(run):
        run = _run_measured_by(run, where)
    settings = settings_of(run)
    if corpora:
        settings = settings.model_copy(update={"corpus": tuple(corpora)})
    codebook = codebook_named(settings.codebook)
    if run.data.tags.get("codebook") != codebook.digest:
        raise InputError("the codebook has changed since the run", where=where, hint=_AGAIN)
    if not _has_articles(run, read_corpus(settings.corpus, codebook)):
        what = "the articles have changed since the run, so its figures are not those of the same settings"
        raise InputError(what, where=", ".join(settings.corpus), hint=_AGAIN)
    found = measured_of(run)
    if found is None:
        raise InputError("keeps no figures of validation articles", where=where, hint=_AGAIN)
    measured, chosen = found
    return settings, Final(folds, chosen, measured)


_AGAIN = "train again without --final, then with --final"


def _run_measured_by(run: Any, where: str) -> Any:
    settings_run = run.data.tags.get(SETTINGS_OF)
    if not settings_run:
        raise InputError("this final model has no measured figures", where=where, hint=_AGAIN)
    return named_run(settings_run)


def _key(settings: TrainingSettings) -> dict[str, Any]:
    return settings.model_dump(exclude=_NO_MATTER)


def _same_release(run: Any) -> bool:
    from .. import __version__

    return bool(run.data.tags.get("stancewire") == __version__)


def _has_articles(run: Any, articles: Sequence[Article]) -> bool:
    """Whether a training had exactly these articles.

    The splits of articles that have none are part of the digest; they follow from the settings of the run.
    """
    settings, tag = settings_of(run), run.data.tags.get(SPLIT_SEED, "")
    seed = int(tag) if tag.isdigit() else settings.seed
    split, _ = with_splits(articles, seed, settings.shares or SHARES)
    return bool(run.data.tags.get("corpus_sha256") == corpus_digest(split))
