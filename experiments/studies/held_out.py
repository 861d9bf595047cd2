"""Annotated articles beside the predictions of models that were not trained on them, without their texts.

Cross-validation keeps them with its run, so that shares can be corrected for the errors of such models. The
predictions that it keeps as well are not enough for that: how a sentence carries a statement (`voice`) can
only be told from its text, which they lack.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from ...data.annotation.summary import ArticleSummary
from ...data.errors import InputError, validated
from ...data.files.reading import load_json
from ...data.printable import json_line
from ...data.record import Record
from ...data.schema import Article
from ..tracking.lifecycle.artifacts import artifact_text
from ..tracking.lookup import find_run

HELD_OUT = "held_out.jsonl"
RUN_ID = re.compile(r"[0-9a-f]{32}")
# The words of the actors: profiles count identities only.
_WORDS: dict[str, Any] = {"statements": {"__all__": {"words"}}}
_HINT = "run the cross-validation again: stancewire train --folds 5"


class HeldOut(BaseModel):
    """One annotated article.

    Attributes:
        annotated: what people found in it.
        predicted: what a model found in it that was not trained on it.
    """

    model_config = ConfigDict(frozen=True)
    annotated: ArticleSummary
    predicted: ArticleSummary


def held_out(articles: Sequence[Article], records: Mapping[str, Record]) -> list[HeldOut]:
    """The articles of which there are records, by doc_id."""
    return [
        HeldOut(annotated=ArticleSummary.of_article(a), predicted=ArticleSummary.of_record(records[a.doc_id]))
        for a in articles
        if a.doc_id in records
    ]


def log_held_out(mlflow: Any, rows: Sequence[HeldOut]) -> None:
    """Log the articles to the current run: ids, identities and stances, no text."""
    without = {"annotated": _WORDS, "predicted": _WORDS}
    dumped = (row.model_dump(mode="json", exclude_defaults=True, exclude=without) for row in rows)
    lines = (json_line(row) + "\n" for row in dumped)
    mlflow.log_text("".join(lines), HELD_OUT)


def read_held_out(run_id: str) -> list[HeldOut]:
    """The articles of a cross-validation.

    Args:
        run_id: the run of all its folds.

    Raises:
        InputError: there is no such run, it is no cross-validation, or the store failed.
    """
    run = find_run(run_id)
    kind = run.data.tags.get("kind", "training")
    if kind != "cross-validation":
        what = f"is no cross-validation, but a run of the kind {kind!r}"
        raise InputError(what, where=run_id, hint="make one with: stancewire train --folds 5")
    text = artifact_text(run, HELD_OUT)
    if text is None:
        raise InputError("has no held-out articles", where=run_id, hint=_HINT)
    where = f"{run_id}/{HELD_OUT}"
    return [
        validated(HeldOut, load_json(line, f"{where}:{n}"), where=f"{where}:{n}", hint=_HINT)
        for n, line in enumerate(text.splitlines(), 1)
        if line.strip()
    ]
