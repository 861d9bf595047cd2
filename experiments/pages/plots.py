"""Plots as SVG in the page: text as text, colours that follow the mode, a title and description for readers.

A plot is drawn twice, for wide and for narrow windows, so that its labels are legible on a phone.
"""

from __future__ import annotations

import io
import itertools
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ...data.printable import xml_text
from .palette import PALETTE, plot_colour

if TYPE_CHECKING:
    from lxml.etree import _Element
    from markupsafe import Markup
    from matplotlib.figure import Figure

# Widths in inches: of the text column, and of a phone of 390 px.
WIDE, NARROW = 8.2, 3.6
PIXELS_PER_POINT = 96 / 72
_SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_VARIABLES = {light: f"var(--{name})" for name, (light, _) in PALETTE.items()}
_FONT = re.compile(r"(?P<style>italic |oblique )?(?P<weight>bold |[1-9]00 )?(?P<size>[\d.]+)px ")
_numbers = itertools.count(1)


def figure_html(
    draw: Callable[[float], Figure], *, title: str, description: str, caption: str | Markup = ""
) -> Markup:
    """A plot as a `<figure>` element.

    Args:
        draw: draws the plot at a width in inches, `WIDE` or `NARROW`, with the colours of `plot_colour`.
        title: what the plot shows.
        description: what one sees in it, for people who do not see it.
            Control characters in title, description and plot are made visible.
        caption: shown below the plot; text is escaped.
    """
    from markupsafe import Markup, escape

    plots = []
    for width, name in ((WIDE, "wide"), (NARROW, "narrow")):
        with plot_style():
            plots.append(svg(draw(width), title=title, description=description, css_class=f"plot {name}"))
    below = Markup("<figcaption>{}</figcaption>").format(caption) if caption else Markup("")
    return Markup("<figure>") + Markup("").join(escape(p) for p in plots) + below + Markup("</figure>")


@contextmanager
def plot_style() -> Iterator[None]:
    """Draw in the style of the pages; `$` in labels is an ordinary character."""
    import matplotlib

    ink, quiet, rule = plot_colour("ink"), plot_colour("quiet"), plot_colour("rule")
    settings: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": "stancewire",
        "text.parse_math": False,
        "font.size": 9,
        "axes.titlesize": 10,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": quiet,
        "axes.labelcolor": quiet,
        "axes.titlecolor": ink,
        "axes.axisbelow": True,
        "axes.facecolor": "none",
        "figure.facecolor": "none",
        "grid.color": rule,
        "grid.linewidth": 0.7,
        "text.color": ink,
        "xtick.color": quiet,
        "ytick.color": quiet,
        "legend.frameon": False,
    }
    with matplotlib.rc_context(settings):
        yield


def svg(figure: Figure, *, title: str, description: str, css_class: str = "plot") -> Markup:
    """A figure as an `<svg>` element without styles, scripts and ids that other plots may have too.

    Args:
        figure: drawn within `plot_style`.
        title, description: read out by screen readers.
        css_class: `plot`, and `wide` or `narrow` where there is a version for each.
    """
    from lxml import etree
    from markupsafe import Markup

    out = io.BytesIO()
    _make_printable(figure)
    with plot_style(), warnings.catch_warnings():
        # The browser draws the text, and has fonts for scripts that matplotlib's font does not have.
        warnings.filterwarnings("ignore", "Glyph .* missing from")
        nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
        figure.savefig(out, format="svg", metadata=nothing)
    root = etree.fromstring(out.getvalue(), etree.XMLParser(resolve_entities=False, remove_comments=True))
    prefix = f"p{next(_numbers)}-"
    for element in list(root.iter()):
        if element.tag in (f"{_SVG}metadata", f"{_SVG}style"):
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)
        else:
            _rewrite(element, prefix)
    _label(root, prefix, title, description)
    root.set("class", css_class)
    for side in ("width", "height"):
        root.set(side, f"{float(root.get(side, '0').removesuffix('pt')) * PIXELS_PER_POINT:.0f}")
    return Markup(etree.tostring(root, encoding="unicode"))


def _make_printable(figure: Figure) -> None:
    """Replace what neither matplotlib nor XML accepts in the texts of a figure: controls and surrogates."""
    from matplotlib.text import Text

    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            # Drawing sets the labels of ticks again.
            formatter = axis.get_major_formatter()
            printable = _printable_labels(formatter.format_ticks)
            formatter.format_ticks = printable  # type: ignore[assignment,method-assign]
    for text in figure.findobj(Text):
        text.set_text(xml_text(text.get_text()))


def _printable_labels(labels: Callable[[Any], list[str]]) -> Callable[[Any], list[str]]:
    return lambda values: [xml_text(label) for label in labels(values)]


def _label(root: _Element, prefix: str, title: str, description: str) -> None:
    from lxml import etree

    root.set("role", "img")
    root.set("aria-labelledby", f"{prefix}t {prefix}d")
    for position, (name, text) in enumerate((("title", title), ("desc", description))):
        element = etree.Element(f"{_SVG}{name}", id=f"{prefix}{name[0]}")
        element.text = xml_text(text)
        root.insert(position, element)


def _rewrite(element: _Element, prefix: str) -> None:
    """Style declarations as attributes, which the policy of the page allows; ids with a prefix."""
    for name, value in _declarations(element.attrib.pop("style", "")):
        element.set(name, _VARIABLES.get(value.lower(), value))
    for name in ("fill", "stroke"):
        if (value := element.get(name)) is not None:
            element.set(name, _VARIABLES.get(value.lower(), value))
    if "id" in element.attrib:
        # Groups are named by matplotlib; only what is referred to needs its name.
        if element.tag == f"{_SVG}g":
            del element.attrib["id"]
        else:
            element.set("id", prefix + element.get("id", ""))
    if (link := element.get(_XLINK, "")).startswith("#"):
        del element.attrib[_XLINK]
        element.set("href", f"#{prefix}{link[1:]}")
    for name, value in element.attrib.items():
        if "url(#" in value:
            element.set(name, value.replace("url(#", f"url(#{prefix}"))


def _declarations(style: str) -> Iterator[tuple[str, str]]:
    """The declarations of a style attribute; the page chooses the font family."""
    for part in style.split(";"):
        name, _, value = (x.strip() for x in part.partition(":"))
        if name == "font":
            if font := _FONT.match(value):
                yield "font-size", font["size"]
                if font["weight"]:
                    yield "font-weight", font["weight"].strip()
                if font["style"]:
                    yield "font-style", font["style"].strip()
        elif name and name != "font-family":
            yield name, value
