"""A real tracking server with basic authentication works as the local store does."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from stancewire.tests.experiments.tracking.servers import tracking_server

Cli = Callable[..., Result]
PASSWORD = "correct-horse-battery"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("flask_wtf") is None, reason="MLflow's basic authentication needs Flask-WTF"
    ),
]


@pytest.fixture
def remote(store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a server on which `admin` needs a password; the store of this test."""
    folder = store / "server"
    folder.mkdir()
    (store / "mlflow.db").rename(folder / "mlflow.db")
    settings = folder / "auth.ini"
    settings.write_text(
        "[mlflow]\ndefault_permission = READ\n"
        f"database_uri = sqlite:///{folder / 'auth.db'}\n"
        f"admin_username = admin\nadmin_password = {PASSWORD}\n"
        "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n"
    )
    environment = {"MLFLOW_AUTH_CONFIG_PATH": str(settings), "MLFLOW_FLASK_SERVER_SECRET_KEY": "of a test"}
    with tracking_server(folder, ["--app-name", "basic-auth"], environment) as (_, uri):
        monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
        yield uri


def test_all_commands_work_with_a_password_and_none_without(
    remote: str,
    store: Path,
    tiny_file: Path,
    cli: Cli,
    one_line: Callable[[Result], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused = one_line(cli("experiments", "list"))
    assert "refuses access (HTTP 401)" in refused and "MLFLOW_TRACKING_USERNAME" in refused
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "admin")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "wrong")
    assert "HTTP 401" in one_line(cli("train", "--corpus", tiny_file))
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", PASSWORD)
    trained = cli("train", "--corpus", tiny_file, "--set", "bootstrap=20")
    assert trained.exit_code == 0 and "stancewire version 1, champion" in trained.stdout, trained.stderr
    [row] = [json.loads(line) for line in cli("experiments", "list", "--format", "jsonl").stdout.splitlines()]
    assert row["status"] == "FINISHED" and row["registered"] == "v1 champion" and row["micro_f1"] > 0
    shown = json.loads(cli("experiments", "show", row["run"], "--format", "json").stdout)
    # The intervals are only in an artifact, which the server hands out.
    assert len(shown["metrics"]["validation/statements/ci95"]) == 2
    article = store / "a.txt"
    article.write_text("Armenia accused Azerbaijan of shelling the town.", encoding="utf-8")
    scored = cli("score", article, "--format", "jsonl", "--min-score", "0.05")
    record = json.loads(scored.stdout)
    assert record["model"] == "stancewire/1" and record["statements"]
    evaluated = cli("evaluate", "--corpus", tiny_file, "--split", "test", "--bootstrap", "0")
    assert evaluated.exit_code == 0, evaluated.stderr
    assert cli("models", "export", "champion", "-o", store / "m.zip").exit_code == 0
    assert "version 2, challenger" in cli("models", "import", store / "m.zip").stdout
    assert len(cli("experiments", "list", "--format", "jsonl").stdout.splitlines()) == 3
    page = cli("experiments", "ui", "--no-open")
    assert page.stdout.startswith(f"{remote}/#/experiments/") and "/runs?" in page.stdout
    assert not (store / "mlflow.db").exists() and not (store / "mlruns").exists()
    everything = (trained.output, shown, evaluated.output, page.output)
    assert not any(PASSWORD in str(printed) for printed in everything)
