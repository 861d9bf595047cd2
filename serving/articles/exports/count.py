"""Whether an export has the articles that it announces."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence


def title_key(title: str) -> str:
    """A title for comparison: lists of titles differ in case, spaces and punctuation from the articles."""
    return re.sub(r"\W+", "", title.casefold())


def missing_titles(announced: Sequence[str], found: Sequence[str]) -> list[str]:
    """The announced titles that were not found; a title that is announced twice has to be found twice.

    A title that the list cuts off counts as found if an article's title begins with it.
    """
    left = Counter(title_key(t) for t in found)
    missing = []
    for title in announced:
        key = title_key(title.rstrip("….").strip())
        match = key if left[key] else next((t for t in +left if len(key) >= 20 and t.startswith(key)), None)
        if match is None:
            missing.append(title)
        else:
            left[match] -= 1
    return missing
