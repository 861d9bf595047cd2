"""The unlabelled articles that teachers label: none of those that a student is measured on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from ...data.annotation.copies import KnownTexts
from ...data.errors import InputError, plural
from ...data.schema import Article


@dataclass(frozen=True, slots=True)
class UnlabelledArticle:
    """An article without annotation.

    Attributes:
        text: as `score` reads it.
        id: the id that its source gives it; None if it gives none.
        where: where it was read, for messages.
    """

    text: str
    id: str | None = None
    where: str = ""


# Reads articles from the files, folders and patterns that `score` takes, and reports remarks as lines.
ReadUnlabelled = Callable[[Sequence[str], Callable[[str], None]], Iterable[UnlabelledArticle]]


@dataclass(frozen=True, slots=True)
class Selected:
    """The articles that teachers label, and the numbers of those that were left out.

    Attributes:
        articles: the others, in order.
        held_out: articles with the id or the text of a held-out one. A text that shares half of the word
            5-grams of the shorter one counts as the same.
        repeated: articles with the text of an earlier one.
    """

    articles: list[UnlabelledArticle] = field(default_factory=list)
    held_out: int = 0
    repeated: int = 0

    @property
    def digest(self) -> str:
        """SHA-256 of the texts, in hexadecimal, regardless of their order."""
        digests = sorted(hashlib.sha256(_encoded(a.text)).hexdigest() for a in self.articles)
        return hashlib.sha256("\n".join(digests).encode()).hexdigest()

    def __str__(self) -> str:
        used = plural(len(self.articles), "unlabelled article")
        if not self.held_out + self.repeated:
            return f"{used}; none is held out"
        return f"{used}; left out: {self.held_out:,} held out, {self.repeated:,} repeated"


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def select(articles: Iterable[UnlabelledArticle], held_out: Sequence[Article]) -> Selected:
    """Leave out copies of held-out articles, and repeated texts.

    Args:
        articles: read once.
        held_out: annotated articles on which models are tuned, calibrated or measured.

    Raises:
        InputError: no article is left.
    """
    ids, known = {a.doc_id for a in held_out}, KnownTexts(a.text for a in held_out)
    kept: list[UnlabelledArticle] = []
    seen: set[str] = set()
    excluded = repeated = 0
    for article in articles:
        text = " ".join(article.text.split())
        if article.id in ids or known.copy_of(text) is not None:
            excluded += 1
        elif text in seen:
            repeated += 1
        else:
            seen.add(text)
            kept.append(article)
    if not kept:
        what = "every article is a copy of a held-out one" if excluded else "no articles"
        raise InputError(what, where="classifier.unlabelled", hint="name files with other articles")
    return Selected(kept, excluded, repeated)
