"""Layers: stand-off annotations of articles that may not be redistributed, as offsets into a public text.

A layer has one article per line: its doc_id, the SHA-256 of its text, split, conflict, outlet and date, and
its sentences as offsets with labels and statements, whose actors and targets are offsets and identities. It
contains no words of the article. Attribution corpora whose texts belong to others are published in this way:
the Penn Attribution Relations Corpus (Pareti 2016, "PARC 3.0: A Corpus of Attribution Relations", LREC)
annotates text of the Wall Street Journal. `attach` joins a layer with its texts, `detach` separates them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ..checking import duplicate_doc_id
from ..errors import InputError, validated
from ..files.atomic import atomic_write
from ..files.reading import json_lines
from ..reporting import Report, guarded, raise_error
from ..schema import Article, Sentence, Statement

# In a corpus, each line break within a sentence is a single space, so that offsets do not change.
_BREAKS = str.maketrans("\n\r\t\f\v", "     ")
_METADATA = ("split", "conflict", "outlet", "date", "license", "annotators")


class Offsets(BaseModel):
    """A span of the article's text, in characters: `text[start:end]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    start: int = Field(ge=0)
    end: int = Field(gt=0)


class LayerStatement(BaseModel):
    """A statement with its spans as offsets into the article."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    stance: str
    actor: Offsets | None = None
    actor_id: str | None = None
    target: Offsets | None = None
    target_id: str | None = None


class LayerSentence(BaseModel):
    """A sentence as offsets into the article, with its labels and statements."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    start: int = Field(ge=0)
    end: int = Field(gt=0)
    para: bool = False
    labels: tuple[str, ...] = ()
    near_miss: str | None = Field(
        None, max_length=60, description="the kind, in the annotator's own words; not a quotation"
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
    """An article of a layer. `sha256` is the digest of its text, see `text_digest`."""

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
                    f"sentences {one.start}-{one.end} and {other.start}-{other.end} overlap or are unordered"
                )
        return self


def normalised_text(text: str) -> str:
    """The text that offsets refer to: without byte order mark and outer space, with line ends as `\\n`."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").strip()


def text_digest(text: str) -> str:
    """SHA-256 of the normalised text, in hexadecimal."""
    return hashlib.sha256(normalised_text(text).encode()).hexdigest()


def read_layer(path: Path, report: Report = raise_error) -> list[LayerArticle]:
    """The articles of a layer file.

    Args:
        report: called with each invalid line; by default the first one is raised.

    Raises:
        InputError: the file cannot be read.
    """
    out: list[LayerArticle] = []
    seen: set[str] = set()
    for where, raw in json_lines(path, report):
        with guarded(where, report):
            article = validated(LayerArticle, raw, where=where, hint="a layer has offsets instead of text")
            if article.doc_id in seen:
                raise duplicate_doc_id(article.doc_id, where)
            seen.add(article.doc_id)
            out.append(article)
    return out


def write_layer(path: Path, articles: Iterable[LayerArticle]) -> None:
    """Write a layer file atomically, without empty fields."""
    with atomic_write(path) as out:
        for article in articles:
            out.write(
                json.dumps(article.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False) + "\n"
            )


def _span(offsets: Offsets | None, sentence: LayerSentence, text: str) -> dict[str, Any] | None:
    if offsets is None:
        return None
    return {
        "text": text[offsets.start : offsets.end].translate(_BREAKS),
        "start": offsets.start - sentence.start,
        "end": offsets.end - sentence.start,
    }


def attach(layer: LayerArticle, text: str) -> Article:
    """Join an article of a layer with its text.

    Raises:
        InputError: the text is not the one that was annotated.
    """
    text = normalised_text(text)
    if text_digest(text) != layer.sha256:
        raise InputError(
            "the text is not the one that was annotated (its SHA-256 differs)",
            where=layer.doc_id,
            hint="fetch the dataset again, and do not change it",
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
    metadata = layer.model_dump(include=set(_METADATA))
    raw = {"doc_id": layer.doc_id, **metadata, "sentences": sentences}
    return validated(Article, raw, where=layer.doc_id, hint="fix this field")


def _starts(article: Article, text: str) -> Iterator[int]:
    """The offset in the text at which each sentence starts."""
    flat, at = text.translate(_BREAKS), 0
    for n, sentence in enumerate(article.sentences):
        at = flat.find(sentence.text, at)
        if at < 0:
            raise InputError(
                f"sentence {n} is not in the text after the previous one: {sentence.text[:60]!r}",
                where=article.doc_id,
                hint="copy sentences exactly, in the order of the text",
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


def _detached_sentence(sentence: Sentence, start: int) -> LayerSentence:
    return LayerSentence(
        start=start,
        end=start + len(sentence.text),
        para=sentence.para,
        labels=sentence.labels,
        near_miss=sentence.near_miss,
        statements=tuple(_detached(s, start) for s in sentence.statements),
    )


def detach(article: Article, text: str) -> LayerArticle:
    """Separate an article from its text, as an article of a layer. The inverse of `attach`.

    Args:
        article: the annotated article.
        text: the published text that its sentences come from.

    Raises:
        InputError: a sentence is not in the text.
    """
    text = normalised_text(text)
    starts = _starts(article, text)
    sentences = tuple(
        _detached_sentence(s, start) for s, start in zip(article.sentences, starts, strict=True)
    )
    return LayerArticle(
        doc_id=article.doc_id,
        sha256=text_digest(text),
        sentences=sentences,
        **article.model_dump(include=set(_METADATA)),
    )
