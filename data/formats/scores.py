"""Scores: the output of `stancewire score --format jsonl`, unchanged or corrected by hand.

    {"id", "source", "title", "model", "sentences": [{"start", "end", "text", "labels": [{"name", "score"}]}],
     "statements": [{"sentence": 0, "stance", "score", "target": {…} or null,
                     "actor": {"text", "start", "end", "id"}}]}

To correct a file, change, remove or add statements and labels; scores are ignored. Offsets of parties are in
characters of the article. An added party may omit them if its words occur once in the sentence, and a label
may be just its name. `split`, `conflict`, `outlet` and the other fields of an article may be added.

Sentences, labels, statements with identities and `source` are kept; `model` becomes the annotator. The title,
the scores, near misses and unknown fields are lost, and so are the characters between sentences: two or more
of them count as a blank line, after which a paragraph starts. If the scored text had one paragraph per line,
no paragraphs are recognised.
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
from ..reporting import STOP_AT_FIRST, ImportOptions, guarded
from ..schema import Article, Statement, occurrences, span_fields
from .json_fields import ARTICLE_FIELDS, known_label, objects, optional, required, typed


def only_occurrence(words: str, text: str, where: str, hint: str, field: str | None = None) -> int:
    """The offset of words that occur exactly once in a sentence.

    Args:
        field: the field or column that the words come from, for the error message.

    Raises:
        InputError: they do not occur, or more than once.
    """
    offsets = occurrences(text, words)
    if len(offsets) != 1:
        what = f"{words[:60]!r} occurs {plural(len(offsets), 'time')} in the sentence"
        raise InputError(f"{field}: {what}" if field else what, where=where, hint=hint)
    return offsets[0]


def _span(raw: dict[str, Any], sentence: dict[str, Any], first: int, where: str) -> dict[str, Any] | None:
    """The span of a party within its sentence, which begins at `first` in the article."""
    words, start, end = (
        optional(raw, "text", str, where),
        optional(raw, "start", int, where),
        optional(raw, "end", int, where),
    )
    if words is None and start is None and end is None:
        return None
    text: str = sentence["text"]
    if words is not None and start is None and end is None:
        hint = "give start and end, in characters of the article"
        return span_fields(words, only_occurrence(words, text, where, hint))
    if start is None or end is None:
        raise InputError("only one of start and end", where=where, hint="give both, or neither")
    if not first <= start < end <= first + len(text):
        raise InputError(
            f"{start}-{end} is outside the sentence, which is {first}-{first + len(text)}",
            where=where,
            hint="keep a party within its sentence",
        )
    inside = text[start - first : end - first]
    if words is not None and inside != words:
        raise InputError(
            f"{start}-{end} is {inside[:60]!r}, not {words[:60]!r}",
            where=where,
            hint="offsets and text must agree",
        )
    return span_fields(inside, start - first)


def _read_sentences(
    record: dict[str, Any], where: str, codebook: Codebook | None
) -> tuple[list[dict[str, Any]], list[int]]:
    """The sentences of a record without statements, and their start offsets."""
    sentences: list[dict[str, Any]] = []
    starts: list[int] = []
    last = 0
    for at, raw in objects(record, "sentences", where):
        text, start, end = (
            required(raw, "text", str, at),
            required(raw, "start", int, at),
            required(raw, "end", int, at),
        )
        if end - start != len(text) or start < last:
            raise InputError(
                f"{start}-{end} overlaps the previous sentence, or is not as long as its text ({len(text)})",
                where=at,
                hint="leave texts as scored",
            )
        labels = [
            required(x, "name", str, at) if isinstance(x, dict) else typed(x, str, at, "a label")
            for x in optional(raw, "labels", list, at) or ()
        ]
        for label in labels:
            known_label(label, at, codebook)
        para = not sentences or start - last >= 2
        sentences.append({"text": text, "para": para, "labels": labels, "statements": []})
        starts.append(start)
        last = end
    return sentences, starts


def article_of_record(record: Any, where: str, codebook: Codebook | None = None) -> Article:
    """Convert one record into an annotated article.

    Raises:
        InputError: the first invalid field.
    """
    typed(record, dict, where, "a line")
    sentences, starts = _read_sentences(record, where, codebook)
    for at, raw in objects(record, "statements", where):
        i = required(raw, "sentence", int, at)
        if not 0 <= i < len(sentences):
            raise InputError(
                f"no sentence {i}; the article has {len(sentences)}",
                where=at,
                hint="sentences are counted from 0",
            )
        statement: dict[str, Any] = {"stance": required(raw, "stance", str, at)}
        for role in ("actor", "target"):
            party = optional(raw, role, dict, at) or {}
            statement[role] = _span(party, sentences[i], starts[i], f"{at}.{role}")
            statement[f"{role}_id"] = optional(party, "id", str, f"{at}.{role}")
        checked(Statement, statement, at, codebook)
        sentences[i]["statements"].append(statement)
    model = optional(record, "model", str, where)
    fields: dict[str, Any] = {"annotators": [model] if model else []}
    fields |= {k: record[k] for k in ARTICLE_FIELDS if record.get(k) is not None}
    fields |= {"doc_id": required(record, "id", str, where), "sentences": sentences}
    return checked(Article, fields, where, codebook)


def read_scores(
    path: Path, codebook: Codebook | None = None, options: ImportOptions = STOP_AT_FIRST
) -> list[Article]:
    """Read a file of scores.

    Raises:
        InputError: the first invalid line, unless the options have another report.
    """
    articles: list[Article] = []
    for where, record in json_lines(path, options.report):
        with guarded(where, options.report):
            articles.append(article_of_record(record, where, codebook))
    return articles


@dataclass(frozen=True, slots=True)
class Prediction:
    """An article with a model's predictions in place of its annotation.

    Attributes:
        model: the name of the model.
        score: the lowest score of its statements and labels, in [0, 1]; None if there are none.
    """

    article: Article
    model: str
    score: float | None


def predict(
    articles: Iterable[Article],
    model: str,
    score: Callable[[Article], dict[str, Any]],
    advance: Callable[[], None] = lambda: None,
) -> list[Prediction]:
    """Predict statements and labels of articles, for a person to correct; all other fields are kept.

    Args:
        model: the name of the model.
        score: returns the record (see the module) of an article, with the sentences of the annotation.
        advance: called after each article.
    """
    out = []
    for article in articles:
        record = score(article)
        predicted = article_of_record(record, article.doc_id)
        sentences = tuple(
            own.model_copy(update={"labels": new.labels, "statements": new.statements, "near_miss": None})
            for own, new in zip(article.sentences, predicted.sentences, strict=True)
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
