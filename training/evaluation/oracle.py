"""Oracle analysis: what each step of the model costs, by replacing its output with the gold annotation.

The steps are the candidates (which phrases are asked about), the roles of the candidates, the pairing of
actors with targets, and the identities of parties. F1 with a gold step is the most that a perfect version of
this step alone could bring; with all steps gold, what is missing is lost by the decoding.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np

from ...data.annotation.counting import ArticleCounts, Count, count_article, f1, gold_party, total
from ...data.annotation.matching import Party as GoldParty
from ...data.annotation.matching import overlap
from ...data.annotation.statistics import UNNAMED, actor_kind
from ...data.record import Party, Record, ScoredStatement
from ...data.schema import Sentence, Span
from ...data.text.analysis import AnalysedSentence
from ...data.text.mentions import SPEAKER, Mention
from ..classifier import Scores
from ..decoding.labeller import Labeller
from ..examples.alignment import align, role_targets
from ..examples.dataset import Analysed
from .metrics import summarise
from .score_articles import score_sentences
from .slices import MIN_SUPPORT

Step = Literal["candidates", "roles", "pairing", "identities"]
STEPS: tuple[Step, ...] = get_args(Step)
# All kinds of actors, and all stances.
ANY, STATEMENTS = "any", "statements"
# A logit that stays near 0 or 1 after every calibration.
_CERTAIN = 100.0
# No step, each step alone, the steps up to and including each one.
SETTINGS: tuple[tuple[Step, ...], ...] = ((), *((s,) for s in STEPS), *(STEPS[:n] for n in (2, 3, 4)))


@dataclass(frozen=True, slots=True)
class OracleResult:
    """The metrics with some steps gold.

    Attributes:
        gold: the steps whose output was replaced.
        metrics: see `metrics.summarise`.
        by_actor: by kind of actor (`name`, `common noun`, `pronoun`, `unnamed`; all as `any`) and by stance
            (all as `statements`): `support`; `candidate_recall`, the share of gold actors with a candidate;
            `recall`, `f1`, and `with_target`, the F1 with targets; `identity`, the share of matched
            statements whose actor has the right identity, None without any. Those with a support below ten
            are left out.
    """

    gold: tuple[Step, ...]
    metrics: dict[str, Any]
    by_actor: dict[tuple[str, str], dict[str, float | None]]


def oracle_analysis(
    labeller: Labeller, data: Analysed, settings: Sequence[Collection[Step]] = SETTINGS
) -> list[OracleResult]:
    """Metrics with the output of each step replaced by the gold annotation.

    The sentences are those of the annotation.

    Args:
        labeller: finds statements; a `StanceChooser` has no such steps.
        data: annotated articles.
        settings: the steps to replace, one collection per result.
    """
    completed = with_gold_candidates(labeller, data)
    scored = {gold: (d, score_sentences(labeller, d)) for gold, d in ((False, data), (True, completed))}
    out = []
    for steps in settings:
        used, scores = scored["candidates" in steps]
        out.append(_measured(labeller, used, _replaced(labeller, used, scores, steps), steps))
    return out


def with_gold_candidates(labeller: Labeller, data: Analysed) -> Analysed:
    """The same articles, with a mention for each gold actor and target that has none."""
    sentences = [_completed(g, s) for g, s in zip(data.gold, data.sentences, strict=True)]
    targets = [role_targets(g, s, labeller.codebook) for g, s in zip(data.gold, sentences, strict=True)]
    return replace(data, sentences=sentences, targets=targets)


def _completed(gold: Sentence, sentence: AnalysedSentence) -> AnalysedSentence:
    added: list[Mention] = []
    for statement, aligned in zip(gold.statements, align(gold, sentence), strict=True):
        if aligned.actor == -1:
            added.append(SPEAKER if statement.actor is None else _mention(statement.actor, sentence))
        if aligned.target == -1 and statement.target is not None:
            added.append(_mention(statement.target, sentence))
    if not added:
        return sentence
    named = {m for m in (*sentence.mentions, *added) if m.head >= 0}
    silent = [m for m in (*sentence.mentions, *added) if m.head < 0][:1]
    return replace(sentence, mentions=(*sorted(named, key=lambda m: (m.head, m.first)), *silent))


def _mention(span: Span, sentence: AnalysedSentence) -> Mention:
    """A mention of the tokens of a gold span, headed by the one whose parent is outside."""
    parse = sentence.parse
    inside = [i for i in range(len(parse)) if overlap(sentence.token_span(i), (span.start, span.end))]
    if not inside:  # the span is in what the analysis leaves out, such as a dateline
        return SPEAKER
    head = next((i for i in inside if parse.heads[i] not in inside or parse.heads[i] == i), inside[-1])
    return Mention(head, inside[0], inside[-1], "noun")


def _replaced(
    labeller: Labeller, data: Analysed, scores: Sequence[Scores], steps: Collection[Step]
) -> list[Scores]:
    """Scores in which the gold roles and pairs are certain."""
    out = []
    for targets, one in zip(data.targets, scores, strict=True):
        if "roles" in steps:
            one = replace(one, roles=np.where(targets.roles > 0, _CERTAIN, -_CERTAIN))
        if "pairing" in steps:
            stances = sum(s.has_target for s in labeller.codebook.stances)
            pairs = np.full((len(targets.roles), len(targets.roles), stances), -_CERTAIN)
            for stance, actor, target in targets.pairs:
                if target >= 0:
                    pairs[actor, target, stance] = _CERTAIN
            one = replace(one, pairs=pairs)
        out.append(one)
    return out


def _measured(
    labeller: Labeller, data: Analysed, scores: Sequence[Scores], steps: Collection[Step]
) -> OracleResult:
    counted: list[ArticleCounts] = []
    for n, article in enumerate(data.articles):
        indices = data.indices_of(n)
        record = labeller.record(
            [data.sentences[i] for i in indices], [scores[i] for i in indices], id=article.doc_id
        )
        if "identities" in steps:
            record = _with_gold_identities(record, [data.gold[i] for i in indices])
        counted.append(count_article(article, record, labeller.codebook))
    ordered = tuple(s for s in STEPS if s in steps)
    metrics = summarise(counted, labeller.codebook, bootstrap=0)
    return OracleResult(ordered, metrics, _by_actor(counted, data, labeller.codebook.stance_names))


def _by_actor(
    counted: Sequence[ArticleCounts], data: Analysed, stances: Sequence[str]
) -> dict[tuple[str, str], dict[str, float | None]]:
    candidates = _candidates_by_actor(data)
    kinds = sorted({kind for c in counted for _, kind, _ in c.by_actor})
    out: dict[tuple[str, str], dict[str, float | None]] = {}
    for actor, own in ((ANY, kinds), *((kind, [kind]) for kind in kinds)):
        for name, of in ((STATEMENTS, stances), *((stance, [stance]) for stance in stances)):

            def counts(measure: str, of: Sequence[str] = of, own: Sequence[str] = own) -> Count:
                keys = [(stance, kind, measure) for stance in of for kind in own]
                return total(c.by_actor.get(key, Count()) for c in counted for key in keys)

            found, identity = counts("statements"), counts("identity")
            if found.gold < MIN_SUPPORT:
                continue
            asked = total(candidates.get((stance, kind), Count()) for stance in of for kind in own)
            out[actor, name] = {
                "support": found.gold,
                "candidate_recall": round(asked.matched / asked.gold, 4),
                "recall": round(found.matched / found.gold, 4),
                "f1": round(f1(*found), 4),
                "with_target": round(f1(*counts("with_target")), 4),
                "identity": round(identity.matched / identity.gold, 4) if identity.gold else None,
            }
    return out


def _candidates_by_actor(data: Analysed) -> dict[tuple[str, str], Count]:
    """By stance and kind of actor, the number of gold actors with a candidate, and of all gold actors."""
    out: dict[tuple[str, str], Count] = {}
    for gold, sentence in zip(data.gold, data.sentences, strict=True):
        actors = {
            (s.stance, s.actor.text if s.actor else None, s.actor_id): a.actor
            for s, a in zip(gold.statements, align(gold, sentence), strict=True)
        }
        for (stance, words, _), mention in actors.items():
            key = stance, actor_kind(words) if words else UNNAMED
            found = int(mention is not None and mention >= 0)
            out[key] = total((out.get(key, Count()), Count(found, 0, 1)))
    return out


def _with_gold_identities(record: Record, gold: Sequence[Sentence]) -> Record:
    """The record, with the gold identity of each party that an annotated party overlaps.

    Args:
        gold: the annotation of each of its sentences.
    """

    def corrected(statement: ScoredStatement) -> ScoredStatement:
        n = statement.sentence
        parties = _gold_parties(gold[n], record.sentences[n].start)
        changes = {"actor": _identified(statement.actor, parties)}
        if statement.target is not None:
            changes["target"] = _identified(statement.target, parties)
        return statement.model_copy(update=changes)

    return record.model_copy(update={"statements": tuple(corrected(s) for s in record.statements)})


def _gold_parties(gold: Sentence, base: int) -> list[GoldParty]:
    """The annotated parties of a sentence; `base` is its offset in the article."""
    out = []
    for s in gold.statements:
        out.append(gold_party(s.actor, s.actor_id, base))
        if s.target is not None:
            out.append(gold_party(s.target, s.target_id, base))
    return out


def _identified(party: Party, parties: Sequence[GoldParty]) -> Party:
    """The party with the identity of the annotated party that overlaps it most, if any."""
    if party.start is None or party.end is None:
        identity = next((p.identity for p in parties if p.span is None), party.id)
        return party.model_copy(update={"id": identity})
    own = (party.start, party.end)
    best = max(parties, key=lambda p: overlap(p.span, own), default=None)
    if best is None or not overlap(best.span, own):
        return party
    return party.model_copy(update={"id": best.identity})


def table(results: Sequence[OracleResult]) -> list[dict[str, Any]]:
    """One row per result: the gold steps, F1 of statements, of each stance and with targets, identities."""
    rows = []
    for result in results:
        m: Mapping[str, Any] = result.metrics
        row: dict[str, Any] = {"gold": " + ".join(result.gold) or "nothing"}
        row |= {k: m["statements"][k] for k in ("precision", "recall", "f1")}
        row |= {f"{s} f1": m[s]["f1"] for s in m["stance"]}
        rows.append(row | {"with target f1": m["with_target"]["f1"], "identity": m["id"]})
    return rows


def table_by_actor(results: Sequence[OracleResult]) -> list[dict[str, Any]]:
    """One row per kind of actor and stance.

    Args:
        results: of `SETTINGS`.

    Returns:
        Rows with `actor`, `stance`, and what `OracleResult.by_actor` has of the model as it is; also `f1`
        with gold candidates, roles and identities, and `with_target` with gold pairing.
    """
    of = {r.gold: r.by_actor for r in results}
    rows = []
    for (actor, stance), found in of[()].items():
        row: dict[str, Any] = {"actor": actor, "stance": stance, **found}
        for step in STEPS:
            measure = "with_target" if step == "pairing" else "f1"
            row[f"{measure} with gold {step}"] = of[step,][actor, stance][measure]
        rows.append(row)
    return rows
