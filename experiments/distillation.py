"""Teachers of a training run, by their names, and the unlabelled articles that they label for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..data.annotation.corpus import read_corpus
from ..data.codebook import Codebook
from ..data.errors import InputError
from ..data.schema import Article
from ..training.distillation.articles import ReadUnlabelled, select
from ..training.distillation.labelling import Distillation
from ..training.distillation.teacher import SETTING, Teacher, make_teacher
from ..training.encoder.settings import EncoderSettings
from ..training.manifest import content_digest
from ..training.progress import Progress
from ..training.serialization import load_model
from ..training.settings import TrainingSettings
from .tracking.connection.failures import failures, reason
from .tracking.lifecycle.artifacts import find_artifacts
from .tracking.lookup import find_run
from .tracking.registry import model_folder
from .tracking.store import connect

# `runs:/ID`, `runs:/ID/model`, `models:/NAME/3`, as MLflow writes them.
_URI = re.compile(r"(?P<scheme>runs|models):/+(?P<name>[^/]+(?:/[^/]+)?)")
_RUN = re.compile(r"[0-9a-f]{8,32}")


def prepare_distillation(
    settings: TrainingSettings,
    held_out: Sequence[Article],
    codebook: Codebook,
    read: ReadUnlabelled | None,
    progress: Progress,
) -> Distillation | None:
    """Load the teachers and read the unlabelled articles that the settings name.

    Args:
        held_out: the annotated articles on which the model is calibrated or measured: those of validation and
            test, all of a final model. They are left out of the unlabelled ones.
        read: reads articles, which this package cannot do.

    Returns:
        None if the settings name no teachers.

    Raises:
        InputError: a teacher does not exist, has another label set or is named twice; there are no unlabelled
            articles; or the settings contradict each other.
    """
    own = settings.classifier
    if not isinstance(own, EncoderSettings) or not _are_complete(settings, own):
        return None
    if read is None:
        raise InputError("unlabelled articles cannot be read here", where="classifier.unlabelled")
    progress.step("loading the teachers")
    teachers = [_teacher(name, codebook) for name in own.teacher]
    _refuse_repeated(teachers)
    progress.step("reading unlabelled articles")
    others = [a for a in read_corpus(own.held_out) if a.split != "train"]
    selected = select(read(own.unlabelled, progress.line), [*held_out, *others])
    progress.line(str(selected))
    return Distillation(teachers, selected)


def _are_complete(settings: TrainingSettings, own: EncoderSettings) -> bool:
    """Whether there are teachers and something to label.

    Raises:
        InputError: one of them is missing, or pairs are known.
    """
    if own.teacher and not own.unlabelled:
        hint = "name files or folders of articles in classifier.unlabelled"
        raise InputError("there are teachers, but no text for them to label", where=SETTING, hint=hint)
    if not own.teacher and (own.unlabelled or own.held_out):
        setting = "classifier.unlabelled" if own.unlabelled else "classifier.held_out"
        hint = "name trained models in classifier.teacher"
        raise InputError("there is no teacher to label this text", where=setting, hint=hint)
    if own.teacher and settings.mentions == "known":
        what = "the pairs of unlabelled text are not known, so there is nothing that a teacher could label"
        raise InputError(what, where=SETTING, hint='leave it out, or use mentions = "found"')
    return bool(own.teacher)


def resolved(settings: TrainingSettings, distillation: Distillation | None) -> TrainingSettings:
    """The settings with teachers that mean the same models later: `stancewire/3` instead of `champion`."""
    if distillation is None:
        return settings
    names = tuple(t.name for t in distillation.teachers)
    classifier = settings.classifier.model_copy(update={"teacher": names})
    return settings.model_copy(update={"classifier": classifier})


def _refuse_repeated(teachers: Sequence[Teacher]) -> None:
    names: dict[str, str] = {}
    for teacher in teachers:
        if teacher.digest in names:
            what = f"{names[teacher.digest]} and {teacher.name} are the same model"
            raise InputError(what, where=SETTING, hint="name each teacher once")
        names[teacher.digest] = teacher.name


def _teacher(name: str, codebook: Codebook) -> Teacher:
    try:
        folder, title = _folder(name)
        labeller = load_model(folder, name=title)
        return make_teacher(labeller, title, content_digest(folder), codebook)
    except InputError as error:
        if (error.where or "").startswith(SETTING):
            raise
        where = f"{SETTING}: {name}"
        raise InputError(error.what, where=where, hint=error.hint) from None


def _folder(name: str) -> tuple[Path, str]:
    """The folder of a model, and a name that means it later, too.

    Args:
        name: what `model_folder` takes, the id of a run whose model is not registered, or MLflow's URI of a
            run or of a registered model.

    Raises:
        InputError: there is no such model.
    """
    if Path(name).exists():
        return model_folder(name)[0], name
    uri = _URI.fullmatch(name)
    if uri is not None and uri["scheme"] == "runs":
        return _of_run(uri["name"].partition("/")[0])
    if uri is not None:
        name = uri["name"]
    try:
        return model_folder(name)
    except InputError:
        if not _RUN.fullmatch(name):
            raise
        return _of_run(name)


def _of_run(run_id: str) -> tuple[Path, str]:
    """The folder of the model of a run, registered or not.

    Raises:
        InputError: there is no such run, or it has no model.
    """
    run = find_run(run_id)
    mlflow = connect()
    try:
        # Runs that were read from the database directly do not list their models.
        outputs = mlflow.get_run(run.info.run_id).outputs
        models = outputs.model_outputs if outputs is not None else []
        if not models:
            raise InputError("this run has no model", where=run_id, hint="name a run of `stancewire train`")
        folder = _downloaded(mlflow, models[0].model_id)
    except failures() as error:
        raise InputError(f"its model cannot be read: {reason(error)}", where=run_id) from None
    return model_folder(str(folder))[0], str(run.info.run_id)


def _downloaded(mlflow: Any, model_id: str) -> Path:
    """The folder of a logged model; the store may have been moved since."""
    location = mlflow.MlflowClient().get_logged_model(model_id).artifact_location
    found = find_artifacts(location)
    return found or Path(mlflow.artifacts.download_artifacts(artifact_uri=f"models:/{model_id}"))
