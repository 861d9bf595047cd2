"""A sweep: trials over ranges of settings, then the winner and the config again with fresh seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .... import __version__
from ....training.distillation.articles import ReadUnlabelled
from ....training.progress import Progress
from ....training.settings import MAX_SEED, TrainingSettings
from ...config import changed_settings, with_values
from ...tracking.connection.failures import failures
from ...tracking.lifecycle.clean import CLOSED
from ...tracking.lifecycle.run import open_run
from ...tracking.provenance import tag_commit
from ...tracking.run_logging import corpus_param, run_name
from ...tracking.store import connect
from .ranges import SearchSpace, current_values, search_space
from .storage import (
    MEASURED,
    PARENT_RUN,
    RUN,
    best_trial,
    finished,
    next_trial,
    open_study,
    requeue_stale,
    require_optuna,
)
from .trials import AnalysedCorpus, Measured, analyse, run_training

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial, Trial

# The winner and the config are measured again with this many seeds that no trial has used.
FRESH_SEEDS = 3
WINNER, BASE = "winner", "config"


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One trial.

    Attributes:
        number: its number in the study.
        values: the searched settings: `{"classifier.regularisation": 1.0}`.
        state: `complete`, `pruned` or `failed` (killed, and its parameters tried again).
        f1: F1 on validation; None if it was not measured.
        run_id: its MLflow run; empty if it had none yet.
    """

    number: int
    values: Mapping[str, Any]
    state: str
    f1: float | None
    run_id: str


@dataclass(frozen=True, slots=True)
class Sweep:
    """A finished sweep.

    Attributes:
        run_id: the MLflow run that all trials belong to.
        settings: the settings of the config.
        space: what was searched.
        trials: all trials by number, failed ones included.
        best: the trial with the highest F1 on validation.
        base: the trial with the config's own values; None if they are outside of the ranges.
        winner: the settings of the best trial, with the config's seed.
        measured: by `winner` and `config`, the measurements with fresh seeds, by seed.
        resumed: numbers of the trials that a killed process had left.
    """

    run_id: str
    settings: TrainingSettings
    space: SearchSpace
    trials: tuple[TrialRow, ...]
    best: TrialRow
    base: TrialRow | None
    winner: TrainingSettings
    measured: Mapping[str, Mapping[int, Measured]]
    resumed: tuple[int, ...]


@dataclass(slots=True)
class _Sweeping:
    """What all steps of a sweep need."""

    mlflow: Any
    study: Study
    corpus: AnalysedCorpus
    settings: TrainingSettings
    space: SearchSpace
    config: str
    progress: Progress


def sweep(
    config: str,
    settings: TrainingSettings,
    trials: int,
    folder: Path,
    progress: Progress | None = None,
    read: ReadUnlabelled | None = None,
) -> Sweep:
    """Search the ranges of a config, or resume a search that was killed.

    Test articles are neither read by the classifier nor measured on.

    Args:
        config: the config that declares the ranges.
        settings: its settings.
        trials: the number of trials that are measured or pruned in the end, at least 1; those of earlier
            calls count.
        folder: an existing folder for the study.
        progress: receives the steps.
        read: see `read_unlabelled` of `experiments.train.train`.

    Raises:
        InputError: Optuna is missing, the config declares no valid ranges, the corpus is invalid, the folder
            belongs to another sweep, or the tracking store cannot be used.
    """
    require_optuna()
    progress = progress or Progress()
    space = search_space(config, settings)
    mlflow = connect(write=True)
    corpus = analyse(settings, progress, read)
    with open_study(folder, _fingerprint(settings, space, corpus)) as study:
        sweeping = _Sweeping(mlflow, study, corpus, settings, space, config, progress)
        resumed = requeue_stale(study)
        _close_runs(resumed)
        with open_run(mlflow, **_parent(sweeping), experiment=settings.experiment) as parent:
            if study.user_attrs.get(PARENT_RUN) != parent.run_id:
                study.set_user_attr(PARENT_RUN, parent.run_id)
                _describe(sweeping)
            return _searched(sweeping, trials, parent.run_id, [t.number for t in resumed])


def _searched(sweeping: _Sweeping, trials: int, run_id: str, resumed: Sequence[int]) -> Sweep:
    """Run the trials, and measure the best one again."""
    study = sweeping.study
    _run_trials(sweeping, trials)
    winner = with_values(sweeping.settings, best_trial(study).params, sweeping.space.file)
    measured = _measure_again(sweeping, winner)
    best = float(best_trial(study).value or 0)
    sweeping.mlflow.log_metrics({"trials": len(finished(study)), "best/f1": best})
    return _result(sweeping, run_id, winner, measured, resumed)


def _fingerprint(settings: TrainingSettings, space: SearchSpace, corpus: AnalysedCorpus) -> dict[str, Any]:
    ranges = {name: r.model_dump(mode="json") for name, r in space.ranges.items()}
    own = settings.model_dump(mode="json", exclude={"name", "experiment", "corpus"})
    release = {"release": __version__, "corpus": corpus.digest, "codebook": corpus.codebook.digest}
    return {"settings": own, "ranges": ranges, **release}


def _parent(sweeping: _Sweeping) -> dict[str, Any]:
    """How to open the run of all trials: again if the store has it, otherwise anew."""
    settings = sweeping.settings
    run_id = sweeping.study.user_attrs.get(PARENT_RUN)
    if run_id is not None:
        try:
            sweeping.mlflow.get_run(run_id)
        except failures():  # another store than before, or the run was deleted
            run_id = None
    changed = changed_settings(settings, sweeping.config)
    return {
        "name": f"sweep of {run_name(settings, changed)}",
        "tags": {
            "kind": "sweep",
            "config": settings.name,
            "codebook": sweeping.corpus.codebook.digest,
            "codebook_name": sweeping.corpus.codebook.name,
            "changed": " ".join(f"{k}={v}" for k, v in changed.items()),
        },
        "run_id": run_id,
    }


def _describe(sweeping: _Sweeping) -> None:
    tag_commit(sweeping.mlflow)
    ranges = {f"range.{name}": str(r) for name, r in sweeping.space.ranges.items()}
    sweeping.mlflow.log_params({"corpus": corpus_param(sweeping.settings.corpus), **ranges})


def _close_runs(trials: Sequence[FrozenTrial]) -> None:
    """Close the MLflow runs that a killed process left open."""
    from mlflow import MlflowClient

    client = MlflowClient()
    for trial in trials:
        if run_id := trial.user_attrs.get(RUN):
            try:
                if client.get_run(run_id).info.status == "RUNNING":
                    client.set_tag(run_id, CLOSED, "killed; its parameters were tried again")
                    client.set_terminated(run_id, "KILLED")
            except failures():  # it is in another store
                continue


def _run_trials(sweeping: _Sweeping, trials: int) -> None:
    """Run trials until enough are finished. The first one has the config's own values."""
    study, settings = sweeping.study, sweeping.settings
    distributions = sweeping.space.distributions(settings)
    own = current_values(sweeping.space, settings)
    # A sweep whose first trial failed, for example because the disk was full, tries it again.
    if own is not None and all(t.state.name == "FAIL" for t in study.get_trials(deepcopy=False)):
        study.enqueue_trial(own)
    while (done := len(finished(study))) < trials:
        _run_trial(sweeping, next_trial(study, distributions, settings.seed), f"trial {done + 1} of {trials}")


def _run_trial(sweeping: _Sweeping, trial: Trial, title: str) -> None:
    from optuna import TrialPruned
    from optuna.trial import TrialState

    def report(value: float, epoch: int) -> None:
        trial.report(value, epoch)
        if trial.should_prune():
            raise TrialPruned

    study, shown = (
        sweeping.study,
        ", ".join(f"{k.partition('.')[2]}={_short(v)}" for k, v in trial.params.items()),
    )
    settings = with_values(sweeping.settings, trial.params, sweeping.space.file)
    tags = {"trial": str(trial.number), "changed": " ".join(f"{k}={v}" for k, v in trial.params.items())}
    here = _titled(sweeping.progress, f"{title} ({shown})")
    opened = lambda run_id: trial.set_user_attr(RUN, run_id)  # noqa: E731
    name = f"trial {trial.number}: {shown}"
    try:
        measured = run_training(sweeping.mlflow, sweeping.corpus, settings, name, tags, here, opened, report)
    except TrialPruned:
        study.tell(trial, state=TrialState.PRUNED)
        sweeping.progress.line(f"{title}: {shown}: pruned")
    except Exception:
        study.tell(trial, state=TrialState.FAIL)
        raise
    else:
        study.tell(trial, measured.f1)
        sweeping.progress.line(
            f"{title}: {shown}: F1 {measured.f1:.4f} on validation, {measured.seconds:.0f} s"
        )


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _titled(progress: Progress, title: str) -> Progress:
    return replace(progress, step=lambda what: progress.step(f"{title}: {what}"))


def _measure_again(sweeping: _Sweeping, winner: TrainingSettings) -> dict[str, dict[int, Measured]]:
    """Measure the winner and the config with fresh seeds. The study keeps what an earlier call measured."""
    study, base = sweeping.study, sweeping.settings
    seeds = [(base.seed + n) % (MAX_SEED + 1) for n in range(1, FRESH_SEEDS + 1)]
    known: dict[str, Any] = dict(study.user_attrs.get(MEASURED, {}))
    out: dict[str, dict[int, Measured]] = {WINNER: {}, BASE: {}}
    for seed in seeds:
        for who, settings in ((WINNER, winner), (BASE, base)):
            seeded = settings.model_copy(update={"seed": seed})
            key = seeded.classifier.model_dump_json() + f" {seed}"
            if key not in known:
                title = f"{who}, seed {seed}"
                tags = {"trial": who, "changed": f"seed={seed}"}
                progress = _titled(sweeping.progress, title)
                found = run_training(sweeping.mlflow, sweeping.corpus, seeded, title, tags, progress)
                known[key] = asdict(found)
                study.set_user_attr(MEASURED, known)
                sweeping.progress.line(f"{title}: F1 {found.f1:.4f} on validation")
            raw = known[key]
            out[who][seed] = Measured(**raw | {"counts": tuple(tuple(c) for c in raw["counts"])})
    return out


def _row(trial: FrozenTrial) -> TrialRow:
    state = {"COMPLETE": "complete", "PRUNED": "pruned"}.get(trial.state.name, "failed")
    value = trial.value if state == "complete" else None
    return TrialRow(trial.number, dict(trial.params), state, value, str(trial.user_attrs.get(RUN, "")))


def _result(
    sweeping: _Sweeping,
    run_id: str,
    winner: TrainingSettings,
    measured: Mapping[str, Mapping[int, Measured]],
    resumed: Sequence[int],
) -> Sweep:
    study, settings, space = sweeping.study, sweeping.settings, sweeping.space
    rows = tuple(_row(t) for t in study.get_trials(deepcopy=False) if t.state.is_finished())
    own = current_values(space, settings)
    base = next((r for r in rows if r.values == own and r.state == "complete"), None)
    best = next(r for r in rows if r.number == best_trial(study).number)
    return Sweep(run_id, settings, space, rows, best, base, winner, measured, tuple(resumed))
