"""What is logged of a run: parameters, figures, inputs, pictures and tables."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import numpy as np

from ... import __version__
from ...data.annotation.corpus import corpus_digest
from ...data.annotation.counting import Mistake
from ...data.schema import Article
from ...training.decoding.labeller import Labeller
from ...training.evaluation.result import TrainingResult
from ...training.settings import TrainingSettings
from .plots import draw_confusion, draw_curves

NONE = "none"


def _git_commit() -> str | None:
    try:
        found = subprocess.run(
            ["git", "rev-parse", "HEAD"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except OSError:
        return None
    return found.stdout.strip() or None if found.returncode == 0 else None


def _environment() -> str:
    lines = sorted(f"{d.metadata['Name']}=={d.version}" for d in distributions() if d.metadata["Name"])
    return f"python {platform.python_version()} on {platform.platform()}\n" + "\n".join(lines) + "\n"


def flat_metrics(prefix: str, metrics: Mapping[str, Any]) -> dict[str, float]:
    """Nested metrics as MLflow names: `validation/blame/f1`."""
    out: dict[str, float] = {}
    for key, value in metrics.items():
        if isinstance(value, Mapping):
            out |= flat_metrics(f"{prefix}/{key}", value)
        elif isinstance(value, int | float):
            out[f"{prefix}/{key}"] = float(value)
        elif isinstance(value, Sequence) and key == "ci95":
            out |= {f"{prefix}/ci95_low": float(value[0]), f"{prefix}/ci95_high": float(value[1])}
    return out


def _stance_of(row: np.ndarray[Any, Any], columns: Mapping[str, int], floor: Mapping[str, float]) -> str:
    """The stance that a mention takes most clearly, or none."""
    over = [(row[k], s) for s, k in columns.items() if row[k] >= floor[s]]
    return max(over)[1] if over else NONE


def log_run(
    mlflow: Any,
    settings: TrainingSettings,
    how: str,
    by_split: Mapping[str, Sequence[Article]],
    outcome: TrainingResult,
    work: Path,
) -> None:
    """Log to the run that is under way.

    Args:
        how: how the articles were split.
        work: an empty folder for pictures on their way.
    """
    labeller = outcome.labeller
    codebook = labeller.codebook
    flat = settings.model_dump()
    flat |= {f"classifier.{k}": v for k, v in flat.pop("classifier").items()}
    thresholds = {
        f"threshold.{k.replace(':', '.')}": round(v, 4)
        for k, v in {**labeller.decisions.thresholds, "target": labeller.decisions.target_threshold}.items()
    }
    mlflow.log_params({**{k: str(v) for k, v in flat.items()}, **thresholds, "split": how})
    digest = corpus_digest([a for articles in by_split.values() for a in articles])
    tags = {
        "corpus_sha256": digest,
        "codebook": codebook.digest,
        "stancewire": __version__,
        "config": settings.name,
    }
    tags |= {f"{split}_sha256": corpus_digest(articles) for split, articles in by_split.items()}
    if commit := _git_commit():
        tags["git_commit"] = commit
    mlflow.set_tags(tags)
    _log_inputs(mlflow, settings, by_split)
    _log_mistakes(mlflow, outcome.mistakes)
    _log_pictures(mlflow, labeller, *outcome.arrays["validation"], work)
    mlflow.log_text(_environment(), "environment.txt")
    mlflow.log_text(codebook.model_dump_json(indent=2), "codebook.json")
    for step, epoch in enumerate(labeller.classifier.history, 1):
        mlflow.log_metrics({f"epoch/{k}": v for k, v in epoch.items()}, step=step)
    about = labeller.classifier.about
    mlflow.log_params({f"encoder.{k}": str(v) for k, v in about.items() if not isinstance(v, Mapping)})
    figures = {k: v for split, m in outcome.metrics.items() for k, v in flat_metrics(split, m).items()}
    mlflow.log_metrics({**figures, **flat_metrics("parity", about.get("parity", {}))})


def _log_inputs(mlflow: Any, settings: TrainingSettings, by_split: Mapping[str, Sequence[Article]]) -> None:
    import pandas as pd

    for split, articles in by_split.items():
        if articles:
            rows = [(a.doc_id, s.text, len(s.statements)) for a in articles for s in a.sentences]
            frame = pd.DataFrame(rows, columns=["doc_id", "text", "statements"]).astype({"statements": float})
            mlflow.log_input(
                mlflow.data.from_pandas(
                    frame, name=f"{'+'.join(Path(c).stem for c in settings.corpus)}-{split}"
                ),
                context=split,
            )


def _log_mistakes(mlflow: Any, mistakes: Mapping[str, Sequence[Mistake]]) -> None:
    import pandas as pd

    for split, wrong in mistakes.items():
        if wrong:
            frame = pd.DataFrame(
                [(m.kind, m.stance, m.actor, m.doc_id, m.sentence) for m in wrong],
                columns=["kind", "stance", "actor", "doc_id", "sentence"],
            )
            mlflow.log_table(frame, f"mistakes/{split}.json")


def _log_pictures(
    mlflow: Any,
    labeller: Labeller,
    probabilities: np.ndarray[Any, Any],
    wanted: np.ndarray[Any, Any],
    work: Path,
) -> None:
    codebook = labeller.codebook
    columns = {s: roles.actor for s, roles in zip(codebook.stance_names, codebook.stance_roles, strict=True)}
    if not columns or not len(wanted):
        return
    floor = {s: labeller.decisions.thresholds.get(f"{s}:actor", 0.5) for s in columns}
    gold = [_stance_of(row, columns, dict.fromkeys(columns, 1)) for row in wanted]
    scored = [_stance_of(row, columns, floor) for row in probabilities]
    mlflow.log_artifact(str(draw_confusion(work, gold, scored, [*columns, NONE])), "pictures")
    mlflow.log_artifact(
        str(draw_curves(work, probabilities, wanted, codebook, labeller.decisions.thresholds)), "pictures"
    )
