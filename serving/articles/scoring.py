"""Score a stream of articles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ...data.errors import InputError
from ...data.record import Record
from ...data.text.spacy_parser import ParseCache
from ...training.decoding.labeller import Labeller
from .source import SourceArticle

# What a record keeps of the source of its article.
METADATA = ("outlet", "date", "date_original", "url", "author", "language")


def score_articles(
    labeller: Labeller,
    articles: Iterable[SourceArticle],
    report_error: Callable[[InputError], None],
    min_score: float | None = None,
) -> Iterator[Record]:
    """Score articles one after another.

    Args:
        labeller: the model.
        articles: read lazily.
        report_error: called with the error of each article that cannot be scored; the others are scored.
        min_score: minimum score of a statement in [0, 1]; overrides the tuned thresholds.

    Yields:
        One record per article, in order.
    """
    cache = ParseCache()
    for article in articles:
        try:
            record = score_article(labeller, article, min_score, cache)
        except InputError as error:
            report_error(error)
            continue
        yield record


def score_article(
    labeller: Labeller, article: SourceArticle, min_score: float | None, cache: ParseCache | None
) -> Record:
    """Score one article; see `score_articles`.

    Raises:
        InputError: it cannot be scored.
    """
    record = labeller.label(
        article.text,
        id=article.id,
        source=article.source,
        title=article.title,
        actor=article.actor,
        target=article.target,
        min_score=min_score,
        cache=cache,
    )
    about = {name: getattr(article, name) for name in METADATA}
    return record.model_copy(update={**about, "also_in": article.also_in})
