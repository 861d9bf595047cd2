"""Word n-grams: they show that a text is a copy of another one, also where parts were cut or added."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

# Two articles are copies if this part of the word 5-grams of the shorter one is also in the other. Chosen on
# real news: at 0.5, precision was 0.996 and recall 0.982 (docs/reading.md).
CONTAINMENT = 0.5
N_WORDS = 5
_WORD = re.compile(r"\w+")


def shingles(text: str) -> set[bytes]:
    """The word 5-grams of a text in lower case; a shorter text is one shingle."""
    words = _WORD.findall(text.casefold())
    last = max(len(words) - N_WORDS + 1, 1)
    return {" ".join(words[i : i + N_WORDS]).encode("utf-8", "replace") for i in range(last)}


class KnownTexts:
    """Texts of which copies are to be recognised, exactly; about 200 bytes of memory per word.

    `serving.articles.selecting.duplicates` estimates the same containment for any number of texts.

    Args:
        texts: the texts, such as all test articles.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._sizes: list[int] = []
        self._holders: dict[bytes, list[int]] = defaultdict(list)
        for n, text in enumerate(texts):
            found = shingles(text)
            self._sizes.append(len(found))
            for shingle in found:
                self._holders[shingle].append(n)

    def copy_of(self, text: str, threshold: float = CONTAINMENT) -> int | None:
        """The index of the text that this one shares the most with; None if it is a copy of none.

        Args:
            threshold: the share of the 5-grams of the shorter text that makes it a copy, in (0, 1].
        """
        found = shingles(text)
        shared = Counter(n for shingle in found for n in self._holders.get(shingle, ()))
        shares = [(count / min(len(found), self._sizes[n]), -n) for n, count in shared.items()]
        best, index = max(shares, default=(0.0, 0))
        return -index if best >= threshold else None
