"""The annotated articles with which shares are corrected, beside what the model finds in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from ...data.annotation.corpus import read_corpus
from ...data.annotation.summary import ArticleSummary
from ...data.errors import InputError, plural
from ...data.record import text_sha256
from ...experiments.studies.held_out import RUN_ID, HeldOut, read_held_out
from .correction import Annotated
from .counts import counts

if TYPE_CHECKING:
    from ...data.schema import Article
    from ...training.decoding.labeller import Labeller

# With fewer, nothing can be corrected.
MIN_ANNOTATED = 20
_FOLDS = "annotate more articles, or correct with a cross-validation: stancewire train --folds 5"


def annotated_sample(
    names: Sequence[str],
    model: Callable[[], tuple[Labeller, str]],
    seen: Callable[[], set[str]],
    note: Callable[[str], None],
    advance: Callable[[int], None] | None = None,
) -> Annotated:
    """The annotated articles of corpora and cross-validations, without those of a test split.

    Args:
        names: corpora, as in `read_corpus`, and run ids of cross-validations.
        model: opens the model that scored the profiled articles; its name for people is second. Called only
            for corpora.
        seen: the checksums of the texts that the model was trained on.
        note: called with the number of articles that are left out.
        advance: called with 1 after each scored article.

    Raises:
        InputError: a corpus or run cannot be read, or too few articles are left.
    """
    names = list(dict.fromkeys(names))
    held_out, repeated = _held_out([name for name in names if RUN_ID.fullmatch(name)])
    gold = [row.annotated for row in held_out.values()]
    predicted = [row.predicted for row in held_out.values()]
    corpora = [name for name in names if not RUN_ID.fullmatch(name)]
    if corpora:
        labeller, title = model()
        if labeller.mentions != "found":
            raise InputError(
                "chooses the stance of known pairs", where=title, hint="no profile is made of it"
            )
        found = list(_unseen(read_corpus(corpora, labeller.codebook), seen(), note))
        unseen = [a for a in found if a.doc_id not in held_out]
        repeated += len(found) - len(unseen)
        gold += map(ArticleSummary.of_article, unseen)
        predicted += _scored(unseen, labeller, advance)
    if repeated:
        note(f"{plural(repeated, 'annotated article')} left out: already among the others")
    return _checked(gold, predicted, names)


def _held_out(runs: Sequence[str]) -> tuple[dict[str, HeldOut], int]:
    """The articles of cross-validations by id, and how many more there are with the same ids.

    An article counts once: intervals would be too narrow otherwise.
    """
    rows = [row for run in runs for row in read_held_out(run)]
    by_id = {row.annotated.id: row for row in rows}
    return by_id, len(rows) - len(by_id)


def _checked(
    gold: Sequence[ArticleSummary], predicted: Sequence[ArticleSummary], names: Sequence[str]
) -> Annotated:
    if len(gold) < MIN_ANNOTATED:
        counted = plural(len(gold), "annotated article")
        what = f"{counted} that the model has not seen; at least {MIN_ANNOTATED} are needed"
        raise InputError(what, where="--annotated", hint=_FOLDS)
    about = f"{plural(len(gold), 'annotated article')} ({', '.join(names)})"
    return Annotated(
        gold=[counts(a) for a in gold],
        predicted=[counts(a) for a in predicted],
        outlets=[a.outlet for a in gold],
        about=about,
    )


def _unseen(articles: Sequence[Article], seen: set[str], note: Callable[[str], None]) -> Iterator[Article]:
    """The articles that are neither of a test split, which is for measurements, nor seen in training."""
    tests = known = 0
    for article in articles:
        if article.split == "test":
            tests += 1
        elif text_sha256(article.text) in seen:
            known += 1
        else:
            yield article
    if tests:
        note(f"{plural(tests, 'annotated article')} of the test split left out: it is for measurements only")
    if known:
        note(f"{plural(known, 'annotated article')} left out: the model was trained or tuned on them")


def _scored(
    articles: Sequence[Article], labeller: Labeller, advance: Callable[[int], None] | None
) -> Iterator[ArticleSummary]:
    from ...data.text.spacy_parser import ParseCache

    cache = ParseCache()
    for article in articles:
        yield ArticleSummary.of_record(labeller.label(article.text, id=article.doc_id, cache=cache))
        if advance:
            advance(1)


def trained_on(model: str, note: Callable[[str], None]) -> set[str]:
    """The checksums of the texts on which a registered model was trained, or its thresholds were chosen.

    Args:
        model: as `--model` names it.
        note: called if it is not known, as of a model folder.
    """
    unknown = "it cannot be checked that the model has not seen the annotated articles"
    try:
        names, is_final = _corpora_of(model)
        articles = read_corpus(names) if names else []
        found = {text_sha256(a.text) for a in articles if is_final or a.split != "test"}
    except InputError as error:
        note(f"{unknown}: {error}")
        return set()
    if not names:
        note(unknown)
    return found


def _corpora_of(model: str) -> tuple[list[str], bool]:
    """The corpora that a registered model was trained on, and whether it is a final model, trained on all.

    Raises:
        InputError: the model is not registered, or the store failed.
    """
    from ...experiments.comparison.texts import corpora_of
    from ...experiments.tracking.connection.addresses import shown_uri
    from ...experiments.tracking.connection.failures import failures, store_error
    from ...experiments.tracking.final_runs import is_final
    from ...experiments.tracking.registry import find_version
    from ...experiments.tracking.store import connect

    run_id = find_version(model).run_id
    if not run_id:
        return [], False
    mlflow = connect()
    try:
        run = mlflow.get_run(run_id)
    except failures() as error:
        raise store_error(error, shown_uri()) from None
    return corpora_of(run), is_final(run)
