"""An article as a text with labelled regions and links: what Label Studio, doccano and brat share.

The labels of regions are, for a codebook with `blame` and `loaded`:

    blame:actor, blame:target                   the words of a party
    blame:unnamed actor, blame:unnamed target   any words of the sentence: the party is not named in it
    loaded                                      any words of the sentence: it has this label
    near miss                                   any words of the sentence: it is one; the note gives its kind

A link goes from an actor to its target. Each link of an actor is a statement; an actor without links has one
statement without target. The note of a party is its identity (ARM). A region is within one sentence, apart
from surrounding spaces. The offsets of the sentences are a field of the article, `sentences`:
[{"start", "end", "para"}]; without it the text is split as for scoring, so that texts without metadata can be
annotated too.

Every statement has its own regions, even if statements share a party, so that a party can be corrected in one
statement without changing the others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..checking import checked
from ..codebook import Codebook
from ..errors import InputError
from ..schema import Article, Span, Statement
from ..text.segmentation.sentences import Segment, annotated_segments
from .json_fields import ARTICLE_FIELDS, known_label
from .offsets import MarkedSpan, cuts_word, in_characters
from .outline import locate, read_outline

NAME = re.compile(r"[a-z][a-z0-9_]*")
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
        fields: doc_id, split …, and `sentences` (see the module).
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


def check_names(article: Article) -> None:
    """Reject names that would be ambiguous in a label or a column.

    Raises:
        InputError: the name of a stance or label is not allowed in a codebook.
    """
    for name in [x for s in article.sentences for x in (*s.labels, *(y.stance for y in s.statements))]:
        if not NAME.fullmatch(name):
            raise InputError(
                f"{name!r} cannot be written",
                where=article.doc_id,
                hint="use lower-case letters, digits and _, as in a codebook",
            )


def document_of(article: Article, prefix: str = "r") -> Document:
    """Convert an article into a text with regions; `article_from` converts it back.

    Args:
        prefix: how the keys of its regions begin.

    Raises:
        InputError: the name of a stance or label is not allowed in a codebook, or a span has no words.
    """
    check_names(article)
    segments = annotated_segments(article)
    fields = article.model_dump(mode="json", exclude={"sentences"}, exclude_defaults=True)
    fields["sentences"] = [{"start": s.start, "end": s.end, "para": s.para} for s in segments]
    out = Document(article.text, fields)

    def add(label: str, start: int, end: int, note: str | None = None) -> str:
        out.regions.append(Region(f"{prefix}{len(out.regions) + 1}", label, start, end, note))
        return out.regions[-1].key

    for sentence, at in zip(article.sentences, segments, strict=True):
        for label in sentence.labels:
            add(label, at.start, at.end)
        if sentence.near_miss:
            add(NEAR_MISS, at.start, at.end, sentence.near_miss)
        for s in sentence.statements:
            actor = add(*_party_region(s, "actor", at, sentence.text, article.doc_id))
            if s.target or s.target_id:
                out.links.append((actor, add(*_party_region(s, "target", at, sentence.text, article.doc_id))))
    return out


def _party_region(
    statement: Statement, role: str, at: Segment, text: str, doc_id: str
) -> tuple[str, int, int, str | None]:
    """The label, start, end and note of the region of an actor or target."""
    span: Span | None = getattr(statement, role)
    identity: str | None = getattr(statement, f"{role}_id")
    if span is None:
        return f"{statement.stance}:unnamed {role}", at.start, at.end, identity
    if not span.text:
        raise InputError(
            "a span without words cannot be written",
            where=doc_id,
            hint="use null for a party that is not named",
        )
    if span.text != span.text.strip() or any(cuts_word(text, x) for x in (span.start, span.end)):
        raise InputError(
            f"span {span.text[:60]!r} cannot be written: it cuts a word, or has spaces at either end",
            where=doc_id,
            hint="give whole words",
        )
    return f"{statement.stance}:{role}", at.start + span.start, at.start + span.end, identity


@dataclass(frozen=True, slots=True)
class _Party:
    """An actor or target of a stance in one sentence; `span` is None if the sentence does not name it."""

    sentence: int
    stance: str
    role: str
    span: dict[str, Any] | None
    identity: str | None
    where: str = ""


def _linked(document: Document, parties: Mapping[str, _Party], where: str) -> dict[str, list[_Party]]:
    """The targets of every actor, by the key of the actor."""
    targets: dict[str, list[_Party]] = {key: [] for key, p in parties.items() if p.role == "actor"}
    unlinked = {key: p for key, p in parties.items() if p.role == "target"}
    for a, b in document.links:
        for key in (a, b):
            if key not in parties:
                raise InputError(
                    f"a link to {key!r}, which is neither an actor nor a target",
                    where=where,
                    hint="link an actor to its target",
                )
        # The direction in which a link was drawn does not matter.
        a, b = (b, a) if a not in targets else (a, b)
        actor, target = parties[a], parties[b]
        if (actor.role, target.role) != ("actor", "target"):
            raise InputError(
                f"the link of {a} and {b} joins two actors or two targets",
                where=where,
                hint="link an actor to its target",
            )
        if (actor.sentence, actor.stance) != (target.sentence, target.stance):
            both = " and ".join(
                f"{k} ({p.stance}, sentence {p.sentence + 1})" for k, p in ((a, actor), (b, target))
            )
            raise InputError(
                f"the link of {both} joins two stances or sentences",
                where=where,
                hint="link an actor to its target in the same sentence",
            )
        targets[a].append(target)
        unlinked.pop(b, None)
    for target in unlinked.values():
        raise InputError("not linked to any actor", where=target.where, hint="link an actor to it")
    return targets


def _party(
    region: Region, sentence: int, span: dict[str, Any], where: str, codebook: Codebook | None
) -> _Party:
    """The party that a region marks, after checking stance and identity."""
    stance, _, kind = region.label.partition(":")
    if kind not in ROLES:
        raise InputError(
            "not a label of a region", where=where, hint=f"use {', '.join(f'{stance}:{r}' for r in ROLES)}"
        )
    role, identity = kind.removeprefix("unnamed "), region.note or None
    checked(Statement, {"stance": stance, f"{role}_id": identity}, where, codebook)
    return _Party(sentence, stance, role, None if kind.startswith("unnamed") else span, identity, where)


def _read_regions(
    document: Document,
    outline: Sequence[Mapping[str, Any]],
    sentences: Sequence[dict[str, Any]],
    where: str,
    codebook: Codebook | None,
) -> dict[str, _Party]:
    """Add labels and near misses to the sentences, and return the parties by key."""
    parties: dict[str, _Party] = {}
    for region in document.regions:
        # Some tools show no offsets, so the error message quotes the words.
        words = document.text[max(0, region.start) : max(0, region.end)][:40]
        at = f"{region.where or where}: {region.label} {words!r}"
        i, span = locate(document.text, region.start, region.end, outline, at)
        if region.label == NEAR_MISS:
            if sentences[i]["near_miss"]:
                raise InputError(
                    "two near misses in one sentence",
                    where=at,
                    hint="keep one; its note can name several kinds",
                )
            sentences[i]["near_miss"] = region.note or NEAR_MISS
        elif ":" not in region.label:
            known_label(region.label, at, codebook)
            if region.label not in sentences[i]["labels"]:
                sentences[i]["labels"].append(region.label)
        elif region.key in parties:
            raise InputError(
                f"duplicate region id {region.key!r}", where=at, hint="give each region its own id"
            )
        else:
            parties[region.key] = _party(region, i, span, at, codebook)
    return parties


def article_from(document: Document, where: str, codebook: Codebook | None = None) -> Article:
    """Convert a text with regions into an article.

    Args:
        where: the location of the document, for error messages.
        codebook: if given, stances and labels must be among its names.

    Raises:
        InputError: a region is outside the text or crosses sentences, a link does not join an actor and its
            target, or a field is invalid.
    """
    outline = read_outline(document.text, document.fields, document.fields_file or where)
    if not outline:
        raise InputError("no text", where=where, hint="remove this document")
    sentences: list[dict[str, Any]] = [
        {
            "text": document.text[s["start"] : s["end"]],
            "para": s["para"],
            "labels": [],
            "statements": [],
            "near_miss": None,
        }
        for s in outline
    ]
    parties = _read_regions(document, outline, sentences, where, codebook)
    nobody = _Party(0, "", "target", None, None)
    for key, targets in _linked(document, parties, where).items():
        actor = parties[key]
        for target in targets or [nobody]:
            statement = {"stance": actor.stance, "actor": actor.span, "actor_id": actor.identity}
            statement |= {"target": target.span, "target_id": target.identity}
            sentences[actor.sentence]["statements"].append(statement)
    fields = {k: document.fields[k] for k in ARTICLE_FIELDS if document.fields.get(k) is not None}
    return checked(Article, {**fields, "sentences": sentences}, document.fields_file or where, codebook)
