"""Kinds of content that are not plain text, recognised by content in one table.

A kind with a reader is taken by it (see `registry`); any other is refused in one line that names it, never
scored as text. The name of a file only decides between kinds that the content cannot tell apart.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of content.

    Attributes:
        name: the same as that of its reader, if there is one.
        what: in a message: "a PDF file".
        matches: tells the kind by the first 64 KiB as bytes, the same as text, and the name in lower case.
        hint: what to do with it.
    """

    name: str
    what: str
    matches: Callable[[bytes, str, str], bool]
    hint: str = "save it as plain text"


def head_text(head: bytes) -> str:
    """The head as text, for recognition only; without a byte order mark and leading spaces."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="replace").lstrip("\ufeff \t\r\n")
    return head.decode("utf-8-sig", errors="replace").lstrip("\ufeff \t\r\n")


def _magic(*prefixes: bytes, offset: int = 0) -> Callable[[bytes, str, str], bool]:
    return lambda head, text, name: head[offset : offset + 32].startswith(prefixes)


def _zip_with(*members: bytes) -> Callable[[bytes, str, str], bool]:
    """A zip file that has one of these members; the name decides where its head does not show them."""
    endings = tuple("." + m.decode() for m in members if m.isalnum())
    return lambda head, text, name: (
        head.startswith(b"PK\x03\x04")
        and (any(m in head for m in members if not m.isalnum()) or name.endswith(endings))
    )


_JSON = re.compile(
    r'\{\s*(?:"(?:[^"\\]|\\.){0,200}"\s*:|\}\s*$)'
    r'|\[\s*(?:"(?:[^"\\]|\\.)*"\s*[,\]]|\{\s*["}]|\[\s*["{\d\[\]-]|\]\s*$|-?\d[\d.eE+-]*\s*,'
    r"|(?:true|false|null)\s*[,\]])"
)
_OBJECT = re.compile(r'\{\s*(?:"|\})')


def is_json_lines(head: bytes, name: str) -> bool:
    """Whether the lines are JSON objects; the name decides where it could also be JSON, or is invalid."""
    lower = name.lower()
    if any(kind.matches(head, "", "") for kind in BINARY):
        return False
    if lower.endswith((".jsonl", ".ndjson")):
        return True
    lines = [line.strip() for line in head_text(head).split("\n", 3)[:3]]
    if not _OBJECT.match(lines[0]):
        return False
    if len(lines) == 1 and lower.endswith(".json"):
        return False
    complete = lines[0].endswith("}") and _parses(lines[0])
    several = len(lines) > 1 and bool(_OBJECT.match(next((x for x in lines[1:] if x), "")))
    # A first line that is longer than the head can only be a row.
    return complete or several or (len(lines) == 1 and len(head) >= 65_536)


def _parses(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return True  # one line, with an error: the reader says which


_HTML = re.compile(
    r"(?:<!--.*?-->\s*|<\?xml[^>]*>\s*)*<(?:!doctype\s+html|html|head|body|div|p|article|section|main|table|meta"
    r"|script|style|span|a|b|i|em|strong|h[1-6]|ul|ol|br|img|title|link|nav|header|blockquote)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(
    r"</?(?:p|div|br|a|span|img|h[1-6]|ul|ol|li|table|td|tr|em|strong|script|blockquote)(?:\s[^<>]*)?/?>",
    re.I,
)
_FEED = re.compile(r"(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:rss|feed|rdf:RDF)\b", re.IGNORECASE | re.DOTALL)
_XML = re.compile(
    r"<\?xml\b|<!DOCTYPE\s|<[A-Za-z_][\w.-]*(?::[\w.-]+)?(?:\s+[\w:.-]+\s*=[^<>]*)?\s*/?>\s*[<\w]"
)


def _is_html(head: bytes, text: str, name: str) -> bool:
    if _HTML.match(text):
        return True
    tags = len(_TAG.findall(text[:20_000]))
    return tags >= 6 and tags * 400 > len(text[:20_000])


_HEADER = re.compile(r"[\w ./#()-]{0,40}")
_COLUMNS = frozenset(
    "id text content body maintext article title headline notes note date published author url link source "
    "outlet publication domain language description summary snippet message event_id event_date".split()
)


def _is_table(head: bytes, text: str, name: str) -> bool:
    """Rows of a CSV or TSV file: a header with a known column, or the same number of cells in each row."""
    if name.endswith((".csv", ".tsv")):
        return True
    return any(_has_columns(text, delimiter) for delimiter in ",;\t|")


def _has_columns(text: str, delimiter: str) -> bool:
    first = text.partition("\n")[0]
    if delimiter not in first:
        return False
    try:
        rows = [r for r in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if r][:21]
    except csv.Error:
        return False
    header, width = rows[0], len(rows[0])
    rows = rows[1:-1] if len(rows) > 2 else rows[1:]
    same = sum(len(r) == width for r in rows)
    names = {c.strip().strip("\"'").lower() for c in header}
    if all(_HEADER.fullmatch(c.strip()) for c in header) and names & _COLUMNS:
        return width >= 2 and same >= max(1, 0.8 * len(rows))
    return len(rows) >= 3 and same == len(rows) and width >= (2 if delimiter == "\t" else 5)


_MAIL = re.compile(r"(?:[A-Za-z][A-Za-z-]*:[^\n]*\n(?:[ \t][^\n]*\n)*)+\r?\n")
_MAIL_FIELDS = re.compile(r"^(?:received|message-id|mime-version|return-path):", re.I | re.M)


def _is_mail(head: bytes, text: str, name: str) -> bool:
    found = _MAIL.match(text[:20_000])
    return bool(found and _MAIL_FIELDS.search(found.group()))


_CID = re.compile(r"\(cid:\d+\)")
_PDF_WORDS = re.compile(r"^(?:\d+ \d+ obj\b|endobj|endstream|xref|startxref)", re.MULTILINE)


def _is_garbled(head: bytes, text: str, name: str) -> bool:
    """What tools extract from a PDF without a map of its letters: codes and single letters."""
    if len(_CID.findall(text)) >= 5 or len(_PDF_WORDS.findall(text)) >= 3:
        return True
    visible = [c for c in text if not c.isspace()]
    if len(visible) < 200 or b"\x00" in head:
        return False
    private = sum("\ue000" <= c <= "\uf8ff" for c in visible)
    words = text.split()
    single = sum(len(w) == 1 and w.isalpha() for w in words)
    return private > 0.02 * len(visible) or single > 0.6 * len(words)


PASTE = "copy its text into a .txt file"
BINARY: tuple[Kind, ...] = (
    Kind("pdf", "a PDF file", lambda head, text, name: b"%PDF-" in head[:1024], PASTE),
    Kind("docx", "a Word document (DOCX)", _zip_with(b"word/", b"docx"), PASTE),
    Kind("xlsx", "a spreadsheet (XLSX)", _zip_with(b"xl/", b"xlsx"), "save it as JSONL with a text field"),
    Kind("epub", "an EPUB book", _zip_with(b"application/epub"), PASTE),
    Kind("odt", "an OpenDocument file", _zip_with(b"application/vnd.oasis"), PASTE),
    Kind("zip", "a zip archive", _magic(b"PK\x03\x04", b"PK\x05\x06"), "unpack it first"),
    Kind("ole", "an old or encrypted Office file", _magic(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), PASTE),
    Kind("parquet", "a Parquet file", _magic(b"PAR1"), "convert it to JSONL with a text field"),
    Kind("gzip", "a gzip file within a gzip file", _magic(b"\x1f\x8b"), "unpack it first"),
    Kind("zstd", "a Zstandard file", _magic(b"\x28\xb5\x2f\xfd"), "unpack it first"),
    Kind("bzip2", "a bzip2 file", _magic(*(b"BZh%d1AY&SY" % n for n in range(1, 10))), "unpack it first"),
    Kind("xz", "an xz file", _magic(b"\xfd7zXZ\x00"), "unpack it first"),
    Kind("7z", "a 7z archive", _magic(b"7z\xbc\xaf\x27\x1c"), "unpack it first"),
    Kind("tar", "a tar archive", _magic(b"ustar", offset=257), "unpack it first"),
    Kind("sqlite", "an SQLite database", _magic(b"SQLite format 3\x00"), "export it as JSONL"),
    Kind(
        "image",
        "an image",
        _magic(b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*"),
        "extract its text first (OCR)",
    ),
    Kind("media", "a sound or video file", _magic(b"RIFF", b"OggS", b"ID3\x03", b"ID3\x04", b"fLaC")),
    Kind("video", "a video file", _magic(b"ftyp", offset=4)),
    Kind("program", "a program", _magic(b"\x7fELF", b"MZ\x90\x00")),
)
TEXTUAL: tuple[Kind, ...] = (
    Kind("warc", "a web archive (WARC)", _magic(b"WARC/"), "extract the text of its pages first"),
    Kind("rtf", "an RTF document", lambda head, text, name: text.startswith("{\\rtf"), PASTE),
    Kind(
        "json",
        "JSON",
        lambda head, text, name: bool(_JSON.match(text)),
        "convert it to JSONL: one article per line, with a text field",
    ),
    Kind("feed", "an RSS or Atom feed", lambda head, text, name: bool(_FEED.match(text)), PASTE),
    Kind("html", "an HTML page", _is_html, PASTE),
    Kind("xml", "XML", lambda head, text, name: bool(_XML.match(text)), PASTE),
    Kind("mail", "an e-mail message", _is_mail, PASTE),
    Kind(
        "table",
        "a table (CSV or TSV)",
        _is_table,
        "convert it to JSONL: one article per line, with a text field",
    ),
    Kind(
        "garbled",
        "text that was extracted wrongly from a PDF",
        _is_garbled,
        "extract it again with another tool",
    ),
)
KINDS: tuple[Kind, ...] = BINARY + TEXTUAL


def foreign_kind(head: bytes, name: str) -> Kind | None:
    """The kind of content that is not plain text; None for plain text and unknown binary files.

    Args:
        head: the first 64 KiB.
        name: of the file, for kinds that the content cannot tell apart.
    """
    text, lower = head_text(head), name.lower()
    return next((kind for kind in KINDS if kind.matches(head, text, lower)), None)
