"""Read what runs keep: predictions from their artifacts, and counts from these."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...data.errors import InputError
from ...training.evaluation.predictions import Predictions
from ..tracking.connection.failures import reason
from ..tracking.final_runs import refuse_final
from ..tracking.lifecycle.artifacts import find_artifacts, local_path
from ..tracking.lifecycle.work_folder import temporary_folder
from ..tracking.prediction_files import PREDICTIONS, read_predictions
from ..tracking.store import connect

# In this order one is chosen that all runs have: test is for the last look.
SPLITS = ("validation", "evaluation", "pooled", "test")
_SUFFIX = ".parquet"
_HINT = "it was trained by an earlier release: train again, or compare runs of `stancewire evaluate`"


def kept_splits(run: Any) -> list[str]:
    """The splits of which a run keeps predictions.

    Args:
        run: an MLflow run.
    """
    folder = find_artifacts(f"{run.info.artifact_uri}/{PREDICTIONS}")
    if folder is not None:
        return sorted(p.stem for p in folder.glob(f"*{_SUFFIX}"))
    if local_path(run.info.artifact_uri) is not None:
        return []
    mlflow = connect()
    try:
        found = mlflow.artifacts.list_artifacts(run_id=run.info.run_id, artifact_path=PREDICTIONS)
    except Exception:  # every kind of artifact store has exceptions of its own
        return []
    return sorted(Path(f.path).stem for f in found if f.path.endswith(_SUFFIX))


def predictions_of(run: Any, split: str) -> Predictions:
    """The predictions of a run for one split, downloaded where the store is remote.

    Args:
        run: an MLflow run.

    Raises:
        InputError: it keeps none, they cannot be read, or it trained a final model.
    """
    name = f"{PREDICTIONS}/{split}{_SUFFIX}"
    where = f"run {run.info.run_id[:8]}"
    refuse_final(run)
    path = find_artifacts(f"{run.info.artifact_uri}/{name}")
    if path is not None:
        return read_predictions(path)
    if split not in (kept := kept_splits(run)):
        hint = f"it has those of {', '.join(kept)}" if kept else _HINT
        raise InputError(f"keeps no predictions of {split} articles", where=where, hint=hint)
    mlflow = connect()
    with temporary_folder() as work:
        try:
            mlflow.artifacts.download_artifacts(
                run_id=run.info.run_id, artifact_path=name, dst_path=str(work)
            )
        except Exception as error:  # as above
            raise InputError(f"predictions cannot be read: {reason(error)}", where=where) from None
        return read_predictions(work / name)


def common_split(runs: list[Any], split: str | None = None) -> str:
    """The split to compare runs on.

    Args:
        runs: MLflow runs.
        split: the split that the user asked for. Default: the first of `SPLITS` that all runs have.

    Raises:
        InputError: not all runs keep predictions of it, or one of them trained a final model.
    """
    for run in runs:
        refuse_final(run)
    kept = [set(kept_splits(run)) for run in runs]
    for run, splits in zip(runs, kept, strict=True):
        if not splits or (split is not None and split not in splits):
            hint = f"it has those of {', '.join(sorted(splits))}" if splits else _HINT
            what = f"keeps no predictions{f' of {split} articles' if split else ''}"
            raise InputError(what, where=f"run {run.info.run_id[:8]}", hint=hint)
    if split is not None:
        return split
    shared = set.intersection(*kept)
    found = next((s for s in SPLITS if s in shared), None)
    if found is None:
        each = "; ".join(
            f"{r.info.run_id[:8]}: {', '.join(sorted(s))}" for r, s in zip(runs, kept, strict=True)
        )
        raise InputError(
            f"the runs have predictions of different articles ({each})",
            hint="compare trainings with trainings, evaluations with evaluations",
        )
    return found
