"""The table `[sweep]` of a config: every error is one line that names the file and the setting."""

from __future__ import annotations

from pathlib import Path

import pytest
from stancewire.data.errors import InputError
from stancewire.experiments.config import CONFIGS, config_text, load_config, with_values
from stancewire.experiments.studies.sweep.ranges import SearchSpace, current_values, search_space

HEAD = 'name = "mine"\n[classifier]\nregularisation = 0.5\n[sweep.classifier]\n'


def space(tmp_path: Path, *lines: str, head: str = HEAD) -> SearchSpace:
    path = tmp_path / "mine.toml"
    path.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    return search_space(str(path), load_config(str(path)))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("regularization = { low = 0.1, high = 1.0 }", "did you mean classifier.regularisation?"),
        ("kind = { choices = ['linear', 'encoder'] }", "classifier.kind cannot be searched"),
        ("regularisation = { low = 1.0, high = 0.1 }", "low (1) must be below high (0.1)"),
        ("regularisation = { low = 0.1 }", "low and high are needed, or choices"),
        ("regularisation = { low = 0.0, high = 1.0, log = true }", "needs values above 0"),
        ("regularisation = { low = 0.0, high = 1.0 }", "0.0 is not allowed"),
        ("regularisation = { low = 0.1, high = 1e9 }", "is not allowed: give a number from"),
        ("min_count = { low = 1.5, high = 3 }", "1.5 is not allowed: give an integer"),
        ("min_count = { choices = [1] }", "at least 2 items"),
        ("min_count = { choices = [1, 2, 1] }", "a choice is repeated"),
        ("min_count = { choices = [1, 2], low = 1 }", "give either choices, or low and high"),
        ("min_count = { low = 1, high = 3, step = 1 }", "classifier.min_count.step"),
        ("min_count = 3", "classifier.min_count"),
        ("min_count = { low = true, high = 3 }", "classifier.min_count.low"),
    ],
)
def test_an_invalid_range_is_one_line(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        space(tmp_path, line)
    text = str(caught.value)
    assert message in text and "mine.toml" in text and "\n" not in text


@pytest.mark.parametrize("table", ["", "sweep = 3\n", "[sweep]\n", "[sweep.classifier]\n"])
def test_a_config_without_ranges_says_how_to_declare_them(tmp_path: Path, table: str) -> None:
    with pytest.raises(InputError, match="no ranges"):
        space(tmp_path, head=f'name = "mine"\n{table}' if "=" in table else f"{table}[classifier]\n")


def test_only_settings_of_the_classifier_can_be_searched(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="seed cannot be searched"):
        space(tmp_path, head="[sweep]\nseed = { low = 0, high = 5 }\n")


def test_train_reads_the_same_config_without_its_ranges() -> None:
    swept, plain = load_config("linear-sweep"), load_config("linear")
    assert swept.model_copy(update={"name": "linear"}) == plain


def test_integers_stay_integers_and_the_config_is_a_point_of_the_space() -> None:
    settings = load_config("linear-sweep")
    found = search_space("linear-sweep", settings)
    from optuna.distributions import FloatDistribution, IntDistribution

    distributions = found.distributions(settings)
    assert distributions["classifier.min_count"] == IntDistribution(1, 4)
    assert isinstance(distributions["classifier.regularisation"], FloatDistribution)
    own = current_values(found, settings)
    assert own is not None and own["classifier.regularisation"] == 0.5


def test_a_config_outside_of_its_ranges_is_no_point(tmp_path: Path) -> None:
    found = space(tmp_path, "regularisation = { low = 1.0, high = 2.0 }")
    assert current_values(found, load_config(str(tmp_path / "mine.toml"))) is None


@pytest.mark.parametrize("name", sorted(p.stem for p in CONFIGS.glob("*.toml")))
def test_a_written_config_is_read_as_it_was(tmp_path: Path, name: str) -> None:
    settings = with_values(load_config(name), {"name": 'a "name", ünïcode'}, "here")
    path = tmp_path / "written.toml"
    path.write_text(config_text(settings, "one line\nand another"), encoding="utf-8")
    assert load_config(str(path)) == settings
