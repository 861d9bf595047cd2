"""text -> record: the whole way from an article to its statements, as training leaves it and scoring uses it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data.analysis import AnalysedSentence, analyse
from ..data.codebook import Codebook
from ..data.gazetteer import Gazetteer
from ..data.identity import IdentityResolver
from ..data.mentions import Mention, apposed, coordinated, naming, nested
from ..data.parser import ParseCache
from ..data.schema import MULTI, OTHER
from ..data.segment import segment
from .calibration import Sigmoid
from .classifier import Classifier, Scores
from .frames import frames
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


def _one_for_each_party(found: Sequence[FoundStatement], identities: Mapping[int, str | None]) -> list[FoundStatement]:
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
    return [s for s in found if (chosen := best.get((s.stance, identities[s.actor] or OTHER))) is None or chosen.actor == s.actor]


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
    """A classifier with its decisions, pairing, codebook and gazetteer."""

    def __init__(self, classifier: Classifier, decisions: Decisions, pairing: Pairing, codebook: Codebook, gazetteer: Gazetteer) -> None:
        self.classifier, self.decisions, self.pairing = classifier, decisions, pairing
        self.codebook, self.gazetteer = codebook, gazetteer

    def probabilities(self, scores: Scores) -> NDArray[np.float64]:
        """Calibrated probabilities of the roles of every mention (mentions x roles)."""
        out = np.empty_like(scores.roles)
        for k, role in enumerate(self.codebook.roles):
            out[:, k] = self.decisions.calibration.get(role, Sigmoid())(scores.roles[:, k])
        return out

    def statements(self, sentence: AnalysedSentence, scores: Scores, min_score: float | None = None) -> list[FoundStatement]:
        """The statements of one sentence: actors over their threshold, each with its targets.

        Args:
            min_score: used in place of the tuned thresholds.
        """
        probabilities = self.probabilities(scores)
        roles = {role: k for k, role in enumerate(self.codebook.roles)}
        out: list[FoundStatement] = []
        for stance in self.codebook.stances:
            column = roles[f"{stance.name}:actor"]
            threshold = self.decisions.thresholds.get(f"{stance.name}:actor", 0.5) if min_score is None else min_score
            over = [i for i in np.argsort(-probabilities[:, column]) if probabilities[i, column] >= threshold]
            actors = _distinct(sentence, [int(i) for i in over])
            for i in sorted(actors):
                targets = self._targets(sentence, scores, stance.name, i, actors) if stance.has_target else []
                score = round(float(probabilities[i, column]), 4)
                out += [FoundStatement(stance.name, score, i, t) for t in (targets or (None,))]
        return out

    def _targets(self, sentence: AnalysedSentence, scores: Scores, stance: str, actor: int, actors: Sequence[int]) -> list[int]:
        """The best target over the threshold, and those coordinated with it."""
        column = self.codebook.roles.index(f"{stance}:target")
        mentions = sentence.mentions
        logits = scores.roles[:, column]
        places = [j for j, m in enumerate(mentions) if m.head >= 0 and j != actor and not nested(m, mentions[actor])]
        if not places:
            return []
        # A target that another actor's own predicate takes is not this one's: two accusations are not crossed.
        own = {i for i, _ in frames(sentence.parse, mentions[actor].head)} if mentions[actor].head >= 0 else set()
        rivals = {i for a in actors if a != actor and mentions[a].head >= 0 for i, _ in frames(sentence.parse, mentions[a].head)} - own
        taken = [j for j in places if (held := {i for i, _ in frames(sentence.parse, mentions[j].head)}) & rivals and not held & own]
        places = [j for j in places if j not in taken]
        if not places:
            return []
        rows = [pair_features(sentence, mentions[actor], mentions[j], logits, j, [mentions[a] for a in actors]) for j in places]
        pair_scores = self.pairing.score(rows)
        best = int(np.argmax(pair_scores))
        if pair_scores[best] < self.decisions.target_threshold:
            return []
        first = mentions[places[best]]
        return [
            j
            for j, s in zip(places, pair_scores, strict=True)
            if j == places[best] or (s >= self.decisions.target_threshold and coordinated(sentence.parse, first, mentions[j]))
        ]

    def labels(self, scores: Scores) -> list[dict[str, Any]]:
        """The labels of one sentence that reach their thresholds."""
        out = []
        for k, name in enumerate(self.codebook.label_names):
            p = float(self.decisions.calibration.get(name, Sigmoid())(scores.labels[k : k + 1])[0])
            if p >= self.decisions.thresholds.get(name, 0.5):
                out.append({"name": name, "score": round(p, 4)})
        return out

    def record(self, sentences: Sequence[AnalysedSentence], scores: Sequence[Scores], *, min_score: float | None = None, **about: str | None) -> dict[str, Any]:
        """The scores contract for one article, `about` being its id, source, title and model."""
        resolver = IdentityResolver(sentences)
        rows, statements = [], []
        for n, (sentence, score) in enumerate(zip(sentences, scores, strict=True)):
            start = sentence.segment.start
            rows.append({"start": start, "end": sentence.segment.end, "text": sentence.segment.text, "labels": self.labels(score)})

            def party(mention: Mention, n: int = n, sentence: AnalysedSentence = sentence, start: int = start) -> dict[str, Any]:
                span, identity = sentence.span(mention), resolver.resolve(n, mention)
                if span is None:
                    return {"text": None, "start": None, "end": None, "id": identity}
                return {"text": sentence.segment.text[span[0] : span[1]], "start": start + span[0], "end": start + span[1], "id": identity}

            found = self.statements(sentence, score, min_score)
            actors = {s.actor: party(sentence.mentions[s.actor]) for s in found}
            for s in _one_for_each_party(found, {i: p["id"] for i, p in actors.items()}):
                target = party(sentence.mentions[s.target]) if s.target is not None else None
                statements.append({"sentence": n, "stance": s.stance, "score": s.score, "actor": actors[s.actor], "target": target})
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
        """
        sentences = analyse(segment(text), self.gazetteer, cached, advance)
        return self.record(sentences, self.classifier.score(sentences), min_score=min_score, id=id, source=source, title=title, model=model)
