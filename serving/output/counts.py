"""Counts in words."""

from __future__ import annotations


def plural(n: int, noun: str, many: str | None = None) -> str:
    """A count and its noun: `1 article`, `2 articles`."""
    return f"{n} {noun if n == 1 else many or noun + 's'}"
