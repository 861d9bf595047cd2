"""Sphinx settings: MyST Markdown, API pages from docstrings; builds offline."""

from __future__ import annotations

import stancewire

project = "stancewire"
author = "the stancewire developers"
copyright = "the stancewire developers"
version = release = stancewire.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["*.py"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4

autodoc_typehints = "description"
autodoc_member_order = "bysource"
napoleon_numpy_docstring = False

html_theme = "alabaster"
html_static_path: list[str] = []
html_theme_options = {
    "description": "Who blames whom, who claims a ceasefire, who appeals to whom",
    "fixed_sidebar": True,
    "page_width": "1080px",
    "sidebar_width": "230px",
}
html_sidebars = {"**": ["about.html", "navigation.html", "searchbox.html"]}
html_show_sourcelink = False
