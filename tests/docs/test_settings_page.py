"""docs/settings.md, which docs/make_settings.py writes."""

from __future__ import annotations

import runpy
from pathlib import Path

from stancewire.training.settings import setting_names

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_current_and_has_every_setting() -> None:
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    made = runpy.run_path(str(DOCS / "make_settings.py"))["settings"]()
    assert page == made, "write it anew with `make settings`"
    for kind in ("linear", "encoder"):
        for name in setting_names(kind):
            assert name == "classifier.kind" or f"| `{name.removeprefix('classifier.')}`" in page, name
