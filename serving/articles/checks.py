"""Checks of an article before it is scored: its size, its language, its id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ...data.errors import InputError
from .selecting.prose import check_prose
from .source import ReadOptions, ReadReport, SourceArticle
from .streams import MAX_ARTICLE_BYTES, too_large

# The language of a text with fewer letters cannot be detected reliably.
MIN_LETTERS = 80


def check_language(text: str, where: str) -> None:
    """Reject a text that is not English.

    Raises:
        InputError: it is in another language.
    """
    sample = text[:4000]
    if sum(c.isalpha() for c in sample) < MIN_LETTERS:
        return
    from py3langid import classify

    language = classify(sample)[0]
    if language != "en":
        raise InputError(
            f"not in English (detected: {language!r}); skipped",
            where=where,
            hint="score it anyway with --any-language",
        )


def check_article(article: SourceArticle, options: ReadOptions, report: ReadReport, seen: set[str]) -> None:
    """Reject an article that cannot be scored.

    Args:
        article: as the reader read it.
        options: whether other languages than English are read.
        report: receives the remark that an id occurs twice.
        seen: the ids of the articles of this source so far; receives the id of this one.

    Raises:
        InputError: it is too large, not running text, not in English, or has the id of an earlier article.
    """
    n_bytes = len(article.text.encode("utf-8", errors="surrogatepass"))
    if n_bytes > MAX_ARTICLE_BYTES:
        raise too_large(n_bytes, article.where, MAX_ARTICLE_BYTES)
    check_prose(article.text, article.where)
    if article.id in seen:
        raise InputError(
            f"the id {article.id!r} occurs twice",
            where=article.where,
            hint="make the ids unique; the first was read",
        )
    seen.add(article.id)
    if not options.any_language:
        check_language(
            article.text, f"{article.source} ({article.id})" if article.position else article.where
        )


def noting_misdecoded(
    articles: Iterable[SourceArticle], note: Callable[[str], None]
) -> Iterator[SourceArticle]:
    """The same articles; says of each whose text was decoded wrongly before it came here ("Kenyaâ€™s")."""
    from ...data.text.normalisation import looks_misdecoded

    for article in articles:
        if looks_misdecoded(article.text):
            note(f"{article.id}: looks wrongly decoded (UTF-8 read as Windows-1252); repaired for reading")
        yield article
