"""Scores: what `stancewire score --format jsonl` writes, as it is or corrected by hand, one article a line.

    {"id", "source", "title", "model", "sentences": [{"start", "end", "text", "labels": [{"name", "score"}]}],
     "statements": [{"sentence": 0, "stance", "score", "actor": {"text", "start", "end", "id"}, "target": {…} or null}]}

To correct: change, remove or add statements and labels. Scores are not looked at. Offsets of parties are characters of the
article; a party that is added may leave them out where its words stand once in the sentence, and a label may be its name
alone. `split`, `conflict`, `outlet` and the other fields of an article may be added.

Held: sentences, labels, statements with identities, `source`; `model` becomes the annotator. Not held: the title and the
scores (an article has none), near misses, fields of other names, and the characters between sentences: two or more of
them are taken for a blank line, after which a paragraph starts; where the scored text had a paragraph a line, none is
seen to start.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..checking import checked
from ..codebook import Codebook
from ..errors import InputError
from ..files.reading import json_lines
from ..schema import Article, Statement
from .json_fields import ABOUT, known_label, objects, optional, taken, typed


def _span(raw: dict[str, Any], sentence: dict[str, Any], first: int, where: str) -> dict[str, Any] | None:
    """The words of a party as a span of its sentence."""
    words, start, end = (
        optional(raw, "text", str, where),
        optional(raw, "start", int, where),
        optional(raw, "end", int, where),
    )
    if words is None and start is None and end is None:
        return None
    text: str = sentence["text"]
    if words is not None and start is None and end is None:
        found = (
            [m.start() for m in re.finditer(rf"(?<!\w)(?={re.escape(words)}(?!\w))", text)] if words else []
        )
        if len(found) != 1:
            raise InputError(
                f"{words!r} stands {len(found)} times in the sentence",
                where=where,
                hint="give start and end, in characters of the article",
            )
        start, end = first + found[0], first + found[0] + len(words)
    if start is None or end is None:
        raise InputError("has only one of start and end", where=where, hint="give both, or neither")
    if not first <= start < end <= first + len(text):
        raise InputError(
            f"{start}-{end} is outside its sentence, which is {first}-{first + len(text)}",
            where=where,
            hint="keep a party within its sentence",
        )
    start, end = start - first, end - first
    if words is not None and text[start:end] != words:
        raise InputError(
            f"{first + start}-{first + end} is {text[start:end][:60]!r}, not {words[:60]!r}",
            where=where,
            hint="offsets and text must agree",
        )
    return {"text": text[start:end], "start": start, "end": end}


def article_of_record(record: Any, where: str, codebook: Codebook | None = None) -> Article:
    """The article of one record of scores.

    Raises:
        InputError: the first field at fault.
    """
    typed(record, dict, where, "a line")
    sentences: list[dict[str, Any]] = []
    starts: list[int] = []
    last = 0
    for at, raw in objects(record, "sentences", where):
        text, start, end = (
            taken(raw, "text", str, at),
            taken(raw, "start", int, at),
            taken(raw, "end", int, at),
        )
        if end - start != len(text) or start < last:
            raise InputError(
                f"{start}-{end} is not after the sentence before, or not as long as its text ({len(text)})",
                where=at,
                hint="leave texts as scored",
            )
        labels = [
            taken(x, "name", str, at) if isinstance(x, dict) else typed(x, str, at, "a label")
            for x in optional(raw, "labels", list, at) or ()
        ]
        for label in labels:
            known_label(label, at, codebook)
        sentences.append(
            {"text": text, "para": not sentences or start - last >= 2, "labels": labels, "statements": []}
        )
        starts.append(start)
        last = end
    for at, raw in objects(record, "statements", where):
        i = taken(raw, "sentence", int, at)
        if not 0 <= i < len(sentences):
            raise InputError(
                f"sentence {i} is not there; the article has {len(sentences)}",
                where=at,
                hint="sentences are counted from 0",
            )
        statement: dict[str, Any] = {"stance": taken(raw, "stance", str, at)}
        for role in ("actor", "target"):
            party = optional(raw, role, dict, at) or {}
            statement[role] = _span(party, sentences[i], starts[i], f"{at}.{role}")
            statement[f"{role}_id"] = optional(party, "id", str, f"{at}.{role}")
        checked(Statement, statement, at, codebook)
        sentences[i]["statements"].append(statement)
    model = optional(record, "model", str, where)
    about = {"annotators": [model] if model else []} | {
        k: record[k] for k in ABOUT if record.get(k) is not None
    }
    return checked(
        Article, {**about, "doc_id": taken(record, "id", str, where), "sentences": sentences}, where, codebook
    )


def read_scores(path: Path, codebook: Codebook | None = None) -> list[Article]:
    """The articles of a file of scores.

    Raises:
        InputError: the first fault, with its line.
    """
    return [article_of_record(record, where, codebook) for where, record in json_lines(path)]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model finds in an article: the article with that as its annotation, the model's name, its lowest score."""

    article: Article
    model: str
    score: float | None


def predict(
    articles: Iterable[Article],
    model: str,
    records: Callable[[Article], dict[str, Any]],
    advance: Callable[[], None] = lambda: None,
) -> list[Prediction]:
    """What a model finds in each article, for a person to correct: sentences, paragraphs and all that is told of it stay.

    Args:
        records: makes the scores of an article, by its own sentences.
        advance: called after each article.
    """
    out = []
    for article in articles:
        record = records(article)
        found = article_of_record(record, article.doc_id)
        sentences = tuple(
            own.model_copy(update={"labels": new.labels, "statements": new.statements, "near_miss": None})
            for own, new in zip(article.sentences, found.sentences, strict=True)
        )
        scores = [s["score"] for s in record["statements"]] + [
            x["score"] for s in record["sentences"] for x in s["labels"]
        ]
        out.append(
            Prediction(
                article.model_copy(update={"sentences": sentences}), model, min(scores) if scores else None
            )
        )
        advance()
    return out
