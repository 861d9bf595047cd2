"""Markdown: one article, with its details in the front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....data.errors import InputError
from ..dates import date_fields
from ..exports.languages import language_code
from ..kinds import kind_of_head
from ..source import ReadOptions, ReadReport, Source, SourceArticle

_FRONT = re.compile(r"\A(?P<mark>---|\+\+\+)[ \t]*\n(?P<fields>.*?)\n(?P=mark)[ \t]*(?:\n|\Z)", re.S)
_FIELD = re.compile(r"([A-Za-z][\w-]*)\s*[:=]\s*(.*)\Z")
_ROLES = {
    "title": ("title", "headline"),
    "date": ("date", "published", "publishdate", "date_published"),
    "author": ("author", "authors", "byline"),
    "url": ("url", "link", "canonical", "canonical_url", "source_url"),
    "outlet": ("outlet", "publication", "site", "sitename", "source"),
    "language": ("language", "lang"),
}
_REMOVED = re.compile(
    r"<!--.*?-->"
    r"|^(?P<fence>```+|~~~+).*?^(?P=fence)[ \t]*$"
    r"|!\[[^\]\n]*\](?:\([^)\n]*\)|\[[^\]\n]*\])"  # pictures with their captions
    r"|^\[[^\]\n]+\]:[ \t]*\S.*$"  # targets of links, footnotes
    r"|\[\^[^\]\n]+\]"
    r"|^[ \t]*(?:[-*_][ \t]*){3,}$"
    r"|</?[A-Za-z][^<>\n]*>",
    re.S | re.M,
)
_LINK = re.compile(r"\[([^\]\n]+)\](?:\([^)\n]*\)|\[[^\]\n]*\])")
_ADDRESS = re.compile(r"<(https?://[^>\s]+)>")
_EMPHASIS = re.compile(r"(?<![\w*\\])(\*{1,3}|_{1,3}|~~|`+)(?=\S)(.+?)(?<=\S)\1(?![\w*])", re.S)
_LINE_MARK = re.compile(r"^[ \t]*(?:>[ \t]?)+|^[ \t]{0,3}#{1,6}[ \t]+|^[ \t]*(?:[-*+]|\d+[.)])[ \t]+", re.M)
_HEADING = re.compile(
    r"\A\s*(?:#[ \t]+(?P<atx>[^\n]+?)(?:[ \t]+#+)?[ \t]*|(?P<setext>[^\n]+)\n=+[ \t]*)(?:\n|\Z)"
)


class Markdown:
    """A Markdown file: one article. Without front matter, only the extension tells it from plain text."""

    name = "markdown"
    what = "a Markdown document"

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether it begins with front matter, or has the extension and is text."""
        if kind_of_head(head, name) is not None or not head.strip():
            return False
        text = head.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
        front = _FRONT.match(text)
        fields = _fields(front["fields"]) if front else {}
        return bool(fields) or name.lower().removesuffix(".gz").endswith((".md", ".markdown"))

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The document without its markup. The title is that of the front matter, or the first heading.

        Raises:
            InputError: it is too large, not UTF-8, or has no text.
        """
        try:
            text = source.read().decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise InputError("not UTF-8", where=source.label, hint="save it as UTF-8") from None
        front = _FRONT.match(text)
        fields = _fields(front["fields"]) if front else {}
        title, text = _headline(text[front.end() :] if front else text, fields.get("title"))
        body = plain_text(text)
        if not body:
            raise InputError("no text", where=source.label, hint="an article needs text")
        date_iso, date_original = date_fields(fields.get("date"))
        yield SourceArticle(
            id=source.stem,
            text=body,
            source=source.name,
            title=title,
            outlet=fields.get("outlet"),
            date=date_iso,
            date_original=date_original,
            url=fields.get("url"),
            author=fields.get("author"),
            language=language_code(fields.get("language")),
        )


def _headline(text: str, title: str | None) -> tuple[str | None, str]:
    """The title, and the text without the heading that has it."""
    heading = _HEADING.match(text)
    if heading is None:
        return title, text
    heading_text = heading["atx"] or heading["setext"] or ""
    # The number of a headline is not that of a list.
    written = plain_text(re.sub(r"\A(\d+)([.)]) ", r"\1\\\2 ", heading_text))
    if title and title != written:
        return title, text
    return written or None, text[heading.end() :]


def _fields(front: str) -> dict[str, str]:
    """The values of front matter by role; lists are joined. Its YAML or TOML is not interpreted further."""
    raw: dict[str, str] = {}
    last = ""
    for line in front.split("\n"):
        item = re.match(r"\s*-\s+(.*)", line)
        field = _FIELD.match(line)
        if item and last:
            raw[last] = ", ".join(filter(None, (raw[last], _unquoted(item[1]))))
        elif field:
            last = field[1].lower()
            raw[last] = _unquoted(field[2])
    return {
        role: value
        for role, names in _ROLES.items()
        if (value := next((raw[n] for n in names if raw.get(n)), ""))
    }


def _unquoted(value: str) -> str:
    value = value.strip()
    if value.startswith("[") and value.endswith("]"):
        return ", ".join(filter(None, (_unquoted(x) for x in value[1:-1].split(","))))
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1].replace('\\"', '"').replace("''", "'")
    return re.sub(r"\s+#.*\Z", "", value)


def plain_text(markdown: str) -> str:
    """Markdown as paragraphs separated by empty lines."""
    text = _ADDRESS.sub(r"\1", markdown)
    text = _REMOVED.sub("", text)
    text = _LINK.sub(r"\1", text)
    text = _LINE_MARK.sub("", text)
    for _ in range(3):  # bold in italics in a link
        text = _EMPHASIS.sub(r"\2", text)
    text = re.sub(r"\\([\\`*_{}\[\]()#+.!>~|-])", r"\1", text)
    blocks = (" ".join(block.split()) for block in re.split(r"\n[ \t]*\n", text))
    return "\n\n".join(b for b in blocks if b)
