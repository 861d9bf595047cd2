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

Everything in an article is kept in `meta` (on import also at the top level, where doccano puts it). Other
fields are ignored.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..codebook import Codebook
from ..errors import InputError
from ..files.reading import json_lines
from ..schema import Article
from .json_fields import objects, optional, required, typed
from .regions import Document, Region, article_from, document_of

# Label, start and end of an entity.
LabelledSpan = tuple[str, int, int]


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
    comments = _comments(row, where)
    for at, entity in objects(row, "entities", where):
        label, start, end = _labelled_span(entity, at)
        own = notes.get((label, start, end))
        note_text = (
            (own.pop(0) if own else None) or comments.get(text[max(0, start) : end]) or comments.get(label)
        )
        key = str(required(entity, "id", int, at))
        document.regions.append(Region(key, label, start, end, note_text, at))
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


def read_doccano(path: Path, codebook: Codebook | None = None) -> list[Article]:
    """Read a doccano JSONL export.

    Raises:
        InputError: the first invalid line.
    """
    return [article_from(_read_document(row, where), where, codebook) for where, row in json_lines(path)]
