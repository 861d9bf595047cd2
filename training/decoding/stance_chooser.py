"""Chooses the most likely stance of a known pair of actor and target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from scipy.special import softmax

from ...data.errors import InputError
from ...data.record import Record
from ...data.schema import Span, find_span
from ...data.text.analysis import AnalysedSentence
from ...data.text.segmentation.sentences import Segment
from ..classifier import Floats, Scores
from ..examples.dataset import Analysed
from ..examples.known_pairs import known_pair, known_pairs
from .calibration import Sigmoid
from .choice import CHOICE, choice_logits, fit_temperature
from .decisions import FoundStatement
from .document import Document
from .labeller import Labeller, Mentions


class StanceChooser(Labeller):
    """Labels sentences whose actor and target are known: chooses the actor's stance towards the target."""

    mentions: ClassVar[Mentions] = "known"

    def choose(self, text: str, actor: str | None, target: str | None) -> Record:
        """The most likely stance of a pair in one sentence.

        Args:
            actor: words of the text (their first occurrence counts); None for an unnamed speaker.
            target: the same; None for no target.

        Returns:
            A record with one statement.

        Raises:
            InputError: both are None, or the words are not in the text.
        """
        return self.label(text, actor=actor, target=target)

    def _segments(self, document: Document) -> list[Segment]:
        if not document.actor and not document.target:
            raise InputError(
                "this model chooses a stance for a known pair of actor and target",
                where=document.where,
                hint='give JSONL rows of "text", "actor" and "target"',
            )
        self._pair(document)
        return [Segment(0, len(document.text), document.text, True)]

    def _pair(self, document: Document) -> tuple[Span | None, Span | None]:
        """The spans of actor and target."""
        return _span(document.actor, document), _span(document.target, document)

    def _prepared(self, document: Document, sentences: list[AnalysedSentence]) -> list[AnalysedSentence]:
        return [known_pair(sentence, *self._pair(document)) for sentence in sentences]

    def examples(self, data: Analysed) -> Analysed:
        return known_pairs(data, self.codebook)

    def _stance_probabilities(self, scores: Scores) -> Floats:
        """Calibrated probabilities of the stances; they add up to 1."""
        # The temperature is stored as the slope of a sigmoid, -1 / temperature.
        temperature = -1 / self.decisions.calibration.get(CHOICE, Sigmoid()).slope
        probabilities: Floats = softmax(choice_logits(scores, self.codebook) / temperature)
        return probabilities

    def probabilities(self, scores: Scores) -> Floats:
        out = np.zeros_like(scores.roles)
        for roles, p in zip(self.codebook.stance_roles, self._stance_probabilities(scores), strict=True):
            out[0, roles.actor] = p
            if roles.target is not None:
                out[1:, roles.target] = p
        return out

    def statements(
        self, sentence: AnalysedSentence, scores: Scores, min_score: float | None = None
    ) -> list[FoundStatement]:
        """The most likely stance of the pair, regardless of its score."""
        probabilities = self._stance_probabilities(scores)
        best = int(np.argmax(probabilities))
        target = 1 if len(sentence.mentions) > 1 else None
        score = round(float(probabilities[best]), 4)
        return [FoundStatement(self.codebook.stance_names[best], score, 0, target)]

    def _calibrate_statements(self, validation: Analysed, scores: Sequence[Scores], seed: int) -> None:
        actors = [roles.actor for roles in self.codebook.stance_roles]
        gold = np.stack([t.roles[0, actors] for t in validation.targets])
        temperature = fit_temperature(np.stack([choice_logits(s, self.codebook) for s in scores]), gold)
        self.decisions.calibration[CHOICE] = Sigmoid(slope=-1 / temperature)


def _span(words: str | None, document: Document) -> Span | None:
    """The first occurrence of the words of an actor or target.

    Raises:
        InputError: they do not occur in the text.
    """
    if not words:
        return None
    try:
        return Span(**find_span(document.text, words))
    except ValueError:
        raise InputError(
            f"{words!r} is not in the sentence",
            where=document.id,
            hint="copy the words from the sentence",
        ) from None
