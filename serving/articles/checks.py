"""Checks of an article before it is scored: its size, its language, its id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from ...data.errors import InputError
from .selecting.prose import check_prose
from .selecting.seen import SeenIds
from .selecting.selection import left_out
from .source import ReadOptions, ReadReport, SourceArticle
from .streams import MAX_ARTICLE_BYTES, too_large

# The language of a text with fewer letters cannot be detected reliably.
MIN_LETTERS = 80


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language of a text, detected; None if it is too short for that."""
    sample = text[:4000]
    if sum(c.isalpha() for c in sample) < MIN_LETTERS:
        return None
    from py3langid import classify

    return str(classify(sample)[0])


def without_nul(article: SourceArticle) -> SourceArticle:
    """The article without NUL characters, which damaged files have, and which end a text in many programs."""
    if "\x00" not in article.text:
        return article
    return replace(article, text=article.text.replace("\x00", ""))


def check_article(article: SourceArticle, options: ReadOptions, report: ReadReport, seen: SeenIds) -> bool:
    """Whether an article is read. Of a source with several articles, those in other languages are counted.

    Args:
        article: as the reader read it.
        options: whether other languages than English are read; dates and outlets.
        report: receives what is left out, and why.
        seen: the ids of the articles of this source so far; receives this one. Ids that were made from the
            position do not occur twice.

    Raises:
        InputError: it is too large, not running text, not in English, or has the id of an earlier article.
    """
    label = article.title or article.position or article.id
    if (reason := left_out(article, options)) is not None:
        report.skip(label, reason)
        return False
    n_bytes = len(article.text.encode("utf-8", errors="surrogatepass"))
    if n_bytes > MAX_ARTICLE_BYTES:
        raise too_large(n_bytes, article.where, MAX_ARTICLE_BYTES)
    check_prose(article.text, article.where)
    if article.given_id and not seen.add(article.id):
        raise repeated_id(article)
    if options.any_language:
        return True
    language = language_of(article.text) or article.language or "en"
    if language == "en":
        return True
    if article.position:
        report.skip(label, f"not in English: {language}")
        return False
    raise InputError(
        f"not in English (detected: {language!r}); skipped",
        where=article.where,
        hint="score it anyway with --any-language",
    )


def repeated_id(article: SourceArticle) -> InputError:
    """The error of an article that has the id of an earlier one of its source."""
    hint = "make the ids unique; the first was read"
    return InputError(f"the id {article.id!r} occurs twice", where=article.where, hint=hint)


def noting_misdecoded(
    articles: Iterable[SourceArticle], note: Callable[[str], None]
) -> Iterator[SourceArticle]:
    """The same articles; says of each whose text was decoded wrongly before it came here ("Kenyaâ€™s")."""
    from ...data.text.normalisation import looks_misdecoded

    for article in articles:
        if looks_misdecoded(article.text):
            note(f"{article.id}: looks wrongly decoded (UTF-8 read as Windows-1252); repaired for reading")
        yield article
