"""Articles as texts with labelled regions."""

from __future__ import annotations

import re

from ...errors import InputError
from ...schema import Article, Span, Statement
from ...text.segmentation.sentences import Segment, annotated_segments
from .document import NEAR_MISS, Document, Region
from .offsets import cuts_word

NAME = re.compile(r"[a-z][a-z0-9_]*")


def check_names(article: Article) -> None:
    """Reject names that would be ambiguous in a label or a column.

    Raises:
        InputError: the name of a stance or label is not allowed in a codebook.
    """
    for name in [x for s in article.sentences for x in (*s.labels, *(y.stance for y in s.statements))]:
        if not NAME.fullmatch(name):
            raise InputError(
                f"{name!r} cannot be written",
                where=article.doc_id,
                hint="use lower-case letters, digits and _, as in a codebook",
            )


def document_of(article: Article, prefix: str = "r") -> Document:
    """Convert an article into a text with regions; `article_from` converts it back.

    Args:
        prefix: how the keys of its regions begin.

    Raises:
        InputError: the name of a stance or label is not allowed in a codebook, or a span has no words.
    """
    check_names(article)
    segments = annotated_segments(article)
    fields = article.model_dump(mode="json", exclude={"sentences"}, exclude_defaults=True)
    fields["sentences"] = [{"start": s.start, "end": s.end, "para": s.para} for s in segments]
    out = Document(article.text, fields)

    def add(label: str, start: int, end: int, note: str | None = None) -> str:
        out.regions.append(Region(f"{prefix}{len(out.regions) + 1}", label, start, end, note))
        return out.regions[-1].key

    for sentence, at in zip(article.sentences, segments, strict=True):
        for label in sentence.labels:
            add(label, at.start, at.end)
        if sentence.near_miss:
            add(NEAR_MISS, at.start, at.end, sentence.near_miss)
        for s in sentence.statements:
            actor = add(*_party_region(s, "actor", at, sentence.text, article.doc_id))
            if s.target or s.target_id:
                out.links.append((actor, add(*_party_region(s, "target", at, sentence.text, article.doc_id))))
    return out


def _party_region(
    statement: Statement, role: str, at: Segment, text: str, doc_id: str
) -> tuple[str, int, int, str | None]:
    """The label, start, end and note of the region of an actor or target."""
    span: Span | None = getattr(statement, role)
    identity: str | None = getattr(statement, f"{role}_id")
    if span is None:
        return f"{statement.stance}:unnamed {role}", at.start, at.end, identity
    if not span.text:
        raise InputError(
            "a span without words cannot be written",
            where=doc_id,
            hint="use null for a party that is not named",
        )
    if span.text != span.text.strip() or any(cuts_word(text, x) for x in (span.start, span.end)):
        raise InputError(
            f"span {span.text[:60]!r} cannot be written: it cuts a word, or has spaces at either end",
            where=doc_id,
            hint="give whole words",
        )
    return f"{statement.stance}:{role}", at.start + span.start, at.start + span.end, identity
