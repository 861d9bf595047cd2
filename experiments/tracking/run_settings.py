"""The settings of a training run, as it was logged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from ...data.errors import InputError
from ...training.settings import TrainingSettings
from .final_runs import FINAL
from .lifecycle.artifacts import artifact_json
from .run_logging import SETTINGS


def settings_of(run: Any) -> TrainingSettings:
    """The settings of a training run.

    Raises:
        InputError: it is not a finished training, or its settings are not valid in this release.
    """
    where = f"run {run.info.run_id[:8]}"
    if run.data.tags.get("kind", "training") not in ("training", FINAL) or "config" not in run.data.tags:
        raise InputError("not a training run", where=where, hint="name a run of `stancewire train`")
    if run.info.status != "FINISHED":
        raise InputError(f"the run is {run.info.status}, not FINISHED", where=where, hint="name another run")
    raw = artifact_json(run, SETTINGS) or _from_params(run.data.params)
    try:
        return TrainingSettings.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        hint = f"use the release that trained it ({run.data.tags.get('stancewire', 'unknown')})"
        raise InputError(f"{key}: {first['msg'].lower()}", where=where, hint=hint) from None


def _from_params(params: Mapping[str, str]) -> dict[str, Any]:
    """The settings of a run of an earlier release, from its parameters."""
    raw: dict[str, Any] = {"classifier": {}}
    for key, value in params.items():
        if value == "None":
            continue
        if key.startswith("classifier."):
            raw["classifier"][key.partition(".")[2]] = value
        elif key in TrainingSettings.model_fields:
            raw[key] = value
    if "corpus" in raw:
        raw["corpus"] = raw["corpus"].split(", ")
    return raw
