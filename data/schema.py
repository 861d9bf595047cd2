"""The content of a corpus: annotated articles, their sentences and statements, as checked pydantic models.

Files follow the corpus contract: JSONL, one article per line. Only `doc_id` and `sentences` are required.
Actors and targets are spans within their sentence, or null. Two short forms are also accepted: a string as
actor or target means its first occurrence as whole words (`corpus validate` warns if there are several), and
`"loaded": true` adds the label of that name.
"""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from .errors import foreign_character

# Identities that name no party: a person or body that represents no side, and several unnamed parties.
OTHER, MULTI = "OTHER", "MULTI"
SPLITS = ("train", "validation", "test")
IDENTITY = re.compile(r"[A-Z0-9][A-Z0-9_-]*(\+[A-Z0-9][A-Z0-9_-]*)*")


def _encodable(text: str) -> str:
    """The text, which must not have an unpaired surrogate: no file could be written with it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("contains an unpaired surrogate (\\ud800 to \\udfff)") from None
    return text


# Text that can be encoded as UTF-8.
Text = Annotated[str, AfterValidator(_encodable)]


class Span(BaseModel):
    """A span of a sentence: `sentence.text[start:end] == text`, offsets in characters."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    text: Text
    start: int = Field(ge=0)
    end: int = Field(gt=0)


class Statement(BaseModel):
    """One actor takes one stance, towards a target if there is one."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    stance: Text
    actor: Span | None = None
    actor_id: Text | None = None
    target: Span | None = None
    target_id: Text | None = None

    @field_validator("stance")
    @classmethod
    def _known_stance(cls, stance: str, info: ValidationInfo) -> str:
        known = (info.context or {}).get("stances")
        if known is not None and stance not in known:
            raise ValueError(
                f"unknown stance {stance!r}{foreign_character(stance)}; the codebook has {', '.join(known)}"
            )
        return stance

    @field_validator("actor_id", "target_id")
    @classmethod
    def _identity_form(cls, identity: str | None) -> str | None:
        if identity is not None and (
            not IDENTITY.fullmatch(identity) or identity.split("+") != sorted(identity.split("+"))
        ):
            raise ValueError(
                f"identity {identity!r}{foreign_character(identity)} must be in capitals; several are joined "
                "by + in alphabetical order, like ARM+AZE"
            )
        return identity


def occurrences(text: str, words: str) -> list[int]:
    """The offsets at which `words` occur in a text as whole words; occurrences may overlap."""
    return [m.start() for m in re.finditer(rf"(?<!\w)(?={re.escape(words)}(?!\w))", text)] if words else []


def span_fields(words: str, start: int) -> dict[str, Any]:
    """The fields of a `Span` of these words, `start` being its offset in the sentence."""
    return {"text": words, "start": start, "end": start + len(words)}


def find_span(text: str, substring: str) -> dict[str, Any]:
    """The span of a substring: its first occurrence as whole words, otherwise its first occurrence anywhere.

    Returns:
        The fields of a `Span`.

    Raises:
        ValueError: the substring is empty or not in the sentence.
    """
    start = next(iter(occurrences(text, substring)), text.find(substring))
    if start < 0 or not substring:
        raise ValueError(f"span {substring!r} is not in its sentence")
    return span_fields(substring, start)


def _with_spans(statement: Any, text: str) -> Any:
    """The raw statement with spans in place of actors and targets that are strings."""
    if not isinstance(statement, dict):
        return statement
    return {
        key: find_span(text, value) if key in ("actor", "target") and isinstance(value, str) else value
        for key, value in statement.items()
    }


class Sentence(BaseModel):
    """A sentence with its labels and statements.

    Attributes:
        para: whether it starts a paragraph.
        near_miss: the kind of near miss (denial, offer, …), if an annotator marked one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    text: Text = Field(min_length=1)
    para: bool = False
    labels: tuple[Text, ...] = ()
    statements: tuple[Statement, ...] = ()
    near_miss: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, raw: Any) -> Any:
        if not isinstance(raw, dict) or not isinstance(raw.get("text"), str):
            return raw
        raw = dict(raw)
        if "loaded" in raw:
            loaded, labels = raw.pop("loaded"), raw.get("labels") or ()
            if not isinstance(loaded, bool) or not isinstance(labels, list | tuple):
                raise ValueError("loaded must be true or false, labels a list")
            if loaded and "loaded" not in labels:
                raw["labels"] = [*labels, "loaded"]
        statements = raw.get("statements") or ()
        if isinstance(statements, list | tuple):
            raw["statements"] = [_with_spans(s, raw["text"]) for s in statements]
        return raw

    @field_validator("labels")
    @classmethod
    def _known_labels(cls, labels: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        known = (info.context or {}).get("labels")
        for label in labels:
            if known is not None and label not in known:
                raise ValueError(
                    f"unknown label {label!r}{foreign_character(label)}; "
                    f"the codebook has {', '.join(known) or 'none'}"
                )
        return labels

    @field_validator("near_miss")
    @classmethod
    def _no_empty_kind(cls, near_miss: str | None) -> str | None:
        # Formats write an empty kind as none.
        return near_miss or None

    @model_validator(mode="after")
    def _spans_inside(self) -> Sentence:
        for statement in self.statements:
            for span in (statement.actor, statement.target):
                if span is not None and self.text[span.start : span.end] != span.text:
                    raise ValueError(
                        f"span {span.text!r} at {span.start}-{span.end} does not match the sentence, "
                        f"which has {self.text[span.start : span.end]!r} there"
                    )
        return self


class Article(BaseModel):
    """An annotated article. Unknown fields are rejected, so that misspelt ones do not go unnoticed.

    Attributes:
        source: where the text comes from: a file, a URL or the name of a dataset.
        row: the row of the table that the article was converted from, if any.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    doc_id: Text = Field(min_length=1)
    sentences: tuple[Sentence, ...] = Field(min_length=1)
    split: Text | None = None
    conflict: Text | None = None
    outlet: Text | None = None
    source: Text | None = None
    date: Text | None = None
    genre: Text | None = None
    language: Text = "en"
    license: Text | None = None
    annotators: tuple[Text, ...] = ()
    row: int | None = Field(default=None, ge=0, lt=2**63)

    @field_validator("date", mode="before")
    @classmethod
    def _date_as_text(cls, value: Any) -> Any:
        # `datasets` reads ISO dates as timestamps.
        return value.isoformat()[:10] if isinstance(value, datetime.date) else value

    @field_validator("split")
    @classmethod
    def _known_split(cls, split: str | None) -> str | None:
        if split is not None and split not in SPLITS:
            raise ValueError(f"unknown split {split!r}; use {', '.join(SPLITS[:-1])} or {SPLITS[-1]}")
        return split

    @property
    def text(self) -> str:
        """The text of the article: sentences joined by a space, or by a blank line before a new paragraph."""
        parts: list[str] = []
        for i, sentence in enumerate(self.sentences):
            if i:
                parts.append("\n\n" if sentence.para else " ")
            parts.append(sentence.text)
        return "".join(parts)
