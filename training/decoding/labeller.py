"""text -> record: the whole way from an article to its statements, as training leaves it and scoring uses it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...data.codebook import Codebook
from ...data.errors import InputError
from ...data.identities.resolver import IdentityResolver
from ...data.schema import MULTI, OTHER, Span, find_span
from ...data.text.analysis import AnalysedSentence, analyse
from ...data.text.gazetteer import Gazetteer
from ...data.text.mentions import Mention, apposed, coordinated, naming, nested
from ...data.text.sentences import Segment, segment
from ...data.text.spacy_parser import ParseCache
from ..classifier import Classifier, Floats, Scores
from ..examples.known_pairs import asked
from .calibration import Sigmoid
from .choice import CHOICE, choice_logits, softmax
from .pairing import Pairing, pair_features


@dataclass(slots=True)
class Decisions:
    """What validation settles: a calibration and a threshold for each actor role and label, a threshold for targets."""

    calibration: dict[str, Sigmoid] = field(default_factory=dict)
    thresholds: dict[str, float] = field(default_factory=dict)
    target_threshold: float = 0.5


@dataclass(frozen=True, slots=True)
class FoundStatement:
    """A statement by mention numbers in its sentence; `target` is None where there is none."""

    stance: str
    score: float
    actor: int
    target: int | None


def _one_for_each_party(
    found: Sequence[FoundStatement], identities: Mapping[int, str | None]
) -> list[FoundStatement]:
    """Of the actors of one stance that are the same party ("the army said it had agreed"), the surest with its targets.

    In the shipped corpus one sentence in three hundred lets a party take a stance twice under two names.
    """
    best: dict[tuple[str, str], FoundStatement] = {}
    for s in found:
        identity = identities[s.actor]
        if identity is None or identity in (OTHER, MULTI):
            continue
        if (s.stance, identity) not in best or s.score > best[s.stance, identity].score:
            best[s.stance, identity] = s
    return [
        s
        for s in found
        if (chosen := best.get((s.stance, identities[s.actor] or OTHER))) is None or chosen.actor == s.actor
    ]


def _distinct(sentence: AnalysedSentence, ranked: Sequence[int]) -> list[int]:
    """Mentions, surest first, without those within a surer one; of two in apposition the one that names the party."""
    actors: list[int] = []
    for i in ranked:
        mention = sentence.mentions[i]
        partner = next((j for j in actors if apposed(sentence.parse, mention, sentence.mentions[j])), None)
        if partner is not None:
            if naming(sentence.parse, mention, sentence.mentions[partner]) == mention:
                actors[actors.index(partner)] = i
        elif not any(nested(mention, sentence.mentions[j]) for j in actors):
            actors.append(i)
    return actors


class Labeller:
    """A classifier with its decisions, pairing, codebook and gazetteer.

    Args:
        given: it is asked about sentences whose source and target are given, see `training.given`.
    """

    def __init__(
        self,
        classifier: Classifier,
        decisions: Decisions,
        pairing: Pairing,
        codebook: Codebook,
        gazetteer: Gazetteer,
        given: bool = False,
    ) -> None:
        self.classifier, self.decisions, self.pairing = classifier, decisions, pairing
        self.codebook, self.gazetteer, self.given = codebook, gazetteer, given

    def probabilities(self, scores: Scores) -> NDArray[np.float64]:
        """Calibrated probabilities of the roles of every mention (mentions x roles)."""
        out = np.zeros_like(scores.roles)
        if self.given:
            for (actor, target, _), share in zip(self.codebook.columns, self._shares(scores), strict=True):
                out[0, actor] = share
                if target >= 0:
                    out[1:, target] = share
            return out
        for k, role in enumerate(self.codebook.roles):
            out[:, k] = self.decisions.calibration.get(role, Sigmoid())(scores.roles[:, k])
        return out

    def statements(
        self, sentence: AnalysedSentence, scores: Scores, min_score: float | None = None
    ) -> list[FoundStatement]:
        """The statements of one sentence: actors over their threshold, each with its targets.

        Args:
            min_score: used in place of the tuned thresholds.
        """
        if self.given:
            return [self._choice(sentence, scores)]
        probabilities = self.probabilities(scores)
        roles = {role: k for k, role in enumerate(self.codebook.roles)}
        out: list[FoundStatement] = []
        for stance in self.codebook.stances:
            column = roles[f"{stance.name}:actor"]
            threshold = (
                self.decisions.thresholds.get(f"{stance.name}:actor", 0.5) if min_score is None else min_score
            )
            over = [i for i in np.argsort(-probabilities[:, column]) if probabilities[i, column] >= threshold]
            actors = _distinct(sentence, [int(i) for i in over])
            for i in sorted(actors):
                targets = self._targets(sentence, scores, stance.name, i, actors) if stance.has_target else []
                score = round(float(probabilities[i, column]), 4)
                out += [FoundStatement(stance.name, score, i, t) for t in (targets or (None,))]
        return out

    def _shares(self, scores: Scores) -> Floats:
        """Calibrated probabilities of the stances, together 1, where source and target are given."""
        return softmax(
            choice_logits(scores, self.codebook), -1 / self.decisions.calibration.get(CHOICE, Sigmoid()).slope
        )

    def _choice(self, sentence: AnalysedSentence, scores: Scores) -> FoundStatement:
        """The likeliest stance of a given source towards its target."""
        shares = self._shares(scores)
        best = int(np.argmax(shares))
        return FoundStatement(
            self.codebook.stance_names[best],
            round(float(shares[best]), 4),
            0,
            1 if len(sentence.mentions) > 1 else None,
        )

    def pair_scores(
        self,
        sentence: AnalysedSentence,
        scores: Scores,
        stance: str,
        actor: int,
        places: Sequence[int],
        actors: Sequence[int],
    ) -> Floats:
        """How likely each of some mentions is the target of an actor, in [0, 1]: by the classifier where it pairs, else by the pairing."""
        _, target, pair = self.codebook.columns[self.codebook.stance_names.index(stance)]
        if scores.pairs is not None:
            out: Floats = 1 / (1 + np.exp(-np.clip(scores.pairs[actor, list(places), pair], -50, 50)))
            return out
        mentions, logits = sentence.mentions, scores.roles[:, target]
        return self.pairing.score(
            [
                pair_features(
                    sentence, mentions[actor], mentions[j], logits, j, [mentions[a] for a in actors]
                )
                for j in places
            ]
        )

    def _targets(
        self, sentence: AnalysedSentence, scores: Scores, stance: str, actor: int, actors: Sequence[int]
    ) -> list[int]:
        """The best target over the threshold, and those coordinated with it."""
        mentions = sentence.mentions
        places = [
            j for j, m in enumerate(mentions) if m.head >= 0 and j != actor and not nested(m, mentions[actor])
        ]
        if not places:
            return []
        # A target that another actor's own predicate takes is not this one's: two accusations are not crossed.
        own = {i for i, _ in sentence.predicates(mentions[actor])}
        rivals = {i for a in actors if a != actor for i, _ in sentence.predicates(mentions[a])} - own
        taken = [
            j
            for j in places
            if (held := {i for i, _ in sentence.predicates(mentions[j])}) & rivals and not held & own
        ]
        places = [j for j in places if j not in taken]
        if not places:
            return []
        pair_scores = self.pair_scores(sentence, scores, stance, actor, places, actors)
        best = int(np.argmax(pair_scores))
        if pair_scores[best] < self.decisions.target_threshold:
            return []
        first = mentions[places[best]]
        return [
            j
            for j, s in zip(places, pair_scores, strict=True)
            if j == places[best]
            or (s >= self.decisions.target_threshold and coordinated(sentence.parse, first, mentions[j]))
        ]

    def labels(self, scores: Scores) -> list[dict[str, Any]]:
        """The labels of one sentence that reach their thresholds."""
        out = []
        for k, name in enumerate(self.codebook.label_names):
            p = float(self.decisions.calibration.get(name, Sigmoid())(scores.labels[k : k + 1])[0])
            if p >= self.decisions.thresholds.get(name, 0.5):
                out.append({"name": name, "score": round(p, 4)})
        return out

    def record(
        self,
        sentences: Sequence[AnalysedSentence],
        scores: Sequence[Scores],
        *,
        min_score: float | None = None,
        **about: str | None,
    ) -> dict[str, Any]:
        """The scores contract for one article, `about` being its id, source, title and model.

        Args:
            sentences: in their order; with given source and target one for each question, several of which may be of one sentence.
        """
        resolver = IdentityResolver(sentences)
        rows: list[dict[str, Any]] = []
        statements = []
        for n, (sentence, score) in enumerate(zip(sentences, scores, strict=True)):
            start = sentence.segment.start
            if not rows or rows[-1]["start"] != start:
                rows.append(
                    {
                        "start": start,
                        "end": sentence.segment.end,
                        "text": sentence.segment.text,
                        "labels": self.labels(score),
                    }
                )

            def party(
                mention: Mention, n: int = n, sentence: AnalysedSentence = sentence, start: int = start
            ) -> dict[str, Any]:
                span, identity = sentence.span(mention), resolver.resolve(n, mention)
                if span is None:
                    return {"text": None, "start": None, "end": None, "id": identity}
                return {
                    "text": sentence.segment.text[span[0] : span[1]],
                    "start": start + span[0],
                    "end": start + span[1],
                    "id": identity,
                }

            found = self.statements(sentence, score, min_score)
            actors = {s.actor: party(sentence.mentions[s.actor]) for s in found}
            for s in (
                found if self.given else _one_for_each_party(found, {i: p["id"] for i, p in actors.items()})
            ):
                target = party(sentence.mentions[s.target]) if s.target is not None else None
                statements.append(
                    {
                        "sentence": len(rows) - 1,
                        "stance": s.stance,
                        "score": s.score,
                        "actor": actors[s.actor],
                        "target": target,
                    }
                )
        return {**about, "sentences": rows, "statements": statements}

    def label(
        self,
        text: str,
        *,
        id: str = "",
        source: str | None = None,
        title: str | None = None,
        model: str | None = None,
        min_score: float | None = None,
        cached: ParseCache | None = None,
        advance: Callable[[int], None] | None = None,
    ) -> dict[str, Any]:
        """Score one article's text.

        Returns:
            The scores contract: offsets are characters of `text`.

        Raises:
            InputError: this model has to be given source and target, see `answer`.
        """
        if self.given and self.codebook.stances:
            raise InputError(
                "this model chooses a stance for a source and a target that are given",
                where=source or id,
                hint='give JSONL rows of "text", "actor" and "target"',
            )
        sentences = analyse(segment(text), self.gazetteer, cached, advance)
        return self.record(
            sentences,
            self.classifier.score(sentences),
            min_score=min_score,
            id=id,
            source=source,
            title=title,
            model=model,
        )

    def answer(
        self,
        text: str,
        actor: str | None,
        target: str | None,
        *,
        cached: ParseCache | None = None,
        **about: Any,
    ) -> dict[str, Any]:
        """Which stance a source takes towards a target in one sentence, for models with given source and target.

        Args:
            actor, target: words of the sentence; the first place where they stand is meant.

        Returns:
            The scores contract, with one statement.

        Raises:
            InputError: the words are not in the sentence.
        """
        spans = []
        for words in (actor, target):
            try:
                spans.append(Span(**find_span(text, words)) if words else None)
            except ValueError:
                raise InputError(
                    f"{words!r} is not in the sentence",
                    where=about.get("id") or "",
                    hint="give words as the sentence has them",
                ) from None
        [sentence] = analyse([Segment(0, len(text), text, True)], self.gazetteer, cached)
        question = asked(sentence, *spans)
        return self.record([question], self.classifier.score([question]), **about)
