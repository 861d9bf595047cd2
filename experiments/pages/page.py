"""Render a page: one HTML file that holds its style, script and data, and can load or run nothing else."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ...data.printable import printable
from .palette import css_variables

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_FOLDER = Path(__file__).parent / "templates"
_IN_JSON = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class PageKind:
    """What pages of one kind have in common.

    Attributes:
        template: the template, which extends `base.html`.
        folders: where templates, styles and scripts are looked for before the folder of the base.
        styles, scripts: files that are added to those of the base.
        connects: whether the script may call the server that the page is from.
    """

    template: str
    folders: tuple[Path, ...] = ()
    styles: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    connects: bool = False


def render_page(kind: PageKind, *, title: str, data: Any = None, **context: Any) -> str:
    """Render a page.

    A Content-Security-Policy allows the style and the script of the page by their hashes and nothing else:
    what texts inject cannot run, even if an escape were missing. Text from outside is escaped by the
    template; whoever marks a string as safe (`Markup`) has escaped it.

    Args:
        kind: the kind of the page.
        title: the title of the document and its first heading.
        data: JSON values for the script, which reads them with `stancewire.data()`.
        context: the variables of the template.

    Returns:
        The document, to be written in UTF-8.
    """
    from markupsafe import Markup

    style = css_variables() + _assets(kind, ("page.css", *kind.styles))
    script = _assets(kind, ("page.js", *kind.scripts))
    page = _environment(kind.folders).get_template(kind.template)
    text = page.render(
        title=printable(title),
        policy=content_security_policy([style], [script], connects=kind.connects),
        style=Markup(style),
        script=Markup(script),
        data=None if data is None else Markup(embedded_json(data)),
        version=_version(),
        **context,
    )
    return _SURROGATES.sub("�", text)


def embedded_json(value: Any) -> str:
    """A value as JSON that may stand in a `<script type="application/json">` element."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_IN_JSON)


def content_security_policy(styles: Sequence[str], scripts: Sequence[str], *, connects: bool = False) -> str:
    """A policy that allows these styles and scripts by their hashes, images in the page, and nothing else.

    Args:
        styles, scripts: the contents of the `<style>` and `<script>` elements.
        connects: whether scripts may call the server of the page.
    """
    own = "'self'" if connects else "'none'"
    rules = {
        "default-src": "'none'",
        "style-src": " ".join(map(_hash, styles)),
        "script-src": " ".join(map(_hash, scripts)),
        "img-src": "data:",
        "connect-src": own,
        "form-action": own,
        "base-uri": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def with_code(text: str) -> Markup:
    """Text with `code` in backticks as HTML; everything is escaped."""
    from markupsafe import Markup, escape

    parts = printable(text).split("`")
    if len(parts) % 2 == 0:  # a backtick without its partner
        return escape("`".join(parts))
    shown = [Markup("<code>{}</code>").format(p) if k % 2 else escape(p) for k, p in enumerate(parts)]
    return Markup("").join(shown)


def web_address(url: str | None) -> str | None:
    """The address if it may be a link (`http` or `https` with a host), otherwise None."""
    try:
        parts = urlsplit((url or "").strip())
    except ValueError:
        return None
    return url.strip() if url and parts.scheme in ("http", "https") and parts.netloc else None


def _hash(content: str) -> str:
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"


def _assets(kind: PageKind, names: Sequence[str]) -> str:
    return "".join(_asset(kind.folders, name) for name in names)


@lru_cache
def _asset(folders: tuple[Path, ...], name: str) -> str:
    path = next(f / name for f in (*folders, _FOLDER) if (f / name).is_file())
    return path.read_text(encoding="utf-8")


@lru_cache
def _environment(folders: tuple[Path, ...]) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader([*folders, _FOLDER]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: Mapping[str, Any] = {"printable": printable, "web_address": web_address, "with_code": with_code}
    environment.filters.update(filters)
    return environment


def _version() -> str:
    from ... import __version__

    return __version__
