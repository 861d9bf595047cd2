"""Finds the statements of an article: which mentions are actors of a stance, and who their targets are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

import numpy as np
from scipy.special import expit

from ...data.codebook import Codebook
from ...data.record import Party
from ...data.schema import MULTI, OTHER
from ...data.text.analysis import AnalysedSentence
from ...data.text.gazetteer import Gazetteer
from ...data.text.mentions import apposed, coordinated, naming, nested
from ...data.text.questions import asks
from ...data.text.segmentation.sentences import Segment, segment
from ..classifier import Classifier, Floats, Scores
from ..examples.dataset import Analysed
from ..examples.target_pairs import TargetPair
from .calibration import Sigmoid, fit_sigmoid
from .decisions import Decisions, FoundStatement
from .document import Document
from .labeller import Labeller, Mentions
from .lists import lists, shared_in_lists
from .pairing import Pairing, pair_features, target_candidates
from .target_thresholds import target_thresholds
from .thresholds import stance_thresholds


class StatementFinder(Labeller):
    """Labels articles: finds who takes which stance towards whom.

    Args:
        pairing: assigns targets to actors; not used with a classifier that scores pairs itself.
    """

    mentions: ClassVar[Mentions] = "found"
    pairing: Pairing

    def __init__(
        self,
        classifier: Classifier,
        decisions: Decisions,
        pairing: Pairing,
        codebook: Codebook,
        gazetteer: Gazetteer,
        name: str | None = None,
    ) -> None:
        super().__init__(classifier, decisions, codebook, gazetteer, name)
        self.pairing = pairing

    def _segments(self, document: Document) -> list[Segment]:
        return segment(document.text)

    def examples(self, data: Analysed) -> Analysed:
        return data

    def probabilities(self, scores: Scores) -> Floats:
        out = np.zeros_like(scores.roles)
        for k, role in enumerate(self.codebook.roles):
            out[:, k] = self.decisions.calibration.get(role, Sigmoid())(scores.roles[:, k])
        return out

    def statements(
        self, sentence: AnalysedSentence, scores: Scores, min_score: float | None = None
    ) -> list[FoundStatement]:
        probabilities = self.probabilities(scores)
        asking = np.array([asks(sentence, m) for m in sentence.mentions], dtype=bool)
        in_lists = lists(sentence)
        out: list[FoundStatement] = []
        for k, roles in enumerate(self.codebook.stance_roles):
            stance, p = self.codebook.stance_names[k], probabilities[:, roles.actor]
            if not self.codebook.stances[k].in_questions:
                p = np.where(asking, 0.0, p)
            p = shared_in_lists(in_lists, p)
            threshold = self.decisions.thresholds.get(f"{stance}:actor", 0.5)
            ranked = [int(i) for i in np.argsort(-p)]
            candidates = [i for i in ranked if p[i] >= (threshold if min_score is None else min_score)]
            actors = _distinct_actors(sentence, candidates)
            for i in sorted(actors):
                targets: Sequence[int | None] = ()
                if roles.target is not None:
                    targets = self._targets(sentence, scores, k, i, actors)
                score = round(float(p[i]), 4)
                out += [FoundStatement(stance, score, i, t) for t in (targets or (None,))]
        return out

    def _distinct(
        self, statements: list[FoundStatement], parties: Mapping[int, Party]
    ) -> list[FoundStatement]:
        """Of several actors of a stance that are the same party, keep only the highest-scoring one.

        In "the army said it had agreed", only one of "the army" and "it" is kept. This is rarely wrong:
        only in one of 300 sentences of the shipped corpus does a party take a stance twice, under two names.
        """

        def identity(s: FoundStatement) -> str | None:
            own = parties[s.actor].id
            return None if own in (OTHER, MULTI) else own

        def words(s: FoundStatement) -> tuple[int | None, int | None]:
            # Those to which a pronoun refers: "the militia said it had agreed".
            party = parties[s.actor]
            named = party.named_in or party
            return named.start, named.end

        return _highest(_highest(statements, identity), words)

    # Targets.

    def pair_rows(
        self, data: Analysed, role_logits: Sequence[Floats], pairs: Sequence[TargetPair]
    ) -> list[list[float]]:
        """The features of pairs for the pairing (pairs x features).

        Args:
            role_logits: logits (mentions x roles) of each sentence of `data`.
        """
        return [
            self._pair_row(
                data.sentences[p.sentence], role_logits[p.sentence], p.stance, p.actor, p.candidate, p.actors
            )
            for p in pairs
        ]

    def _pair_row(
        self,
        sentence: AnalysedSentence,
        role_logits: Floats,
        stance: int,
        actor: int,
        candidate: int,
        actors: Sequence[int],
    ) -> list[float]:
        mentions = sentence.mentions
        logits = role_logits[:, self.codebook.stance_roles[stance].target]
        return pair_features(
            sentence, mentions[actor], mentions[candidate], logits, candidate, [mentions[a] for a in actors]
        )

    def pair_scores(
        self,
        sentence: AnalysedSentence,
        scores: Scores,
        stance: int,
        actor: int,
        candidates: Sequence[int],
        actors: Sequence[int],
    ) -> Floats:
        """The probability in [0, 1] that each candidate is a target of an actor.

        It comes from the classifier if that scores pairs, otherwise from the pairing.

        Args:
            stance: index in the codebook.
            actor, candidates, actors: indices of mentions; `actors` are all actors of this stance in the
                sentence.
        """
        if scores.pairs is not None:
            pair = self.codebook.stance_roles[stance].pair
            out: Floats = expit(scores.pairs[actor, list(candidates), pair])
            return out
        return self.pairing.score(
            [self._pair_row(sentence, scores.roles, stance, actor, j, actors) for j in candidates]
        )

    def _targets(
        self,
        sentence: AnalysedSentence,
        scores: Scores,
        stance: int,
        actor: int,
        actors: Sequence[int],
    ) -> list[int]:
        """The most probable candidate and those coordinated with it, if they reach the threshold."""
        mentions = sentence.mentions
        threshold = self.decisions.target_threshold_of(self.codebook.stance_names[stance])
        candidates = target_candidates(sentence, actor, actors)
        if not candidates:
            return []
        pair_scores = self.pair_scores(sentence, scores, stance, actor, candidates, actors)
        best = int(np.argmax(pair_scores))
        if pair_scores[best] < threshold:
            return []
        first = mentions[candidates[best]]
        return [
            j
            for k, j in enumerate(candidates)
            if k == best or (pair_scores[k] >= threshold and coordinated(sentence.parse, first, mentions[j]))
        ]

    # Decisions.

    def _calibrate_statements(self, validation: Analysed, scores: Sequence[Scores], seed: int) -> None:
        logits = np.concatenate([s.roles for s in scores])
        gold = np.concatenate([t.roles for t in validation.targets])
        for k, role in enumerate(self.codebook.roles):
            self.decisions.calibration[role] = fit_sigmoid(logits[:, k], gold[:, k])
        for stance, threshold in target_thresholds(self, validation, scores, seed).items():
            self.decisions.thresholds[f"{stance}:target"] = threshold
        for stance, threshold in stance_thresholds(self, validation, scores, seed).items():
            self.decisions.thresholds[f"{stance}:actor"] = threshold


def _highest(
    statements: list[FoundStatement], party: Callable[[FoundStatement], object]
) -> list[FoundStatement]:
    """The statements of the highest-scoring actor of each stance and party; all those whose party is None."""
    best: dict[tuple[str, object], FoundStatement] = {}
    for s in statements:
        key = (s.stance, party(s))
        if key not in best or s.score > best[key].score:
            best[key] = s
    return [s for s in statements if party(s) is None or best[s.stance, party(s)].actor == s.actor]


def _distinct_actors(sentence: AnalysedSentence, ranked: Sequence[int]) -> list[int]:
    """The actors among ranked mentions, one per party.

    Mentions nested in an earlier one are left out; of two in apposition, the one with the name is kept.

    Args:
        ranked: indices of mentions, the most probable first.
    """
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
