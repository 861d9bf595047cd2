"""`stancewire score --format html`: the article page."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from ..console import ErrorCount, detail, note, plural, progress

if TYPE_CHECKING:
    from ....training.decoding.labeller import Labeller
    from ...articles.source import SourceArticle
    from ...output.article_page.shown import ShownArticle

# A page of more articles opens slowly.
MANY = 3000


def score_to_page(
    out: Path | None,
    articles: Iterator[SourceArticle],
    labeller: Labeller,
    errors: ErrorCount,
    min_score: float | None = None,
    *,
    text: bool = True,
) -> None:
    """Score articles and write the article page to a file or standard output.

    Raises:
        InputError: nothing could be scored, or the file cannot be written.
    """
    from ....data.errors import InputError
    from ....data.files.atomic import atomic_write
    from ...output.article_page.page import render_articles
    from ...output.article_page.scoring import thresholds_of

    shown = _scored(articles, labeller, errors, min_score, text)
    if not shown:
        raise InputError("nothing could be scored; no page was written", where=str(out or "--format html"))
    if len(shown) > MANY:
        note(
            f"a page of {len(shown):,} articles opens slowly; select fewer with --since, --until or --outlet"
        )
    page = render_articles(shown, codebook=labeller.codebook, thresholds=thresholds_of(labeller, min_score))
    if out is None:
        sys.stdout.write(page)
        return
    with atomic_write(out) as stream:
        stream.write(page)
    statements = sum(len(a.record.statements) for a in shown)
    note(f"{plural(len(shown), 'article')}, {plural(statements, 'statement')} written to {out}")


def _scored(
    articles: Iterator[SourceArticle],
    labeller: Labeller,
    errors: ErrorCount,
    min_score: float | None,
    text: bool,
) -> list[ShownArticle]:
    from ...articles.selecting.unread_pairs import UnreadPairs
    from ...output.article_page.scoring import shown_articles

    pairs, began = UnreadPairs(labeller), perf_counter()
    shown: list[ShownArticle] = []
    with progress("scoring") as bar:
        for article in shown_articles(labeller, pairs.count(articles), errors, min_score, text=text):
            shown.append(article)
            bar.update(len(shown))
    pairs.report(note, labeller.name or "")
    detail(f"{plural(len(shown), 'article')} scored in {perf_counter() - began:.1f} s")
    return shown
