"""Known pairs: sentences whose actor and target are known, so only the stance has to be predicted.

Tables of coded events (PLOVER, CAMEO) are of this kind: they have columns for actor and target, and a model
predicts the code. A known pair is represented as a sentence whose first mention is the actor, and whose
second mention, if any, is the target.
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
    """The mention at a span of the sentence's text; the unnamed speaker if the parse has no token there."""
    parse = sentence.parse
    inside = [i for i in range(len(parse)) if overlap(sentence.token_span(i), span)]
    if not inside:
        return SPEAKER
    words = [i for i in inside if parse.pos[i] not in ("PUNCT", "SPACE")] or inside
    head = next((i for i in words if parse.heads[i] not in inside or parse.heads[i] == i), words[-1])
    kinds: dict[str, MentionKind] = {"PROPN": "name", "PRON": "pronoun", "ADJ": "adjective"}
    return Mention(head, inside[0], inside[-1], kinds.get(parse.pos[head], "noun"))


def known_pair(sentence: AnalysedSentence, actor: Span | None, target: Span | None) -> AnalysedSentence:
    """The sentence with the actor (for None, the unnamed speaker) and the target as its only mentions."""
    mentions = [mention_at(sentence, (actor.start, actor.end)) if actor else SPEAKER]
    if target is not None:
        mentions.append(mention_at(sentence, (target.start, target.end)))
    return replace(sentence, mentions=tuple(mentions))


def known_pairs(data: Analysed, codebook: Codebook) -> Analysed:
    """One sentence per annotated pair of actor and target; sentences without statements are left out."""
    out = Analysed(data.articles, [], [], np.zeros(0, dtype=np.int64), [])
    article_of = []
    columns = {role: k for k, role in enumerate(codebook.roles)}
    for n, (gold, sentence) in enumerate(zip(data.gold, data.sentences, strict=True)):
        for actor, target in dict.fromkeys((s.actor, s.target) for s in gold.statements):
            pair = known_pair(sentence, actor, target)
            roles = np.zeros((len(pair.mentions), len(columns)), dtype=np.int8)
            for statement in gold.statements:
                if (statement.actor, statement.target) != (actor, target):
                    continue
                roles[0, columns[f"{statement.stance}:actor"]] = 1
                if target is not None and f"{statement.stance}:target" in columns:
                    roles[1, columns[f"{statement.stance}:target"]] = 1
            out.gold.append(gold)
            out.sentences.append(pair)
            article_of.append(data.article_of[n])
            out.targets.append(RoleTargets(roles, data.targets[n].labels, np.zeros((0, 3), dtype=np.int64)))
    return replace(out, article_of=np.array(article_of, dtype=np.int64))
