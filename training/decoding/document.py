"""A text to label."""

from __future__ import annotations

from typing import NamedTuple


class Document(NamedTuple):
    """A text to label, and what its record says about it.

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
        """How errors name it."""
        return self.source or self.id
