"""Sphinx settings: MyST Markdown, API pages from docstrings; builds offline."""

from __future__ import annotations

from typing import Any

import stancewire
from sphinx.application import Sphinx

project = "stancewire"
author = "the stancewire developers"
copyright = "the stancewire developers"
version = release = stancewire.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["*.py"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
smartquotes = False  # it would turn --out into a dash

autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_member_order = "bysource"
napoleon_numpy_docstring = False
# `code` in docstrings.
default_role = "literal"

html_theme = "alabaster"
html_static_path: list[str] = []
html_theme_options = {
    "description": "Who blames whom, who claims a ceasefire, who appeals to whom",
    "fixed_sidebar": True,
    "page_width": "1190px",
    "body_max_width": "940px",
    "code_font_size": "0.8em",
    "sidebar_width": "230px",
}
html_sidebars = {"**": ["about.html", "navigation.html", "searchbox.html"]}
html_show_sourcelink = False

# Some pages include files from elsewhere in the repository. Links in the sources lead to those files, so that
# they also work where the sources are read; in the built site they lead to the pages.
LINKS = {
    "](../data/CODEBOOK.md": "](codebook.md",
    "](../data/README.md": "](data_card.md",
    "](../experiments/RESULTS.md": "](results.md",
    "](CODEBOOK.md": "](codebook.md",
    "](codebook.toml": "](../data/codebook.toml",
}


def _page_links(text: str) -> str:
    for file, page in LINKS.items():
        text = text.replace(file, page)
    return text


def setup(app: Sphinx) -> None:
    """Rewrite links while pages are read."""

    def rewrite(app: Sphinx, *arguments: Any) -> None:
        content: list[str] = arguments[-1]
        content[0] = _page_links(content[0])

    app.connect("source-read", rewrite)
    app.connect("include-read", rewrite)
