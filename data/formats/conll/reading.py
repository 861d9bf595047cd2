"""Read articles from CoNLL columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...checking import checked
from ...codebook import Codebook
from ...errors import InputError
from ...files.reading import load_json, read_text, refuse_invalid
from ...reporting import STOP_AT_FIRST, ImportOptions, guarded
from ...schema import Article, Statement
from ..json_fields import ARTICLE_FIELDS, known_label, typed


def _read_comment(
    article: dict[str, Any],
    sentence: dict[str, Any],
    key: str,
    text: str,
    where: str,
    codebook: Codebook | None,
) -> None:
    """Add a comment to the sentence that follows, or to the article."""
    value = load_json(text, where) if text.startswith('"') or key == "annotators" else text
    if key == "newpar":
        sentence["para"] = True
    elif key in ("text", "near_miss"):
        sentence[key] = typed(value, str, where, key)
    elif key == "labels":
        sentence["labels"] = text.split()
        for label in sentence["labels"]:
            known_label(label, where, codebook)
    elif key == "statement":
        sentence.setdefault("statements", []).append(_read_statement(text, where, codebook))
    elif key not in ARTICLE_FIELDS:
        raise InputError(
            f"unknown field {key!r}",
            where=where,
            hint=f"use {', '.join(ARTICLE_FIELDS)}; newpar, text, labels, near_miss, statement",
        )
    elif article["sentences"]:
        raise InputError(
            f"{key} after the article's first sentence",
            where=where,
            hint="begin the article with '# doc_id = …'",
        )
    else:
        article[key] = value


def _read_statement(text: str, where: str, codebook: Codebook | None) -> dict[str, Any]:
    """A statement without spans, which its column adds."""
    fields = text.split()
    if len(fields) != 3:
        raise InputError(
            f"a statement has three fields, this one has {len(fields)}",
            where=where,
            hint="# statement = stance actor_id target_id, with - for none",
        )
    actor_id, target_id = (None if x == "-" else x for x in fields[1:])
    statement = {"stance": fields[0], "actor_id": actor_id, "target_id": target_id}
    checked(Statement, statement, where, codebook)
    return statement


def _read_token(sentence: dict[str, Any], line: str, where: str) -> None:
    """Read one token: begin or extend the spans that its columns mark."""
    text, statements = sentence.get("text"), sentence.get("statements", [])
    if text is None:
        raise InputError(
            "a token before '# text = …'", where=where, hint="give the sentence's text above its tokens"
        )
    fields = line.split("\t")
    if len(fields) != 4 + len(statements):
        raise InputError(
            f"{len(fields)} columns instead of {4 + len(statements)}",
            where=where,
            hint="number, token, start, end and one for each '# statement'",
        )
    if not (re.fullmatch(r"[0-9]{1,12}", fields[2]) and re.fullmatch(r"[0-9]{1,12}", fields[3])):
        raise InputError(
            "start and end must be whole numbers",
            where=where,
            hint="give offsets in characters of the sentence",
        )
    start, end = int(fields[2]), int(fields[3])
    if not fields[1] or text[start:end] != fields[1]:
        raise InputError(
            f"{start}-{end} is {text[start:end][:60]!r}, not {fields[1][:60]!r}",
            where=where,
            hint="the token must match the text",
        )
    for statement, cell in zip(statements, fields[4:], strict=True):
        for mark in cell.split("|") if cell != "O" else ():
            _mark_party(statement, mark, text, start, end, where)


def _mark_party(statement: dict[str, Any], mark: str, text: str, start: int, end: int, where: str) -> None:
    """Begin (B-) or extend (I-) the span of an actor or target by the token `text[start:end]`."""
    parts = re.fullmatch(r"([BI])-(ACTOR|TARGET)", mark)
    role = parts[2].lower() if parts else ""
    if not parts or (parts[1] == "B") is (role in statement):
        raise InputError(
            f"{mark!r} is not allowed here",
            where=where,
            hint="O, or B- once and I- after it, with ACTOR or TARGET",
        )
    first = start
    if role in statement:
        first, last = statement[role]["start"], statement[role]["end"]
        if start < last or text[last:start].strip():
            raise InputError(
                f"{mark!r} does not continue the previous token", where=where, hint="a span must be one piece"
            )
    statement[role] = {"text": text[first:end], "start": first, "end": end}


@dataclass(slots=True)
class _Reader:
    """The articles read so far, and the sentence that is being read.

    Attributes:
        articles: the line on which each article begins, and its raw fields.
        sentence: the raw fields of the current sentence; empty between sentences.
    """

    path: Path
    codebook: Codebook | None
    articles: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    sentence: dict[str, Any] = field(default_factory=dict)

    def read_line(self, n: int, line: str) -> None:
        """Read line `n` (from 1)."""
        where = f"{self.path}:{n}"
        comment = re.fullmatch(r"#\s*(\w+)\s*(?:=\s*(.*?)\s*)?", line)
        if comment and comment[1] == "doc_id":
            self.end_sentence(where)
            self.articles.append((n, {"sentences": []}))
        if not line.strip():
            self.end_sentence(where)
        elif not self.articles:
            raise InputError(
                "text before the first article", where=where, hint="begin it with '# doc_id = …'"
            )
        elif comment:
            if comment[1] in ("newpar", "text") and "text" in self.sentence:
                self.end_sentence(where)
            article = self.articles[-1][1]
            _read_comment(article, self.sentence, comment[1], comment[2] or "", where, self.codebook)
        elif line.startswith("#"):
            raise InputError(
                f"not a comment in this format: {line[:60]!r}", where=where, hint="write # name = value"
            )
        else:
            _read_token(self.sentence, line, where)

    def end_sentence(self, where: str) -> None:
        """Add the current sentence, if there is one, to its article."""
        if not self.sentence:
            return
        if "text" not in self.sentence:
            raise InputError(
                "a sentence without '# text = …'", where=where, hint="give its text above its tokens"
            )
        self.articles[-1][1]["sentences"].append(self.sentence)
        self.sentence = {}


def _read_block(path: Path, block: Iterable[tuple[int, str]], codebook: Codebook | None) -> Article:
    """The article of one block of lines."""
    reader = _Reader(path, codebook)
    for n, line in block:
        refuse_invalid(line, f"{path}:{n}")
        reader.read_line(n, line)
    reader.end_sentence(str(path))
    if not reader.articles:
        raise InputError("no articles", where=str(path), hint="begin one with '# doc_id = …'")
    n, raw = reader.articles[0]
    if not raw["sentences"]:
        raise InputError(
            "an article without sentences",
            where=f"{path}:{n}",
            hint="give them below it, each with '# text = …'",
        )
    return checked(Article, raw, f"{path}:{n}", codebook)


def _blocks(text: str) -> Iterator[list[tuple[int, str]]]:
    """The numbered lines of each article, from its `# doc_id` on; those above the first one come first."""
    block: list[tuple[int, str]] = []
    for n, line in enumerate(text.split("\n"), 1):
        line = line.removeprefix("\ufeff").removesuffix("\r")
        if re.match(r"#\s*doc_id\b", line) and any(x.strip() for _, x in block):
            yield block
            block = []
        block.append((n, line))
    yield block


def read_conll(
    path: Path, codebook: Codebook | None = None, options: ImportOptions = STOP_AT_FIRST
) -> list[Article]:
    """Read a file of columns.

    Raises:
        InputError: the first invalid line, unless the options have another report.
    """
    articles: list[Article] = []
    for block in _blocks(read_text(path, keep_invalid=True)):
        with guarded(str(path), options.report):
            articles.append(_read_block(path, block, codebook))
    return articles
