"""Metrics by slice: on which articles and statements a model is better or worse than overall."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...data.annotation.counting import Mistake
from ...data.codebook import Codebook
from ...data.record import Record
from ...data.schema import OTHER, Article, Sentence, Statement
from .metrics import measure

# Smaller slices are left out: their metrics depend more on chance than on the model.
MIN_SUPPORT = 10
_PRONOUNS = frozenset(
    "he she it they we i you who which his her its their our my "
    "both each all others this these those that".split()
)


def _actor(statement: Statement, _: Sentence) -> str:
    if statement.actor is None:
        return "not named in the sentence"
    if statement.actor.text.lower() in _PRONOUNS:
        return "a pronoun"
    if statement.actor.text[0].isupper() and statement.actor_id not in (None, OTHER):
        return "a party by name"
    return "a person or body without a side" if statement.actor_id == OTHER else "a party by description"


def _length(_: Statement, sentence: Sentence) -> str:
    words = len(sentence.text.split())
    return "20 words or fewer" if words <= 20 else "21 to 35 words" if words <= 35 else "more than 35 words"


def _quotation(_: Statement, sentence: Sentence) -> str:
    return (
        "sentence with a quotation"
        if any(c in sentence.text for c in '“”"«»')
        else "sentence without quotation"
    )


CRITERIA: dict[str, Callable[[Statement, Sentence], str]] = {
    "actor": _actor,
    "length": _length,
    "quotation": _quotation,
}


def recall_slices(
    articles: Sequence[Article], mistakes: Sequence[Mistake]
) -> dict[str, dict[str, tuple[float, int]]]:
    """Recall of statements by kind of actor, by length of the sentence, and by presence of a quotation.

    Args:
        articles: the annotated articles.
        mistakes: a model's mistakes on these articles, see `measure`.

    Returns:
        For each criterion, the (recall, support) of each slice of at least `MIN_SUPPORT` statements.
    """
    missed = {(m.doc_id, m.sentence, m.stance, m.actor) for m in mistakes if m.kind == "missed"}
    counts: dict[str, dict[str, list[int]]] = {name: {} for name in CRITERIA}
    for article in articles:
        for sentence in article.sentences:
            actors = {
                (s.stance, s.actor.text if s.actor else f"({s.actor_id})"): s for s in sentence.statements
            }
            for (stance, actor), statement in actors.items():
                correct = (article.doc_id, sentence.text, stance, actor) not in missed
                for name, slice_of in CRITERIA.items():
                    count = counts[name].setdefault(slice_of(statement, sentence), [0, 0])
                    count[0] += correct
                    count[1] += 1
    return {
        name: {k: (correct / n, n) for k, (correct, n) in sorted(slices.items()) if n >= MIN_SUPPORT}
        for name, slices in counts.items()
    }


def article_slices(
    articles: Sequence[Article], records: Mapping[str, Record], codebook: Codebook
) -> dict[str, dict[str, tuple[float, int]]]:
    """F1 of statements by genre and by outlet.

    Args:
        articles: the annotated articles.
        records: the scored articles by doc_id.
        codebook: its stances are measured.

    Returns:
        For `genre` and `outlet`, if the articles have several, the (F1, support) of each slice of at least
        `MIN_SUPPORT` statements.
    """
    out: dict[str, dict[str, tuple[float, int]]] = {}
    for name in ("genre", "outlet"):
        groups: dict[str, list[Article]] = {}
        for article in articles:
            groups.setdefault(getattr(article, name) or "not stated", []).append(article)
        if len(groups) < 2:
            continue
        measured: dict[str, dict[str, Any]] = {
            k: measure(v, records, codebook, 0)[0]["statements"] for k, v in groups.items()
        }
        slices = {
            k: (m["f1"], m["support"]) for k, m in sorted(measured.items()) if m["support"] >= MIN_SUPPORT
        }
        if len(slices) > 1:
            out[name] = slices
    return out
