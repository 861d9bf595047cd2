"""Teachers by their names, and settings that do not fit together: one line each, before training."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from stancewire.data.annotation.corpus import write_corpus
from stancewire.data.codebook import Codebook
from stancewire.data.errors import InputError
from stancewire.data.schema import Article
from stancewire.experiments.config import load_config
from stancewire.experiments.distillation import prepare_distillation, resolved
from stancewire.training.distillation.articles import UnlabelledArticle
from stancewire.training.distillation.labelling import Distillation
from stancewire.training.progress import Progress
from stancewire.training.settings import TrainingSettings

Cli = Callable[..., Result]
OneLine = Callable[[Result], str]
TEXT = "The river police of the two districts met again on Tuesday to discuss the new ferry timetable."


def settings_with(**classifier: Any) -> TrainingSettings:
    return TrainingSettings.model_validate({"classifier": {"kind": "encoder", **classifier}})


def read(inputs: Sequence[str], note: Callable[[str], None]) -> Iterable[UnlabelledArticle]:
    return [UnlabelledArticle(Path(name).read_text(encoding="utf-8")) for name in inputs]


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def prepared(tiny: list[Article], codebook: Codebook, text_file: Path) -> Callable[..., Distillation | None]:
    held_out = [a for a in tiny if a.split != "train"]

    def prepare(lines: list[str] | None = None, **classifier: Any) -> Distillation | None:
        settings = settings_with(**{"unlabelled": [str(text_file)], **classifier})
        progress = Progress(line=(lines if lines is not None else []).append)
        return prepare_distillation(settings, held_out, codebook, read, progress)

    return prepare


def test_teachers_are_found_by_alias_version_run_folder_and_uri(
    trained_store: Path, gated_model: Path, prepared: Callable[..., Distillation | None]
) -> None:
    from mlflow import MlflowClient

    [version] = MlflowClient().search_model_versions("name='stancewire'")
    names = ("champion", "1", version.run_id, version.run_id[:10], f"runs:/{version.run_id}/model")
    names += ("models:/stancewire@champion", "models:/stancewire/1")
    digests = set()
    for name in names:
        found = prepared(teacher=[name])
        assert found is not None
        [teacher] = found.teachers
        digests.add(teacher.digest)
        expected = version.run_id if name.startswith("runs:") else "stancewire/1"
        assert teacher.name == expected, name
        again = prepared(teacher=[teacher.name])
        assert again is not None and again.teachers[0].digest == teacher.digest
    assert len(digests) == 1
    both = prepared(teacher=["champion", str(gated_model)])
    assert both is not None and both.teachers[1].name == str(gated_model)
    settings = settings_with(teacher=["champion", str(gated_model)], unlabelled=["x"])
    assert resolved(settings, both).classifier.teacher == ("stancewire/1", str(gated_model))
    assert resolved(settings, None) == settings


def test_the_model_of_an_unregistered_run_can_teach(
    store: Path, cli: Cli, tiny_file: Path, prepared: Callable[..., Distillation | None]
) -> None:
    result = cli("train", "--corpus", tiny_file, "--set", "bootstrap=0", "--no-register")
    run_id = result.stdout.split("run ")[-1].split()[0]
    for name in (run_id, run_id[:8], f"runs:/{run_id}"):
        found = prepared(teacher=[name])
        assert found is not None and found.teachers[0].name == run_id


def test_a_card_does_not_make_another_model(
    tiny_model: Path, tmp_path: Path, prepared: Callable[..., Distillation | None]
) -> None:
    from stancewire.training.manifest import write_manifest

    copy = tmp_path / "copy"
    shutil.copytree(tiny_model, copy)
    (copy / "README.md").write_text("# the same model", encoding="utf-8")
    write_manifest(copy)
    with pytest.raises(InputError, match=f"^classifier.teacher: {tiny_model} and {copy} are the same model"):
        prepared(teacher=[str(tiny_model), str(copy)])


def test_held_out_corpora_are_left_out_too(
    tiny: list[Article], tiny_model: Path, tmp_path: Path, text_file: Path,
    prepared: Callable[..., Distillation | None],
) -> None:  # fmt: skip
    own, other = tmp_path / "own.txt", tmp_path / "other.txt"
    own.write_text(next(a for a in tiny if a.split == "test").text, encoding="utf-8")
    train = next(a for a in tiny if a.split == "train")
    other.write_text(train.text, encoding="utf-8")
    corpus = tmp_path / "dev.jsonl"
    write_corpus(corpus, [train.model_copy(update={"split": None, "doc_id": "dev-1"})])
    inputs = [str(text_file), str(own), str(other)]
    lines: list[str] = []
    found = prepared(lines, teacher=[str(tiny_model)], unlabelled=inputs)
    assert found is not None and [a.text for a in found.selected.articles] == [TEXT, train.text]
    assert lines == ["2 unlabelled articles; left out: 1 held out, 0 repeated"]
    found = prepared(teacher=[str(tiny_model)], unlabelled=inputs, held_out=[str(corpus)])
    assert found is not None and [a.text for a in found.selected.articles] == [TEXT]


@pytest.mark.parametrize(
    ("classifier", "what"),
    [
        ({"teacher": ["champion"], "unlabelled": []}, "classifier.teacher: there are teachers, but no text"),
        ({"teacher": []}, "classifier.unlabelled: there is no teacher to label this text"),
        ({"unlabelled": [], "held_out": ["shipped"]}, "classifier.held_out: there is no teacher"),
        ({"teacher": ["nosuch"]}, "classifier.teacher: nosuch: no model"),
        ({"teacher": ["00000000ffffffff"]}, "classifier.teacher: 00000000ffffffff: no run"),
        ({"teacher": ["runs:/00000000ffffffff"]}, "classifier.teacher: runs:/00000000ffffffff: no run"),
    ],
)
def test_settings_that_do_not_fit_together_are_one_line(
    store: Path, prepared: Callable[..., Distillation | None], classifier: dict[str, Any], what: str
) -> None:
    with pytest.raises(InputError) as caught:
        prepared(**classifier)
    assert str(caught.value).startswith(what) and "\n" not in str(caught.value)


def test_without_teachers_nothing_is_read(prepared: Callable[..., Distillation | None]) -> None:
    assert prepared(unlabelled=[]) is None


def test_known_pairs_have_no_teachers(codebook: Codebook) -> None:
    settings = settings_with(teacher=["champion"], unlabelled=["x"]).model_copy(update={"mentions": "known"})
    with pytest.raises(InputError, match="pairs of unlabelled text are not known"):
        prepare_distillation(settings, [], codebook, read, Progress())


def test_the_linear_classifier_says_whose_setting_it_is() -> None:
    with pytest.raises(InputError, match=r"^--set: classifier.teacher is a setting of the encoder"):
        load_config("linear", ['classifier.teacher=["champion"]'])
    with pytest.raises(InputError, match=r"classifier.min_count is a setting of the linear"):
        load_config("encoder", ["classifier.min_count=3"])


def test_studies_of_several_trainings_refuse_teachers(
    store: Path, cli: Cli, one_line: OneLine, tiny_file: Path
) -> None:
    config = store / "student.toml"
    config.write_text(
        f"corpus = [{json.dumps(str(tiny_file))}]\n"
        '[classifier]\nkind = "encoder"\nteacher = ["champion"]\nunlabelled = ["x.txt"]\n',
        encoding="utf-8",
    )
    for command in (
        ("train", config, "--folds", "3"),
        ("experiments", "learning-curve", "--config", config, "-o", store / "curve"),
    ):
        line = one_line(cli(*command))
        assert "classifier.teacher: teachers cannot be used in a " in line
    assert not (store / "curve").exists()


def test_placeholders_of_the_shipped_config_are_named(store: Path, cli: Cli, one_line: OneLine) -> None:
    line = one_line(cli("train", "encoder-news-student", "--corpus", "shipped"))
    assert line.startswith("error: classifier.teacher: FIRST-TEACHER: no model")
