"""The example notebooks run from the first cell to the last."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted(p.name for p in (ROOT / "examples").glob("*.ipynb"))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs(name: str, empty_store: Path, tmp_path: Path) -> None:
    import shutil

    work = tmp_path / "examples"
    shutil.copytree(ROOT / "examples", work)
    shutil.copy(empty_store, work / "mlflow.db")
    notebook = nbformat.read(work / name, as_version=4)
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(work)}}
    ).execute()
    assert [cell.outputs for cell in notebook.cells if cell.cell_type == "code"][-1]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_stored_without_outputs(name: str) -> None:
    notebook = nbformat.read(ROOT / "examples" / name, as_version=4)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)
