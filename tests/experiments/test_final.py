"""`train --final`: a model for release, which inherits the figures of the run whose settings it uses."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from stancewire.data.annotation.corpus import corpus_digest, read_corpus, write_corpus
from stancewire.data.codebook import Codebook
from stancewire.data.errors import InputError
from stancewire.data.schema import Article
from stancewire.experiments.config import load_config
from stancewire.experiments.final import final_for, final_like
from stancewire.experiments.review.promotion import Champion, decide
from stancewire.experiments.review.run_details import run_details
from stancewire.experiments.tracking.final_runs import final_of
from stancewire.experiments.tracking.lookup import search
from stancewire.experiments.tracking.versions import list_versions
from stancewire.training.serialization import FORMAT
from stancewire.training.settings import TrainingSettings

Cli = Callable[..., Result]


def _enter(database: Path, folder: Path, patch: pytest.MonkeyPatch) -> None:
    shutil.copytree(database.parent, folder, dirs_exist_ok=True)
    patch.chdir(folder)
    patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder / 'mlflow.db'}")


@pytest.fixture(scope="session")
def final_once(
    trained_once: tuple[Path, Result], tiny_file: Path, tmp_path_factory: pytest.TempPathFactory, cli: Cli
) -> tuple[Path, Result]:
    """The store of `trained_once` with a final model of the same settings, and the output of its training."""
    folder = tmp_path_factory.mktemp("final") / "store"
    with pytest.MonkeyPatch.context() as patch:
        _enter(trained_once[0], folder, patch)
        result = cli("train", "--corpus", tiny_file, "--final", "--folds", 2)
    assert result.exit_code == 0, result.stderr
    return folder / "mlflow.db", result


@pytest.fixture
def final_store(
    final_once: tuple[Path, Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Any, Any]:
    """A working folder for one test; the final run, and the run whose settings it uses."""
    _enter(final_once[0], tmp_path / "here", monkeypatch)
    final, measured = search()
    return final, measured


def settings(corpus: Path, *overrides: str) -> TrainingSettings:
    return load_config("linear", overrides, [str(corpus)])


def test_it_trains_on_all_articles_and_measures_none(
    final_store: tuple[Any, Any], tiny: list[Article]
) -> None:
    final, _ = final_store
    assert final.data.tags["kind"] == "final" and final.data.params["final.folds"] == "2"
    assert final.data.tags["train_sha256"] == final.data.tags["corpus_sha256"] == corpus_digest(tiny)
    assert "validation_sha256" not in final.data.tags and "test_sha256" not in final.data.tags
    prefixes = {name.split("/")[0] for name in final.data.metrics if "/" in name}
    assert prefixes - {"system"} == {"inherited", "inherited_test"}


def test_thresholds_come_from_folds(final_store: tuple[Any, Any]) -> None:
    thresholds = [
        {k: v for k, v in run.data.params.items() if k.startswith("threshold.")} for run in final_store
    ]
    assert thresholds[0].keys() == thresholds[1].keys() and thresholds[0] != thresholds[1]


def test_it_says_whose_figures_it_inherits(
    final_once: tuple[Path, Result], final_store: tuple[Any, Any]
) -> None:
    final, measured = final_store
    result, run_id = final_once[1], measured.info.run_id
    assert f"the settings are those of run {run_id[:8]}, whose figures the model inherits" in result.stderr
    text = " ".join(result.stdout.split())
    assert f"inherited: validation, 8 articles, measured by run {run_id[:8]}, without the validation" in text
    assert final.data.tags["settings_of"] == run_id
    for split, name in (("validation", "inherited"), ("test", "inherited_test")):
        for key in ("statements/f1", "blame/recall", "macro_f1"):
            assert final.data.metrics[f"{name}/{key}"] == measured.data.metrics[f"{split}/{key}"]


def test_it_replaces_the_champion_that_it_has_the_settings_of(
    final_once: tuple[Path, Result], final_store: tuple[Any, Any]
) -> None:
    assert "version 2, champion: it has the settings of version 1, the champion" in final_once[1].stdout
    new, old = list_versions()
    assert new.aliases == ("champion",) and not old.aliases
    for tag in ("validation_f1", "validation_sha256", "codebook"):
        assert new.tags[tag] == old.tags[tag]
    assert new.tags["settings_of"] == old.run_id and "settings_of" not in old.tags


def test_review_shows_the_figures_as_inherited(final_store: tuple[Any, Any], cli: Cli) -> None:
    final, measured = (run.info.run_id for run in final_store)
    listed = cli("experiments", "list", "--columns", "run,kind,micro_f1,measured_by")
    f1 = f"{final_store[1].data.metrics['validation/statements/f1']:.3f}"
    [row] = [line.split() for line in listed.stdout.splitlines() if line.startswith(final[:8])]
    assert row == [final[:8], "final", f"({f1})", measured[:8]]
    assert "inherited by a final model" in listed.stderr and f"({f1})" in cli("models", "list").stdout
    rows = [json.loads(x) for x in cli("experiments", "list", "--format", "jsonl").stdout.splitlines()]
    assert [r["measured_by"] for r in rows] == [measured, ""] and rows[0]["micro_f1"] == rows[1]["micro_f1"]
    assert f"measured by run {measured[:8]}" in run_details(final).figures
    card = " ".join(cli("models", "show", "champion").stdout.split())
    assert f"measured by run {measured[:8]}, without the validation and test articles" in card
    assert (
        "calibrated on its articles, out of fold" in card and "Splits: all articles are for training" in card
    )


def test_it_is_not_compared(
    final_store: tuple[Any, Any], cli: Cli, one_line: Callable[[Result], str]
) -> None:
    final, measured = (run.info.run_id for run in final_store)
    for command in (("compare", "champion", "1"), ("compare", "1", final), ("errors", "champion")):
        line = one_line(cli("experiments", *command))
        assert f"run {final[:8]}: a final model was trained on all articles" in line
        assert f"name run {measured[:8]}" in line


def test_its_report_is_that_of_the_run_whose_settings_it_uses(final_store: tuple[Any, Any], cli: Cli) -> None:
    final, measured = (run.info.run_id for run in final_store)
    result = cli("experiments", "report", "champion", "-o", "report.html")
    assert result.exit_code == 0, result.stderr
    page = Path("report.html").read_text(encoding="utf-8")
    assert f"({final[:8]}), figures measured by run {measured[:8]}, without the validation" in page
    assert "The final model itself: it was trained on all articles, these included." in page


def test_evaluation_warns_that_the_model_may_have_seen_the_articles(
    final_store: tuple[Any, Any], cli: Cli, tiny_file: Path
) -> None:
    options = ("--corpus", tiny_file, "--split", "test", "--bootstrap", 0, "--no-log")
    assert "trained on all articles" in cli("evaluate", *options).stderr
    assert "trained on all articles" not in cli("evaluate", *options, "--model", "1").stderr


def test_promote_judges_it_by_the_inherited_figures(final_store: tuple[Any, Any], cli: Cli) -> None:
    final, measured = (run.info.run_id for run in final_store)
    back = cli("experiments", "promote", "1", "--force", "--why", "the figures are its own")
    assert "version 1 is champion" in back.stdout, back.stdout
    again = cli("experiments", "promote", final[:8])
    assert "version 2 is champion: it has the settings of version 1, the champion" in again.stdout
    found = json.loads(cli("experiments", "promote", "1", "--format", "json").stdout)
    assert not found["promoted"] and "(+0.0 points)" in found["why"] and found["measured_by"] == ""
    assert measured == list_versions()[1].run_id


def test_a_final_run_that_is_not_registered_can_be_promoted(final_store: tuple[Any, Any], cli: Cli) -> None:
    final, measured = final_store
    from mlflow import MlflowClient

    MlflowClient().delete_model_version("stancewire", "2")
    result = cli("experiments", "promote", final.info.run_id[:8])
    assert result.exit_code == 0, result.stderr
    [new] = [v for v in list_versions() if v.run_id == final.info.run_id]
    assert new.tags["settings_of"] == measured.info.run_id
    assert new.tags["validation_sha256"] == measured.data.tags["validation_sha256"]


def champion(run_id: str, f1: float | None = 0.6) -> Champion:
    return Champion("1", f1, FORMAT, True, run_id)


@pytest.mark.parametrize(
    ("settings_of", "current", "alias", "reason"),
    [
        ("", None, "champion", "it is the first model; it has no measured figures"),
        ("", champion("a"), "challenger", "it has no measured figures to compare"),
        ("a", champion("a"), "champion", "it has the settings of version 1, the champion"),
        ("b", champion("a"), "challenger", "measured by run b, without the validation and test articles: "),
        ("b", champion("", None), "challenger", "measured by run b, without"),
        (None, champion("", None), "challenger", "version 1 has no measured figures"),
    ],
)
def test_the_verdict_is_inherited(
    settings_of: str | None, current: Champion | None, alias: str, reason: str
) -> None:
    found, why = decide(None, current, settings_of=settings_of)
    assert found == alias and why.startswith(reason), why


def test_only_a_run_with_the_same_settings_and_articles_counts(
    final_store: tuple[Any, Any], tiny_file: Path, tiny: list[Article], codebook: Codebook
) -> None:
    _, measured = final_store
    same = final_for(settings(tiny_file, "bootstrap=7", "name=other"), tiny, codebook)
    assert same.measured is not None and same.measured.run_id == measured.info.run_id
    for other in ("seed=1", "classifier.regularisation=0.4", "mentions=known"):
        assert final_for(settings(tiny_file, other), tiny, codebook).measured is None
    assert final_for(settings(tiny_file), tiny[1:], codebook).measured is None


def test_like_takes_the_settings_of_a_run_or_of_a_final_model(
    final_store: tuple[Any, Any], tiny: list[Article], tmp_path: Path
) -> None:
    final, measured = (run.info.run_id for run in final_store)
    for name in (measured[:8], final[:8], "champion", "1"):
        found, how = final_like(name, folds=4)
        assert how.measured is not None and how.measured.run_id == measured and how.folds == 4
        assert found.bootstrap == 20
    fewer = tmp_path / "fewer.jsonl"
    write_corpus(fewer, tiny[1:])
    with pytest.raises(InputError, match="the articles have changed since the run"):
        final_like("champion", [str(fewer)])


def test_splits_made_from_the_settings_do_not_hide_the_run(
    store: Path, tiny: list[Article], codebook: Codebook, cli: Cli, one_line: Callable[[Result], str]
) -> None:
    corpus = store / "mine.jsonl"
    write_corpus(corpus, [a.model_copy(update={"split": None}) for a in tiny[:20]])
    common = ("train", "--corpus", corpus, "--set", "bootstrap=0")
    alone = cli(*common, "--final", "--folds", 2)
    assert "no finished run in the store has these settings and articles" in alone.stderr
    assert "champion: it is the first model; it has no measured figures" in alone.stdout
    [unmeasured] = search()
    assert unmeasured.data.tags["settings_of"] == ""
    assert not [k for k in unmeasured.data.metrics if k.startswith("inherited")]
    assert "No measured figures" in cli("models", "show", "champion").stdout
    line = one_line(cli("experiments", "report", "champion", "-o", "report.html"))
    assert "a final model was trained on all articles" in line and "train without --final" in line
    result = cli(*common, "--split", "0.5,0.25,0.25")
    assert "validation, 5 articles" in result.stdout and "test, 5 articles" in result.stdout, result.stderr
    run = search()[0]
    assert run.data.params["shares"] == "(0.5, 0.25, 0.25)" and "shares 0.5, 0.25" in run.data.params["split"]
    found = final_for(settings(corpus), read_corpus([str(corpus)], codebook), codebook)
    assert found.measured is not None and found.measured.run_id == run.info.run_id


def test_a_final_run_can_be_trained_again(final_store: tuple[Any, Any], cli: Cli) -> None:
    final, measured = (run.info.run_id for run in final_store)
    result = cli("experiments", "rerun", final[:8], "--allow-dirty")
    assert result.exit_code == 0, (result.stdout, result.stderr)
    new = search()[0]
    assert new.data.tags["rerun_of"] == final and new.data.tags["settings_of"] == measured
    assert final_of(new) == final_of(search(prefix=final)[0])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--final", "--seeds", "2"], "--final and --seeds cannot be used together"),
        (["--final", "--split", "0.8,0.1,0.1"], "leave --split out"),
        (["--folds", "2", "--split", "0.8,0.1,0.1"], "leave --split out"),
        (["--like", "champion"], "--like needs --final"),
        (["linear", "--final", "--like", "champion"], "leave CONFIG, --set, --teacher and --unlabelled"),
        (["--final", "--like", "champion", "--teacher", "x"], "--teacher and --unlabelled out"),
    ],
)
def test_options_that_exclude_each_other(cli: Cli, options: list[str], message: str) -> None:
    result = cli("train", *options)
    assert result.exit_code == 2 and message in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.parametrize("shares", ["0.8,0.1", "0.8,0.3,0.1", "1,0,0", "0,1,0", "a,b,c", "nan,1,0", "2,-1,0"])
def test_bad_shares_are_one_line(
    cli: Cli, store: Path, one_line: Callable[[Result], str], shares: str
) -> None:
    line = one_line(cli("train", "--split", shares))
    assert "--split" in line and "add up to 1" in line and "0.8,0.1,0.1" in line


def test_shares_of_a_corpus_with_splits_are_an_error(
    cli: Cli, store: Path, tiny_file: Path, one_line: Callable[[Result], str]
) -> None:
    line = one_line(cli("train", "--corpus", tiny_file, "--split", "0.8,0.1,0.1"))
    assert "every article has a split already" in line and "leave --split" in line
    assert not search()


def test_more_folds_than_articles_leave_no_run(
    cli: Cli, store: Path, tiny_file: Path, one_line: Callable[[Result], str]
) -> None:
    assert "cannot be split into 900 folds" in one_line(
        cli("train", "--corpus", tiny_file, "--final", "--folds", 900)
    )
    assert not search()
