"""An article as one text with labelled regions and links between them: what Label Studio, doccano and brat share.

The labels of regions are, for a codebook with `blame` and `loaded`:

    blame:actor, blame:target                   the words of a party
    blame:unnamed actor, blame:unnamed target   any words of the sentence: it does not name the party, whose identity is known
    loaded                                      any words of the sentence: it has this label
    near miss                                   any words of the sentence: it is one; the note says of which kind

A link goes from an actor to its target. An actor with several links makes as many statements, one without has no target.
The note of a party is its identity (ARM). Regions lie within a sentence; spaces around it do no harm. Where the
sentences begin and end is told beside the text, as `sentences`: [{"start", "end", "para"}]; where it is not, the text is
cut as for scoring, so that plain texts can be annotated too.

When written, every statement has regions of its own, one upon the other where statements share a party: so a party
can be corrected in one statement and stay in the other.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..checking import checked
from ..codebook import Codebook
from ..errors import InputError
from ..schema import Article, Span, Statement
from ..text.sentences import annotated_segments, segment
from .json_fields import ABOUT, known_label, objects, optional, taken

NAME = re.compile(r"[a-z][a-z0-9_]*")
NEAR_MISS = "near miss"
ROLES = ("actor", "target", "unnamed actor", "unnamed target")


@dataclass(frozen=True, slots=True)
class Region:
    """`text[start:end]` has this label; `key` is what links call it by, `at` where it stands in its file."""

    key: str
    label: str
    start: int
    end: int
    note: str | None = None
    at: str | None = None


@dataclass(slots=True)
class Document:
    """A text, what is told of it (`told_at`: where, if in a file of its own), its regions, its links: (key, key) from actor to target."""

    text: str
    about: dict[str, Any]
    regions: list[Region] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    told_at: str | None = None


def region_labels(codebook: Codebook) -> list[str]:
    """Every label that a region can have."""
    roles = [
        f"{s.name}:{r}" for s in codebook.stances for r in ROLES if s.has_target or not r.endswith("target")
    ]
    return [*roles, *codebook.label_names, NEAR_MISS]


def document_of(article: Article, prefix: str = "r") -> Document:
    """An article as a text with regions; `article_from` makes the same article of it.

    Raises:
        InputError: a stance or label has a name that no codebook can have, or a span no words.
    """
    for name in [x for s in article.sentences for x in (*s.labels, *(y.stance for y in s.statements))]:
        if not NAME.fullmatch(name):
            raise InputError(
                f"{name!r} cannot be written",
                where=article.doc_id,
                hint="small letters, digits and _, as in a codebook",
            )
    segments = annotated_segments(article)
    about = article.model_dump(mode="json", exclude={"sentences"}, exclude_defaults=True)
    about["sentences"] = [{"start": s.start, "end": s.end, "para": s.para} for s in segments]
    out = Document(article.text, about)

    def add(label: str, start: int, end: int, note: str | None = None) -> str:
        out.regions.append(Region(f"{prefix}{len(out.regions) + 1}", label, start, end, note))
        return out.regions[-1].key

    for sentence, at in zip(article.sentences, segments, strict=True):

        def party(
            stance: str,
            role: str,
            span: Span | None,
            identity: str | None,
            start: int = at.start,
            end: int = at.end,
        ) -> str:
            if span is None:
                return add(f"{stance}:unnamed {role}", start, end, identity)
            if not span.text:
                raise InputError(
                    "a span without words cannot be written",
                    where=article.doc_id,
                    hint="null, where a party is not named",
                )
            return add(f"{stance}:{role}", start + span.start, start + span.end, identity)

        for label in sentence.labels:
            add(label, at.start, at.end)
        if sentence.near_miss:
            add(NEAR_MISS, at.start, at.end, sentence.near_miss)
        for s in sentence.statements:
            actor = party(s.stance, "actor", s.actor, s.actor_id)
            if s.target or s.target_id:
                out.links.append((actor, party(s.stance, "target", s.target, s.target_id)))
    return out


def _outline(document: Document, where: str) -> list[dict[str, Any]]:
    """Start, end and para of every sentence."""
    if document.about.get("sentences") is None:
        return [{"start": s.start, "end": s.end, "para": s.para} for s in segment(document.text)]
    out: list[dict[str, Any]] = []
    last = 0
    for at, raw in objects(document.about, "sentences", where):
        start, end = taken(raw, "start", int, at), taken(raw, "end", int, at)
        if not last <= start < end <= len(document.text):
            raise InputError(
                f"{start}-{end} is outside the text or not after the sentence before",
                where=at,
                hint="give the sentences in order",
            )
        if document.text[last:start].strip():
            raise InputError(
                f"{document.text[last:start].strip()[:40]!r} stands between the sentences",
                where=at,
                hint="leave the text as it was exported",
            )
        out.append({"start": start, "end": end, "para": optional(raw, "para", bool, at) or False})
        last = end
    if document.text[last:].strip():
        raise InputError(
            f"{document.text[last:].strip()[:40]!r} stands after the last sentence",
            where=where,
            hint="leave the text as it was exported",
        )
    return out


def _place(
    document: Document, region: Region, outline: Sequence[Mapping[str, Any]], where: str
) -> tuple[int, dict[str, Any]]:
    """The sentence that a region lies in, and its span there."""
    start, end, text = region.start, region.end, document.text
    if not 0 <= start < end <= len(text):
        raise InputError(
            f"{start}-{end} is outside the text of {len(text)} characters",
            where=where,
            hint="offsets count characters of the text as it was exported",
        )
    i = max(0, bisect_right([s["start"] for s in outline], start) - 1)
    if (
        i + 1 < len(outline)
        and start >= outline[i]["end"]
        and not text[start : outline[i + 1]["start"]].strip()
    ):
        i += 1
    first, last = outline[i]["start"], outline[i]["end"]
    if (
        text[start : max(start, first)].strip()
        or text[min(end, last) : end].strip()
        or not (first < end and start < last)
    ):
        raise InputError("crosses a sentence boundary", where=where, hint="keep it within one sentence")
    start, end = max(start, first), min(end, last)
    return i, {"text": text[start:end], "start": start - first, "end": end - first}


@dataclass(frozen=True, slots=True)
class _Party:
    """An actor or target of a stance in one sentence; no span where it is not named."""

    sentence: int
    stance: str
    role: str
    span: dict[str, Any] | None
    identity: str | None
    at: str = ""


def _linked(document: Document, parties: Mapping[str, _Party], where: str) -> dict[str, list[_Party]]:
    """The targets of every actor."""
    targets: dict[str, list[_Party]] = {key: [] for key, p in parties.items() if p.role == "actor"}
    unlinked = {key: p for key, p in parties.items() if p.role == "target"}
    for a, b in document.links:
        for key in (a, b):
            if key not in parties:
                raise InputError(
                    f"a link to {key!r}, which is no actor or target",
                    where=where,
                    hint="link an actor with its target",
                )
        # Drawn the other way round it says the same.
        a, b = (b, a) if a not in targets else (a, b)
        actor, target = parties[a], parties[b]
        if (actor.role, target.role) != ("actor", "target"):
            raise InputError(
                f"the link of {a} and {b} joins two of a kind",
                where=where,
                hint="link an actor with its target",
            )
        if (actor.sentence, actor.stance) != (target.sentence, target.stance):
            both = " and ".join(
                f"{k} ({p.stance}, sentence {p.sentence + 1})" for k, p in ((a, actor), (b, target))
            )
            raise InputError(
                f"the link of {both} joins two stances or sentences",
                where=where,
                hint="link an actor with its target in the sentence",
            )
        targets[a].append(target)
        unlinked.pop(b, None)
    for target in unlinked.values():
        raise InputError("is linked to no actor", where=target.at, hint="link an actor with it")
    return targets


def _party(region: Region, sentence: int, span: dict[str, Any], at: str, codebook: Codebook | None) -> _Party:
    """The party that a region marks, its stance and identity checked."""
    stance, _, place = region.label.partition(":")
    if place not in ROLES:
        raise InputError(
            "no label of a region", where=at, hint=f"use {', '.join(f'{stance}:{r}' for r in ROLES)}"
        )
    role, identity = place.removeprefix("unnamed "), region.note or None
    checked(Statement, {"stance": stance, f"{role}_id": identity}, at, codebook)
    return _Party(sentence, stance, role, None if place.startswith("unnamed") else span, identity, at)


def article_from(document: Document, where: str, codebook: Codebook | None = None) -> Article:
    """The article of a text with regions.

    Raises:
        InputError: a region outside the text or a sentence, a link between what cannot be linked, a field at fault.
    """
    outline = _outline(document, document.told_at or where)
    if not outline:
        raise InputError("has no text", where=where, hint="leave it out")
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
    parties: dict[str, _Party] = {}
    for region in document.regions:
        # The words help where the tool shows no numbers.
        at = f"{region.at or where}: {region.label} {document.text[max(0, region.start) : max(0, region.end)][:40]!r}"
        i, span = _place(document, region, outline, at)
        if region.label == NEAR_MISS:
            if sentences[i]["near_miss"]:
                raise InputError(
                    "a sentence with two near misses",
                    where=at,
                    hint="keep one; its note may name several kinds",
                )
            sentences[i]["near_miss"] = region.note or NEAR_MISS
        elif ":" not in region.label:
            known_label(region.label, at, codebook)
            if region.label not in sentences[i]["labels"]:
                sentences[i]["labels"].append(region.label)
        elif region.key in parties:
            raise InputError(
                f"two regions have the id {region.key!r}", where=at, hint="give each an id of its own"
            )
        else:
            parties[region.key] = _party(region, i, span, at, codebook)
    nobody = _Party(0, "", "target", None, None)
    for key, targets in _linked(document, parties, where).items():
        actor = parties[key]
        for target in targets or [nobody]:
            sentences[actor.sentence]["statements"].append(
                {
                    "stance": actor.stance,
                    "actor": actor.span,
                    "actor_id": actor.identity,
                    "target": target.span,
                    "target_id": target.identity,
                }
            )
    about = {k: document.about[k] for k in ABOUT if document.about.get(k) is not None}
    return checked(Article, {**about, "sentences": sentences}, document.told_at or where, codebook)
