"""Final runs: trained on all articles, with the figures of the run whose settings they use.

No article is left to measure a final model on. Its settings were measured by a run that held validation and
test articles out, and the final run inherits the figures of that run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...data.codebook import Codebook
from ...data.errors import InputError
from ...training.final import Chosen
from .lifecycle.artifacts import artifact_json
from .metrics import ARTIFACT, main_metrics

# The kind of a final run; also the tag of its model's version.
FINAL = "final"
# The tag with the id of the run whose settings a final model uses; empty if there is none.
SETTINGS_OF = "settings_of"
# Under these names a final run has the figures that the other run measured on validation and test articles.
INHERITED = {"validation": "inherited", "test": "inherited_test"}
# The tag of a final run whose model must not be registered.
REFUSED = "refused"
_VALIDATION = "inherited_validation_sha256"
_FOLDS, _EPOCHS, _PRECISION = "final.folds", "final.epochs", "final.precision"


@dataclass(frozen=True, slots=True)
class Measured:
    """The run whose settings a final model uses, and what it measured.

    Attributes:
        run_id: its id.
        metrics: by split, nested as `training.evaluation.metrics.measure` returns them.
        validation_sha256: the digest of its validation articles.
    """

    run_id: str
    metrics: Mapping[str, Mapping[str, Any]]
    validation_sha256: str

    def __str__(self) -> str:
        """Who measured the figures, in a few words."""
        return measured_by(self.run_id)


@dataclass(frozen=True, slots=True)
class Final:
    """How a final model is trained.

    Attributes:
        folds: the number of folds whose scores calibration and thresholds are fitted on.
        chosen: what the run whose settings it uses chose on its validation articles.
        measured: that run; None if there is none.
    """

    folds: int
    chosen: Chosen
    measured: Measured | None = None

    def tags(self) -> dict[str, str]:
        """The tags of the run."""
        measured = self.measured
        tags = {"kind": FINAL, SETTINGS_OF: measured.run_id if measured else ""}
        return tags | ({_VALIDATION: measured.validation_sha256} if measured else {})

    def params(self) -> dict[str, str]:
        """The parameters of the run."""
        values = {_FOLDS: self.folds, _EPOCHS: self.chosen.epochs, _PRECISION: self.chosen.precision}
        return {k: str(v) for k, v in values.items() if v is not None}

    def inherited(self) -> dict[str, Mapping[str, Any]]:
        """The inherited figures under the names that the run has them by, see `INHERITED`."""
        found = self.measured.metrics if self.measured else {}
        return {name: found[split] for split, name in INHERITED.items() if split in found}

    def inherited_metrics(self, codebook: Codebook) -> dict[str, float]:
        """The main inherited figures by MLflow name."""
        out: dict[str, float] = {}
        for name, found in self.inherited().items():
            out |= main_metrics(name, found, codebook)
        return out


def measured_by(run_id: str) -> str:
    """Who measured the inherited figures of a final model, in a few words."""
    return f"measured by run {run_id[:8]}, without the validation and test articles"


def is_final(run: Any) -> bool:
    """Whether an MLflow run trained a final model."""
    return bool(run.data.tags.get("kind") == FINAL)


def final_of(run: Any) -> Final | None:
    """How the model of a final run was trained; None if the run is of another kind.

    The figures come from the final run itself: the run that measured them may have been deleted.
    """
    if not is_final(run):
        return None
    params, tags = run.data.params, run.data.tags
    epochs = params.get(_EPOCHS)
    chosen = Chosen(int(epochs) if epochs else None, params.get(_PRECISION))
    measured = None
    if tags.get(SETTINGS_OF):
        found = artifact_json(run, ARTIFACT) or {}
        metrics = {split: found[name] for split, name in INHERITED.items() if name in found}
        measured = Measured(tags[SETTINGS_OF], metrics, tags.get(_VALIDATION, ""))
    return Final(int(params[_FOLDS]), chosen, measured)


def measured_of(run: Any) -> tuple[Measured, Chosen] | None:
    """What a finished training measured, and what it chose on its validation articles.

    Returns:
        None if the run keeps no figures of validation articles.
    """
    metrics, params = artifact_json(run, ARTIFACT) or {}, run.data.params
    digest = run.data.tags.get("validation_sha256")
    if "validation" not in metrics or not digest:
        return None
    found = {split: metrics[split] for split in INHERITED if split in metrics}
    epochs = params.get("encoder.best_epoch", "")
    chosen = Chosen(int(epochs) if epochs.isdigit() else None, params.get("encoder.served_as"))
    return Measured(run.info.run_id, found, digest), chosen


def evidence_run(tags: Mapping[str, str], run_id: str) -> str:
    """The id of the run that measured a model version: that of a final model is another one.

    Args:
        tags: of the version.
        run_id: the run that trained it.
    """
    return tags.get(SETTINGS_OF) or run_id


def refuse_final(run: Any) -> None:
    """Refuse to compare a final model.

    Raises:
        InputError: the run trained a final model.
    """
    if not is_final(run):
        return
    settings_of = run.data.tags.get(SETTINGS_OF, "")
    hint = f"name run {settings_of[:8]}, whose settings it uses" if settings_of else "train without --final"
    what = "a final model was trained on all articles: none is left to compare it on"
    raise InputError(what, where=f"run {run.info.run_id[:8]}", hint=hint)
