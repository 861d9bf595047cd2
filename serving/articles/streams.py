"""The limits of articles and their sources; the streams that keep to them are in `data.files.bounded`."""

from __future__ import annotations

from ...data.files.bounded import MAX_RATIO, RATIO_FLOOR, Bounded, Counted, OneWay, too_large

__all__ = [
    "MAX_ARTICLE_BYTES",
    "MAX_RATIO",
    "MAX_STREAM_BYTES",
    "RATIO_FLOOR",
    "Bounded",
    "Counted",
    "OneWay",
    "too_large",
]

# An article, in bytes of UTF-8.
MAX_ARTICLE_BYTES = 2_000_000
# A source that is read row by row, in bytes after decompression.
MAX_STREAM_BYTES = 20_000_000_000
