"""Agreement of two annotators of the same sentences, and their differences.

Krippendorff's alpha (K. Krippendorff, *Content Analysis*, 4th ed., 2018, ch. 12) is computed over sentences:
is the sentence annotated with this stance, or with this label? F1 is computed over statements, as for models:
the first annotator counts as gold, and statements match if they have the same stance, sentence and actor.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..codebook import Codebook
from ..errors import InputError, plural
from ..schema import Article, Sentence, Span, Statement
from .counting import Count, total
from .matching import Actor, Party, by_actor, match, same_party, shared_targets


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference between the annotations of one sentence.

    Attributes:
        sentence: its index in the article, from 0.
        kind: the stance or label.
        one, other: what each annotator marked, as text; None for nothing.
        text: the sentence.
    """

    doc_id: str
    sentence: int
    kind: str
    one: str | None
    other: str | None
    text: str

    @property
    def where(self) -> str:
        """The doc_id and the number of the sentence, from 0."""
        return f"{self.doc_id}:{self.sentence}"


class SentencePair(NamedTuple):
    """One sentence as annotated by each annotator; `sentence` is its index in the article, from 0."""

    doc_id: str
    sentence: int
    first: Sentence
    second: Sentence


def pair_up(one: Sequence[Article], other: Sequence[Article]) -> list[tuple[Article, Article]]:
    """The articles that both annotated, in the order of the first file.

    Raises:
        InputError: no article is in both, or the sentences of a shared article differ.
    """
    second = {a.doc_id: a for a in other}
    pairs = [(a, second[a.doc_id]) for a in one if a.doc_id in second]
    if not pairs:
        raise InputError(
            "the two files have no articles in common", hint="both must annotate the same doc_ids"
        )
    for a, b in pairs:
        if len(a.sentences) != len(b.sentences):
            raise InputError(
                f"{plural(len(a.sentences), 'sentence')} in one file, {len(b.sentences)} in the other",
                where=a.doc_id,
                hint="both must annotate the same text",
            )
        for n, (x, y) in enumerate(zip(a.sentences, b.sentences, strict=True)):
            if x.text != y.text:
                raise InputError(
                    f"{x.text[:50]!r} in one file, {y.text[:50]!r} in the other",
                    where=f"{a.doc_id}:{n}",
                    hint="both must annotate the same text",
                )
    return pairs


def _sentences(pairs: Sequence[tuple[Article, Article]]) -> Iterator[SentencePair]:
    for a, b in pairs:
        for n, (x, y) in enumerate(zip(a.sentences, b.sentences, strict=True)):
            yield SentencePair(a.doc_id, n, x, y)


def _party(span: Span | None, identity: str | None) -> Party:
    return Party((span.start, span.end) if span else None, identity)


def _actors(sentence: Sentence, stance: str) -> list[Actor]:
    return by_actor(
        [
            (_party(s.actor, s.actor_id), _party(s.target, s.target_id))
            for s in sentence.statements
            if s.stance == stance
        ]
    )


def alpha(one: Sequence[Hashable], other: Sequence[Hashable]) -> float | None:
    """Nominal Krippendorff's alpha of two annotators who both judged every unit.

    With two annotators and no missing values the coincidence matrix has two entries per unit, so that
    alpha = 1 - (n - 1) * sum(o_ck) / sum(n_c * n_k) over different values c and k, where n is the number of
    values, n_c that of value c, and o_ck that of coincidences (K. Krippendorff 2011, "Computing
    Krippendorff's alpha-reliability", University of Pennsylvania, sections A and B).

    Returns:
        1 for perfect agreement, 0 for agreement by chance, negative values (down to -1) for systematic
        disagreement; None if both annotators give the same answer everywhere.
    """
    counts = Counter(one) + Counter(other)
    if len(counts) < 2:
        return None
    n = counts.total()
    disagreements = 2 * sum(a != b for a, b in zip(one, other, strict=True))
    return 1 - (n - 1) * disagreements / (n * n - sum(c * c for c in counts.values()))


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


@dataclass(slots=True)
class _Tally:
    """Whether each annotator marked each sentence with a stance or label, and counts of statements."""

    one: list[bool] = field(default_factory=list)
    other: list[bool] = field(default_factory=list)
    count: Count = field(default_factory=Count)

    def add(self, tally: _Tally) -> None:
        self.one += tally.one
        self.other += tally.other
        self.count = total((self.count, tally.count))

    def metrics(self) -> dict[str, Any]:
        value, (both, second, first) = alpha(self.one, self.other), self.count
        return {
            "alpha": None if value is None else round(value, 4),
            "f1": _ratio(2 * both, first + second),
            "first": first,
            "second": second,
            "both": both,
        }


def agreement(one: Sequence[Article], other: Sequence[Article], codebook: Codebook) -> dict[str, Any]:
    """Agreement of two annotators over the articles that both annotated.

    Returns:
        A dict with the numbers of `articles` and `sentences`; for each stance, for `statements` (all stances
        together) and for each label a dict with `alpha` in [-1, 1] or None, `f1` in [0, 1] or None, and the
        counts `first`, `second` and `both`. For matched statements, in [0, 1] or None: `actor_id`, the
        fraction with equal identities of the actor among those for which both give one; `target`, F1 over
        targets; `target_id`, the fraction with equal identities among those for which both name exactly one
        target.

    Raises:
        InputError: see `pair_up`.
    """
    articles = pair_up(one, other)
    sentences = list(_sentences(articles))
    out: dict[str, Any] = {"articles": len(articles), "sentences": len(sentences)}
    matched: list[tuple[Actor, Actor]] = []
    statements = _Tally()
    for stance in codebook.stance_names:
        tally = _Tally()
        for pair in sentences:
            a, b = _actors(pair.first, stance), _actors(pair.second, stance)
            pairs = match(a, b).pairs
            matched += pairs
            # The first annotator counts as gold, the second as the model.
            tally.add(_Tally([bool(a)], [bool(b)], Count(len(pairs), len(b), len(a))))
        out[stance] = tally.metrics()
        statements.add(tally)
    if codebook.stance_names:
        out["statements"] = statements.metrics()
        out |= _parties(matched)
    for label in codebook.label_names:
        marks = [label in p.first.labels for p in sentences], [label in p.second.labels for p in sentences]
        both = sum(a and b for a, b in zip(*marks, strict=True))
        out[label] = _Tally(*marks, Count(both, sum(marks[1]), sum(marks[0]))).metrics()
    return out


def _parties(matched: Sequence[tuple[Actor, Actor]]) -> dict[str, float | None]:
    """Agreement on the identities and targets of matched actors."""
    identities = [
        (a.party.identity, b.party.identity) for a, b in matched if a.party.identity and b.party.identity
    ]
    single = [(a.targets[0], b.targets[0]) for a, b in matched if len(a.targets) == len(b.targets) == 1]
    targets = [(a.identity, b.identity) for a, b in single if a.span and b.span]
    shared = sum(2 * shared_targets(a, b) for a, b in matched)
    return {
        "actor_id": _ratio(sum(a == b for a, b in identities), len(identities)),
        "target": _ratio(shared, sum(len(a.targets) + len(b.targets) for a, b in matched)),
        "target_id": _ratio(sum(a == b for a, b in targets), len(targets)),
    }


def _sheet_fields(statement: Statement) -> str:
    """The parties of a statement as written in a sheet."""
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
    """Statements of a stance that are not identical in both; statements of the same actor are paired."""
    a = [s for s in x.statements if s.stance == stance]
    b = [s for s in y.statements if s.stance == stance]
    same = [s for s in a if s in b]
    a, b = [s for s in a if s not in same], [s for s in b if s not in same]
    for s in a:
        partner = next((t for t in b if same_party(_actor_of(s), _actor_of(t))), None)
        if partner is not None:
            b.remove(partner)
        yield _sheet_fields(s), _sheet_fields(partner) if partner is not None else None
    for s in b:
        yield None, _sheet_fields(s)


def differences(one: Sequence[Article], other: Sequence[Article], codebook: Codebook) -> list[Difference]:
    """All differences, sentence by sentence: statements by stance, then labels.

    Raises:
        InputError: see `pair_up`.
    """
    out: list[Difference] = []
    for doc_id, n, x, y in _sentences(pair_up(one, other)):
        for stance in codebook.stance_names:
            out += [Difference(doc_id, n, stance, a, b, x.text) for a, b in _changes(x, y, stance)]
        for label in codebook.label_names:
            first, second = (label if label in s.labels else None for s in (x, y))
            if first != second:
                out.append(Difference(doc_id, n, label, first, second, x.text))
    return out


def by_split(
    one: Sequence[Article], other: Sequence[Article], codebook: Codebook
) -> Mapping[str, dict[str, Any]]:
    """The results of `agreement` for all articles (`all`), and by split if the first file has several."""
    out = {"all": agreement(one, other, codebook)}
    shared = {a.doc_id for a in other}
    splits = dict.fromkeys(a.split for a in one if a.split and a.doc_id in shared)
    if len(splits) > 1:
        out |= {split: agreement([a for a in one if a.split == split], other, codebook) for split in splits}
    return out
