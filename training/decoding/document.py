"""Texts to label."""

from __future__ import annotations

from typing import NamedTuple


class Document(NamedTuple):
    """A text to label, with its metadata.

    Attributes:
        text: an article; for a `StanceChooser` one sentence.
        actor, target: the known pair of a `StanceChooser`, words of the text; ignored by a `StatementFinder`.
    """

    text: str
    id: str = ""
    source: str | None = None
    title: str | None = None
    actor: str | None = None
    target: str | None = None

    @property
    def where(self) -> str:
        """The location for error messages."""
        return self.source or self.id
