"""A paragraph of a document, as the parsers of exports take it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph and the marks by which exports tell their parts apart.

    Attributes:
        text: the text of all runs, also of links; line breaks as newlines.
        marks: names of the bookmarks that begin in it, or just before it.
        link: the address of the first link, as written; it is never opened.
        bold: whether bold text begins in it.
        heading: the outline level, from 1; 0 for body text.
        centred: whether it is set in the middle of the line.
        ends_section: whether a section, or a page that the exporter ended, ends with it.
    """

    text: str
    marks: tuple[str, ...] = ()
    link: str | None = None
    bold: bool = False
    heading: int = 0
    ends_section: bool = False
    centred: bool = False

    @property
    def line(self) -> str:
        """The text as one line, with plain spaces."""
        return " ".join(self.text.split())


def body_text(paragraphs: Iterable[Paragraph]) -> str:
    """The paragraphs that have text, separated by empty lines."""
    blocks = ("\n".join(filter(None, (" ".join(x.split()) for x in p.text.split("\n")))) for p in paragraphs)
    return "\n\n".join(b for b in blocks if b)
