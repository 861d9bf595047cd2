"""Wire copy counted once: near-identical articles are scored once, with a list of other carriers.

Signatures are those of MinHash (Broder 1997, "On the resemblance and containment of documents") over word
5-grams; candidate pairs are found by locality-sensitive hashing with bands (Leskovec, Rajaraman and Ullman,
"Mining of Massive Datasets", ch. 3). datasketch makes the signatures; its own index takes several times the
memory, so the bands are sorted here instead.

Articles go to a temporary file while signatures are collected; when the inputs have ended, each group is
given once. Memory: about 1 KB an article. Disk: the size of the texts.
"""

from __future__ import annotations

import itertools
import json
import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from typing import IO, TYPE_CHECKING, Any

from ....data.annotation.copies import CONTAINMENT, shingles
from ....data.record import Carrier
from ..source import SourceArticle

if TYPE_CHECKING:
    import numpy as np
    from datasketch import MinHash
    from numpy.typing import NDArray

# 42 bands of 3 values find a pair of Jaccard similarity 0.3 with probability 0.69, of 0.4 with 0.94.
BANDS, ROWS = 42, 3
N_VALUES = BANDS * ROWS
# Articles of one bucket are compared with its first ones, so that boilerplate does not cost quadratic time.
_COMPARED = 8


def signature(text: str) -> tuple[NDArray[np.uint32], int]:
    """The MinHash values of a text, shape (N_VALUES,), and the number of its shingles."""
    found = shingles(text)
    sketch = _empty().copy()
    sketch.update_batch(list(found))
    return sketch.hashvalues.astype("uint32"), len(found)


_EMPTY: list[MinHash] = []


def _empty() -> MinHash:
    if not _EMPTY:
        from datasketch import MinHash

        _EMPTY.append(MinHash(num_perm=N_VALUES, seed=1))
    return _EMPTY[0]


def containment(a: NDArray[np.uint32], n_a: int, b: NDArray[np.uint32], n_b: int) -> float:
    """The estimated part of the shingles of the smaller text that are in the larger one, in [0, 1]."""
    jaccard = float((a == b).mean())
    return min(1.0, jaccard * (n_a + n_b) / (1 + jaccard) / min(n_a, n_b))


class Signatures:
    """The signatures of articles, in order; 508 bytes each."""

    def __init__(self) -> None:
        self._values = array("I")
        self._sizes = array("I")

    def __len__(self) -> int:
        return len(self._sizes)

    def add(self, text: str) -> None:
        """Add the signature of the next article."""
        values, n = signature(text)
        self._values.frombytes(values.tobytes())
        self._sizes.append(n)

    def first_of_each(self, threshold: float = CONTAINMENT) -> list[int]:
        """For each article, the index of the first one that it is a copy of; otherwise its own."""
        import numpy as np

        n = len(self)
        values = np.frombuffer(self._values, dtype=np.uint32).reshape(n, N_VALUES)
        candidates: dict[int, set[int]] = {}
        for band in range(BANDS):
            for bucket in _buckets(values[:, band * ROWS : (band + 1) * ROWS]):
                for k, j in enumerate(bucket[1:], 1):
                    candidates.setdefault(j, set()).update(bucket[: min(k, _COMPARED)])
        first = list(range(n))
        for j in sorted(candidates):
            for i in sorted(candidates[j]):
                if first[i] != i:
                    continue
                if containment(values[i], self._sizes[i], values[j], self._sizes[j]) >= threshold:
                    first[j] = i
                    break
        return first


def _buckets(rows: NDArray[np.uint32]) -> Iterator[list[int]]:
    """The indices of rows that are equal, in order, where there are several."""
    import numpy as np

    order = np.lexsort(rows.T[::-1])
    ordered = rows[order]
    starts = np.flatnonzero(np.r_[True, (ordered[1:] != ordered[:-1]).any(axis=1), True])
    for a, b in itertools.pairwise(starts):
        if b - a > 1:
            yield sorted(int(i) for i in order[a:b])


def deduplicated(
    articles: Iterable[SourceArticle],
    note: Callable[[str], None],
    threshold: float = CONTAINMENT,
) -> Iterator[SourceArticle]:
    """Each story once: the first of the articles that are copies of it, with `also_in`.

    All articles are read before the first one is yielded.

    Args:
        articles: read once, in order.
        note: called with the number of copies, if there are any.
        threshold: the share of the word 5-grams of the shorter text that makes it a copy, in (0, 1].
    """
    found = Signatures()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
        for article in articles:
            found.add(article.text)
            spool.write(json.dumps(asdict(article)) + "\n")
        if not len(found):
            return
        first = found.first_of_each(threshold)
        carriers = _carriers(spool, first)
        if carriers:
            copies = sum(map(len, carriers.values()))
            verb = "is a near-identical copy" if copies == 1 else "are near-identical copies"
            note(f"{copies:,} of {len(found):,} articles {verb} of an earlier one; not read again")
        spool.seek(0)
        for n, line in enumerate(spool):
            if first[n] == n:
                yield _restored(json.loads(line), carriers.get(n, []))


def _carriers(spool: IO[str], first: list[int]) -> dict[int, list[Carrier]]:
    """For each article that has copies, where these were carried."""
    found: dict[int, list[Carrier]] = {}
    spool.seek(0)
    for n, line in enumerate(spool):
        if first[n] != n:
            row = json.loads(line)
            kept = Carrier(**{k: row[k] for k in ("id", "outlet", "date", "url", "source")})
            found.setdefault(first[n], []).append(kept)
    return found


def _restored(row: dict[str, Any], carriers: list[Carrier]) -> SourceArticle:
    return replace(SourceArticle(**{**row, "also_in": ()}), also_in=tuple(carriers))
