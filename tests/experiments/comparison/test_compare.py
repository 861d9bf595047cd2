"""Comparisons of runs: which sides there are, what the verdicts say, and what the command prints."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from stancewire.data.errors import InputError
from stancewire.experiments.comparison.compare import compare
from stancewire.experiments.comparison.sides import find_sides
from stancewire.experiments.tracking.lookup import find_run, same_recipe
from stancewire.experiments.tracking.prediction_files import log_predictions

from .made_runs import connected, log_run, predictions

Cli = Callable[..., Result]
BETTER = {"classifier.regularisation": "1.0"}


@pytest.fixture
def mlflow(store: Path) -> Any:
    return connected()


def test_a_better_model_is_called_better(mlflow: Any) -> None:
    ids = [log_run(mlflow, 0.6), log_run(mlflow, 0.85, settings=BETTER)]
    found = compare(ids)
    assert found.split == "validation" and found.articles == 40 and found.conflicts == 12
    verdict = found.models[0]
    assert verdict.articles.decided and verdict.articles.interval.low > 0 and verdict.needed is None
    assert verdict.conflicts is not None and verdict.conflicts.units == 12
    assert found.conclusion.startswith("Model B is better than model A")
    assert compare(ids[::-1]).conclusion.startswith("Model A is better than model B")


def test_a_small_difference_is_too_close_to_call(mlflow: Any) -> None:
    found = compare([log_run(mlflow, 0.7), log_run(mlflow, 0.71, 3)])
    assert found.conclusion.startswith("Too close to call")
    assert "more articles (" in found.conclusion and found.models[0].needed is not None


def test_equal_models_are_not_told_apart(mlflow: Any) -> None:
    found = compare([log_run(mlflow, 0.7), log_run(mlflow, 0.7, settings=BETTER)])
    assert "nothing tells them apart" in found.conclusion


def test_few_conflicts_are_a_table_only(mlflow: Any) -> None:
    ids = [log_run(mlflow, r, settings={"x": str(r)}, conflicts=4) for r in (0.6, 0.8)]
    found = compare(ids)
    assert found.models[0].conflicts is None
    assert len([row for row in found.slices if row.group == "conflict"]) == 4


def test_articles_without_a_conflict_are_not_one_conflict(mlflow: Any) -> None:
    ids = []
    for recall in (0.6, 0.85):
        found = predictions("validation", recall)
        rows = tuple(replace(r, conflict="") if r.doc_id < "article-005" else r for r in found.rows)
        ids.append(log_run(mlflow, recall, settings={"x": str(recall)}, kept=False))
        with mlflow.start_run(run_id=ids[-1]):
            log_predictions(mlflow, [replace(found, rows=rows)])
    compared = compare(ids)
    verdict = compared.models[0].conflicts
    assert verdict is not None and verdict.units == compared.conflicts == 12


def test_three_seeds_each_are_compared_as_recipes(mlflow: Any) -> None:
    a = [log_run(mlflow, 0.6, s) for s in range(3)]
    b = [log_run(mlflow, 0.85, s, settings=BETTER) for s in range(3)]
    # All six at once, or one of each: the others are found in the store.
    for names in ([*a, *b], [a[0], b[0]]):
        found = compare(names)
        assert len(found.sides) == 2
        recipe = found.recipes[0].difference
        assert recipe is not None and recipe.seeds == (3, 3) and recipe.decided and recipe.difference > 0.1
        assert found.conclusion.startswith("B is better than A, as a model")


def test_two_seeds_are_too_few_for_a_recipe(mlflow: Any) -> None:
    found = compare([log_run(mlflow, 0.6), log_run(mlflow, 0.85, settings=BETTER)])
    assert found.recipes[0].difference is None
    assert "A has 1 seed and B has 1 seed, at least 3 each" in found.recipes[0].sentence


def test_seeds_of_one_recipe_are_called_that(mlflow: Any) -> None:
    found = compare([log_run(mlflow, 0.7, s) for s in range(2)])
    assert "the same recipe" in found.recipes[0].sentence and found.recipes[0].difference is None


def test_the_parent_of_seeds_stands_for_them(mlflow: Any) -> None:
    parents = []
    for recall, settings in ((0.6, {}), (0.8, BETTER)):
        with mlflow.start_run(run_name="three seeds", tags={"kind": "seeds"}) as run:
            for seed in range(3):
                log_run(mlflow, recall, seed, settings=settings, nested=True)
            parents.append(run.info.run_id)
    sides = find_sides(parents)
    assert [len(s.runs) for s in sides] == [3, 3] and "3 seeds" in sides[0].title
    found = compare(parents)
    assert found.recipes[0].difference is not None and found.recipes[0].difference.seeds == (3, 3)
    statements = next(r for r in found.measures if r.name == "statements")
    assert statements.intervals[0] is not None and statements.intervals[0].method == "percentile"


def test_other_settings_codebooks_and_corpora_are_other_recipes(mlflow: Any) -> None:
    first = log_run(mlflow, 0.7)
    seed = log_run(mlflow, 0.7, 1)
    log_run(mlflow, 0.7, 2, settings=BETTER)
    log_run(mlflow, 0.7, 3, tags={"train_sha256": "00" * 32})
    assert {r.info.run_id for r in same_recipe(find_run(first))} == {first, seed}


def test_only_what_differs_is_listed(mlflow: Any) -> None:
    ids = [
        log_run(mlflow, 0.7, settings={"mentions": "found"}, tags={"stancewire": "0.2.0"}),
        log_run(mlflow, 0.7, settings=BETTER | {"mentions": "found"}, tags={"stancewire": "0.3.0"}),
    ]
    found = compare(ids)
    assert [(d.group, d.name, d.values) for d in found.differing] == [
        ("settings", "classifier.regularisation", (None, "1.0")),
        ("code", "stancewire", ("0.2.0", "0.3.0")),
    ]


def test_of_different_classifiers_only_shared_settings_are_listed(mlflow: Any) -> None:
    linear = {"classifier.kind": "linear", "classifier.regularisation": "0.5", "seed": "0"}
    encoder = {"classifier.kind": "encoder", "classifier.encoder": "mini", "encoder.epochs": "6", "seed": "1"}
    runs = [log_run(mlflow, 0.7, settings=settings) for settings in (linear, encoder)]
    assert [(d.name, d.values) for d in compare(runs).differing] == [
        ("classifier.encoder", (None, "mini")),
        ("classifier.kind", ("linear", "encoder")),
        ("seed", ("0", "1")),
    ]
    longer = log_run(mlflow, 0.7, settings=encoder | {"encoder.epochs": "8"})
    named = {d.name: d.values for d in compare([*runs, longer]).differing}
    assert named["encoder.epochs"] == (None, "6", "8") and "classifier.regularisation" not in named


def test_articles_that_only_some_runs_have_are_left_out(mlflow: Any) -> None:
    ids = [log_run(mlflow, 0.7, articles=n, settings={"x": str(n)}) for n in (40, 30)]
    found = compare(ids)
    assert found.articles == 30 and found.left_out == 10


def test_models_of_codebooks_with_and_without_stances_are_refused(mlflow: Any) -> None:
    found = predictions("validation", 0.7)
    rows = tuple(replace(row, gold=(), predicted=()) for row in found.rows)
    both: list[str] = []
    for stances in (found.stances, ()):
        both.append(log_run(mlflow, 0.7, settings={"x": str(len(both))}, kept=False))
        with mlflow.start_run(run_id=both[-1]):
            log_predictions(mlflow, [replace(found, stances=stances, rows=rows)])
    with pytest.raises(InputError, match="F1 is that of statements and of loaded"):
        compare(both)


def test_several_models_are_adjusted_for_their_number(mlflow: Any) -> None:
    ids = [log_run(mlflow, r, settings={"x": str(r)}) for r in (0.6, 0.85, 0.61)]
    found = compare(ids)
    assert found.conclusion.startswith("Of these models, B is better than A; C is too close to A to call")
    assert found.models[0].p_adjusted >= found.models[0].articles.p_value
    assert [m.decided for m in found.models] == [m["decided"] for m in found.as_dict()["models"]]
    borderline = replace(found.models[0], p_adjusted=0.06)
    assert borderline.articles.decided and not borderline.decided


def test_invalid_comparisons_are_one_error(mlflow: Any, cli: Cli, one_line: Callable[[Result], str]) -> None:
    run, old = log_run(mlflow, 0.7), log_run(mlflow, 0.7, kept=False)
    assert "the same run" in one_line(cli("experiments", "compare", run, run[:12]))
    assert "keeps no predictions" in one_line(cli("experiments", "compare", run, old))
    assert "no run 'abcdef12'" in one_line(cli("experiments", "compare", run, "abcdef12"))
    assert "at least two" in one_line(cli("experiments", "compare", run))
    with pytest.raises(InputError, match="no model"):
        compare([run, "champion"])


@pytest.mark.parametrize("columns", [80, 120])
def test_tables_fit_the_terminal(
    mlflow: Any, cli: Cli, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    ids = [log_run(mlflow, 0.6), log_run(mlflow, 0.85, settings=BETTER)]
    result = cli("experiments", "compare", *ids)
    assert result.exit_code == 0, result.stderr
    assert max(map(len, result.stdout.splitlines())) <= columns
    lines = result.stdout.splitlines()
    assert lines[0].startswith("Model B is better than model A")
    assert any("classifier.regularisation" in line and "1.0" in line for line in lines)
    assert "…" not in result.stdout


def test_without_a_registered_model_looks_at_test_results_are_not_counted(mlflow: Any, cli: Cli) -> None:
    ids = [log_run(mlflow, 0.6), log_run(mlflow, 0.8, 1)]
    result = cli("experiments", "compare", *ids, "--split", "test")
    assert result.exit_code == 0 and "were shown" not in result.stderr


def test_json_has_everything_on_one_line(mlflow: Any, cli: Cli) -> None:
    ids = [log_run(mlflow, 0.6), log_run(mlflow, 0.85, settings=BETTER)]
    result = cli("experiments", "compare", *ids, "--split", "test", "--format", "json")
    found = json.loads(result.stdout)
    assert found["split"] == "test" and found["models"][0]["articles"]["decided"] is True
    assert found["models"][0]["articles"]["difference"] > 0.1
    assert {row["group"] for row in found["slices"]} >= {"conflict", "register", "quotation"}


def test_behavioural_tests_are_compared_without_intervals(mlflow: Any, cli: Cli) -> None:
    a = log_run(mlflow, 0.8, metrics={"behaviour/roles": 0.5, "behaviour/lists": 0.75})
    b = log_run(mlflow, 0.8, 1, metrics={"behaviour/roles": 0.625})
    rows = {r.name: r for r in compare([a, b]).measures if r.group == "behaviour"}
    assert {k: r.values for k, r in rows.items()} == {
        "roles swapped": (0.5, 0.625),
        "actors in lists": (0.75, None),
    }
    shown = cli("experiments", "compare", a, b).stdout
    assert re.search(r"roles swapped +0\.500 +0\.625 +\+0\.125", shown)
