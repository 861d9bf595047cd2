"""A labeller measured on annotated articles: its records, its roles, its calibration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...data.record import Record
from ...data.text.sentences import segment
from ...data.text.spacy_parser import ParseCache
from ..classifier import Scores
from ..decoding.calibration import expected_calibration_error
from ..decoding.labeller import Labeller
from ..examples.dataset import Analysed


def role_metrics(
    labeller: Labeller, data: Analysed, scores: Sequence[Scores]
) -> tuple[dict[str, Any], np.ndarray[Any, np.dtype[np.float64]], np.ndarray[Any, np.dtype[np.int8]]]:
    """F1 with counts of every role over mentions, and ECE of the actor roles; with the probabilities and gold they are from."""
    roles = len(labeller.codebook.roles)
    probabilities = np.concatenate([labeller.probabilities(s) for s in scores] or [np.zeros((0, roles))])
    wanted = np.concatenate([t.roles for t in data.targets] or [np.zeros((0, roles), dtype=np.int8)])
    out: dict[str, Any] = {}
    actor_columns = []
    for k, role in enumerate(labeller.codebook.roles):
        given = probabilities[:, k] >= labeller.decisions.thresholds.get(role, 0.5)
        true, predicted, gold = (
            int((given & (wanted[:, k] > 0)).sum()),
            int(given.sum()),
            int(wanted[:, k].sum()),
        )
        out[role.replace(":", "_")] = {
            "f1": round(2 * true / max(1, predicted + gold), 4),
            "support": gold,
            "predicted": predicted,
        }
        if role.endswith(":actor"):
            actor_columns.append(k)
    if actor_columns:
        out["ece"] = round(
            expected_calibration_error(
                probabilities[:, actor_columns].ravel(), wanted[:, actor_columns].ravel()
            ),
            4,
        )
    return out, probabilities, wanted


def score_articles(
    labeller: Labeller, data: Analysed, scores: Sequence[Scores], cache: ParseCache
) -> dict[str, Record]:
    """Records of annotated articles by doc_id, as scoring their text gives them.

    Where our own sentences are the annotated ones, which is nearly always, the analyses and scores at hand serve again.
    """
    records = {}
    for n, article in enumerate(data.articles):
        places: list[int] = np.flatnonzero(data.article_of == n).tolist()
        sentences = [data.sentences[i] for i in places]
        if labeller.mentions == "known" or [(s.start, s.end) for s in segment(article.text)] == [
            (s.segment.start, s.segment.end) for s in sentences
        ]:
            records[article.doc_id] = labeller.record(
                sentences, [scores[i] for i in places], id=article.doc_id
            )
        else:
            records[article.doc_id] = labeller.label(article.text, id=article.doc_id, cache=cache)
    return records
