"""The Optuna study of a sweep in a SQLite file: opened, checked, and resumed after a kill."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from ....data.errors import InputError

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial, Trial

FILE = "study.db"
# User attributes of the study: what it searches, the MLflow run of all trials, results of further seeds.
FINGERPRINT, PARENT_RUN, MEASURED = "fingerprint", "parent_run", "measured"
# User attributes of a trial.
RUN, RETRY_OF = "mlflow_run", "retry_of"
# The first trials are drawn at random; then the sampler has something to learn from.
RANDOM_TRIALS = 8
# A trial is stopped early if its validation metric is below the median of this many others or more, but not
# before this epoch.
PRUNE_AFTER, FIRST_PRUNED_EPOCH = 5, 2


def require_optuna() -> None:
    """Import Optuna.

    Raises:
        InputError: it is not installed.
    """
    try:
        import optuna
    except ImportError:
        hint = "pip install 'stancewire[sweep]'"
        raise InputError("a sweep needs the package optuna, which is not installed", hint=hint) from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)


@contextmanager
def open_study(folder: Path, fingerprint: Mapping[str, Any]) -> Iterator[Study]:
    """The study in a folder, which no other process can use meanwhile; created if there is none.

    Args:
        folder: an existing folder.
        fingerprint: what determines the trials besides their parameters; JSON values.

    Raises:
        InputError: another sweep uses the folder, the file is damaged, or its fingerprint is another one.
    """
    import optuna
    from sqlalchemy.exc import SQLAlchemyError

    lock = FileLock(folder / f".{FILE}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        hint = "wait for it, or use another folder"
        raise InputError("another sweep is running in this folder", where=str(folder), hint=hint) from None
    try:
        study = optuna.create_study(
            storage=f"sqlite:///{(folder / FILE).absolute()}",
            study_name="sweep",
            direction="maximize",
            pruner=optuna.pruners.MedianPruner(PRUNE_AFTER, FIRST_PRUNED_EPOCH),
            load_if_exists=True,
        )
        _check(study, fingerprint, folder)
        yield study
    except (SQLAlchemyError, sqlite3.Error) as error:
        reason = str(error).splitlines()[0]
        hint = "restore it from a copy, or use another folder"
        raise InputError(f"the study cannot be used: {reason}", where=str(folder / FILE), hint=hint) from None
    finally:
        lock.release()


def _check(study: Study, fingerprint: Mapping[str, Any], folder: Path) -> None:
    before = study.user_attrs.get(FINGERPRINT)
    if before is None:
        study.set_user_attr(FINGERPRINT, dict(fingerprint))
        return
    changed = [k for k in {**before, **fingerprint} if before.get(k) != fingerprint.get(k)]
    if changed:
        raise InputError(
            f"the sweep in this folder differs in: {', '.join(sorted(changed))}",
            where=str(folder),
            hint="use another folder, or the same config, corpus and release to resume it",
        )


def finished(study: Study) -> list[FrozenTrial]:
    """The trials that were measured or pruned, by number."""
    from optuna.trial import TrialState

    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))


def requeue_stale(study: Study) -> list[FrozenTrial]:
    """Mark the trials of a killed process as failed, and enqueue their parameters again.

    Call it only in `open_study`, whose lock says that no trial is running.
    """
    from optuna.trial import TrialState

    stale = study.get_trials(states=(TrialState.RUNNING,))
    for trial in stale:
        study.tell(trial.number, state=TrialState.FAIL)
        # A trial that was killed before its parameters were drawn has only those it was enqueued with.
        values = trial.params or trial.system_attrs.get("fixed_params", {})
        if values:
            study.enqueue_trial(values, user_attrs={RETRY_OF: trial.number})
    return stale


def next_trial(study: Study, distributions: Mapping[str, Any], seed: int) -> Trial:
    """Draw the parameters of the next trial, or take enqueued ones.

    Each trial has a sampler of its own, seeded by the number of finished trials: a sweep that was killed and
    resumed draws the parameters that it would have drawn without interruption.
    """
    import optuna

    count = len(finished(study))
    study.sampler = optuna.samplers.TPESampler(
        n_startup_trials=RANDOM_TRIALS, multivariate=True, seed=(seed + 1_000_003 * count) % 2**32
    )
    return study.ask(dict(distributions))


def best_trial(study: Study) -> FrozenTrial:
    """The complete trial with the highest value; of equal ones the first.

    Raises:
        InputError: no trial is complete.
    """
    from optuna.trial import TrialState

    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    if not complete:
        raise InputError("no trial is complete", hint="run more trials")
    return max(complete, key=lambda t: (float(t.value or 0.0), -t.number))


def check_folder(folder: Path) -> None:
    """Create the folder of a sweep.

    Raises:
        InputError: it cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"cannot be written: {error.strerror}"
        raise InputError(what, where=str(folder), hint="name a folder with -o") from None
