"""Write articles as CoNLL columns."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from ...errors import InputError
from ...schema import Article, Sentence, Statement
from ..regions.writing import check_names

TOKEN = re.compile(r"\w[\w\u0300-\u036f\u200c\u200d]*|\S")
PARTIES = ("actor", "target")


def _value(text: str) -> str:
    """A value as written in a comment."""
    printable = text and text == text.strip() and text.isprintable() and not text.startswith('"')
    return text if printable else json.dumps(text, ensure_ascii=not text.isprintable())


def _tokens(sentence: Sentence, where: str) -> list[tuple[int, int]]:
    """The offsets of the tokens, split where spans begin and end."""
    cuts: set[int] = set()
    for span in [x for s in sentence.statements for x in (s.actor, s.target) if x]:
        if not span.text or span.text != span.text.strip():
            raise InputError(
                f"span {span.text!r} cannot be written in columns",
                where=where,
                hint="a span needs words, and no spaces at either end",
            )
        cuts |= {span.start, span.end}
    out: list[tuple[int, int]] = []
    for token in TOKEN.finditer(sentence.text):
        edges = [token.start(), *sorted(c for c in cuts if token.start() < c < token.end()), token.end()]
        out += pairwise(edges)
    return out


def _column(statement: Statement, tokens: Iterable[tuple[int, int]]) -> list[str]:
    """The marks of a statement's parties, one per token."""
    out = []
    for a, b in tokens:
        marks = [
            f"{'B' if a == span.start else 'I'}-{p.upper()}"
            for p in PARTIES
            if (span := getattr(statement, p)) and span.start <= a and b <= span.end
        ]
        out.append("|".join(marks) or "O")
    return out


def _sentence_lines(sentence: Sentence, where: str) -> Iterator[str]:
    """The comments and tokens of a sentence, and the blank line that ends it."""
    if sentence.para:
        yield "# newpar"
    yield f"# text = {_value(sentence.text)}"
    if sentence.labels:
        yield f"# labels = {' '.join(sentence.labels)}"
    if sentence.near_miss:
        yield f"# near_miss = {_value(sentence.near_miss)}"
    for s in sentence.statements:
        yield f"# statement = {s.stance} {s.actor_id or '-'} {s.target_id or '-'}"
    tokens = _tokens(sentence, where)
    columns = [_column(s, tokens) for s in sentence.statements]
    for n, (a, b) in enumerate(tokens):
        yield "\t".join([str(n + 1), sentence.text[a:b], str(a), str(b), *(c[n] for c in columns)])
    yield ""


def format_conll(articles: Iterable[Article]) -> str:
    """Write articles as columns; `read_conll` reads the same articles from it.

    Raises:
        InputError: an article that columns cannot represent.
    """
    lines: list[str] = []
    for article in articles:
        check_names(article)
        fields = article.model_dump(mode="json", exclude={"sentences"}, exclude_defaults=True)
        for key, value in fields.items():
            lines.append(f"# {key} = {_value(value) if isinstance(value, str) else json.dumps(value)}")
        for sentence in article.sentences:
            lines += _sentence_lines(sentence, article.doc_id)
    return "".join(line + "\n" for line in lines)
