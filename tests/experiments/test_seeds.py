"""`train --seeds`: one recipe with several seeds under one parent run, which can be compared."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from stancewire.experiments.comparison.reading import kept_splits
from stancewire.experiments.tracking.lookup import children, search
from stancewire.experiments.tracking.versions import list_versions

Cli = Callable[..., Result]


@pytest.fixture
def seeds(store: Path, tiny_file: Path, cli: Cli) -> Result:
    return cli("train", "--corpus", tiny_file, "--set", "bootstrap=0", "--set", "seed=4", "--seeds", 3)


def test_seeds_are_trained_logged_listed_and_compared(seeds: Result, cli: Cli, tiny_file: Path) -> None:
    assert seeds.exit_code == 0, seeds.stderr
    assert "seed 4" in seeds.stdout and "seed 6" in seeds.stdout and "s.d." in seeds.stdout
    [parent] = [r for r in search() if r.data.tags.get("kind") == "seeds"]
    runs = children(parent.info.run_id)
    assert [r.data.params["seed"] for r in runs] == ["4", "5", "6"]
    # The same articles in all of them, although the corpus of a seed may be split by it.
    assert len({r.data.tags["test_sha256"] for r in runs}) == 1
    assert all(kept_splits(r) == ["test", "validation"] for r in runs)
    name = "validation/statements/f1"
    values = [r.data.metrics[name] for r in runs]
    assert parent.data.metrics[name] == pytest.approx(sum(values) / 3)
    assert f"spread/{name}" in parent.data.metrics
    assert all(r.data.metrics["sentences_per_second"] > 0 for r in runs)
    # The first is registered: the best of several would be better on validation by chance.
    assert [v.run_id for v in list_versions()] == [runs[0].info.run_id]
    assert "kind" in cli("experiments", "list", "--columns", "run,kind").stdout
    _evaluation_and_recipe(cli, tiny_file, parent.info.run_id)


def _evaluation_and_recipe(cli: Cli, tiny_file: Path, parent: str) -> None:
    """Evaluations keep predictions too, and a recipe is compared with a single training."""
    assert cli("evaluate", "--corpus", tiny_file, "--split", "test", "--bootstrap", 0).exit_code == 0
    [evaluation] = [r for r in search() if r.data.tags.get("kind") == "evaluation"]
    assert kept_splits(evaluation) == ["evaluation"]
    other = cli("train", "--corpus", tiny_file, "--set", "classifier.min_count=4", "--no-register")
    assert other.exit_code == 0, other.stderr
    newest = search()[0].info.run_id
    found = json.loads(cli("experiments", "compare", parent, newest, "--format", "json").stdout)
    assert len(found["sides"][0]["seeds"]) == 3 and found["recipes"][0]["difference"] is None
    names = [d["name"] for d in found["differing"] if d["group"] == "settings"]
    assert names == ["classifier.min_count", "seed"] or "classifier.min_count" in names
    errors = cli("experiments", "errors", "champion", "--limit", 1)
    assert errors.exit_code == 0 and "predicted:" in errors.stdout and "not at hand" not in errors.stdout


def test_seeds_and_folds_exclude_each_other(cli: Cli) -> None:
    result = cli("train", "--seeds", 3, "--folds", 3)
    assert result.exit_code == 2 and "cannot be used together" in result.stderr
