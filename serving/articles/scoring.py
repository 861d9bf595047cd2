"""Score an article, and keep what its source says about it."""

from __future__ import annotations

from ...data.record import Record
from ...data.text.spacy_parser import ParseCache
from ...training.decoding.labeller import Labeller
from .source import SourceArticle

# What a record keeps of the source of its article.
METADATA = ("outlet", "date", "date_original", "url", "author", "language")


def score_article(
    labeller: Labeller, article: SourceArticle, min_score: float | None, cache: ParseCache | None
) -> Record:
    """Score one article.

    Args:
        labeller: the model.
        article: as its reader made it.
        min_score: minimum score of a statement in [0, 1]; overrides the tuned thresholds.
        cache: parses of earlier texts; None parses everything.

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
