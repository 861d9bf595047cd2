"""A command does not import PyTorch to parse; a program that uses the API gets spaCy as it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys
from stancewire.data.files import torch_free
from stancewire.data.text.spacy_parser import parse_sentences
if {ours}:
    torch_free.this_process_is_ours()
if {before}:
    import torch
print(len(parse_sentences(["Kenya blamed Somalia."])[0]), "torch" in sys.modules)
import torch
print(torch.IS_FAKE)
"""


@pytest.mark.parametrize(
    ("ours", "before", "imported"), [(True, False, False), (True, True, True), (False, False, True)]
)
def test_only_our_own_processes_leave_torch_out(
    ours: bool, before: bool, imported: bool, tmp_path: Path
) -> None:
    (tmp_path / "torch.py").write_text("IS_FAKE = True\n")
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(ours=ours, before=before)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
        check=False,
    )
    assert result.stdout == f"4 {imported}\nTrue\n", result.stderr
