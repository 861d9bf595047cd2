"""Registration: every trained model becomes a version, and champion if the rule of promotion says so."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import redirect_stderr
from dataclasses import dataclass
from typing import Any

from ...data.codebook import Codebook
from ...data.errors import InputError
from ...training.evaluation.predictions import Predictions
from ...training.serialization import FORMAT, OLDEST_FORMAT
from ..champion.evidence import kept_counts, paired
from ..champion.history import changes_of, make_champion
from ..champion.rule import Gain, gain_of, judge
from ..comparison.counts import counts_of
from ..tracking.card.card_metadata import model_description
from ..tracking.connection.addresses import shown_uri
from ..tracking.connection.failures import failures, store_error
from ..tracking.connection.lock import store_lock
from ..tracking.final_runs import FINAL, SETTINGS_OF, evidence_run, measured_by
from ..tracking.lifecycle.signals import postponed_signals
from ..tracking.registry import CHALLENGER, CHAMPION
from ..tracking.store import connect
from ..tracking.versions import registered_name
from ..train import Trained

METRIC = "validation_f1"
FORMAT_TAG = "model_format"
# The alias that a version deserved when it was registered, compared with the champion of that time.
DECIDED = "decided"
# MLflow's error codes for a model, and for an alias, that does not exist.
_MISSING = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")
# The format of versions from releases that did not set the tag.
FIRST_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Promotion:
    """The alias of a new version, with the reason."""

    version: str
    alias: str
    why: str
    name: str = "stancewire"


@dataclass(frozen=True, slots=True)
class Champion:
    """The current champion, as its tags describe it.

    Attributes:
        version: its number.
        f1: F1 on the validation articles; None if it was not recorded.
        model_format: the integer of `training.serialization.FORMAT` when it was saved.
        same_data: whether it has the same codebook and validation articles as the new model.
        run_id: the run that measured it; of a final model, the run whose settings it uses.
    """

    version: str
    f1: float | None
    model_format: int
    same_data: bool
    run_id: str = ""


def decide(
    gain: Gain | None, champion: Champion | None, model_format: int = FORMAT, settings_of: str | None = None
) -> tuple[str, str]:
    """The alias of a new version and the reason. Test metrics are never used.

    A final model, which is not measured itself, is judged by the figures of the run whose settings it uses.

    Args:
        gain: what the new model gains on the champion's validation articles; None if it is not known.
        champion: the current one, if any.
        model_format: model format of the new model.
        settings_of: of a final model, the id of the run whose settings it uses, "" if there is none.
    """
    if champion is None:
        unmeasured = "; it has no measured figures" if settings_of == "" else ""
        return CHAMPION, f"it is the first model{unmeasured}"
    old = f"version {champion.version}"
    if champion.model_format < OLDEST_FORMAT:
        return (
            CHAMPION,
            f"it replaces {old}, whose model format {champion.model_format} this release cannot load "
            f"(it reads {OLDEST_FORMAT} to {FORMAT})",
        )
    if champion.model_format > model_format:
        return CHALLENGER, f"{old} was trained by a newer release (model format {champion.model_format})"
    if settings_of == "":
        return CHALLENGER, f"it has no measured figures to compare with those of {old}"
    if settings_of is not None and settings_of == champion.run_id:
        return CHAMPION, f"it has the settings of {old}, the champion, and was trained on all articles"
    inherits = f"{measured_by(settings_of)}: " if settings_of else ""
    if champion.f1 is None:
        return CHALLENGER, f"{inherits}{old} has no measured figures: F1 cannot be compared"
    if not champion.same_data or gain is None:
        what = "was measured on other validation articles or another codebook: F1 cannot be compared"
        return CHALLENGER, f"{inherits}{old} {what}"
    better, why = judge(gain)
    alias = CHAMPION if better else CHALLENGER
    return alias, f"{inherits}compared with {old} on the same validation articles: {why}"


def gain_over(
    mlflow: Any, f1: float, predictions: Predictions | None, champion: Champion | None
) -> Gain | None:
    """What a model gains over the champion on the same validation articles; None if it cannot be compared.

    Args:
        f1: F1 of the model on validation.
        predictions: what it predicted there; None if that was not kept.
    """
    if champion is None or not champion.same_data or champion.f1 is None:
        return None
    new = counts_of(predictions) if predictions is not None else None
    both = paired(new, kept_counts(mlflow, champion.run_id, "validation")) if new is not None else None
    return gain_of(*both) if both is not None else Gain(f1, champion.f1)


def gain_of_runs(mlflow: Any, tags: Mapping[str, str], run_id: str, champion: Champion | None) -> Gain | None:
    """What a registered model gains over the champion; None if it cannot be compared.

    Args:
        tags: of its version.
        run_id: the run that measured it.
    """
    if champion is None:
        return None
    new, old = (kept_counts(mlflow, run, "validation") for run in (run_id, champion.run_id))
    if (both := paired(new, old)) is not None:
        return gain_of(*both)
    if champion.f1 is None or not champion.same_data or METRIC not in tags:
        return None
    return Gain(float(tags[METRIC]), champion.f1)


def register(trained: Trained, judged: bool = True) -> Promotion:
    """Register a run's model under the name of its codebook, and give the version an alias.

    If two training runs end at the same time, the better one of those that may replace the champion does.

    Args:
        trained: the run.
        judged: whether it may become champion; otherwise it becomes challenger, see `review.promote`.

    Raises:
        InputError: the saved model does not give the scores of the trained one, or the store failed.
    """
    if trained.refused:
        raise InputError(trained.refused, where=f"run {trained.run_id}")
    mlflow = connect(write=True)
    try:
        with store_lock(), postponed_signals():
            return _register(mlflow, trained, judged)
    except failures() as error:
        raise store_error(error, shown_uri(), f"the model is logged in run {trained.run_id}") from None


def _register(mlflow: Any, trained: Trained, judged: bool) -> Promotion:
    from mlflow import MlflowClient

    client, name = MlflowClient(), registered_name(trained.codebook.name)
    tags = version_tags(trained)
    # Read before the champion: what becomes champion after that is a rival.
    former = former_champions(client, name)
    champion = current_champion(client, name, tags)
    settings_of = tags.get(SETTINGS_OF)
    if settings_of:
        gain = gain_of_runs(mlflow, tags, settings_of, champion)
    else:
        gain = gain_over(mlflow, float(tags.get(METRIC, 0)), trained.predictions, champion)
    alias, why = decide(gain, champion, settings_of=settings_of) if judged else (CHALLENGER, "not judged yet")
    with redirect_stderr(io.StringIO()):  # MLflow announces the version there; the caller does so too
        version = mlflow.register_model(trained.model_uri, name, tags=tags | {DECIDED: alias})
    number = str(version.version)
    client.update_registered_model(name, description=model_description(trained.codebook))
    client.update_model_version(name, number, description=trained.description)
    rivals = _Rivals(client, name, tags, champion, former)
    better = rivals.better_than(version) if alias == CHAMPION else None
    if alias == CHAMPION and better is None:
        make_champion(client, name, number, "train", why)
        # Again: a rival may have been registered while the alias was set.
        if (better := rivals.better_than(version)) is not None:
            make_champion(client, name, str(better.version), "train", f"better than version {number}")
    if better is not None:
        f1 = float(better.tags[METRIC])
        rival = f"version {better.version}, registered in the meantime"
        alias, why = CHALLENGER, f"{rival}, has validation F1 {f1:.3f}"
    if alias == CHALLENGER:
        client.set_registered_model_alias(name, CHALLENGER, number)
    return Promotion(number, alias, why, name)


def former_champions(client: Any, name: str) -> frozenset[str]:
    """The versions that have been champion; none if the registered model does not exist yet."""
    from mlflow.exceptions import MlflowException

    try:
        return frozenset(change.version for change in changes_of(client, name))
    except MlflowException as error:
        if error.error_code not in _MISSING:
            raise
        return frozenset()


@dataclass(frozen=True, slots=True)
class _Rivals:
    """The versions that were registered while a new version was judged, and may replace the champion too.

    The lock only covers this machine. The process that sets the alias last sees all versions here, because a
    version is registered before its alias is set.

    Attributes:
        client: MLflow's client.
        name: the registered model.
        tags: of the new version.
        champion: the one that it was compared with, if any.
        former: versions that had been champion before it was judged: one that was rolled back is no rival.
    """

    client: Any
    name: str
    tags: Mapping[str, str]
    champion: Champion | None
    former: frozenset[str]

    def better_than(self, own: Any) -> Any:
        """The best rival, if it is better than the new version; otherwise None."""
        since = int(self.champion.version) if self.champion is not None else 0
        comparable = ("validation_sha256", "codebook", FORMAT_TAG)
        rivals = [
            v
            for v in self.client.search_model_versions(f"name='{self.name}'")
            if int(v.version) > since
            and str(v.version) not in self.former
            and all(v.tags.get(k) == self.tags.get(k) for k in comparable)
            and METRIC in v.tags
            and v.tags.get(DECIDED) == CHAMPION  # imported models do not have it
        ]
        # The first one wins a tie, as if they had been registered one after the other.
        best = max(rivals, key=lambda v: (float(v.tags[METRIC]), -int(v.version)), default=None)
        return None if best is None or str(best.version) == str(own.version) else best


def version_tags(trained: Trained) -> dict[str, str]:
    """The tags of a version, by which later models are compared with it."""
    tags = {"codebook": trained.codebook.digest, "run_id": trained.run_id, FORMAT_TAG: str(FORMAT)}
    if trained.final is None:
        return tags | _figures(trained.metrics, trained.split_digests["validation"], trained.codebook)
    measured = trained.final.measured
    if measured is None:
        return tags | {FINAL: "true", SETTINGS_OF: ""}
    inherited = _figures(measured.metrics, measured.validation_sha256, trained.codebook)
    return tags | inherited | {FINAL: "true", SETTINGS_OF: measured.run_id}


def _figures(metrics: Mapping[str, Mapping[str, Any]], digest: str, codebook: Codebook) -> dict[str, str]:
    """The tags with the figure that decides and the validation articles that it was measured on."""
    measured = "statements" if codebook.stances else codebook.label_names[0]
    return {METRIC: str(metrics["validation"][measured]["f1"]), "validation_sha256": digest}


def current_champion(client: Any, name: str, new: Mapping[str, str]) -> Champion | None:
    """The champion of a registered model, if there is one.

    Args:
        new: tags of the version to compare it with.
    """
    from mlflow.exceptions import MlflowException

    try:
        version = client.get_model_version_by_alias(name, CHAMPION)
    except MlflowException as error:
        if error.error_code not in _MISSING:  # a server that fails must not make a first champion
            raise
        return None
    tags = version.tags
    return Champion(
        version=str(version.version),
        f1=float(tags[METRIC]) if METRIC in tags else None,
        model_format=int(tags.get(FORMAT_TAG, FIRST_FORMAT)),
        same_data=all(tags.get(k) == new.get(k) for k in ("validation_sha256", "codebook")),
        run_id=evidence_run(tags, tags.get("run_id") or version.run_id or ""),
    )
