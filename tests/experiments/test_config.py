"""Run configs: every error names the file and the setting."""

from __future__ import annotations

from pathlib import Path

import pytest
from stancewire.data.errors import InputError
from stancewire.experiments.config import CONFIGS, changed_settings, load_config


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text('name = "mine"\nseed = 4\n[classifier]\nregularisation = 0.25\n', encoding="utf-8")
    return path


def refused(config: str | Path | None, *overrides: str) -> str:
    with pytest.raises(InputError) as caught:
        load_config(str(config) if config else None, overrides)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.toml")), ids=lambda p: p.stem)
def test_every_shipped_config_is_read_by_its_name(path: Path) -> None:
    assert load_config(path.stem) == load_config(str(path))
    assert load_config(path.stem).name == path.stem


def test_the_default_is_linear_on_the_shipped_corpus() -> None:
    settings = load_config(None)
    assert (settings.name, settings.corpus, settings.codebook, settings.classifier.kind) == (
        "linear",
        ("shipped",),
        "shipped",
        "linear",
    )


def test_a_file_sets_what_it_names_and_leaves_the_rest(config: Path) -> None:
    settings = load_config(str(config))
    assert (settings.name, settings.seed, settings.classifier.regularisation) == ("mine", 4, 0.25)
    assert settings.classifier.min_count == load_config(None).classifier.min_count


def test_overrides_have_the_type_of_their_value(config: Path) -> None:
    settings = load_config(
        str(config),
        [
            "seed=7",
            "name=second try",
            "classifier.regularisation=2",
            "classifier.min_count = 3",
            'corpus=["a.jsonl", "b.jsonl"]',
            'experiment="x"',
        ],
    )
    assert (settings.seed, settings.name, settings.experiment) == (7, "second try", "x")
    assert (settings.classifier.regularisation, settings.classifier.min_count) == (2.0, 3)
    assert settings.corpus == ("a.jsonl", "b.jsonl")


def test_the_last_override_wins() -> None:
    assert load_config(None, ["seed=1", "seed=2"]).seed == 2


def test_corpora_of_the_command_line_replace_those_of_the_config() -> None:
    assert load_config(None, [], ["shipped", "mine.jsonl"]).corpus == ("shipped", "mine.jsonl")


def test_a_missing_config_is_an_error_that_lists_the_shipped_ones() -> None:
    line = refused("nosuch.toml")
    assert line.startswith("nosuch.toml: no such config") and "linear" in line


def test_a_file_that_is_not_toml_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    for content, what in (
        (b"seed = \n", ": invalid TOML"),
        (b"\xff\xfe\x00binary", ":1: not UTF-8"),
        (b"x = " + b"[" * 3000, ": nested too deeply"),
        (b"x = " + b"9" * 5000, ": a number is too long"),
    ):
        path.write_bytes(content)
        assert refused(path).startswith(f"{path}{what}")


@pytest.mark.parametrize(
    ("value", "what"),
    [("[" * 3000, "nested too deeply"), ("9" * 5000, "too long"), ("\udcff", "not UTF-8")],
)
def test_a_value_that_cannot_be_read_is_one_line(value: str, what: str) -> None:
    with pytest.raises(InputError, match=f"^--set: .*{what}"):
        load_config(None, [f"classifier.x={value}"])


def test_a_folder_is_not_a_config(tmp_path: Path) -> None:
    assert str(tmp_path) in refused(tmp_path)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ('seed = "one"\n', "seed"),
        ("seed = -1\n", "seed"),
        ("[classifier]\nregularisation = 0\n", "classifier.regularisation"),
        ('[classifier]\nkind = "oracle"\n', "classifier.kind"),
        ("corpus = []\n", "corpus"),
        ("classifier = 3\n", "classifier"),
    ],
)
def test_a_bad_value_names_the_file_and_the_setting(tmp_path: Path, content: str, key: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(content, encoding="utf-8")
    line = refused(path)
    assert line.startswith(f"{path}: {key}: ")
    assert "settings are" not in line, "the name is known: only its value is wrong"


@pytest.mark.parametrize(
    ("content", "key", "meant"),
    [
        ("sede = 3\n", "sede", "seed"),
        ("[classifier]\nregularization = 1\n", "classifier.regularization", "classifier.regularisation"),
        ("min_count = 1\n", "min_count", "classifier.min_count"),
        ('[classifier]\nkind = "encoder"\nepoch = 1\n', "classifier.epoch", "classifier.epochs"),
    ],
)
def test_a_misspelled_setting_gets_a_suggestion(tmp_path: Path, content: str, key: str, meant: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(content, encoding="utf-8")
    assert refused(path) == f"{path}: no such setting {key!r} (did you mean {meant}?)"


def test_a_misspelled_override_names_the_option() -> None:
    line = refused(None, "classifier.regularization=1")
    assert (
        line == "--set: no such setting 'classifier.regularization' (did you mean classifier.regularisation?)"
    )


def test_an_unknown_setting_without_a_similar_one_lists_all() -> None:
    assert "settings are name, experiment, corpus" in refused(None, "zzz=1")


@pytest.mark.parametrize("override", ["seed=many", "classifier.regularisation=-1"])
def test_a_bad_value_of_an_override_names_its_setting(override: str) -> None:
    assert refused(None, override).startswith(f"--set: {override.partition('=')[0]}: ")


def test_changed_settings_are_those_that_differ_from_the_config(config: Path) -> None:
    assert changed_settings(load_config("linear")) == {}
    settings = load_config(
        "linear", ["classifier.regularisation=1.0", "name=mine", "seed=3"], ["other.jsonl"]
    )
    assert changed_settings(settings, "linear") == {"seed": "3", "classifier.regularisation": "1.0"}
    assert changed_settings(load_config(str(config), ["seed=7"]), str(config)) == {"seed": "7"}
    assert (
        changed_settings(load_config(str(config))) == {}
    )  # a config of the user's own, whose file is not named


@pytest.mark.parametrize("override", ["seed", "=3", ""])
def test_an_override_without_a_value_is_an_error(override: str) -> None:
    line = refused(None, override)
    assert "--set" in line and "key=value" in line


def test_an_override_inside_a_plain_value_is_an_error() -> None:
    assert "'seed' is not a table" in refused(None, "seed.more=1")
