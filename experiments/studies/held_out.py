"""Annotated articles beside the predictions of models that were not trained on them, without their texts.

Cross-validation keeps them with its run, so that shares can be corrected for the errors of such models.
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
from ..tracking.connection.addresses import shown_uri
from ..tracking.connection.failures import failures, store_error
from ..tracking.store import connect

HELD_OUT = "held_out.jsonl"
RUN_ID = re.compile(r"[0-9a-f]{32}")
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
    """Log the articles to the current run: ids, identities and stances, no text but the actors' names."""
    lines = (json_line(row.model_dump(mode="json", exclude_defaults=True)) + "\n" for row in rows)
    mlflow.log_text("".join(lines), HELD_OUT)


def read_held_out(run_id: str) -> list[HeldOut]:
    """The articles of a cross-validation.

    Args:
        run_id: the run of all its folds.

    Raises:
        InputError: there is no such run, it is no cross-validation, or the store failed.
    """
    from mlflow.exceptions import MlflowException

    mlflow = connect()
    try:
        tags = mlflow.get_run(run_id).data.tags
    except MlflowException:
        hint = "list runs with: stancewire experiments list"
        raise InputError("no such run", where=run_id, hint=hint) from None
    except failures() as error:
        raise store_error(error, shown_uri()) from None
    if tags.get("kind") != "cross-validation":
        what = f"is no cross-validation, but a run of the kind {tags.get('kind', 'training')!r}"
        raise InputError(what, where=run_id, hint="make one with: stancewire train --folds 5")
    try:
        text = mlflow.artifacts.load_text(f"runs:/{run_id}/{HELD_OUT}")
    except (MlflowException, OSError):
        raise InputError("has no held-out articles", where=run_id, hint=_HINT) from None
    where = f"{run_id}/{HELD_OUT}"
    return [
        validated(HeldOut, load_json(line, f"{where}:{n}"), where=f"{where}:{n}", hint=_HINT)
        for n, line in enumerate(text.splitlines(), 1)
        if line.strip()
    ]
