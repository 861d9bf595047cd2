"""Collects the predictions of a model for annotated articles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ...data.annotation.counting import gold_party, kind_of, scored_party, sentence_at, sentence_of
from ...data.annotation.matching import Actor, Party, by_actor, match, shared_targets
from ...data.record import Record, text_sha256
from ...data.schema import Article, Sentence
from ...data.text.segmentation.sentences import Segment, annotated_segments
from ...data.text.spacy_parser import ParseCache
from ..classifier import Scores
from ..decoding.calibration import GRID, Sigmoid
from ..decoding.labeller import Labeller
from ..examples.alignment import align
from ..examples.dataset import Analysed
from .predictions import CandidateRow, LabelRow, PartyRow, Predictions, SentenceRow, StatementRow
from .score_articles import score_articles

# What a record predicts for one sentence: a statement with its score, by sentence and stance.
_Found = dict[tuple[int, str], list[tuple[Party, Party, float]]]


def predictions(
    labeller: Labeller,
    data: Analysed,
    scores: Sequence[Scores],
    records: Mapping[str, Record],
    split: str,
    cache: ParseCache | None = None,
) -> Predictions:
    """The predictions of a model for annotated articles.

    Args:
        labeller: the model.
        data: the articles, in the form of `Labeller.examples`.
        scores: one per sentence of `data`.
        records: the model's output by doc_id, see `score_articles`.
        split: name for these articles.
        cache: the cache of parses.
    """
    decisions, codebook = labeller.decisions, labeller.codebook
    lowest = score_articles(labeller, data, scores, cache or ParseCache(), min_score=float(GRID[0]))
    thresholds = decisions.thresholds | {"target": decisions.target_threshold}
    rows: list[SentenceRow] = []
    for n, article in enumerate(data.articles):
        indices = data.indices_of(n)
        collected = _Article(labeller, article, data, scores, indices)
        rows += collected.rows(records[article.doc_id], lowest[article.doc_id])
    return Predictions(
        split,
        tuple(codebook.roles),
        tuple(codebook.stance_names),
        tuple(codebook.label_names),
        {k: float(v) for k, v in thresholds.items()},
        tuple(rows),
    )


class _Article:
    """Collects the rows of one article.

    Args:
        indices: of its sentences in `data`; several for one sentence if its pairs are known.
    """

    def __init__(
        self,
        labeller: Labeller,
        article: Article,
        data: Analysed,
        scores: Sequence[Scores],
        indices: Sequence[int],
    ) -> None:
        self.labeller, self.article, self.data, self.scores = labeller, article, data, scores
        self.text = article.text
        self.segments = annotated_segments(article)
        self.at: dict[int, list[int]] = {}
        for i in indices:
            self.at.setdefault(data.sentences[i].segment.start, []).append(i)

    def rows(self, record: Record, lowest: Record) -> Iterator[SentenceRow]:
        """The rows of its sentences; `lowest` is the record at the lowest threshold."""
        digest, starts = text_sha256(self.text), [s.start for s in self.segments]
        found, proposed = _by_sentence(record, starts), _by_sentence(lowest, starts)
        labelled = {
            (sentence_at((s.start + s.end) // 2, starts), x.name) for s in record.sentences for x in s.labels
        }
        for i, (sentence, segment) in enumerate(zip(self.article.sentences, self.segments, strict=True)):
            indices = self.at.get(segment.start, [])
            candidates = tuple(c for k in indices for c in self._candidates(k))
            gold, predicted = self._statements(i, sentence, segment, candidates, found, proposed)
            yield SentenceRow(
                doc_id=self.article.doc_id,
                conflict=self.article.conflict,
                outlet=self.article.outlet,
                genre=self.article.genre,
                text_sha256=digest,
                sentence=i,
                start=segment.start,
                end=segment.end,
                words=len(sentence.text.split()),
                quoted=any(any(self.data.sentences[k].quoted) for k in indices),
                labels=self._labels(i, sentence, indices, labelled),
                candidates=candidates,
                gold=gold,
                predicted=predicted,
            )

    def _labels(
        self, i: int, sentence: Sentence, indices: Sequence[int], labelled: set[tuple[int, str]]
    ) -> tuple[LabelRow, ...]:
        calibration, out = self.labeller.decisions.calibration, []
        for k, name in enumerate(self.labeller.codebook.label_names):
            score = None
            if indices:
                logit = self.scores[indices[0]].labels[k : k + 1]
                score = float(calibration.get(name, Sigmoid())(logit)[0])
            out.append(LabelRow(name, name in sentence.labels, (i, name) in labelled, score))
        return tuple(out)

    def _candidates(self, index: int) -> Iterator[CandidateRow]:
        sentence, gold = self.data.sentences[index], self.data.targets[index].roles
        for k, row in enumerate(self.labeller.probabilities(self.scores[index])):
            span, base = sentence.span(sentence.mentions[k]), sentence.segment.start
            at = (base + span[0], base + span[1]) if span else None
            start, end = at or (None, None)
            probabilities = tuple(round(float(p), 5) for p in row)
            roles = tuple(int(x) for x in gold[k])
            kind = kind_of(self.text, Party(at, None))
            yield CandidateRow(start, end, kind, probabilities, roles)

    def _party(self, party: Party) -> PartyRow:
        start, end = party.span or (None, None)
        return PartyRow(start, end, party.identity, kind_of(self.text, party))

    def _statements(
        self,
        i: int,
        sentence: Sentence,
        segment: Segment,
        candidates: Sequence[CandidateRow],
        found: _Found,
        proposed: _Found,
    ) -> tuple[tuple[StatementRow, ...], tuple[StatementRow, ...]]:
        """The gold and the predicted statements of sentence `i`."""
        gold: list[StatementRow] = []
        predicted: list[StatementRow] = []
        aligned = self._aligned(sentence, segment)
        for stance in self.labeller.codebook.stance_names:
            annotated = by_actor(
                (
                    gold_party(s.actor, s.actor_id, segment.start),
                    gold_party(s.target, s.target_id, segment.start),
                )
                for s in sentence.statements
                if s.stance == stance
            )
            kept, scores = _actors(found.get((i, stance), []))
            threshold = self.labeller.decisions.thresholds.get(f"{stance}:actor", 0.5)
            low = [x for x in proposed.get((i, stance), []) if x[2] < threshold and x[0] not in scores]
            below, low_scores = _actors(low)
            first_gold, first = len(gold), len(predicted)
            for actor in annotated:
                at = aligned.get((stance, actor.party), -1)
                gold.append(self._row(stance, actor, at))
            for actors, own, in_output in ((kept, scores, True), (below, low_scores, False)):
                for actor in actors:
                    row = self._row(stance, actor, _candidate_at(actor.party.span, candidates))
                    predicted.append(replace(row, score=own[actor.party], kept=in_output))
            _link(annotated, kept, gold, predicted, first_gold, first)
            missed = [k for k in range(len(annotated)) if gold[first_gold + k].match is None]
            _link(
                [annotated[k] for k in missed], below, gold, predicted, first_gold, first + len(kept), missed
            )
        return tuple(gold), tuple(predicted)

    def _row(self, stance: str, actor: Actor, candidate: int) -> StatementRow:
        targets = tuple(self._party(t) for t in actor.targets)
        return StatementRow(stance, self._party(actor.party), targets, candidate)

    def _aligned(self, sentence: Sentence, segment: Segment) -> dict[tuple[str, Party], int]:
        """The index of each gold actor among the candidates of its sentence, which may come in parts."""
        out: dict[tuple[str, Party], int] = {}
        base = 0
        for k in self.at.get(segment.start, []):
            analysed = self.data.sentences[k]
            for statement, aligned in zip(sentence.statements, align(sentence, analysed), strict=True):
                if aligned.actor is not None and aligned.actor >= 0:
                    actor = gold_party(statement.actor, statement.actor_id, segment.start)
                    out.setdefault((statement.stance, actor), base + aligned.actor)
            base += len(analysed.mentions)
        return out


def _by_sentence(record: Record, starts: Sequence[int]) -> _Found:
    out: _Found = {}
    for s in record.statements:
        key = sentence_of(s, record.sentences[s.sentence], starts), s.stance
        out.setdefault(key, []).append((scored_party(s.actor), scored_party(s.target), s.score))
    return out


def _actors(found: Sequence[tuple[Party, Party, float]]) -> tuple[list[Actor], dict[Party, float]]:
    """The statements by actor, and the highest score of each actor."""
    scores: dict[Party, float] = {}
    for actor, _, score in found:
        scores[actor] = max(score, scores.get(actor, 0.0))
    return by_actor((actor, target) for actor, target, _ in found), scores


def _candidate_at(span: tuple[int, int] | None, candidates: Sequence[CandidateRow]) -> int:
    at = span or (None, None)
    return next((k for k, c in enumerate(candidates) if (c.start, c.end) == at), -1)


def _link(
    annotated: Sequence[Actor],
    predicted: Sequence[Actor],
    gold_rows: list[StatementRow],
    predicted_rows: list[StatementRow],
    first_gold: int,
    first: int,
    indices: Sequence[int] | None = None,
) -> None:
    """Match predicted actors with annotated ones, and note it in the rows of both.

    Args:
        first_gold, first: index of the row of the first actor of each.
        indices: positions of the annotated actors after `first_gold`. Default: all in order.
    """
    row_of = {id(a): first_gold + k for a, k in zip(annotated, indices or range(len(annotated)), strict=True)}
    own = {id(p): first + k for k, p in enumerate(predicted)}
    for p, g in match(predicted, annotated).pairs:
        a, b, shared = row_of[id(g)], own[id(p)], shared_targets(p, g)
        gold_rows[a] = replace(gold_rows[a], match=b, shared_targets=shared)
        predicted_rows[b] = replace(predicted_rows[b], match=a, shared_targets=shared)
