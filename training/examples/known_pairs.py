"""Sentences whose source and target are given: which of the stances does the source take towards the target?

Tables of coded events are of this kind (PLOVER, CAMEO): who and whom are known, what is asked. Each question is a sentence
whose first candidate is the source and whose second, where there is one, the target; the likeliest stance is the answer.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...data.annotation.matching import overlap
from ...data.codebook import Codebook
from ...data.schema import Span
from ...data.text.analysis import AnalysedSentence
from ...data.text.mentions import SPEAKER, Mention, MentionKind
from .alignment import RoleTargets
from .dataset import Analysed


def mention_at(sentence: AnalysedSentence, span: tuple[int, int]) -> Mention:
    """The mention that stands at a span of the sentence's text; the unnamed speaker where no token of the parse does."""
    parse = sentence.parse
    inside = [i for i in range(len(parse)) if overlap(sentence.token_span(i), span)]
    if not inside:
        return SPEAKER
    words = [i for i in inside if parse.pos[i] not in ("PUNCT", "SPACE")] or inside
    head = next((i for i in words if parse.heads[i] not in inside or parse.heads[i] == i), words[-1])
    kinds: dict[str, MentionKind] = {"PROPN": "name", "PRON": "pronoun", "ADJ": "adjective"}
    return Mention(head, inside[0], inside[-1], kinds.get(parse.pos[head], "noun"))


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
