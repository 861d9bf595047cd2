"""The colours of pages and plots, each for light and dark mode.

All text colours have a contrast of at least 4.5 to 1 on `page`, `panel` and `raised` (WCAG 2.2, level AA).
In CSS and SVG a colour is a variable (`var(--ink)`), so that plots follow the mode of the page.
"""

from __future__ import annotations

# name: (light, dark)
PALETTE = {
    "page": ("#ffffff", "#14181d"),
    "panel": ("#f4f6f8", "#1d232a"),
    "raised": ("#fefefe", "#272f38"),
    "ink": ("#1b2127", "#e7ebef"),
    "quiet": ("#55606b", "#a9b4bf"),
    "rule": ("#d3d9df", "#39434d"),
    # Borders of controls need a contrast of 3 to 1.
    "edge": ("#7c8792", "#7f8b97"),
    "link": ("#0a55a8", "#8cbcff"),
    # On a background of this colour, text has the colour `page`.
    "c1": ("#b0271d", "#ff978c"),
    "c2": ("#0b58a3", "#80baff"),
    "c3": ("#855000", "#f0b65c"),
    "c4": ("#1a6b35", "#79d890"),
    "c5": ("#6b3596", "#cda9f7"),
    "c6": ("#4c5661", "#b9c3cd"),
    "loaded": ("#9c1768", "#ff94cf"),
}
# The colours of series: stances, models, outlets. A seventh takes the first again, so that a label is needed.
SERIES = ("c1", "c2", "c3", "c4", "c5", "c6")
TEXT = ("ink", "quiet", "link", *SERIES, "loaded")
GROUNDS = ("page", "panel", "raised")


def series_colour(index: int) -> str:
    """The name of the colour of a series (`c1` …), by its index from 0."""
    return SERIES[index % len(SERIES)]


def plot_colour(name: str) -> str:
    """The colour for matplotlib; in the page it becomes the CSS variable of that name."""
    return PALETTE[name][0]


def css_variables() -> str:
    """The variables of the style sheet; `color-scheme` of the root chooses between the two values."""
    rows = (f"--{name}:light-dark({light},{dark})" for name, (light, dark) in PALETTE.items())
    return f":root{{{';'.join(rows)}}}\n"


def contrast(first: str, second: str) -> float:
    """The contrast of two colours (`#rrggbb`) by WCAG 2.2, from 1 to 21."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
