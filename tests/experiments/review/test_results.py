"""`experiments results`: the generated part of RESULTS.md, and `experiments list --filter`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from stancewire.data.errors import InputError
from stancewire.experiments.evaluate import log_evaluation
from stancewire.experiments.review import results as module
from stancewire.experiments.review.results import BEGIN, END, write_results
from stancewire.experiments.tracking.metrics import ARTIFACT
from stancewire.experiments.tracking.store import connect
from stancewire.experiments.tracking.versions import ModelVersion

Cli = Callable[..., Result]


@pytest.fixture
def tiny_config(tiny_file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Shipped configs whose corpus is the tiny one."""
    from stancewire.experiments import config

    folder = tmp_path / "configs"
    folder.mkdir()
    (folder / "linear.toml").write_text(f'name = "linear"\ncorpus = ["{tiny_file}"]\nbootstrap = 20\n')
    monkeypatch.setattr(config, "CONFIGS", folder)
    monkeypatch.setattr(module, "CONFIGS", folder)


def test_figures_come_with_intervals_and_commands(
    cli: Cli, store: Path, tiny_config: None, tiny_file: Path, trained_once: Any
) -> None:
    assert cli("train", "linear", "--set", "seed=3").exit_code == 0
    assert cli("train", "linear").exit_code == 0
    assert cli("train", "linear", "--set", "classifier.regularisation=0.01", "--no-register").exit_code == 0
    for split in (["--split", "test"], []):
        assert cli("evaluate", "--model", "2", "--corpus", tiny_file, *split).exit_code == 0
    text = cli("experiments", "results").stdout
    rows = [" ".join(line.split()) for line in text.splitlines() if line.startswith("| tiny")]
    assert [row.split(" | ")[1].strip() for row in rows] == ["linear"] * len(rows)
    validation = next(r for r in rows if "tiny, validation" in r)
    assert " to " in validation and "`train`" in validation and "| 8 |" in validation
    assert any("`evaluate --corpus tiny.jsonl`" in r for r in rows)
    # The training has reported these articles.
    assert any("tiny, test" in r for r in rows) and not any("--split test" in r for r in rows)
    assert "(2 seeds)" in text
    nothing = cli("experiments", "results", "--filter", "params.seed = '99'")
    assert nothing.exit_code == 1 and "no finished run of a shipped config" in nothing.stderr


def test_an_evaluation_of_the_behaviour_alone_has_no_row(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mlflow = connect(write=True)
    mlflow.set_experiment("stancewire")
    with mlflow.start_run(tags={"config": "linear"}) as run:
        mlflow.log_param("corpus", "tiny.jsonl")
        mlflow.log_dict({"validation": {"articles": 8, "statements": {"f1": 0.5, "support": 4}}}, ARTIFACT)
    log_evaluation({"behaviour": {"roles": {"share": 0.5, "items": 8}}}, [], "stancewire/1", ())
    version = ModelVersion("stancewire", 1, run.info.run_id, 0)
    monkeypatch.setattr(module, "list_versions", lambda: [version])
    text = module.results()
    assert "| tiny, validation |" in text and "behavioural items" not in text


def test_a_store_that_fails_is_one_line(
    cli: Cli, trained_store: Path, one_line: Callable[[Result], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow.exceptions import MlflowException
    from stancewire.experiments.review import runs

    def failing(*_: object) -> None:
        raise MlflowException("API request to /search failed with error code 500")

    monkeypatch.setattr(runs, "_search", failing)
    for command in ("list", "results"):
        line = one_line(cli("experiments", command, "--filter", "tags.config = 'linear'"))
        assert "the tracking store cannot be used: API request to /search failed" in line


def test_text_around_the_generated_part_stays(tmp_path: Path) -> None:
    path = tmp_path / "RESULTS.md"
    path.write_text(f"# Ours\n\nBefore.\n\n{BEGIN}\nold\n{END}\n\nAfter, ünïcode.\n", encoding="utf-8")
    write_results(path, "new table")
    write_results(path, "newer table")
    assert (
        path.read_text("utf-8") == f"# Ours\n\nBefore.\n\n{BEGIN}\n\nnewer table\n{END}\n\nAfter, ünïcode.\n"
    )


@pytest.mark.parametrize("content", ["# Ours\n", f"{END}\n{BEGIN}\n", f"{BEGIN}{BEGIN}{END}"])
def test_a_file_without_a_generated_part_is_not_touched(tmp_path: Path, content: str) -> None:
    path = tmp_path / "RESULTS.md"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="no generated part"):
        write_results(path, "new")
    assert path.read_text("utf-8") == content


def test_a_new_file_has_the_generated_part_alone(tmp_path: Path) -> None:
    write_results(tmp_path / "new.md", "table")
    assert (tmp_path / "new.md").read_text("utf-8") == f"# Results\n\n{BEGIN}\n\ntable\n{END}\n"


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("tags.config = 'linear'", 1),
        ("metrics.`validation/statements/f1` > 0.01 and params.bootstrap = '20'", 1),
        ("tags.config = 'encoder'", 0),
    ],
)
def test_list_takes_the_filters_of_mlflow(cli: Cli, trained_store: Path, expression: str, found: int) -> None:
    result = cli("experiments", "list", "--filter", expression, "--format", "jsonl")
    assert result.exit_code == 0 and len(result.stdout.splitlines()) == found


@pytest.mark.parametrize("expression", ["config is linear", "metrics.f1 > 'a'", "tags.config =", "x.y = '1'"])
def test_an_invalid_filter_is_one_line(
    cli: Cli, trained_store: Path, expression: str, one_line: Callable[[Result], str]
) -> None:
    line = one_line(cli("experiments", "list", "--filter", expression))
    assert "--filter: invalid filter" in line and "for example" in line
