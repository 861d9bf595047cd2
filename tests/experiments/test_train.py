"""Training runs: what is logged, and that a seed settles every figure."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from stancewire.data.annotation.corpus import corpus_digest, write_corpus
from stancewire.data.codebook import Codebook
from stancewire.data.errors import InputError
from stancewire.data.files.cache import cache_folder
from stancewire.data.schema import Article
from stancewire.data.text.gazetteer import gazetteer
from stancewire.data.text.spacy_parser import ParseCache
from stancewire.experiments.tracking.run_logging import flat_metrics
from stancewire.experiments.train import train
from stancewire.training.evaluation.metrics import measure
from stancewire.training.examples.dataset import analyse_articles
from stancewire.training.fit import fit_labeller
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


def test_the_same_seed_gives_the_same_figures(tiny: list[Article], codebook: Codebook) -> None:
    cached = ParseCache(cache_folder())
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


def test_a_run_tells_its_settings_and_thresholds(logged: Any, tiny_file: Path) -> None:
    params = logged[0].data.params
    assert params["seed"] == "0" and params["split"] == "given" and str(tiny_file) in params["corpus"]
    assert params["classifier.regularisation"] and params["classifier.kind"] == "linear"
    thresholds = {k: float(v) for k, v in params.items() if k.startswith("threshold.")}
    assert {
        "threshold.blame.actor",
        "threshold.ceasefire_claim.actor",
        "threshold.appeal.actor",
        "threshold.loaded",
        "threshold.target",
    } <= set(thresholds)
    assert all(0 < v < 1 for v in thresholds.values())


def test_a_run_has_figures_per_stance_and_role_with_counts(logged: Any, tiny: list[Article]) -> None:
    metrics = logged[0].data.metrics
    for split in ("validation", "test"):
        articles = [a for a in tiny if a.split == split]
        for stance in ("blame", "ceasefire_claim", "appeal"):
            gold = {
                (a.doc_id, i, s.actor, s.actor_id)
                for a in articles
                for i, x in enumerate(a.sentences)
                for s in x.statements
                if s.stance == stance
            }
            assert metrics[f"{split}/{stance}/support"] == len(gold)
            assert 0 <= metrics[f"{split}/{stance}/f1"] <= 1 and f"{split}/{stance}/predicted" in metrics
            assert (
                0 <= metrics[f"{split}/roles/{stance}_actor/f1"] <= 1
                and metrics[f"{split}/roles/{stance}_actor/support"] > 0
            )
            assert f"{split}/roles/{stance}_target/f1" in metrics
        assert 0.8 < metrics[f"{split}/candidate_recall"] <= 1
        assert (
            metrics[f"{split}/statements/ci95_low"]
            <= metrics[f"{split}/statements/f1"]
            <= metrics[f"{split}/statements/ci95_high"]
        )
    assert metrics["seconds"] > 0


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


def test_a_run_keeps_pictures_mistakes_and_environment(logged: Any) -> None:
    run, client = logged

    def files(path: str = "") -> dict[str, int]:
        return {f.path: f.file_size for f in client.list_artifacts(run.info.run_id, path or None)}

    assert {"environment.txt", "codebook.json"} <= set(files())
    pictures = files("pictures")
    assert len(pictures) == 2 and all(p.endswith(".png") and size > 1000 for p, size in pictures.items())
    assert "mistakes/validation.json" in files("mistakes")
    rows = json.loads(
        Path(client.download_artifacts(run.info.run_id, "mistakes/validation.json")).read_text(
            encoding="utf-8"
        )
    )
    assert rows["columns"] == ["kind", "stance", "actor", "doc_id", "sentence"] and {
        r[0] for r in rows["data"]
    } <= {"extra", "missed"}
    environment = Path(client.download_artifacts(run.info.run_id, "environment.txt")).read_text(
        encoding="utf-8"
    )
    assert "scikit-learn==" in environment and "mlflow==" in environment


def test_the_registered_model_is_data_only_and_predicts_records(trained_store: Path) -> None:
    import mlflow
    import pandas as pd

    mlflow.set_tracking_uri(f"sqlite:///{trained_store / 'mlflow.db'}")
    folder = Path(mlflow.artifacts.download_artifacts(artifact_uri="models:/stancewire@champion"))
    assert not [p for p in folder.rglob("*") if p.suffix in (".pkl", ".pickle", ".joblib")]
    model = mlflow.pyfunc.load_model("models:/stancewire@champion")
    rows = pd.DataFrame(
        {"id": ["a", "b"], "text": ["Armenia accused Azerbaijan of shelling the town.", "It rained."]}
    )
    records = [json.loads(line) for line in model.predict(rows)]
    assert [r["id"] for r in records] == ["a", "b"]
    assert (
        any(s["stance"] == "blame" and s["actor"]["id"] == "ARM" for s in records[0]["statements"])
        and not records[1]["statements"]
    )


def test_a_corpus_without_validation_articles_is_refused_and_nothing_is_logged(
    store: Path, tiny: list[Article]
) -> None:
    write_corpus(store / "train.jsonl", [a for a in tiny if a.split == "train"][:2])
    with pytest.raises(InputError, match=r"train\.jsonl: no validation articles"):
        train(TrainingSettings(corpus=(str(store / "train.jsonl"),)))
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{store / 'mlflow.db'}")
    assert client.get_experiment_by_name("stancewire") is None
    assert not client.search_runs([e.experiment_id for e in client.search_experiments()])


def test_a_label_of_no_article_trains_all_the_same(tiny: list[Article], codebook: Codebook) -> None:
    """Where training has no example of a stance, the model scores, and never gives it."""

    def without(a: Article) -> Article:
        kept = tuple(
            s.model_copy(
                update={"statements": tuple(x for x in s.statements if x.stance != "appeal"), "labels": ()}
            )
            for s in a.sentences
        )
        return a.model_copy(update={"sentences": kept})

    cached = ParseCache(cache_folder())
    parts = [
        analyse_articles([without(a) for a in tiny if a.split == s], gazetteer(), codebook, cached)
        for s in ("train", "validation")
    ]
    labeller = fit_labeller(*parts, codebook, gazetteer(), LinearSettings())
    found = [labeller.label(a.text, cache=cached) for a in tiny if a.split == "test"]
    stances = {s.stance for r in found for s in r.statements}
    assert stances and "appeal" not in stances
    assert not any(s.labels for r in found for s in r.sentences)


def test_figures_are_named_by_their_place() -> None:
    nested = {"blame": {"f1": 0.5, "ci95": [0.1, 0.9]}, "id": 1, "missing": ["x"]}
    assert flat_metrics("test", nested) == {
        "test/blame/f1": 0.5,
        "test/blame/ci95_low": 0.1,
        "test/blame/ci95_high": 0.9,
        "test/id": 1.0,
    }
