"""The model card and its metadata say what the run measured."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from huggingface_hub import ModelCard
from stancewire.data.annotation.counting import Mistake
from stancewire.data.errors import InputError
from stancewire.data.schema import Article
from stancewire.experiments.review.promotion import register
from stancewire.experiments.tracking.store import connect
from stancewire.experiments.train import Trained
from stancewire.training.evaluation.slices import recall_slices

Cli = Callable[..., Result]


def cards(store: Path) -> tuple[str, str, str, dict[str, float]]:
    """The card of the run, of its model folder and of the registered version, and the run's figures."""
    from mlflow import MlflowClient

    mlflow = connect()
    [version] = MlflowClient().search_model_versions("name='stancewire'")
    run = mlflow.get_run(version.run_id or version.tags["run_id"])
    logged: str = mlflow.artifacts.load_text(f"{run.info.artifact_uri}/model_card.md")
    folder = Path(mlflow.artifacts.download_artifacts(artifact_uri=f"models:/stancewire/{version.version}"))
    [beside] = [p for p in folder.rglob("README.md")]
    return logged, beside.read_text(encoding="utf-8"), version.description or "", run.data.metrics


def test_only_the_readme_of_the_model_has_metadata(trained_store: Path) -> None:
    logged, beside, registered, _ = cards(trained_store)
    assert logged.startswith("# linear\n") and beside.endswith(logged)
    assert registered.startswith("Labels news sentence by sentence") and "---" not in registered
    assert "Test (6 articles), statements: F1 " in registered


def test_the_hub_can_read_the_metadata(trained_store: Path) -> None:
    _, beside, _, metrics = cards(trained_store)
    data = ModelCard(beside).data
    assert (data.library_name, data.language, data.license) == ("stancewire", "en", "cc-by-4.0")
    assert data.datasets == ["tiny"] and data.base_model is None and data.model_name == "linear"
    assert data.eval_results is not None
    found = {(r.dataset_split, r.metric_name): r.metric_value for r in data.eval_results}
    assert found["test", "f1 of statements"] == metrics["test/statements/f1"]
    assert found["validation", "recall of loaded"] == metrics["validation/loaded/recall"]


def test_its_metrics_are_those_of_the_run(trained_store: Path) -> None:
    card, *_, metrics = cards(trained_store)
    for heading in (
        "## Data",
        "## Metrics",
        "## Calibration",
        "## Names",
        "## Behaviour",
        "## Limits",
        "## Licence",
        "## Settings",
    ):
        assert f"\n{heading}\n" in card
    for split in ("validation", "test"):
        part = card.split(f"### {split.capitalize()}")[1].split("###")[0]
        row = re.search(r"\| statements +\| +([\d.]+) \| +([\d.]+) \| +([\d.]+)", part)
        assert row is not None
        assert [float(x) for x in row.groups()] == pytest.approx(
            [metrics[f"{split}/statements/{k}"] for k in ("precision", "recall", "f1")], abs=6e-4
        )
    error = re.search(r"expected calibration error (\d\.\d+)", card)
    assert error is not None and float(error[1]) == pytest.approx(metrics["test/calibration_error"], abs=6e-4)
    flips = re.search(r"([\d.]+)% of the statements on the test articles change", card)
    assert flips is not None and float(flips[1]) / 100 == pytest.approx(metrics["name_flips"], abs=1e-4)
    row = re.search(r"\| roles swapped +\| +200 \| +([\d.]+) \(([\d.]+) to ([\d.]+)\) \| +([\d.]+)", card)
    assert row is not None and float(row[1]) == pytest.approx(metrics["behaviour/roles"], abs=6e-4)
    assert float(row[2]) <= float(row[1]) <= float(row[3]) and float(row[1]) <= float(row[4])
    counted = re.search(r"\| train +\| +(\d+) \| +(\d+) \|", card)
    assert counted is not None and int(counted[1]) == 40


def test_slices_count_the_statements_found(tiny: list[Article]) -> None:
    articles = [a for a in tiny if a.split == "train"]
    everything = recall_slices(articles, [])
    assert {share for kinds in everything.values() for share, _ in kinds.values()} == {1.0}
    blamed = [
        Mistake("missed", s.stance, s.actor.text if s.actor else f"({s.actor_id})", a.doc_id, x.text)
        for a in articles
        for x in a.sentences
        for s in x.statements
    ]
    nothing = recall_slices(articles, blamed)
    assert {share for kinds in nothing.values() for share, _ in kinds.values()} == {0.0}
    assert {k: {n for n in v} for k, v in nothing.items()} == {
        k: {n for n in v} for k, v in everything.items()
    }


def test_a_model_that_does_not_score_as_trained_is_not_registered(trained_store: Path) -> None:
    from mlflow import MlflowClient
    from stancewire.data.codebook import shipped_codebook

    connect()
    metrics = {"validation": {"statements": {"f1": 0.9}}}
    with pytest.raises(InputError, match=r"more than 0\.005 apart"):
        register(
            Trained(
                "r",
                "m",
                metrics,
                {"validation": ""},
                shipped_codebook(),
                1.0,
                "",
                "validation F1 is more than 0.005 apart",
            )
        )
    assert len(MlflowClient().search_model_versions("name='stancewire'")) == 1


def test_evaluate_reports_name_flips(cli: Cli, tiny_model: Path, tiny_file: Path, store: Path) -> None:
    evaluated = ("evaluate", "--corpus", tiny_file, "--split", "test", "--model", tiny_model, "--no-log")
    swapped = (*evaluated, "--bootstrap", "0", "--name-swaps", "2")
    table = cli(*swapped)
    assert table.exit_code == 0, table.stderr
    assert "mean of 2 swaps" in table.stdout
    assert '"name_flips": ' in cli(*swapped, "--format", "json").stdout
