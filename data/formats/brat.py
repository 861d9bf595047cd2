"""brat: a folder with `annotation.conf` and, per article, a .txt, an .ann and a .json with its fields.

    T1	blame-actor 0 7	Armenia          a region; a line break inside it splits its offsets: 0 3;4 7
    R1	blame Arg1:T1 Arg2:T2            the actor T1 towards the target T2
    #1	AnnotatorNotes T1	ARM          the identity of T1, or the kind of a near miss

Labels and links are those of `regions`, with `-` in place of colons and spaces, which brat does not accept:
`blame-unnamed-actor`, `near-miss`. Copy the whole folder into brat's data folder. brat ignores the .json
files; if one is missing (because you added a text yourself), the name of the file is the doc_id, and the text
is split into sentences as for scoring.

Everything in an article is kept. A text that begins with a byte order mark and a span that begins or ends
with a line break are rejected, and so are events, attributes and normalisations on import, because a corpus
cannot represent them. An existing folder with content is not overwritten, because somebody may have annotated
in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..codebook import Codebook
from ..errors import InputError
from ..files.reading import load_json, read_text
from ..reporting import STOP_AT_FIRST, ImportOptions, guarded
from ..schema import Article
from .folders import new_folder
from .json_fields import typed
from .regions.document import ROLES, Document, Region, region_labels
from .regions.reading import article_from
from .regions.writing import document_of

BOM = "\ufeff"


def _type(label: str) -> str:
    """A label of a region as a type of brat: `blame:unnamed actor` becomes `blame-unnamed-actor`."""
    return label.replace(":", "-").replace(" ", "-")


def _label(kind: str) -> str:
    """The inverse of `_type`."""
    stance, dash, role = kind.partition("-")
    role = role.replace("-", " ")
    return f"{stance}:{role}" if role in ROLES else f"{stance} {role}" if dash else kind


def annotation_conf(codebook: Codebook) -> str:
    """The text of `annotation.conf` for a codebook."""
    links = [
        f"{s.name}\tArg1:{s.name}-actor|{s.name}-unnamed-actor, Arg2:{s.name}-target|{s.name}-unnamed-target"
        for s in codebook.stances
        if s.has_target
    ]
    overlap = "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>"
    return "\n".join(
        [
            "[entities]",
            *map(_type, region_labels(codebook)),
            "",
            "[relations]",
            *links,
            overlap,
            "",
            "[events]",
            "",
            "[attributes]",
            "",
        ]
    )


def _pieces(document: Document, region: Region) -> list[tuple[int, int]]:
    """The offsets of a region, split at line breaks."""
    return [
        (region.start + m.start(), region.start + m.end())
        for m in re.finditer(r"[^\n]+", document.text[region.start : region.end])
    ]


def _ann(document: Document, where: str) -> str:
    """The content of the .ann file."""
    lines = []
    for n, r in enumerate(document.regions, 1):
        pieces = _pieces(document, r)
        party = r.label.endswith((":actor", ":target"))
        if not pieces or (party and (pieces[0][0], pieces[-1][1]) != (r.start, r.end)):
            raise InputError(
                f"{document.text[r.start : r.end]!r} cannot be written for brat",
                where=where,
                hint="remove the line break at the beginning or end of the span",
            )
        words = " ".join(re.sub(r"\s", " ", document.text[a:b]) for a, b in pieces)
        lines.append(f"T{n}\t{_type(r.label)} {';'.join(f'{a} {b}' for a, b in pieces)}\t{words}")
    number = {r.key: n for n, r in enumerate(document.regions, 1)}
    stance = {r.key: r.label.partition(":")[0] for r in document.regions}
    lines += [
        f"R{n}\t{stance[a]} Arg1:T{number[a]} Arg2:T{number[b]}" for n, (a, b) in enumerate(document.links, 1)
    ]
    notes = [(number[r.key], r.note) for r in document.regions if r.note]
    if any(note != note.strip() or "\n" in note or "\r" in note for _, note in notes):
        raise InputError(
            "a near miss with line breaks, or spaces at either end, cannot be written for brat",
            where=where,
            hint="remove them",
        )
    lines += [f"#{n}\tAnnotatorNotes T{number}\t{note}" for n, (number, note) in enumerate(notes, 1)]
    return "".join(line + "\n" for line in lines)


def write_brat(path: Path, articles: Iterable[Article], codebook: Codebook) -> None:
    """Write a folder atomically; `read_brat` reads the same articles from it, in the same order.

    Raises:
        InputError: the folder has content already, or an article cannot be represented.
    """
    known = region_labels(codebook)
    with new_folder(path) as folder:
        (folder / "annotation.conf").write_text(annotation_conf(codebook), encoding="utf-8", newline="\n")
        for n, article in enumerate(articles, 1):
            document = document_of(article)
            if document.text.startswith(BOM):
                raise InputError(
                    "the text begins with a byte order mark", where=article.doc_id, hint="remove it"
                )
            unknown = sorted({r.label for r in document.regions} - set(known))
            if unknown:
                raise InputError(
                    f"{unknown[0]!r} is not in the codebook",
                    where=article.doc_id,
                    hint="give its codebook with --codebook",
                )
            # The number keeps the order, and tells doc_ids apart that would have the same file name.
            stem = f"{n:05d}-{re.sub(r'[^A-Za-z0-9._-]', '_', article.doc_id)[:80]}"
            parts = {
                ".txt": document.text,
                ".ann": _ann(document, article.doc_id),
                ".json": json.dumps(document.fields, ensure_ascii=False) + "\n",
            }
            for suffix, text in parts.items():
                (folder / f"{stem}{suffix}").write_text(text, encoding="utf-8", newline="\n")


def _read_region(key: str, line: Sequence[str], where: str) -> tuple[Region, list[tuple[int, int, str]]]:
    """The region of a line, and what is between its pieces: start, end and location."""
    parts = (
        re.fullmatch(r"(\S+) ([0-9]{1,12} [0-9]{1,12}(?:;[0-9]{1,12} [0-9]{1,12})*)", line[1])
        if len(line) > 1
        else None
    )
    if not parts:
        raise InputError("not a text-bound annotation", where=where, hint="T1<tab>label start end<tab>text")
    pieces = [tuple(int(x) for x in piece.split(" ")) for piece in parts[2].split(";")]
    words = line[2] if len(line) > 2 else None
    region = Region(key, _label(parts[1]), pieces[0][0], pieces[-1][1], where=where, words=words)
    return region, [(a, b, where) for (_, a), (b, _) in pairwise(pieces)]


def _read_ann(path: Path, document: Document) -> None:
    """Add the regions, links and notes of an .ann file to the document."""
    notes: dict[str, str] = {}
    gaps: list[tuple[int, int, str]] = []
    for n, raw in enumerate(read_text(path).split("\n"), 1):
        where, line = f"{path}:{n}", raw.removesuffix("\r").split("\t", 2)
        key = line[0]
        if not raw.strip():
            continue
        if key.startswith("T"):
            region, between = _read_region(key, line, where)
            document.regions.append(region)
            gaps += between
        elif key.startswith("R"):
            link = re.fullmatch(r"\S+ Arg1:(\S+) Arg2:(\S+)\s*", line[1]) if len(line) > 1 else None
            if not link:
                raise InputError("not a relation", where=where, hint="R1<tab>label Arg1:T1 Arg2:T2")
            document.links.append((link[1], link[2]))
        elif key.startswith("#"):
            note = line[1].split(" ") if len(line) == 3 else []
            if len(note) == 2:
                notes[note[1]] = line[2].strip()
        else:
            raise InputError(
                f"a corpus cannot represent {raw[:40]!r}",
                where=where,
                hint="use only regions (T), relations (R) and notes (#)",
            )
    document.convert_offsets(str(path), gaps)
    document.add_notes(notes)


def read_brat(
    path: Path, codebook: Codebook | None = None, options: ImportOptions = STOP_AT_FIRST
) -> list[Article]:
    """Read a brat folder, or one of its .ann files.

    Raises:
        InputError: the first invalid line, with its file, unless the options have another report.
    """
    if path.is_dir():
        texts = sorted(path.glob("*.txt"))
        if not texts:
            raise InputError("no .txt files", where=str(path), hint="give a brat folder")
    else:
        texts = [path.with_suffix(".txt")]
    articles: list[Article] = []
    for file in texts:
        with guarded(str(file), options.report):
            articles.append(_read_article(file, codebook))
    return articles


def _read_article(file: Path, codebook: Codebook | None) -> Article:
    """The article of a .txt file, with its .ann and .json."""
    fields_file = file.with_suffix(".json")
    fields: dict[str, Any] = {}
    if fields_file.exists():
        where = str(fields_file)
        fields = typed(load_json(read_text(fields_file), where), dict, where, "the file")
    document = Document(
        read_text(file),
        {"doc_id": file.stem, **fields},
        fields_file=str(fields_file) if fields_file.exists() else None,
    )
    if not document.text.strip():
        raise InputError("no text", where=str(file), hint="remove this file")
    annotations = file.with_suffix(".ann")
    _read_ann(annotations, document)
    return article_from(document, str(annotations), codebook)
