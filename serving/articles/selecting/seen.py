"""The ids of the articles of a source, in little memory."""

from __future__ import annotations

from array import array

_FIRST_SIZE = 1024
_MASK = (1 << 64) - 1


class SeenIds:
    """A set of 64-bit hashes of ids in a table with open addressing: 16 to 32 bytes per id.

    A set of strings needs five times as much. Two of a million ids have the same hash with a probability of
    about 3 in 100 million.
    """

    def __init__(self) -> None:
        self._table = array("Q", bytes(8 * _FIRST_SIZE))
        self._n = 0

    def add(self, id: str) -> bool:
        """Add an id; False if it was there."""
        key = (hash(id) & _MASK) or 1  # 0 is an empty slot
        at = self._slot(self._table, key)
        if self._table[at]:
            return False
        self._table[at] = key
        self._n += 1
        if 2 * self._n > len(self._table):
            self._grow()
        return True

    @staticmethod
    def _slot(table: array[int], key: int) -> int:
        """Where the key is, or the empty slot for it."""
        mask = len(table) - 1
        at = key & mask
        while table[at] and table[at] != key:
            at = (at + 1) & mask
        return at

    def _grow(self) -> None:
        larger = array("Q", bytes(16 * len(self._table)))
        for key in self._table:
            if key:
                larger[self._slot(larger, key)] = key
        self._table = larger
