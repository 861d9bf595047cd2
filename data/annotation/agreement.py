"""How far two annotators of the same sentences agree, and where they do not.

Krippendorff's alpha (K. Krippendorff, *Content Analysis*, 4th ed., 2018, ch. 12) is taken over sentences: whether the
annotator sees this stance, or this label, in it. F1 counts statements, as models are measured: the first annotator is
taken as gold, and a statement agrees where stance, sentence and actor do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..codebook import Codebook
from ..errors import InputError
from ..schema import Article, Sentence, Statement
from .matching import Actor, Party, by_actor, match, shared_targets


@dataclass(frozen=True, slots=True)
class Difference:
    """What one annotator has and the other has not, in one sentence.

    `kind` is the stance or label; `one` and `other` are what each marked, as text; None is nothing.
    """

    doc_id: str
    sentence: int
    kind: str
    one: str | None
    other: str | None
    text: str

    @property
    def where(self) -> str:
        """The article and the number of the sentence, from 1."""
        return f"{self.doc_id}:{self.sentence + 1}"


Pair = tuple[str, int, Sentence, Sentence]


def pair_up(one: Sequence[Article], other: Sequence[Article]) -> list[tuple[Article, Article]]:
    """The articles that both annotated, in the order of the first.

    Raises:
        InputError: they share no article, or a shared one is not the same text, sentence by sentence.
    """
    second = {a.doc_id: a for a in other}
    pairs = [(a, second[a.doc_id]) for a in one if a.doc_id in second]
    if not pairs:
        raise InputError("the two share no article", hint="both must hold annotations of the same doc_ids")
    for a, b in pairs:
        if len(a.sentences) != len(b.sentences):
            raise InputError(
                f"{len(a.sentences)} sentences and {len(b.sentences)}",
                where=a.doc_id,
                hint="both must annotate the same text",
            )
        for n, (x, y) in enumerate(zip(a.sentences, b.sentences, strict=True), 1):
            if x.text != y.text:
                raise InputError(
                    f"{x.text[:50]!r} is {y.text[:50]!r} in the other",
                    where=f"{a.doc_id}:{n}",
                    hint="both must annotate the same text",
                )
    return pairs


def _sentences(pairs: Sequence[tuple[Article, Article]]) -> Iterator[Pair]:
    for a, b in pairs:
        for n, (x, y) in enumerate(zip(a.sentences, b.sentences, strict=True)):
            yield a.doc_id, n, x, y


def _party(span: Any, identity: str | None) -> Party:
    return ((span.start, span.end) if span else None), identity


def _actors(sentence: Sentence, stance: str) -> list[Actor]:
    return by_actor(
        [
            (_party(s.actor, s.actor_id), _party(s.target, s.target_id))
            for s in sentence.statements
            if s.stance == stance
        ]
    )


def alpha(one: Sequence[bool], other: Sequence[bool]) -> float | None:
    """Krippendorff's alpha, nominal, of two annotators: 1 is agreement, 0 chance; None where both never vary."""
    import krippendorff

    if len({*one, *other}) < 2:
        return None
    return float(
        krippendorff.alpha(
            reliability_data=[list(map(int, one)), list(map(int, other))], level_of_measurement="nominal"
        )
    )


def _ratio(true: int, of: int) -> float | None:
    return round(true / of, 4) if of else None


def _figures(
    one: Sequence[bool], other: Sequence[bool], true: int, first: int, second: int
) -> dict[str, Any]:
    found = alpha(one, other)
    return {
        "alpha": None if found is None else round(found, 4),
        "f1": _ratio(2 * true, first + second),
        "first": first,
        "second": second,
        "both": true,
    }


def agreement(one: Sequence[Article], other: Sequence[Article], codebook: Codebook) -> dict[str, Any]:
    """Agreement of two annotators over the articles that both annotated.

    Returns:
        `articles`, `sentences`; for each stance, for `statements` (all stances together, alpha over all stances of all
        sentences) and for each label: `alpha` in [-1, 1] or None, `f1` in [0, 1] or None, counts `first`, `second`,
        `both`; `actor_id`, `target`, `target_id`: of the statements that agree, the share with the same identity of the
        actor, with the same targets, and of those with a named target on both sides the share with the same identity.

    Raises:
        InputError: see `pair_up`.
    """
    pairs = pair_up(one, other)
    sentences = list(_sentences(pairs))
    out: dict[str, Any] = {"articles": len(pairs), "sentences": len(sentences)}
    matched: list[tuple[Actor, Actor]] = []
    every: tuple[list[bool], list[bool]] = ([], [])
    totals = [0, 0, 0]
    for stance in codebook.stance_names:
        has: tuple[list[bool], list[bool]] = ([], [])
        counts = [0, 0, 0]
        for _, _, x, y in sentences:
            a, b = _actors(x, stance), _actors(y, stance)
            found, _, _ = match(a, b)
            matched += found
            has[0].append(bool(a))
            has[1].append(bool(b))
            counts = [n + m for n, m in zip(counts, (len(found), len(a), len(b)), strict=True)]
        out[stance] = _figures(*has, *counts)
        every[0].extend(has[0])
        every[1].extend(has[1])
        totals = [n + m for n, m in zip(totals, counts, strict=True)]
    if codebook.stance_names:
        out["statements"] = _figures(*every, *totals)
        out |= _parties(matched)
    for label in codebook.label_names:
        marks = (
            [label in x.labels for _, _, x, _ in sentences],
            [label in y.labels for _, _, _, y in sentences],
        )
        out[label] = _figures(
            *marks, sum(a and b for a, b in zip(*marks, strict=True)), sum(marks[0]), sum(marks[1])
        )
    return out


def _parties(matched: Sequence[tuple[Actor, Actor]]) -> dict[str, float | None]:
    named = [(p, q) for p, q in matched if p[0][1] and q[0][1]]
    both = [(p, q) for p, q in matched if len(p[1]) == len(q[1]) == 1 and p[1][0][0] and q[1][0][0]]
    return {
        "actor_id": _ratio(sum(p[0][1] == q[0][1] for p, q in named), len(named)),
        "target": _ratio(
            sum(2 * shared_targets(p, q) for p, q in matched), sum(len(p[1]) + len(q[1]) for p, q in matched)
        ),
        "target_id": _ratio(sum(p[1][0][1] == q[1][0][1] for p, q in both), len(both)),
    }


def _shown(statement: Statement) -> str:
    """A statement as the sheet has it."""
    fields = (
        statement.actor.text if statement.actor else "-",
        statement.actor_id or "-",
        statement.target.text if statement.target else "-",
        statement.target_id or "-",
    )
    return " | ".join(fields)


def _actor_of(statement: Statement) -> Party:
    return _party(statement.actor, statement.actor_id)


def _changes(x: Sentence, y: Sentence, stance: str) -> Iterator[tuple[str | None, str | None]]:
    """Statements of a stance that are not exactly the same, those of one actor side by side."""
    a = [s for s in x.statements if s.stance == stance]
    b = [s for s in y.statements if s.stance == stance]
    same = [s for s in a if s in b]
    a, b = [s for s in a if s not in same], [s for s in b if s not in same]
    for s in a:
        partner = next((t for t in b if match([(_actor_of(s), [])], [(_actor_of(t), [])])[0]), None)
        if partner is not None:
            b.remove(partner)
        yield _shown(s), _shown(partner) if partner is not None else None
    for s in b:
        yield None, _shown(s)


def differences(one: Sequence[Article], other: Sequence[Article], codebook: Codebook) -> list[Difference]:
    """All that two annotators marked otherwise, sentence by sentence: statements by stance, then labels.

    Raises:
        InputError: see `pair_up`.
    """
    out: list[Difference] = []
    for doc_id, n, x, y in _sentences(pair_up(one, other)):
        for stance in codebook.stance_names:
            out += [Difference(doc_id, n, stance, a, b, x.text) for a, b in _changes(x, y, stance)]
        for label in codebook.label_names:
            if (label in x.labels) != (label in y.labels):
                out.append(
                    Difference(
                        doc_id,
                        n,
                        label,
                        label if label in x.labels else None,
                        label if label in y.labels else None,
                        x.text,
                    )
                )
    return out


def by_split(
    one: Sequence[Article], other: Sequence[Article], codebook: Codebook
) -> Mapping[str, dict[str, Any]]:
    """Agreement over all articles, and over those of each split that the first annotator's file names."""
    out = {"all": agreement(one, other, codebook)}
    shared = {a.doc_id for a in other}
    splits = dict.fromkeys(a.split for a in one if a.split and a.doc_id in shared)
    if len(splits) > 1:
        out |= {split: agreement([a for a in one if a.split == split], other, codebook) for split in splits}
    return out
