"""One training run: fit, measure, and log everything that tells what was done and how good it is."""

from __future__ import annotations

import platform
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from .. import __version__
from ..data.codebook import Codebook, codebook_named
from ..data.corpus import SPLITS, corpus_digest, read_corpus, with_splits
from ..data.errors import InputError
from ..data.gazetteer import gazetteer
from ..data.parser import ParseCache, cache_folder
from ..data.schema import Article
from ..data.segment import segment
from .calibration import expected_calibration_error
from .classifier import Scores
from .fit import Analysed, ClassifierSettings, analyse_articles, fit_labeller, share_of_candidates
from .labeller import Labeller
from .metrics import Mistake, measure
from .model import save_model
from .pictures import draw_confusion, draw_curves
from .tracking import connect

NONE = "none"


class TrainingSettings(BaseModel):
    """What a run is: the content of a config file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field("linear", description="name of the run")
    experiment: str = Field("stancewire", description="MLflow experiment that the run belongs to")
    corpus: tuple[str, ...] = Field(("shipped",), min_length=1, description="corpus files or folders; 'shipped' is the one that comes along")
    codebook: str = Field("shipped", description="codebook TOML, or 'shipped'")
    seed: int = Field(0, ge=0, description="the same seed gives the same figures")
    bootstrap: int = Field(1000, ge=0, description="resamples for the 95 % intervals")
    classifier: ClassifierSettings = Field(default_factory=lambda: ClassifierSettings.model_validate({}), description="table of the classifier's settings")


@dataclass(slots=True)
class Trained:
    """A finished run."""

    run_id: str
    model_uri: str
    metrics: dict[str, dict[str, Any]]
    split_digests: dict[str, str]
    codebook: Codebook
    seconds: float


def _git_commit() -> str | None:
    try:
        found = subprocess.run(["git", "rev-parse", "HEAD"], cwd=Path(__file__).parent, capture_output=True, text=True, timeout=5, check=False)
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


def role_metrics(
    labeller: Labeller, data: Analysed, scores: Sequence[Scores]
) -> tuple[dict[str, Any], np.ndarray[Any, np.dtype[np.float64]], np.ndarray[Any, np.dtype[np.int8]]]:
    """F1 with counts of every role over mentions, and ECE of the actor roles; with the probabilities and gold they are from."""
    probabilities = np.concatenate([labeller.probabilities(s) for s in scores])
    wanted = np.concatenate([t.roles for t in data.targets])
    out: dict[str, Any] = {}
    actor_columns = []
    for k, role in enumerate(labeller.codebook.roles):
        given = probabilities[:, k] >= labeller.decisions.thresholds.get(role, 0.5)
        true, predicted, gold = int((given & (wanted[:, k] > 0)).sum()), int(given.sum()), int(wanted[:, k].sum())
        out[role.replace(":", "_")] = {"f1": round(2 * true / max(1, predicted + gold), 4), "gold": gold, "predicted": predicted}
        if role.endswith(":actor"):
            actor_columns.append(k)
    if actor_columns:
        out["ece"] = round(expected_calibration_error(probabilities[:, actor_columns].ravel(), wanted[:, actor_columns].ravel()), 4)
    return out, probabilities, wanted


def score_articles(labeller: Labeller, data: Analysed, scores: Sequence[Scores], cached: ParseCache) -> dict[str, dict[str, Any]]:
    """Records of annotated articles by doc_id, as scoring their text gives them.

    Where our own sentences are the annotated ones, which is nearly always, the analyses and scores at hand serve again.
    """
    records = {}
    for n, article in enumerate(data.articles):
        places: list[int] = np.flatnonzero(data.article_of == n).tolist()
        sentences = [data.sentences[i] for i in places]
        if [(s.start, s.end) for s in segment(article.text)] == [(s.segment.start, s.segment.end) for s in sentences]:
            records[article.doc_id] = labeller.record(sentences, [scores[i] for i in places], id=article.doc_id)
        else:
            records[article.doc_id] = labeller.label(article.text, id=article.doc_id, cached=cached)
    return records


def _stance_of(row: np.ndarray[Any, Any], columns: Mapping[str, int], floor: Mapping[str, float]) -> str:
    """The stance that a mention takes most clearly, or none."""
    over = [(row[k], s) for s, k in columns.items() if row[k] >= floor[s]]
    return max(over)[1] if over else NONE


def load_articles(settings: TrainingSettings, codebook: Codebook) -> tuple[dict[str, list[Article]], str]:
    """The articles of all corpora by split, and how the split was made.

    Raises:
        InputError: a corpus is at fault, or there is nothing to train on.
    """
    articles, how = with_splits(read_corpus(settings.corpus, codebook), settings.seed)
    by_split: dict[str, list[Article]] = {s: [a for a in articles if a.split == s] for s in SPLITS}
    for needed in ("train", "validation"):
        if not by_split[needed]:
            raise InputError(f"no {needed} articles", where=", ".join(settings.corpus), mend="annotate more articles, or set their 'split'")
    return by_split, how


def train(settings: TrainingSettings, step: Callable[[str], None] | None = None, analysed: Callable[[int, int], None] | None = None) -> Trained:
    """Train, measure and log one run.

    Args:
        step: told what is being done.
        analysed: told how many sentences are analysed, and of how many.

    Raises:
        InputError: the corpus, codebook or tracking store is at fault; then nothing is logged.
    """
    tell = step or (lambda _: None)
    began = time.perf_counter()
    codebook = codebook_named(settings.codebook)
    by_split, how = load_articles(settings, codebook)
    tell("connecting to the tracking store")
    mlflow = connect()
    tell("analysing sentences")
    names, cached = gazetteer(), ParseCache(cache_folder())
    total = sum(len(a.sentences) for articles in by_split.values() for a in articles)
    done = 0

    def advance(n: int) -> None:
        nonlocal done
        done += n
        if analysed:
            analysed(done, total)

    data = {split: analyse_articles(articles, names, codebook, cached, advance) for split, articles in by_split.items()}
    labeller = fit_labeller(data["train"], data["validation"], codebook, names, settings.classifier, settings.seed, tell)
    metrics: dict[str, dict[str, Any]] = {}
    mistakes: dict[str, list[Mistake]] = {}
    for split in ("validation", "test"):
        if not by_split[split]:
            continue
        tell(f"measuring on {split} articles")
        scores = labeller.classifier.score(data[split].sentences)
        records = score_articles(labeller, data[split], scores, cached)
        metrics[split], mistakes[split] = measure(by_split[split], records, codebook, settings.bootstrap)
        metrics[split]["candidate_recall"] = round(share_of_candidates(data[split]), 4)
        roles, probabilities, wanted = role_metrics(labeller, data[split], scores)
        metrics[split]["roles"] = roles
        if split == "validation":
            validation_arrays = probabilities, wanted
    tell("logging the run")
    digests = {split: corpus_digest(articles) for split, articles in by_split.items()}
    mlflow.set_experiment(settings.experiment)
    with mlflow.start_run(run_name=settings.name) as run, tempfile.TemporaryDirectory() as work:
        seconds = _log(mlflow, settings, how, by_split, digests, labeller, metrics, mistakes, validation_arrays, Path(work), began)
        tell("logging the model")
        save_model(labeller, Path(work) / "model")
        # Names only: MLflow would otherwise import the world to guess the model's requirements.
        info = mlflow.pyfunc.log_model(
            name="model",
            python_model=str(Path(__file__).parent / "pyfunc_model.py"),
            artifacts={"model": str(Path(work) / "model")},
            pip_requirements=[f"stancewire=={__version__}"],
        )
        return Trained(run.info.run_id, info.model_uri, metrics, digests, codebook, seconds)


def _log(
    mlflow: Any,
    settings: TrainingSettings,
    how: str,
    by_split: Mapping[str, Sequence[Article]],
    digests: Mapping[str, str],
    labeller: Labeller,
    metrics: Mapping[str, Mapping[str, Any]],
    mistakes: Mapping[str, Sequence[Mistake]],
    validation_arrays: tuple[Any, Any],
    work: Path,
    began: float,
) -> float:
    """Log parameters, figures, inputs, pictures and tables of a run; returns its seconds so far."""
    import pandas as pd

    codebook = labeller.codebook
    flat = settings.model_dump()
    flat |= {f"classifier.{k}": v for k, v in flat.pop("classifier").items()}
    thresholds = {
        f"threshold.{k.replace(':', '.')}": round(v, 4) for k, v in {**labeller.decisions.thresholds, "target": labeller.decisions.target_threshold}.items()
    }
    mlflow.log_params({**{k: str(v) for k, v in flat.items()}, **thresholds, "split": how})
    digest = corpus_digest([a for articles in by_split.values() for a in articles])
    tags = {"corpus_sha256": digest, "codebook": codebook.digest, "stancewire": __version__, "config": settings.name}
    tags |= {f"{split}_sha256": d for split, d in digests.items()}
    if commit := _git_commit():
        tags["git_commit"] = commit
    mlflow.set_tags(tags)
    for split, articles in by_split.items():
        if articles:
            rows = [(a.doc_id, s.text, len(s.statements)) for a in articles for s in a.sentences]
            frame = pd.DataFrame(rows, columns=["doc_id", "text", "statements"]).astype({"statements": float})
            mlflow.log_input(mlflow.data.from_pandas(frame, name=f"{'+'.join(Path(c).stem for c in settings.corpus)}-{split}"), context=split)
    for split, wrong in mistakes.items():
        if wrong:
            frame = pd.DataFrame([(m.kind, m.stance, m.actor, m.doc_id, m.sentence) for m in wrong], columns=["kind", "stance", "actor", "doc_id", "sentence"])
            mlflow.log_table(frame, f"mistakes/{split}.json")
    probabilities, wanted = validation_arrays
    columns = {s: codebook.roles.index(f"{s}:actor") for s in codebook.stance_names}
    if columns:
        floor = {s: labeller.decisions.thresholds.get(f"{s}:actor", 0.5) for s in columns}
        gold = [_stance_of(row, columns, dict.fromkeys(columns, 1)) for row in wanted]
        scored = [_stance_of(row, columns, floor) for row in probabilities]
        mlflow.log_artifact(str(draw_confusion(work, gold, scored, [*columns, NONE])), "pictures")
        mlflow.log_artifact(str(draw_curves(work, probabilities, wanted, codebook, labeller.decisions.thresholds)), "pictures")
    mlflow.log_text(_environment(), "environment.txt")
    mlflow.log_text(codebook.model_dump_json(indent=2), "codebook.json")
    seconds = round(time.perf_counter() - began, 1)
    figures = {k: v for split, m in metrics.items() for k, v in flat_metrics(split, m).items()}
    mlflow.log_metrics({**figures, "seconds": seconds})
    return seconds
