"""Sentences whose source and target are given: which of the stances does the source take towards the target?

Tables of coded events are of this kind (PLOVER, CAMEO): who and whom are known, what is asked. Each question is a sentence
whose first candidate is the source and whose second, where there is one, the target; the likeliest stance is the answer.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..data.analysis import AnalysedSentence
from ..data.codebook import Codebook
from ..data.matching import overlap
from ..data.mentions import SPEAKER, Mention
from ..data.schema import Span
from .classifier import Floats, RoleTargets, Scores
from .examples import Analysed

# The name under which the temperature of the choice stands among the calibrations.
CHOICE = "choice"


def mention_at(sentence: AnalysedSentence, span: tuple[int, int]) -> Mention:
    """The mention that stands at a span of the sentence's text; the unnamed speaker where no token of the parse does."""
    parse = sentence.parse
    inside = [i for i in range(len(parse)) if overlap(sentence.token_span(i), span)]
    if not inside:
        return SPEAKER
    words = [i for i in inside if parse.pos[i] not in ("PUNCT", "SPACE")] or inside
    head = next((i for i in words if parse.heads[i] not in inside or parse.heads[i] == i), words[-1])
    kind = {"PROPN": "name", "PRON": "pronoun", "ADJ": "adjective"}.get(parse.pos[head], "noun")
    return Mention(head, inside[0], inside[-1], kind)


def asked(sentence: AnalysedSentence, actor: Span | None, target: Span | None) -> AnalysedSentence:
    """The sentence with no candidates but a given source (the unnamed speaker for None) and target."""
    given = [mention_at(sentence, (actor.start, actor.end)) if actor else SPEAKER]
    if target is not None:
        given.append(mention_at(sentence, (target.start, target.end)))
    return replace(sentence, mentions=tuple(given))


def questions(data: Analysed, codebook: Codebook) -> Analysed:
    """Of each annotated pair of source and target one question; sentences without statements ask none."""
    out = Analysed(data.articles, [], [], np.zeros(0, dtype=np.int64), [])
    article_of = []
    roles = {role: k for k, role in enumerate(codebook.roles)}
    for n, (gold, sentence) in enumerate(zip(data.gold, data.sentences, strict=True)):
        pairs = dict.fromkeys((s.actor, s.target) for s in gold.statements)
        for actor, target in pairs:
            held = [s.stance for s in gold.statements if (s.actor, s.target) == (actor, target)]
            question = asked(sentence, actor, target)
            wanted = np.zeros((len(question.mentions), len(roles)), dtype=np.int8)
            for stance in held:
                wanted[0, roles[f"{stance}:actor"]] = 1
                if target is not None and f"{stance}:target" in roles:
                    wanted[1, roles[f"{stance}:target"]] = 1
            out.gold.append(gold)
            out.sentences.append(question)
            article_of.append(data.article_of[n])
            out.targets.append(RoleTargets(wanted, data.targets[n].labels, np.zeros((0, 3), dtype=np.int64)))
    return replace(out, article_of=np.array(article_of, dtype=np.int64))


def choice_logits(scores: Scores, codebook: Codebook) -> Floats:
    """Logits of the stances of one question: the source's role, the target's, and their pair's."""
    out = np.zeros(len(codebook.stances))
    for k, (actor, target, pair) in enumerate(codebook.columns):
        out[k] = scores.roles[0, actor]
        if target >= 0 and len(scores.roles) > 1:
            out[k] += scores.roles[1, target] + (scores.pairs[0, 1, pair] if scores.pairs is not None else 0)
    return out


def softmax(logits: Floats, temperature: float = 1.0) -> Floats:
    """Probabilities of the last axis."""
    shifted = logits / temperature - (logits / temperature).max(axis=-1, keepdims=True)
    out: Floats = np.exp(shifted) / np.exp(shifted).sum(axis=-1, keepdims=True)
    return out


def fit_temperature(logits: Floats, wanted: NDArray[np.int8]) -> float:
    """The temperature of least cross-entropy (Guo et al. 2017, "On calibration of modern neural networks", ICML), within 0.2 and 10.

    Args:
        logits, wanted: questions x stances.
    """
    from scipy.optimize import minimize_scalar

    share = wanted / np.maximum(1, wanted.sum(axis=1, keepdims=True))

    def loss(temperature: float) -> float:
        return -float((share * np.log(softmax(logits, temperature) + 1e-12)).sum())

    return float(minimize_scalar(loss, bounds=(0.2, 10.0), method="bounded").x)
