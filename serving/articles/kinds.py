"""Recognise by content what is not plain text, so that markup and tables are never scored as sentences."""

from __future__ import annotations

import re

# The first bytes of binary formats, and what the format is called.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF"),
    (b"PAR1", "a Parquet file"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document from before 2007"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"II*\x00", "an image"),
    (b"MM\x00*", "an image"),
    (b"WARC/", "a WARC archive"),
)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|title|div|p|article|span|table)\b", re.I)
_XML = re.compile(
    # A declaration; or an element in which another element begins, or which ends.
    rb"\s*(?:<\?xml\b|<!DOCTYPE\b|<([A-Za-z][\w.:-]*)(?:\s[^<>]*)?>(?:\s*<[A-Za-z!/]|.*?</\1\s*>))",
    re.S,
)
# XML that is not read, by its root element, and what is read instead.
_INSTEAD = (
    (re.compile(rb"<(?:\w+:)?(?:nitf|newsItem|NewsML|packageItem|newsMessage)\b"),
     "NITF and NewsML are not read; export the articles as text, HTML or JSON"),
    (re.compile(rb"<mediawiki\b"), "dumps of wikis are not read; save the pages as HTML"),
)  # fmt: skip
_MAIL_HEADER = re.compile(
    rb"(?:From|To|Cc|Subject|Date|Received|Return-Path|Message-ID|MIME-Version|Delivered-To|Content-Type"
    rb"|DKIM-Signature|X-[\w-]+|List-[\w-]+|Sender|Reply-To):[ \t]",
    re.I,
)


def without_mark(head: bytes) -> bytes:
    """The head without a byte order mark; UTF-16 as UTF-8."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", errors="replace").encode()
    return head.removeprefix(b"\xef\xbb\xbf")


def is_html(head: bytes) -> bool:
    """Whether the head is that of an HTML page: a tag of HTML comes before any text."""
    start = without_mark(head).lstrip()[:2048]
    start = re.sub(rb"\A(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)+", b"", start, flags=re.S)
    return bool(_HTML.match(start))


def is_xml(head: bytes) -> bool:
    """Whether the head is that of XML other than HTML."""
    return not is_html(head) and bool(_XML.match(without_mark(head)[:4096]))


def is_json(head: bytes) -> bool:
    """Whether the head begins as a JSON object or array of objects, arrays, strings or numbers does."""
    start = without_mark(head).lstrip()[:4096]
    return bool(re.match(rb'\{\s*(?:"|\}|\Z)|\[\s*(?:[\{\["\d\]-]|\Z|true\b|false\b|null\b)', start))


def is_mail(head: bytes) -> bool:
    """Whether the head is that of an email: its first three lines are headers."""
    lines = without_mark(head).lstrip().split(b"\n", 12)[:12]
    headers = 0
    for line in lines:
        if line[:1] in (b" ", b"\t") and headers:
            continue
        if not _MAIL_HEADER.match(line):
            break
        headers += 1
    return headers >= 3


def is_table(head: bytes) -> bool:
    """Whether the head is that of a CSV or TSV file with a header row.

    The first line has short names without sentence punctuation, and the second one as many fields.
    """
    import csv

    text = without_mark(head).decode("utf-8", errors="replace")
    first = text.lstrip("\r\n").split("\n", 1)[0].rstrip("\r")
    for delimiter in ("\t", ",", ";", "|"):
        if first.count(delimiter) < 1:
            continue
        try:
            rows = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
            names = next(rows)
            short = all(0 < len(n.strip()) <= 40 and not re.search(r"[.!?:“”]", n) for n in names)
            second = next(rows, None)
        except (csv.Error, StopIteration):
            continue
        words = max(len(n.split()) for n in names)
        if short and words <= 4 and second is not None and len(second) == len(names):
            return True
    return False


def export_instead(head: bytes) -> str | None:
    """For exports that are not read: what to export instead. None for other kinds."""
    start = without_mark(head)[:4096]
    return next((hint for pattern, hint in _INSTEAD if pattern.search(start)), None)


def is_garbled(text: str) -> bool:
    """Whether a text looks extracted from a PDF without its words: single letters, or glyph codes."""
    words = text[:20_000].split()
    if len(words) < 30:
        return False
    single = sum(len(w) == 1 and w.isalpha() and w not in "aAI" for w in words)
    glyphs = sum(w.startswith("(cid:") or "\ufffd" in w for w in words)
    return single > 0.4 * len(words) or glyphs > 0.2 * len(words)


def kind_of_head(head: bytes, name: str = "") -> str | None:
    """What a source is if it is not plain text, in words; None for plain text.

    Args:
        head: the first bytes, decompressed if it is gzip.
        name: the file name; tells Office formats apart, which are zip archives.
    """
    start = without_mark(head)
    for magic, what in _MAGIC:
        if head.startswith(magic) or start.lstrip().startswith(magic):
            return what
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        for part, what in ((b"word/", "a DOCX document"), (b"xl/", "an XLSX spreadsheet")):
            if part in head or name.lower().endswith((".docx", ".xlsx")[part == b"xl/"]):
                return what
        return "a zip archive"
    if is_html(head):
        return "an HTML page"
    if is_json(head):
        return "JSON"
    if is_xml(head):
        return "XML"
    if is_mail(head):
        return "an email"
    if is_table(head):
        return "a table (CSV)"
    return None
