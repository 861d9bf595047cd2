"""Articles from texts with labelled regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...checking import checked
from ...codebook import Codebook
from ...errors import InputError
from ...schema import Article, Statement
from ..json_fields import ARTICLE_FIELDS, known_label
from .document import NEAR_MISS, ROLES, Document, Region
from .outline import locate, read_outline


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
