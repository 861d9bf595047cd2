"""doccano: JSONL with entities and relations, one article per line.

    {"id": 1, "text": …,
     "entities": [{"id": 1, "label": "blame:actor", "start_offset": 0, "end_offset": 7}, …],
     "relations": [{"id": 1, "from_id": 1, "to_id": 2, "type": "towards"}], "Comments": [],
     "meta": {"doc_id": …, "split": …, "sentences": […],
              "notes": [{"label", "start_offset", "end_offset", "note"}]}}

Labels and links are those of `regions`. The project must be one for sequence labelling that allows
overlapping entities and relations. A doccano entity has no field for an identity (ARM), and doccano renumbers
entities, so identities are in `meta.notes`, by label and offsets. Annotators add identities in the comments
of the document, one per line: `Pashinyan = ARM` for every party with these words that has no identity yet,
`blame:unnamed actor = ARM` by label, `near miss = denial` for near misses.

Offsets are in characters, or in UTF-16 code units if only these fit, see `offsets`. doccano writes one file
for each annotator; in a file that joins them, a field `annotator` or `username` tells their lines apart.

Everything in an article is kept in `meta` (on import also at the top level, where doccano puts it). Other
fields are ignored.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..codebook import Codebook
from ..errors import InputError, plural
from ..files.reading import json_lines
from ..reporting import STOP_AT_FIRST, ImportOptions, guarded
from ..schema import Article
from .json_fields import objects, optional, required, typed, unknown_annotator
from .regions.document import Document, Region
from .regions.reading import article_from
from .regions.writing import document_of

# Label, start and end of an entity.
LabelledSpan = tuple[str, int, int]
ANNOTATOR_FIELDS = ("annotator", "username")


def format_doccano(articles: Iterable[Article]) -> str:
    """Write articles as doccano JSONL; `read_doccano` reads the same articles from it."""
    lines = []
    entities = relations = 0
    for n, article in enumerate(articles, 1):
        document = document_of(article)
        # Ids must be unique within the file, because doccano identifies linked entities by them.
        number = {r.key: entities + k for k, r in enumerate(document.regions, 1)}
        notes = [
            {"label": r.label, "start_offset": r.start, "end_offset": r.end, "note": r.note}
            for r in document.regions
            if _noted(r)
        ]
        row: dict[str, Any] = {"id": n, "text": document.text}
        row["entities"] = [
            {"id": number[r.key], "label": r.label, "start_offset": r.start, "end_offset": r.end}
            for r in document.regions
        ]
        row["relations"] = [
            {"id": relations + k, "from_id": number[a], "to_id": number[b], "type": "towards"}
            for k, (a, b) in enumerate(document.links, 1)
        ]
        row["Comments"] = []
        row["meta"] = document.fields | {"notes": notes}
        entities, relations = entities + len(document.regions), relations + len(document.links)
        lines.append(json.dumps(row, ensure_ascii=False) + "\n")
    return "".join(lines)


def _noted(region: Region) -> bool:
    """Whether a region can have a note. Empty notes are also written: equal spans are told apart by order."""
    return ":" in region.label or " " in region.label


def _comments(row: dict[str, Any], where: str) -> dict[str, str]:
    """The `words = identity` lines of the comments, as a dict."""
    out: dict[str, str] = {}
    for n, one in enumerate(optional(row, "Comments", list, where) or ()):
        text = one.get("text") if isinstance(one, dict) else one
        for line in typed(text, str, where, f"Comments.{n}").split("\n"):
            if pair := re.fullmatch(r"\s*(\S.*?)\s*=\s*(\S.*?)\s*", line):
                out[pair[1]] = pair[2]
    return out


def _read_document(row: Any, where: str) -> Document:
    typed(row, dict, where, "a line")
    text, meta = required(row, "text", str, where), optional(row, "meta", dict, where) or {}
    if "entities" not in row:
        raise InputError("no field 'entities'", where=where, hint="export a project with relations, as JSONL")
    flat = {
        k: v for k, v in row.items() if k not in ("id", "text", "entities", "relations", "Comments", "meta")
    }
    document = Document(
        text, {"doc_id": f"document-{row.get('id') or where.rpartition(':')[2]}", **flat, **meta}
    )
    notes: dict[LabelledSpan, list[str | None]] = {}
    for at, note in objects(document.fields, "notes", where):
        notes.setdefault(_labelled_span(note, at), []).append(optional(note, "note", str, at))
    comments, noted = _comments(row, where), list[Region]()
    for at, entity in objects(row, "entities", where):
        label, start, end = _labelled_span(entity, at)
        document.regions.append(Region(str(required(entity, "id", int, at)), label, start, end, where=at))
    document.convert_offsets(where)
    for r in document.regions:
        own = notes.get((r.label, r.start, r.end))
        words = text[r.start : r.end]
        note_text = (own.pop(0) if own else None) or comments.get(words) or comments.get(r.label)
        noted.append(replace(r, note=note_text))
    document.regions = noted
    for at, relation in objects(row, "relations", where):
        document.links.append(
            (str(required(relation, "from_id", int, at)), str(required(relation, "to_id", int, at)))
        )
    return document


def _labelled_span(raw: dict[str, Any], where: str) -> LabelledSpan:
    return (
        required(raw, "label", str, where),
        required(raw, "start_offset", int, where),
        required(raw, "end_offset", int, where),
    )


def read_doccano(
    path: Path, codebook: Codebook | None = None, options: ImportOptions = STOP_AT_FIRST
) -> list[Article]:
    """Read a doccano JSONL export.

    Raises:
        InputError: the first invalid line, unless the options have another report; there is nothing by the
            annotator of the options.
    """
    articles: list[Article] = []
    others = 0
    for where, row in json_lines(path, options.report):
        with guarded(where, options.report):
            if options.annotator is not None and options.annotator != _annotator(row):
                others += 1
                continue
            document = _read_document(row, where)
            if options.annotator is not None:
                document.fields["annotators"] = [options.annotator]
            articles.append(article_from(document, where, codebook))
    if others and not articles:
        raise unknown_annotator(options.annotator, doccano_annotators(path), str(path))
    if others:
        options.note(f"{path}: {plural(others, 'line')} left out: not by {options.annotator}")
    return articles


def _annotator(row: Any) -> str | None:
    """The annotator of a row. doccano itself writes one file for each; files that were joined name them."""
    name = next((row[k] for k in ANNOTATOR_FIELDS if row.get(k)), None) if isinstance(row, dict) else None
    return None if name is None else str(name)


def doccano_annotators(path: Path) -> list[str]:
    """The annotators that a file names; none if it is from one annotator."""
    names = {_annotator(row) for _, row in json_lines(path, lambda error: None)}
    return sorted(x for x in names if x)
