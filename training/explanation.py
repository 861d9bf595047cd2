"""Explain statements by the words of their sentences: feature weights for linear classifiers, occlusion for
encoders."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..data.errors import InputError
from ..data.record import Record, ScoredStatement, text_sha256
from ..data.text.analysis import AnalysedSentence
from ..data.text.spacy_parser import ParseCache
from .decoding.decisions import FoundStatement
from .decoding.document import Document
from .decoding.labeller import Labeller

# The number of features shown: those with the largest weights.
SHOWN_FEATURES = 8


@dataclass(frozen=True, slots=True)
class Explanation:
    """A statement, and how each word of its sentence contributed to it.

    Attributes:
        sentence: the text of the sentence.
        statement: the statement that is explained.
        actor, target: their words; None if the sentence does not name them.
        words: (start, end, weight) of each word, start and end in characters of the sentence. Weights are in
            logits of the actor's role: for linear classifiers the weights of features, for encoders the
            decrease of the logit when the word is hidden. Negative weights count against the statement.
        reasons: (name, weight) of the heaviest features; empty for encoders.
    """

    sentence: str
    statement: FoundStatement
    actor: str | None
    target: str | None
    words: tuple[tuple[int, int, float], ...]
    reasons: tuple[tuple[str, float], ...]


def explain(
    labeller: Labeller,
    text: str,
    min_score: float | None = None,
    cache: ParseCache | None = None,
    *,
    actor: str | None = None,
    target: str | None = None,
    gate: bool | None = None,
) -> list[Explanation]:
    """Explain every statement of a text.

    Args:
        text, actor, target, min_score, cache, gate: see `Labeller.label`.

    Raises:
        InputError: the model has no stances, or it needs a known pair and none is given.
    """
    if not labeller.codebook.stances:
        raise InputError(
            "this model finds labels of sentences, which cannot be explained",
            hint="use a model that finds statements",
        )
    return [
        _explained(labeller, sentence, statement)
        for sentence, scores in zip(
            *labeller.read(Document(text, actor=actor, target=target), cache, gate=gate), strict=True
        )
        if len(scores.roles)
        for statement in labeller.statements(sentence, scores, min_score)
    ]


def label_explained(
    labeller: Labeller, document: Document, min_score: float | None = None, cache: ParseCache | None = None
) -> tuple[Record, list[Explanation | None]]:
    """Label a text and explain its statements, with one analysis and one scoring of its sentences.

    Args:
        document, min_score, cache: see `Labeller.pipe`.

    Returns:
        The record that `Labeller.label` returns, and the explanation of each of its statements.

    Raises:
        InputError: see `Labeller.label`.
    """
    sentences, scores = labeller.read(document, cache)
    record = labeller.record(
        sentences, scores, id=document.id, source=document.source, title=document.title, min_score=min_score
    ).model_copy(update={"text_sha256": text_sha256(document.text)})
    places = {_place(record, s) for s in record.statements}
    found: dict[_Place, Explanation] = {}
    for sentence, score in zip(sentences, scores, strict=True):
        for s in labeller.statements(sentence, score, min_score) if len(score.roles) else ():
            place = sentence.segment.start, s.stance, _span(sentence, s.actor), _span(sentence, s.target)
            if place in places and place not in found:
                found[place] = _explained(labeller, sentence, s)
    return record, [found.get(_place(record, s)) for s in record.statements]


# The start of the sentence, the stance, and the spans of actor and target in the article.
_Place = tuple[int, str, tuple[int, int] | None, tuple[int, int] | None]


def _place(record: Record, statement: ScoredStatement) -> _Place:
    actor, target = (
        None if p is None or p.start is None or p.end is None else (p.start, p.end)
        for p in (statement.actor, statement.target)
    )
    return record.sentences[statement.sentence].start, statement.stance, actor, target


def _span(sentence: AnalysedSentence, mention: int | None) -> tuple[int, int] | None:
    span = None if mention is None else sentence.span(sentence.mentions[mention])
    return None if span is None else (sentence.segment.start + span[0], sentence.segment.start + span[1])


def _explained(labeller: Labeller, sentence: AnalysedSentence, statement: FoundStatement) -> Explanation:
    stance = labeller.codebook.stance_names.index(statement.stance)
    role = labeller.codebook.stance_roles[stance].actor
    why = labeller.classifier.explain(sentence, statement.actor, role)
    words = [(*sentence.token_span(i), round(w, 4)) for i, w in enumerate(why.tokens) if np.isfinite(w)]
    return Explanation(
        sentence.segment.text,
        statement,
        _words_of(sentence, statement.actor),
        _words_of(sentence, statement.target),
        tuple(words),
        tuple(why.features[:SHOWN_FEATURES]),
    )


def _words_of(sentence: AnalysedSentence, mention: int | None) -> str | None:
    span = sentence.span(sentence.mentions[mention]) if mention is not None else None
    return sentence.segment.text[slice(*span)] if span else None
