"""Training runs: what is logged, and that a seed fixes all metrics."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from stancewire.data.annotation.corpus import corpus_digest, write_corpus
from stancewire.data.codebook import Codebook
from stancewire.data.errors import InputError
from stancewire.data.schema import Article
from stancewire.data.text.gazetteer import gazetteer
from stancewire.data.text.spacy_parser import ParseCache
from stancewire.experiments.tracking.metrics import main_metrics, nested_metrics
from stancewire.experiments.tracking.run_logging import run_name
from stancewire.experiments.tracking.served.logged_model import PYFUNC_MODEL
from stancewire.experiments.train import train
from stancewire.training.evaluation.metrics import measure
from stancewire.training.examples.dataset import analyse_articles
from stancewire.training.fit import fit_labeller
from stancewire.training.serialization import load_model
from stancewire.training.settings import LinearSettings, TrainingSettings

Cli = Callable[..., Result]


@pytest.fixture(scope="session")
def logged(trained_once: tuple[Path, Result]) -> Any:
    """The MLflow run of `stancewire train` on the tiny corpus, and a client of its store."""
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{trained_once[0]}")
    experiment = client.get_experiment_by_name("stancewire")
    assert experiment is not None
    [run] = client.search_runs([experiment.experiment_id])
    return run, client


def test_the_same_seed_gives_the_same_metrics(tiny: list[Article], codebook: Codebook) -> None:
    cached = ParseCache()
    figures = []
    for _ in range(2):
        parts = [
            analyse_articles([a for a in tiny if a.split == s], gazetteer(), codebook, cached)
            for s in ("train", "validation")
        ]
        labeller = fit_labeller(*parts, codebook, gazetteer(), LinearSettings(), seed=3)
        held_out = [a for a in tiny if a.split != "train"]
        records = {a.doc_id: labeller.label(a.text, id=a.doc_id, cache=cached) for a in held_out}
        figures.append(
            (measure(held_out, records, codebook, 50), labeller.decisions, labeller.pairing.weights)
        )
    assert figures[0] == figures[1]
    assert figures[0][0][0]["statements"]["predicted"] > 0


def test_a_run_has_its_settings_and_thresholds_as_parameters(logged: Any, tiny_file: Path) -> None:
    params = logged[0].data.params
    assert params["seed"] == "0" and params["split"] == "given" and params["corpus"] == str(tiny_file)
    assert params["classifier.regularisation"] and params["classifier.kind"] == "linear"
    thresholds = {k: float(v) for k, v in params.items() if k.startswith("threshold.")}
    stances = [f"threshold.{s}.actor" for s in ("blame", "ceasefire_claim", "appeal")]
    assert {*stances, "threshold.loaded", "threshold.target"} <= set(thresholds)
    assert all(0 < v < 1 for v in thresholds.values())


def test_a_run_has_fewer_than_fifty_metrics_under_conventional_names(
    logged: Any, tiny: list[Article]
) -> None:
    # Those of the machine are in a tab of their own, and missing if the training took less than ten seconds.
    metrics = {k: v for k, v in logged[0].data.metrics.items() if not k.startswith("system/")}
    assert 40 <= len(metrics) < 50
    tested = {k for k in metrics if k.startswith("behaviour/")}
    assert tested == {f"behaviour/{k}" for k in ("names", "roles", "negated", "attributed", "lists")}
    assert all(0 <= metrics[k] <= 1 for k in tested)
    for split in ("validation", "test"):
        for name in ("statements", "blame", "ceasefire_claim", "appeal", "loaded"):
            assert all(0 <= metrics[f"{split}/{name}/{k}"] <= 1 for k in ("precision", "recall", "f1"))
        assert metrics[f"{split}/statements/support"] == len(gold_actors(tiny, split))
        assert 0.8 < metrics[f"{split}/candidate_recall"] <= 1
        assert {f"{split}/macro_f1", f"{split}/identity_accuracy", f"{split}/calibration_error"} <= set(
            metrics
        )
    assert metrics["seconds"] > 0


def gold_actors(articles: list[Article], split: str, stance: str | None = None) -> set[Any]:
    """Each (stance, actor) of the annotated sentences, which metrics count once."""
    return {
        (a.doc_id, i, s.stance, s.actor, s.actor_id)
        for a in articles
        if a.split == split
        for i, x in enumerate(a.sentences)
        for s in x.statements
        if stance is None or s.stance == stance
    }


def test_a_run_has_all_metrics_in_one_artifact(logged: Any, tiny: list[Article]) -> None:
    run, client = logged
    path = client.download_artifacts(run.info.run_id, "metrics.json")
    metrics = json.loads(Path(path).read_text(encoding="utf-8"))
    for split in ("validation", "test"):
        found = metrics[split]
        for stance in ("blame", "ceasefire_claim", "appeal"):
            assert found[stance]["support"] == len(gold_actors(tiny, split, stance))
            assert {"f1", "support", "predicted"} <= set(found["roles"][f"{stance}_actor"])
            assert "f1" in found["roles"][f"{stance}_target"]
        low, high = found["statements"]["ci95"]
        assert low <= found["statements"]["f1"] <= high
        assert found["statements"]["f1"] == run.data.metrics[f"{split}/statements/f1"]
        assert isinstance(found["slices"], dict)


def test_the_run_name_has_config_corpora_and_changes(logged: Any, tiny_file: Path) -> None:
    run, _ = logged
    assert run.info.run_name == "linear on tiny, bootstrap=20" and run.data.tags["changed"] == "bootstrap=20"
    settings = TrainingSettings(name="mine", corpus=("shipped", "hf:owner/name"))
    assert run_name(settings, {}) == "mine on shipped+owner/name"


def test_a_run_names_its_data_and_code(logged: Any, tiny: list[Article], codebook: Codebook) -> None:
    from stancewire import __version__

    run, _ = logged
    tags = run.data.tags
    assert tags["corpus_sha256"] == corpus_digest(tiny)
    assert tags["validation_sha256"] == corpus_digest([a for a in tiny if a.split == "validation"])
    assert tags["codebook"] == codebook.digest and tags["stancewire"] == __version__
    contexts = {
        tag.value for d in run.inputs.dataset_inputs for tag in d.tags if tag.key == "mlflow.data.context"
    }
    assert contexts == {"train", "validation", "test"}


def test_a_run_keeps_plots_predictions_and_environment(logged: Any) -> None:
    run, client = logged

    def files(path: str = "") -> dict[str, int]:
        return {f.path: f.file_size for f in client.list_artifacts(run.info.run_id, path or None)}

    assert {"environment.txt", "codebook.json"} <= set(files())
    plots = files("plots")
    assert set(plots) == {"plots/confusion.png", "plots/precision_recall.png"}
    assert all(size > 1000 for size in plots.values())
    assert set(files("predictions")) == {"predictions/validation.parquet", "predictions/test.parquet"}
    environment = Path(client.download_artifacts(run.info.run_id, "environment.txt")).read_text(
        encoding="utf-8"
    )
    assert "scikit-learn==" in environment and "mlflow==" in environment


def test_counts_and_slices_are_tables(logged: Any) -> None:
    run, client = logged
    tables = {}
    for name in ("counts", "slices"):
        path = client.download_artifacts(run.info.run_id, f"tables/{name}.json")
        raw = json.loads(Path(path).read_text(encoding="utf-8"))
        tables[name] = [dict(zip(raw["columns"], row, strict=True)) for row in raw["data"]]
    for split in ("validation", "test"):
        rows = {r["name"]: r for r in tables["counts"] if r["split"] == split}
        assert {"statements", "blame", "ceasefire_claim", "appeal", "loaded"} <= set(rows)
        whole = rows["statements"]
        assert whole["f1"] == run.data.metrics[f"{split}/statements/f1"] and whole["f1_low"] <= whole["f1"]
        assert 0 <= whole["matched"] <= min(whole["predicted"], whole["support"])
        stances = [rows[s] for s in ("blame", "ceasefire_claim", "appeal")]
        assert whole["matched"] == sum(r["matched"] for r in stances)
    assert all(0 <= r["value"] <= 1 and r["support"] > 0 for r in tables["slices"])


def test_a_run_has_the_tags_that_mlflow_shows(logged: Any) -> None:
    from stancewire.experiments.tracking.provenance import code_folder, git_commit

    tags = logged[0].data.tags
    assert tags.get("mlflow.source.git.commit") == git_commit(code_folder())
    note = tags["mlflow.note.content"]
    assert "who takes which stance" in note and "Validation (8 articles), statements: F1 0." in note
    assert not note.startswith("---")


def test_a_registered_model_is_data_only_and_predicts_records(
    trained_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow
    import pandas as pd
    import stancewire

    if "load" not in dir(stancewire):
        monkeypatch.setattr(stancewire, "load", lambda folder: load_model(Path(folder)), raising=False)
    mlflow.set_tracking_uri(f"sqlite:///{trained_store / 'mlflow.db'}")
    folder = Path(mlflow.artifacts.download_artifacts(artifact_uri="models:/stancewire@champion"))
    assert not [p for p in folder.rglob("*") if p.suffix in (".pkl", ".pickle", ".joblib")]
    model = mlflow.pyfunc.load_model("models:/stancewire@champion")
    texts = ["Armenia accused Azerbaijan of shelling the town.", "It rained."]
    found = model.predict(pd.DataFrame({"id": ["a", "b"], "text": texts}))
    assert set(found["id"]) == {"a"} and "ARM" in set(found[found["stance"] == "blame"]["actor_id"])


def test_stored_code_imports_only_the_public_api() -> None:
    tree = ast.parse(PYFUNC_MODEL.read_text(encoding="utf-8"))
    modules = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    modules |= {str(n.module) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert {m for m in modules if m.startswith("stancewire")} == {"stancewire"}


def test_a_corpus_without_validation_articles_is_an_error_and_logs_nothing(
    store: Path, tiny: list[Article]
) -> None:
    write_corpus(store / "train.jsonl", [a for a in tiny if a.split == "train"][:2])
    with pytest.raises(InputError, match=r"train\.jsonl: no validation articles"):
        train(TrainingSettings(corpus=(str(store / "train.jsonl"),)))
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{store / 'mlflow.db'}")
    assert client.get_experiment_by_name("stancewire") is None
    assert not client.search_runs([e.experiment_id for e in client.search_experiments()])


def test_a_stance_without_examples_can_be_trained_and_is_never_predicted(
    tiny: list[Article], codebook: Codebook
) -> None:
    def without(a: Article) -> Article:
        kept = tuple(
            s.model_copy(
                update={"statements": tuple(x for x in s.statements if x.stance != "appeal"), "labels": ()}
            )
            for s in a.sentences
        )
        return a.model_copy(update={"sentences": kept})

    cached = ParseCache()
    parts = [
        analyse_articles([without(a) for a in tiny if a.split == s], gazetteer(), codebook, cached)
        for s in ("train", "validation")
    ]
    labeller = fit_labeller(*parts, codebook, gazetteer(), LinearSettings())
    found = [labeller.label(a.text, cache=cached) for a in tiny if a.split == "test"]
    stances = {s.stance for r in found for s in r.statements}
    assert stances and "appeal" not in stances
    assert not any(s.labels for r in found for s in r.sentences)


METRICS: dict[str, Any] = {
    "statements": {
        "precision": 0.5,
        "recall": 0.25,
        "f1": 0.3333,
        "support": 8,
        "predicted": 4,
        "ci95": [0.1, 0.9],
    },
    "with_target": {"precision": 0.5, "recall": 0.25, "f1": 0.3333, "support": 8, "predicted": 4},
    "weighted_f1": {"loaded": 0.8},
    "macro_f1": 0.3,
    "roles": {"ece": 0.02, "blame_actor": {"f1": 0.5, "support": 8, "predicted": 4}},
    "articles": 3,
    **{
        k: {"precision": 0.5, "recall": 0.25, "f1": 0.3333, "support": 2, "predicted": 1}
        for k in ("blame", "ceasefire_claim", "appeal", "loaded")
    },
}


def test_counts_and_roles_are_not_logged_by_name(codebook: Codebook) -> None:
    found = main_metrics("test", METRICS, codebook)
    assert found["test/statements/support"] == 8.0 and found["test/calibration_error"] == 0.02
    assert found["test/loaded/recall"] == 0.25 and found["test/macro_f1"] == 0.3
    assert not [k for k in found if "predicted" in k or "roles" in k or "ci95" in k or "articles" in k]


def test_a_label_set_without_stances_has_no_metrics_of_statements(codebook: Codebook) -> None:
    found = main_metrics("test", METRICS, codebook.model_copy(update={"stances": ()}))
    assert set(found) == {f"test/loaded/{k}" for k in ("precision", "recall", "f1", "support", "weighted_f1")}


def test_with_many_stances_only_f1_is_logged_by_stance(codebook: Codebook) -> None:
    many = tuple(codebook.stances[0].model_copy(update={"name": f"s{n}"}) for n in range(15))
    metrics = METRICS | {s.name: METRICS["blame"] for s in many}
    found = main_metrics("test", metrics, codebook.model_copy(update={"stances": many}))
    assert [k for k in found if "/s3/" in k] == ["test/s3/f1"] and len(found) < 30


def test_metrics_of_earlier_runs_are_nested_under_current_names() -> None:
    earlier = {
        "test/blame/p": 0.5,
        "test/blame/gold": 8.0,
        "test/id": 0.9,
        "test/id/odd": 1.0,
        "seconds": 3.0,
    }
    assert nested_metrics(earlier) == {
        "seconds": 3.0,
        "test": {"blame": {"precision": 0.5, "support": 8.0}, "id": 0.9},
    }
