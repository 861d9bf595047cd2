"""A text with labelled regions and links between them, and the labels that regions may have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ...codebook import Codebook
from .offsets import MarkedSpan, in_characters

NEAR_MISS = "near miss"
ROLES = ("actor", "target", "unnamed actor", "unnamed target")


@dataclass(frozen=True, slots=True)
class Region:
    """A labelled part of a text, `text[start:end]`.

    Attributes:
        key: the id that links use.
        note: the identity of a party, or the kind of a near miss.
        where: its location, for error messages; None for that of the document.
        words: its text, as far as the tool gives it.
    """

    key: str
    label: str
    start: int
    end: int
    note: str | None = None
    where: str | None = None
    words: str | None = None

    @property
    def is_party(self) -> bool:
        """Whether it marks the words of an actor or target; others may mark any words of their sentence."""
        return self.label.endswith((":actor", ":target"))


@dataclass(slots=True)
class Document:
    """A text with the fields of its article, its regions and its links.

    Attributes:
        fields: doc_id, split …, and `sentences` (see the package).
        links: pairs of keys: that of the actor, that of the target.
        fields_file: the file that the fields come from, if it is a separate one.
    """

    text: str
    fields: dict[str, Any]
    regions: list[Region] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    fields_file: str | None = None

    def add_notes(self, notes: Mapping[str, str]) -> None:
        """Set the notes of all regions, from notes by key."""
        self.regions = [replace(r, note=notes.get(r.key)) for r in self.regions]

    def convert_offsets(self, where: str, gaps: Sequence[tuple[int, int, str]] = ()) -> None:
        """Convert the offsets of all regions from those of a tool, see `offsets`.

        Args:
            where: the location of the document, for error messages.
            gaps: what is between the pieces of a region: start, end and location.

        Raises:
            InputError: a region is outside the text, cuts a word, or has other words than those of the tool.
        """
        spans = [
            MarkedSpan(r.start, r.end, self._at(r, where), r.words, whole_words=r.is_party)
            for r in self.regions
        ]
        spans += [MarkedSpan(a, b, at, "", whole_words=False) for a, b, at in gaps]
        found = in_characters(self.text, spans)[: len(self.regions)]
        self.regions = [
            replace(r, start=start, end=end) for r, (start, end) in zip(self.regions, found, strict=True)
        ]

    @staticmethod
    def _at(region: Region, where: str) -> str:
        """The location of a region, with its label: some tools show no offsets."""
        return f"{region.where or where}: {region.label}"


def region_labels(codebook: Codebook) -> list[str]:
    """All labels that a region can have."""
    roles = [
        f"{s.name}:{r}" for s in codebook.stances for r in ROLES if s.has_target or not r.endswith("target")
    ]
    return [*roles, *codebook.label_names, NEAR_MISS]
