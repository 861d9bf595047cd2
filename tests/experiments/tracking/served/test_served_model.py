"""The registered model as MLflow's users know it: signature, example, requirements, and a table as answer."""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
import pytest
from click.testing import Result
from mlflow.exceptions import MlflowException
from stancewire.experiments.tracking.lifecycle.work_folder import work_folder
from stancewire.experiments.tracking.served.logged_model import PYFUNC_MODEL, log_model, requirements
from stancewire.experiments.tracking.store import connect
from stancewire.tests.experiments.tracking.servers import running
from stancewire.training.serialization import load_model

MODELS = Path(__file__).parents[3] / "models"
TEXT = "Kenya accused Somalia of shelling the brutal camp. It rained. Somalia urged Kenya to withdraw."
SENTENCE = "Kenya accused Somalia of shelling the camp."


def logged(kind: str, folder: Path) -> Path:
    """A tiny model, logged to a store in a folder; returns the folder of its artifacts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder / 'mlflow.db'}")
        store = connect(write=True)
        store.set_experiment("served")
        with work_folder() as work, store.start_run():
            uri = log_model(store, MODELS / kind, load_model(MODELS / kind), work)
        return Path(store.artifacts.download_artifacts(artifact_uri=uri))


@pytest.fixture(scope="module")
def found_folder(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A logged model that finds its mentions."""
    folder = tmp_path_factory.mktemp("found")
    shutil.copy(empty_store, folder / "mlflow.db")
    return logged("5-linear", folder)


@pytest.fixture(scope="module")
def known_folder(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A logged model of known pairs."""
    folder = tmp_path_factory.mktemp("known")
    shutil.copy(empty_store, folder / "mlflow.db")
    return logged("5-linear_choice", folder)


@pytest.fixture(scope="module")
def found(found_folder: Path) -> Any:
    return mlflow.pyfunc.load_model(str(found_folder))


@pytest.fixture(scope="module")
def known(known_folder: Path) -> Any:
    return mlflow.pyfunc.load_model(str(known_folder))


def table(**columns: list[Any]) -> pd.DataFrame:
    return pd.DataFrame({k: pd.Series(v, dtype=object) for k, v in columns.items()})


# What is stored.


def test_the_signature_has_typed_columns_and_parameters(found: Any, known: Any) -> None:
    inputs, outputs = found.metadata.get_input_schema(), found.metadata.get_output_schema()
    assert inputs.input_names() == ["text", "id", "title", "actor", "target"]
    assert inputs.required_input_names() == ["text"]
    # Of a known pair, one may be unnamed.
    assert known.metadata.get_input_schema().required_input_names() == ["text"]
    types = {c.name: c.type.name for c in outputs.inputs}
    assert types["stance"] == "string" and types["score"] == "double" and types["actor_start"] == "long"
    assert [p.name for p in found.metadata.get_params_schema().params] == ["rows", "min_score"]


def test_the_answer_has_the_columns_and_types_of_the_signature(found: Any) -> None:
    kinds = {"string": "object", "double": "float64", "long": ("int64", "Int64")}
    for text in (TEXT, "It rained."):  # the second has no statements
        answer = found.predict(table(text=[text]), params={"min_score": 0.5})
        columns = found.metadata.get_output_schema().inputs
        assert list(answer.columns) == [c.name for c in columns]
        for column in columns:
            assert str(answer[column.name].dtype) in kinds[column.type.name], column


def test_the_input_example_is_answered(found: Any, known: Any) -> None:
    for model in (found, known):
        answer = model.predict(model.input_example)
        assert answer["stance"].iloc[0] == "blame" and answer["actor_id"].iloc[0] == "KEN"


def test_the_wheel_travels_and_no_path_of_this_machine_does(found_folder: Path) -> None:
    [wheel] = (found_folder / "code").iterdir()
    first, *pinned = (found_folder / "requirements.txt").read_text().split()
    assert first == f"code/{wheel.name}" and "mlflow==" in pinned[0] and "+" not in " ".join(pinned)
    texts = {p.name: p.read_text(errors="replace") for p in found_folder.rglob("*") if p.suffix != ".whl"
             and p.is_file()}  # fmt: skip
    here = (str(MODELS), str(PYFUNC_MODEL.parent), str(found_folder), "/tmp/")
    assert not [name for name, text in texts.items() if any(path in text for path in here)]


def test_a_local_build_is_pinned_by_its_release() -> None:
    assert all("+" not in r for r in requirements("stancewire-1-py3-none-any.whl"))


def test_a_model_without_signature_is_still_served(tmp_path: Path) -> None:
    path = tmp_path / "old"
    mlflow.pyfunc.save_model(
        path=str(path),
        python_model=str(PYFUNC_MODEL),
        artifacts={"model": str(MODELS / "5-linear")},
        pip_requirements=["stancewire"],
    )
    model = mlflow.pyfunc.load_model(str(path))
    assert model.metadata.signature is None
    assert set(model.predict(table(text=[SENTENCE]))["stance"]) == {"blame"}


# Answers.


def test_there_is_one_row_per_statement(found: Any) -> None:
    answer = found.predict(table(text=["It rained.", TEXT], id=["a", "b"], title=[None, "War"]))
    assert set(answer["id"]) == {"b"} and set(answer["title"]) == {"War"}
    blame = answer[answer["stance"] == "blame"].iloc[0]
    assert (blame["actor"], blame["actor_id"], blame["target"]) == ("Kenya", "KEN", "Somalia")
    assert TEXT[blame["target_start"] : blame["target_end"]] == "Somalia"
    assert TEXT[blame["start"] : blame["end"]] == blame["text"] and blame["sentence"] == 0
    assert 0 < blame["score"] <= 1


def test_missing_parties_are_null(found: Any) -> None:
    answer = found.predict(table(text=[TEXT]), params={"min_score": 0.01})
    without = answer[answer["target"].isna()]
    assert len(without) and without["target_start"].isna().all() and without["target"].iloc[0] is None


def test_a_pronoun_has_the_place_where_the_article_names_it(found: Any) -> None:
    text = "The president of Kenya spoke on Monday. He accused Somalia of shelling the camp."
    answer = found.predict(table(text=[text]), params={"min_score": 0.1})
    row = answer[answer["actor"] == "He"].iloc[0]
    assert row["actor_named_in_sentence"] == 0 and row["target_named_in_start"] is pd.NA
    assert "Kenya" in text[row["actor_named_in_start"] : row["actor_named_in_end"]]


def test_rows_can_be_articles_or_labels(found: Any) -> None:
    texts = table(text=[TEXT, None, "", 5], id=["a", "b", None, "d"])
    answer = found.predict(texts, params={"rows": "articles"})
    assert list(answer["id"]) == ["a", "b", "2", "d"]
    assert list(answer["error"]) == ["", "`text` is missing", "", "`text` is not a string"]
    assert answer["statements"][0][0]["actor_id"] == "KEN" and answer["statements"][2] == []
    labels = found.predict(table(text=[TEXT]), params={"rows": "labels"})
    assert list(labels.columns)[-2:] == ["label", "score"]


def test_min_score_replaces_the_thresholds(found: Any) -> None:
    few, many = (len(found.predict(table(text=[TEXT]), params={"min_score": p})) for p in (1.0, 0.01))
    assert few < many


def test_a_known_pair_has_one_stance(known: Any) -> None:
    answer = known.predict(table(text=[SENTENCE], actor=["Kenya"], target=["Somalia"]))
    assert list(answer["stance"]) == ["blame"]
    pairs = table(text=[SENTENCE] * 3, actor=["Kenya", None, "Kenya"], target=["Peru", None, None])
    errors = known.predict(pairs, params={"rows": "articles"})["error"]
    assert "'Peru' is not in the sentence" in errors[0] and "known pair" in errors[1] and not errors[2]
    assert "\n" not in errors[0] + errors[1]


@pytest.mark.parametrize(
    ("rows", "params", "said"),
    [
        (table(txt=[TEXT]), {}, r"missing inputs \['text'\].*extra inputs: \['txt'\]"),
        (table(text=[TEXT, None]), {}, "^row 1 of the input: `text` is missing$"),
        (table(text=[float("nan")]), {}, "^row 0 of the input: `text` is missing$"),
        (table(text=[TEXT, 5]), {}, "^row 1 of the input: `text` is not a string$"),
        (table(text=[TEXT]), {"rows": "x"}, "`rows` is 'x', not one of statements, labels, articles"),
        (table(text=[TEXT]), {"min_score": 3.0}, "`min_score` is 3.0, not from 0 to 1"),
        ("a text", {}, r"missing inputs \['text'\]"),
        (["a text"], {}, r"missing inputs \['text'\]"),
    ],
)
def test_invalid_input_is_one_clear_error(found: Any, rows: Any, params: dict[str, Any], said: str) -> None:
    with pytest.raises(MlflowException, match=said):
        found.predict(rows, params=params)


def test_a_registered_version_has_descriptions_without_metadata(trained_store: Path) -> None:
    client = mlflow.MlflowClient(f"sqlite:///{trained_store / 'mlflow.db'}")
    model = client.get_registered_model("stancewire")
    version = client.get_model_version_by_alias("stancewire", "champion")
    assert "stances blame" in model.description and "F1" in version.description
    assert not any(text.startswith("---") for text in (model.description, version.description))


def test_an_imported_model_has_signature_and_descriptions(
    trained_store: Path, cli: Callable[..., Result]
) -> None:
    client = mlflow.MlflowClient(f"sqlite:///{trained_store / 'mlflow.db'}")
    assert cli("models", "export", "champion", "-o", trained_store / "m.zip").exit_code == 0
    client.delete_registered_model("stancewire")
    assert "version 1, champion" in cli("models", "import", trained_store / "m.zip").stdout
    assert "stances blame" in client.get_registered_model("stancewire").description
    imported = mlflow.pyfunc.load_model("models:/stancewire@champion")
    assert imported.metadata.signature is not None and imported.input_example is not None


# A real server.


@pytest.mark.slow
def test_mlflow_serves_it(found_folder: Path, tmp_path: Path) -> None:
    command = ["models", "serve", "-m", str(found_folder), "--env-manager", "local"]
    with running(command, tmp_path, "/health") as (_, uri):

        def ask(body: Any, kind: str = "application/json") -> tuple[int, Any]:
            data = body if isinstance(body, str) else json.dumps(body)
            request = urllib.request.Request(f"{uri}/invocations", data.encode(), {"Content-Type": kind})
            try:
                with urllib.request.urlopen(request, timeout=120) as answer:
                    return answer.status, json.load(answer)
            except urllib.error.HTTPError as error:
                return error.code, json.load(error)

        rows = [{"text": TEXT, "id": "a"}]
        split = {"columns": ["text", "id"], "data": [[TEXT, "a"]]}
        answers = [
            ask(body)
            for body in (
                {"dataframe_records": rows},
                {"dataframe_split": split},
                {"inputs": {"text": [TEXT], "id": ["a"]}},
                {"inputs": rows},
                {"instances": rows},
            )
        ]
        answers.append(ask(f'text,id\n"{TEXT}",a\n', "text/csv"))
        assert all(answer == answers[0] for answer in answers), answers
        code, content = answers[0]
        assert code == 200 and content["predictions"][0]["actor_id"] == "KEN"
        assert content["predictions"][0]["title"] is None
        for body, said in (
            ({"dataframe_records": [{"txt": TEXT}]}, "missing inputs ['text']"),
            ({"dataframe_records": [{"text": None}]}, "row 0 of the input: `text` is missing"),
            ({"inputs": [TEXT]}, "missing inputs ['text']"),
            ({"inputs": TEXT}, "missing inputs ['text']"),
            ({"instances": [TEXT]}, "missing inputs ['text']"),
            ({"text": TEXT}, "exactly one of the input fields"),
            ({"dataframe_records": rows, "params": {"rows": "x"}}, "`rows` is 'x'"),
        ):
            code, content = ask(body)
            assert code == 400 and said in content["message"], (body, content)
            assert "stack_trace" not in content, content
