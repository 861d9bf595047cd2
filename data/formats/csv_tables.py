"""Tables of labelled sentences: any CSV or TSV file, with a form that describes its columns; import only.

A form is a TOML file, given with `--format table --form FILE`:

    name = "mine"                 # doc_ids are mine-1, mine-2, …
    delimiter = ";"               # default: a comma
    quotes = false                # quotation marks are ordinary characters; default: they enclose a field
    encoding = "utf-8"            # the default
    text = "Sentence"             # the column of the sentence
    value = "Code"                # the column of its label, and what the values mean:
    stances = {ACCUSE = "blame"}  # … a statement of this stance,
    labels = {Biased = "loaded"}  # … a label of the sentence,
    neither = ["", "Neutral"]     # … nothing
    actor = "Source"              # the column of the actor's words: they occur once in the sentence; or empty
    target = "Target"             # the same for the target
    actor_id = "SourceCode"       # the columns of their identities
    target_id = "TargetCode"
    marks = {actor = ["<s>", "</s>"], target = ["<t>", "</t>"]}   # markup in the text instead
    group = "Article"             # rows with the same value are one article; default: one article per row
    outlet = "Outlet"             # also split, conflict, source, date, genre, language: fields of the article

Rows of an article with the same sentence become one sentence with several statements. If a party is marked
several times, the first mark counts; a party without marks is not named in its sentence. Spaces around
sentences and parties are removed; other columns are ignored. The forms `plover` and `babe` are included, each
with its codebook.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ..checking import checked
from ..codebook import Codebook
from ..errors import InputError, foreign_character, validated
from ..files.reading import read_toml
from ..reporting import STOP_AT_FIRST, ReadOptions, Report, guarded
from ..schema import Article, Statement, span_fields
from .csv_rows import Row, read_rows
from .scores import only_occurrence

ARTICLE_COLUMNS = ("split", "conflict", "outlet", "source", "date", "genre", "language")


class TableForm(BaseModel):
    """A description of the columns of a table, see the module."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(default="table", min_length=1)
    delimiter: str = Field(default=",", min_length=1, max_length=1, pattern=r'[^\r\n"]')
    quotes: bool = True
    encoding: str = "utf-8"
    text: str
    value: str
    stances: dict[str, str] = {}
    labels: dict[str, str] = {}
    neither: tuple[str, ...] = ()
    actor: str | None = None
    target: str | None = None
    actor_id: str | None = None
    target_id: str | None = None
    marks: dict[str, tuple[str, str]] = {}
    group: str | None = None
    split: str | None = None
    conflict: str | None = None
    outlet: str | None = None
    source: str | None = None
    date: str | None = None
    genre: str | None = None
    language: str | None = None

    @property
    def columns(self) -> list[str]:
        """The columns that a table of this form must have."""
        named = (
            self.actor,
            self.target,
            self.actor_id,
            self.target_id,
            self.group,
            *(getattr(self, k) for k in ARTICLE_COLUMNS),
        )
        return list(dict.fromkeys([self.text, self.value, *(x for x in named if x)]))


_ROOTS = (
    "ACCUSE AGREE AID ASSAULT COERCE CONSULT COOPERATE MOBILIZE PROTEST REJECT REQUEST SANCTION SUPPORT "
    "THREATEN YIELD"
).split()
PLOVER = TableForm(
    name="plover",
    delimiter="\t",
    text="marked_sentence",
    value="gold_root",
    stances={root: root.lower() for root in _ROOTS},
    marks={"actor": ("<s>", "</s>"), "target": ("<t>", "</t>")},
    group="sentence_id",
)
BABE = TableForm(
    name="babe",
    text="text",
    value="label_bias",
    labels={"Biased": "loaded"},
    neither=("Non-biased",),
    outlet="outlet",
)


def load_form(path: Path) -> TableForm:
    """Read a form from its TOML file.

    Raises:
        InputError: the file cannot be read, is not TOML, or a field is missing or invalid.
    """
    form = validated(TableForm, read_toml(path), where=str(path), hint="name the columns of the table")
    try:
        # Encoding text refuses codecs that are not for text, such as base64.
        "".encode(form.encoding)
    except (LookupError, ValueError):
        raise InputError(
            "encoding: unknown encoding", where=str(path), hint="for example utf-8 or cp1252"
        ) from None
    marks = [mark for pair in form.marks.values() for mark in pair]
    if not set(form.marks) <= {"actor", "target"} or not all(marks) or len(set(marks)) < len(marks):
        raise InputError(
            "marks: give an opening and a closing mark for the actor or the target",
            where=str(path),
            hint="all marks must differ",
        )
    return form


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


def _check_names(form: TableForm, codebook: Codebook) -> None:
    """Reject a form with stances or labels that are not in the codebook."""
    for kind, mapping, known in (
        ("stance", form.stances, codebook.stance_names),
        ("label", form.labels, codebook.label_names),
    ):
        if unknown := [name for name in mapping.values() if name not in known]:
            what = f"{kind}s: unknown {kind} {unknown[0]!r}; the codebook has {', '.join(known) or 'none'}"
            raise InputError(
                what,
                where=f"form {form.name!r}",
                hint="use names of the codebook in the form, or give another codebook with --codebook",
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
    options: ReadOptions = STOP_AT_FIRST,
) -> list[Article]:
    """Read a table.

    Raises:
        InputError: the first invalid row, with its line, unless the options have another report; the form
            does not fit the table or the codebook.
    """
    if codebook:
        _check_names(form, codebook)
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
    path: Path, codebook: Codebook | None = None, options: ReadOptions = STOP_AT_FIRST
) -> list[Article]:
    """Read the PLV table (snowood1/Zero-Shot-PLOVER): sentences with marked parties and root codes."""
    return read_table(path, PLOVER, codebook, options)


def read_babe(
    path: Path, codebook: Codebook | None = None, options: ReadOptions = STOP_AT_FIRST
) -> list[Article]:
    """Read the BABE table (Media-Bias-Group): sentences that experts rated as biased or not."""
    return read_table(path, BABE, codebook, options)
