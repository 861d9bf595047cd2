"""Tables of labelled sentences: any CSV or TSV file, with a form that describes its columns; import only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...checking import checked
from ...codebook import Codebook
from ...errors import InputError, foreign_character
from ...reporting import STOP_AT_FIRST, ImportOptions, Report, guarded
from ...schema import Article, Statement, span_fields
from ..scores import only_occurrence
from .forms import ARTICLE_COLUMNS, BABE, PLOVER, TableForm, check_names
from .rows import Row, read_rows


def _unmarked(text: str, form: TableForm) -> tuple[str, dict[str, tuple[int, int]]]:
    """The text without marks and outer spaces, and the offsets of the first marked words of each party."""
    spans: dict[str, tuple[int, int]] = {}
    open_at: dict[str, int] = {}
    names = {mark: (party, k) for party, pair in form.marks.items() for k, mark in enumerate(pair)}
    unmarked = ""
    for piece in re.split(f"({'|'.join(map(re.escape, names))})", text) if names else [text]:
        party, closing = names.get(piece, ("", 0))
        if not party:
            unmarked += piece if unmarked else piece.lstrip()
        elif not closing:
            open_at[party] = len(unmarked)
        elif party in open_at:
            spans.setdefault(party, (open_at.pop(party), len(unmarked)))
    return unmarked.rstrip(), spans


def _party(
    row: dict[str, str], role: str, text: str, marked: tuple[int, int] | None, form: TableForm, where: str
) -> dict[str, Any] | None:
    """The span of a party: its marked words, or the words in its column."""
    if marked is not None:
        words = text[slice(*marked)]
        start = marked[0] + len(words) - len(words.lstrip())
        return span_fields(words.strip(), start) if words.strip() else None
    column = getattr(form, role)
    words = row[column].strip() if column else ""
    if not words:
        return None
    hint = "copy it from the sentence, or leave it empty"
    return span_fields(words, only_occurrence(words, text, where, hint, column))


def _add(sentences: list[dict[str, Any]], row: dict[str, str], form: TableForm, where: str) -> None:
    """Add one row: a new sentence, or another statement or label of an earlier one."""
    text, marked = _unmarked(row[form.text], form)
    if not text:
        raise InputError(f"{form.text}: no text", where=where, hint="give the sentence, or remove the row")
    sentence = next((s for s in sentences if s["text"] == text), None)
    if sentence is None:
        sentence = {"text": text, "para": not sentences, "labels": [], "statements": []}
        sentences.append(sentence)
    value = row[form.value].strip()
    if stance := form.stances.get(value):
        statement: dict[str, Any] = {"stance": stance}
        for role in ("actor", "target"):
            column = getattr(form, f"{role}_id")
            statement[role] = _party(row, role, text, marked.get(role), form, where)
            statement[f"{role}_id"] = (row[column].strip() or None) if column else None
        checked(Statement, statement, where)
        sentence["statements"].append(statement)
    elif label := form.labels.get(value):
        sentence["labels"] += [label] if label not in sentence["labels"] else []
    elif value not in form.neither:
        raise InputError(
            f"{form.value}: unknown value {value[:60]!r}{foreign_character(value)}",
            where=where,
            hint=f"use {', '.join(x or 'nothing' for x in (*form.stances, *form.labels, *form.neither))}",
        )


def _rows(path: Path, form: TableForm, report: Report) -> Iterator[Row]:
    """The rows of a table that has all columns of its form."""

    def check_header(header: Sequence[str], where: str) -> None:
        for column in form.columns:
            if (n := header.count(column)) != 1:
                raise InputError(
                    f"{n if n else 'no'} column{'s' if n else ''} {column!r}; "
                    f"the columns are {', '.join(map(repr, header[:20])) or 'none'}",
                    where=where,
                    hint="the form must name columns of this table",
                )

    # utf-8-sig reads UTF-8 with or without a byte order mark.
    utf8 = form.encoding.lower().replace("_", "-") in ("utf-8", "utf8")
    encoding = "utf-8-sig" if utf8 else form.encoding
    return read_rows(
        path, check_header, delimiter=form.delimiter, quotes=form.quotes, encoding=encoding, report=report
    )


@dataclass(slots=True)
class _Articles:
    """The articles of a table, assembled row by row.

    Attributes:
        raw: the raw fields of each article by doc_id.
        where: the location of its first row.
        invalid: the articles with an invalid row. They are left out as a whole: without one of its rows, a
            sentence would look as if it had no statement.
    """

    form: TableForm
    report: Report
    raw: dict[str, dict[str, Any]] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    invalid: set[str] = field(default_factory=set)

    def add(self, where: str, n: int, row: dict[str, str]) -> None:
        """Add row `n` (from 1)."""
        form = self.form
        if form.group and not row[form.group].strip():
            raise InputError(f"{form.group}: empty", where=where, hint="each row must name its article")
        doc_id = f"{form.name}-{row[form.group].strip() if form.group else n}"

        def report(error: InputError) -> None:
            self.invalid.add(doc_id)
            self.report(error)

        with guarded(where, report):
            self._add_to(doc_id, row, where)

    def _add_to(self, doc_id: str, row: dict[str, str], where: str) -> None:
        form = self.form
        fields = {k: row[c].strip() for k in ARTICLE_COLUMNS if (c := getattr(form, k)) and row[c].strip()}
        article = self.raw.setdefault(doc_id, {"doc_id": doc_id, **fields, "sentences": []})
        first = self.where.setdefault(doc_id, where)
        if differing := [k for k in ARTICLE_COLUMNS if article.get(k) != fields.get(k)]:
            column = getattr(form, differing[0])
            raise InputError(
                f"{column}: differs from the first row of the article ({first})",
                where=where,
                hint="one value per article",
            )
        _add(article["sentences"], row, form, where)


def read_table(
    path: Path,
    form: TableForm,
    codebook: Codebook | None = None,
    options: ImportOptions = STOP_AT_FIRST,
) -> list[Article]:
    """Read a table.

    Raises:
        InputError: the first invalid row, with its line, unless the options have another report; the form
            does not fit the table or the codebook.
    """
    if codebook:
        check_names(form, codebook)
    found = _Articles(form, options.report)
    empty = True
    for where, n, row in _rows(path, form, options.report):
        empty = False
        with guarded(where, options.report):
            found.add(where, n, row)
    if empty:
        raise InputError("no rows", where=str(path), hint="one sentence per row, below the header")
    articles: list[Article] = []
    for doc_id, raw in found.raw.items():
        if doc_id not in found.invalid:
            with guarded(found.where[doc_id], options.report):
                articles.append(checked(Article, raw, found.where[doc_id], codebook))
    return articles


def read_plover(
    path: Path, codebook: Codebook | None = None, options: ImportOptions = STOP_AT_FIRST
) -> list[Article]:
    """Read the PLV table (snowood1/Zero-Shot-PLOVER): sentences with marked parties and root codes."""
    return read_table(path, PLOVER, codebook, options)


def read_babe(
    path: Path, codebook: Codebook | None = None, options: ImportOptions = STOP_AT_FIRST
) -> list[Article]:
    """Read the BABE table (Media-Bias-Group): sentences that experts rated as biased or not."""
    return read_table(path, BABE, codebook, options)
