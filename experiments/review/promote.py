"""Make an existing model champion, by the rule or by force; and restore a former one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ...data.codebook import Codebook
from ...data.errors import InputError, validated
from ...training.pipeline import PARITY_F1
from ...training.serialization import FORMAT, OLDEST_FORMAT
from ..champion.evidence import kept_counts, paired
from ..champion.history import Change, changes_of, former_champion, make_champion
from ..champion.looks import count_look
from ..champion.rule import Gain, gain_of
from ..comparison.significance import bootstrap_interval
from ..tracking.connection.addresses import shown_uri
from ..tracking.connection.failures import failures, store_error
from ..tracking.connection.lock import store_lock
from ..tracking.final_runs import FINAL, REFUSED, SETTINGS_OF, evidence_run, final_of
from ..tracking.lifecycle.artifacts import artifact_json
from ..tracking.lifecycle.signals import postponed_signals
from ..tracking.metrics import ARTIFACT
from ..tracking.registry import CHAMPION, find_version
from ..tracking.run_logging import CODEBOOK
from ..tracking.store import connect
from ..tracking.versions import ModelVersion, list_versions, registered_name
from ..train import Trained
from .promotion import (
    FIRST_FORMAT,
    FORMAT_TAG,
    Champion,
    current_champion,
    decide,
    gain_of_runs,
    register,
)
from .runs import find_run


@dataclass(frozen=True, slots=True)
class Shown:
    """Two models on the same articles.

    Attributes:
        gain: the new model and the champion.
        interval: the 95% interval of the difference.
    """

    gain: Gain
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Decision:
    """The result of `promote`.

    Attributes:
        name: the registered model.
        version: the version that was judged.
        replaced: the champion that it was compared with; empty if there was none.
        promoted: whether the version is champion now.
        forced: whether it was promoted against the rule.
        why: the reason.
        validation: both models on the validation articles, if the runs kept their predictions.
        test: the same on test articles. It plays no part in the decision.
        test_looks: how often results on these test articles have been shown, this time included.
        measured_by: of a final model, the run that measured its figures; empty for other models.
    """

    name: str
    version: str
    replaced: str
    promoted: bool
    forced: bool
    why: str
    validation: Shown | None = None
    test: Shown | None = None
    test_looks: int = 0
    measured_by: str = ""


def promote(model: str, force: str | None = None) -> Decision:
    """Make a model champion if the rule of promotion accepts it on the champion's validation articles.

    The model of a run that was not registered is registered first.

    Args:
        model: a run id, a version, or another name that `--model` takes.
        force: why it becomes champion even if the rule does not accept it.

    Raises:
        InputError: there is no such model, it failed its checks, or the store cannot be used.
    """
    version = _version_of(model)
    with _locked_store() as mlflow:
        from mlflow import MlflowClient

        return _promote(mlflow, MlflowClient(), version, force)


@contextmanager
def _locked_store() -> Iterator[Any]:
    mlflow = connect(write=True)
    try:
        with store_lock(), postponed_signals():
            yield mlflow
    except failures() as error:
        raise store_error(error, shown_uri()) from None


def _promote(mlflow: Any, client: Any, version: ModelVersion, force: str | None) -> Decision:
    number = str(version.number)
    champion = current_champion(client, version.name, version.tags)
    if champion is not None and champion.version == number:
        return Decision(version.name, number, "", True, False, "it is the champion already")
    _check_format(version)
    run_id, settings_of = evidence_run(version.tags, version.run_id), version.tags.get(SETTINGS_OF)
    both = _pair(mlflow, run_id, champion, "validation")
    gain = both.gain if both is not None else gain_of_runs(mlflow, version.tags, run_id, champion)
    alias, why = decide(gain, champion, _format_of(version), settings_of)
    forced = alias != CHAMPION and force is not None
    replaced = champion.version if champion is not None else ""
    test = _pair(mlflow, run_id, champion, "test")
    seen = count_look(client, mlflow.get_run(run_id)) if test is not None else 0
    if alias == CHAMPION or forced:
        reason = f"{force} (by force; the rule says: {why})" if forced else why
        why = make_champion(client, version.name, number, "force" if forced else "promote", reason).why
    return Decision(
        version.name,
        number,
        replaced,
        alias == CHAMPION or forced,
        forced,
        why,
        both,
        test,
        seen,
        settings_of or "",
    )


def _pair(mlflow: Any, run_id: str, champion: Champion | None, split: str) -> Shown | None:
    if champion is None or run_id == champion.run_id:
        return None
    new, old = (kept_counts(mlflow, run, split) for run in (run_id, champion.run_id))
    both = paired(new, old)
    if both is None:
        return None
    interval = bootstrap_interval(both[1], both[0])
    return Shown(gain_of(*both), (interval.low, interval.high))


def _format_of(version: ModelVersion) -> int:
    return int(version.tags.get(FORMAT_TAG, FIRST_FORMAT))


def _check_format(version: ModelVersion) -> None:
    """Check that this release can load a version.

    Raises:
        InputError: it cannot.
    """
    if not OLDEST_FORMAT <= _format_of(version) <= FORMAT:
        raise InputError(
            f"its model format is {_format_of(version)}; this release reads {OLDEST_FORMAT} to {FORMAT}",
            where=version.title,
            hint="train again, or use the release that trained it",
        )


def _version_of(model: str) -> ModelVersion:
    """The version that a name or run id means; the model of an unregistered run is registered.

    Raises:
        InputError: there is none.
    """
    try:
        return find_version(model)
    except InputError as error:
        try:
            run = find_run(model)
        except InputError:
            raise error from None
    for version in list_versions():
        if version.run_id == run.info.run_id:
            return version
    promotion = register(_unregistered(run), judged=False)
    return next(v for v in list_versions() if (v.name, str(v.number)) == (promotion.name, promotion.version))


def _unregistered(run: Any) -> Trained:
    """A finished training whose model is not registered.

    Raises:
        InputError: it has no model, or a model that must not be registered.
    """
    where = f"run {run.info.run_id[:8]}"
    mlflow = connect()
    # Runs that were read from the database directly do not list their models.
    outputs = mlflow.get_run(run.info.run_id).outputs
    models = outputs.model_outputs if outputs is not None else []
    final = final_of(run)
    if run.data.tags.get("kind", "training") not in ("training", FINAL) or not models:
        hint = "name a run of `stancewire train`; trials of a sweep keep no model: train with its winner.toml"
        raise InputError("this run has no model", where=where, hint=hint)
    metrics, raw, tags = artifact_json(run, ARTIFACT) or {}, artifact_json(run, CODEBOOK), run.data.tags
    measured = final is not None or ("validation" in metrics and "validation_sha256" in tags)
    if raw is None or not measured:
        what = f"the run is incomplete: it lacks {ARTIFACT}, {CODEBOOK} or the tag validation_sha256"
        raise InputError(what, where=where, hint="train again")
    codebook = validated(Codebook, raw, where=f"{where}, {CODEBOOK}")
    validation = metrics.get("validation", {})
    trained_f1 = validation.get("trained_f1")
    refused = tags.get(REFUSED) == "true" or (
        trained_f1 is not None and trained_f1 - validation["statements"]["f1"] > PARITY_F1
    )
    if refused:
        raise InputError("the exported model is worse than the trained one", where=where, hint="train again")
    digests = {} if final is not None else {"validation": tags["validation_sha256"]}
    uri = f"models:/{models[0].model_id}"
    text = f"{tags.get('config', '')}: registered by `experiments promote`."
    return Trained(run.info.run_id, uri, metrics, digests, codebook, 0.0, "", description=text, final=final)


def champion_history(codebook: str = "stancewire") -> tuple[list[Change], str]:
    """All changes of champion of a registered model, oldest first, and the champion now.

    Args:
        codebook: the name of its codebook.

    Raises:
        InputError: there is no such model, or the store cannot be used.
    """
    name = _registered(codebook)
    connect()
    from mlflow import MlflowClient

    try:
        client = MlflowClient()
        return changes_of(client, name), _current(client, name)
    except failures() as error:
        raise store_error(error, shown_uri()) from None


def rollback(why: str, codebook: str = "stancewire") -> Change:
    """Restore the former champion.

    Args:
        why: the reason, which is recorded.
        codebook: the name of the model's codebook.

    Raises:
        InputError: no former champion is recorded, it was deleted, or this release cannot load it.
    """
    name = _registered(codebook)
    with _locked_store() as _:
        from mlflow import MlflowClient

        client = MlflowClient()
        current = _current(client, name)
        former = former_champion(changes_of(client, name), current)
        found = next((v for v in list_versions() if (v.name, str(v.number)) == (name, former)), None)
        if former is None:
            hint = "`stancewire experiments history` lists the champions"
            raise InputError("there was no champion before this one", where=name, hint=hint)
        if found is None:
            hint = "promote another version with `stancewire experiments promote`"
            raise InputError(f"the former champion, version {former}, was deleted", where=name, hint=hint)
        _check_format(found)
        return make_champion(client, name, former, "rollback", why)


def _registered(codebook: str) -> str:
    name = registered_name(codebook)
    names = dict.fromkeys(v.name for v in list_versions())
    if name not in names:
        known = ", ".join(n.removeprefix("stancewire-") for n in names)
        hint = f"registered: {known}" if known else "run `stancewire train` first"
        raise InputError(f"no model of the codebook {codebook!r} is registered", where=shown_uri(), hint=hint)
    return name


def _current(client: Any, name: str) -> str:
    return str(client.get_registered_model(name).aliases.get(CHAMPION, ""))
