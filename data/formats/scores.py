"""Scores: the output of `stancewire score --format jsonl`, unchanged or corrected by hand.

    {"id", "source", "title", "model", "sentences": [{"start", "end", "text", "labels": [{"name", "score"}]}],
     "statements": [{"sentence": 0, "stance", "score", "target": {…} or null,
                     "actor": {"text", "start", "end", "id"}}]}

To correct a file, change, remove or add statements and labels; scores are ignored. Offsets of parties are in
characters of the article. An added party may omit them if its words occur once in the sentence, and a label
may be just its name. `split`, `conflict`, `outlet` and the other fields of an article may be added.

Kept are sentences, labels, statements with identities and `source`; `model` becomes the annotator. Lost are
the title and the scores (an article has none), near misses, unknown fields, and the characters between
sentences: two or more of them count as a blank line, after which a paragraph starts. If the scored text had
one paragraph per line, no paragraphs are recognised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..checking import checked
from ..codebook import Codebook
from ..errors import InputError, plural
from ..files.reading import json_lines
from ..schema import Article, Statement, occurrences
from .json_fields import ABOUT, known_label, objects, optional, taken, typed


def _span(raw: dict[str, Any], sentence: dict[str, Any], first: int, where: str) -> dict[str, Any] | None:
    """The span of a party within its sentence."""
    words, start, end = (
        optional(raw, "text", str, where),
        optional(raw, "start", int, where),
        optional(raw, "end", int, where),
    )
    if words is None and start is None and end is None:
        return None
    text: str = sentence["text"]
    if words is not None and start is None and end is None:
        found = occurrences(text, words)
        if len(found) != 1:
            raise InputError(
                f"{words!r} occurs {plural(len(found), 'time')} in the sentence",
                where=where,
                hint="give start and end, in characters of the article",
            )
        start, end = first + found[0], first + found[0] + len(words)
    if start is None or end is None:
        raise InputError("only one of start and end", where=where, hint="give both, or neither")
    if not first <= start < end <= first + len(text):
        raise InputError(
            f"{start}-{end} is outside the sentence, which is {first}-{first + len(text)}",
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
    """Convert one record into an annotated article.

    Raises:
        InputError: the first invalid field.
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
                f"{start}-{end} overlaps the previous sentence, or is not as long as its text ({len(text)})",
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
                f"no sentence {i}; the article has {len(sentences)}",
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
    """Read a file of scores.

    Raises:
        InputError: the first invalid line.
    """
    return [article_of_record(record, where, codebook) for where, record in json_lines(path)]


@dataclass(frozen=True, slots=True)
class Prediction:
    """An article with predictions as its annotation, the name of the model, and the lowest score."""

    article: Article
    model: str
    score: float | None


def predict(
    articles: Iterable[Article],
    model: str,
    records: Callable[[Article], dict[str, Any]],
    advance: Callable[[], None] = lambda: None,
) -> list[Prediction]:
    """Predict statements and labels of articles, for a person to correct; all other fields are kept.

    Args:
        model: the name of the model.
        records: scores an article, sentence by sentence as it is annotated.
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
