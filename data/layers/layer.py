"""Layers: annotations of articles that may not be copied, as character offsets into a public text.

One article a line: its doc_id, the SHA-256 of its text, split, conflict, outlet and date, and its sentences as offsets with
labels and statements, actors and targets as offsets and identities. No word of the article stands in it. Attribution
corpora are published so where their texts belong to others (the Penn Attribution Relations Corpus, Pareti 2016, stands
off from the Wall Street Journal's text). `attach` joins a layer and its texts to articles, `detach` parts them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ..checking import checked
from ..errors import InputError
from ..files.atomic import atomic_write
from ..schema import Article, Sentence, Statement

# A break within a sentence is a space in the corpus, character for character, so that offsets stay.
_BREAKS = str.maketrans("\n\r\t\f\v", "     ")
_ABOUT = ("split", "conflict", "outlet", "date", "license", "annotators")


class Offsets(BaseModel):
    """A stretch of the article's text, in characters: `text[start:end]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    start: int = Field(ge=0)
    end: int = Field(gt=0)


class LayerStatement(BaseModel):
    """A statement, its spans as offsets into the article."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    stance: str
    actor: Offsets | None = None
    actor_id: str | None = None
    target: Offsets | None = None
    target_id: str | None = None


class LayerSentence(BaseModel):
    """A sentence as offsets into the article, with its annotation."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    start: int = Field(ge=0)
    end: int = Field(gt=0)
    para: bool = False
    labels: tuple[str, ...] = ()
    near_miss: str | None = Field(
        None, max_length=60, description="a kind, in a few words of the annotator's own: no quotation"
    )
    statements: tuple[LayerStatement, ...] = ()

    @model_validator(mode="after")
    def _inside(self) -> LayerSentence:
        if self.start >= self.end:
            raise ValueError(f"sentence {self.start}-{self.end} is empty")
        for statement in self.statements:
            for span in (statement.actor, statement.target):
                if span is not None and not self.start <= span.start < span.end <= self.end:
                    raise ValueError(
                        f"span {span.start}-{span.end} is not within its sentence {self.start}-{self.end}"
                    )
        return self


class LayerArticle(BaseModel):
    """An article of a layer. `sha256` is that of its text as `plain_text` has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    doc_id: str = Field(min_length=1)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    sentences: tuple[LayerSentence, ...] = Field(min_length=1)
    split: str | None = None
    conflict: str | None = None
    outlet: str | None = None
    date: str | None = None
    license: str | None = None
    annotators: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> LayerArticle:
        for one, other in zip(self.sentences, self.sentences[1:], strict=False):
            if other.start < one.end:
                raise ValueError(
                    f"sentences {one.start}-{one.end} and {other.start}-{other.end} are not one after the other"
                )
        return self


def plain_text(text: str) -> str:
    """The text that offsets and checksums are of: without a byte order mark and outer space, line ends as `\\n`."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").strip()


def text_digest(text: str) -> str:
    """SHA-256 of a text as `plain_text` has it, in hexadecimal."""
    return hashlib.sha256(plain_text(text).encode()).hexdigest()


def read_layer(path: Path) -> list[LayerArticle]:
    """The articles of a layer file.

    Raises:
        InputError: the first fault, with file and line.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as fault:
        raise InputError(f"cannot be read: {fault.strerror}", where=str(path)) from None
    except UnicodeDecodeError:
        raise InputError("not UTF-8", where=str(path)) from None
    out: list[LayerArticle] = []
    seen: set[str] = set()
    for n, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path}:{n}"
        try:
            raw: Any = json.loads(line)
        except ValueError:
            raise InputError(
                "not JSON", where=where, hint="a layer has one article a line, as JSON"
            ) from None
        article = checked(LayerArticle, raw, where, hint="a layer has offsets in place of text")
        if article.doc_id in seen:
            raise InputError(
                f"doc_id {article.doc_id!r} stands twice",
                where=where,
                hint="give each article its own doc_id",
            )
        seen.add(article.doc_id)
        out.append(article)
    if not out:
        raise InputError("holds no article", where=str(path))
    return out


def write_layer(path: Path, articles: Iterable[LayerArticle]) -> None:
    """Write a layer file, whole or not at all; what is empty is left out."""
    with atomic_write(path) as out:
        for article in articles:
            out.write(
                json.dumps(article.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False) + "\n"
            )


def _span(found: Offsets | None, sentence: LayerSentence, text: str) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "text": text[found.start : found.end].translate(_BREAKS),
        "start": found.start - sentence.start,
        "end": found.end - sentence.start,
    }


def attach(layer: LayerArticle, text: str) -> Article:
    """The annotated article of a layer's article and its text.

    Raises:
        InputError: the text is not the one that was annotated.
    """
    text = plain_text(text)
    if text_digest(text) != layer.sha256:
        raise InputError(
            "its text is not the one that was annotated (another SHA-256)",
            where=layer.doc_id,
            hint="fetch the data set again, unchanged",
        )
    sentences = []
    for s in layer.sentences:
        statements = [
            {
                **x.model_dump(include={"stance", "actor_id", "target_id"}),
                "actor": _span(x.actor, s, text),
                "target": _span(x.target, s, text),
            }
            for x in s.statements
        ]
        fields = {
            "text": text[s.start : s.end].translate(_BREAKS),
            "para": s.para,
            "labels": s.labels,
            "near_miss": s.near_miss,
        }
        sentences.append({**fields, "statements": statements})
    about = layer.model_dump(include=set(_ABOUT))
    return checked(Article, {"doc_id": layer.doc_id, **about, "sentences": sentences}, layer.doc_id)


def _places(article: Article, text: str) -> Iterator[int]:
    """Where each sentence starts in the text, one after the other."""
    flat, at = text.translate(_BREAKS), 0
    for n, sentence in enumerate(article.sentences):
        at = flat.find(sentence.text, at)
        if at < 0:
            raise InputError(
                f"sentence {n} is not in the text, or not after the one before it: {sentence.text[:60]!r}",
                where=article.doc_id,
                hint="sentences are copied letter for letter, in their order",
            )
        yield at
        at += len(sentence.text)


def _detached(statement: Statement, start: int) -> LayerStatement:
    spans = {
        part: Offsets(start=start + span.start, end=start + span.end) if span else None
        for part, span in (("actor", statement.actor), ("target", statement.target))
    }
    return LayerStatement(
        stance=statement.stance, actor_id=statement.actor_id, target_id=statement.target_id, **spans
    )


def detach(article: Article, text: str) -> LayerArticle:
    """The layer's article of an annotated article and the text that it is of; `attach` gives the article back.

    Raises:
        InputError: a sentence is not in the text.
    """
    text = plain_text(text)

    def sentence(one: Sentence, start: int) -> LayerSentence:
        return LayerSentence(
            start=start,
            end=start + len(one.text),
            para=one.para,
            labels=one.labels,
            near_miss=one.near_miss,
            statements=tuple(_detached(s, start) for s in one.statements),
        )

    sentences = tuple(
        sentence(s, at) for s, at in zip(article.sentences, _places(article, text), strict=True)
    )
    return LayerArticle(
        doc_id=article.doc_id,
        sha256=text_digest(text),
        sentences=sentences,
        **article.model_dump(include=set(_ABOUT)),
    )
