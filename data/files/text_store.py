"""A bounded store of texts by key in one SQLite file: damage is detected, and the file recreated."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

# Old versions of SQLite allow 999 parameters in a query.
_KEYS_PER_QUERY = 500
# The time of last use is written at most once an hour, so that reads rarely write.
_USED_EVERY = 3600
# A store over its limit is reduced to this share of it.
_KEPT = 0.8
_COLUMNS = "(key BLOB PRIMARY KEY, value TEXT NOT NULL, digest BLOB NOT NULL, used INTEGER NOT NULL)"
# Reasons that are not damage: busy, locked, read-only, no permission, full, I/O error, cannot be opened.
_UNUSABLE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
}
_log = logging.getLogger("stancewire")


def _digest(key: bytes, value: str) -> bytes:
    return hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=8, key=key[:64]).digest()


class TextStore:
    """Texts by key. Several processes may use one file; none of its problems reaches the caller.

    A damaged file is deleted and recreated, with one note. A file that cannot be used (read-only, locked
    for a long time, on a full disk) is ignored. Every text has a digest: a changed row is never returned.

    Args:
        file: the SQLite file; None for a store that keeps nothing.
        limit: size in bytes above which the texts that were not used for the longest time are removed.
        name: what it holds, for notes.
    """

    def __init__(self, file: Path | None, limit: int, name: str) -> None:
        self.file, self.limit, self.name = file, limit, name
        self._connection: sqlite3.Connection | None = None
        self._inode = -1
        self._noted = False
        if file is not None:
            try:
                self._open(file)
            except (OSError, sqlite3.Error) as error:
                self._recover(error)

    def _open(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        new = not file.exists()
        connection = sqlite3.connect(file, timeout=30, isolation_level=None)
        try:
            # A cache may lose its last rows in a power failure, but should not wait for the disk. There is no
            # write-ahead log: its two extra files would make it unsafe to delete a damaged file that others
            # have open.
            connection.execute("PRAGMA synchronous=OFF")
            if new:
                connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
            connection.execute(f"CREATE TABLE IF NOT EXISTS texts {_COLUMNS} WITHOUT ROWID")
            connection.execute("SELECT key, value, digest, used FROM texts LIMIT 1").fetchone()
        except sqlite3.Error:
            connection.close()
            raise
        self._connection, self._inode = connection, file.stat().st_ino

    def get(self, keys: Sequence[bytes]) -> dict[bytes, str]:
        """The stored texts among these keys."""
        if self._connection is None:
            return {}
        out: dict[bytes, str] = {}
        try:
            for key, value, digest in self._select(self._connection, keys):
                if not isinstance(value, str) or digest != _digest(key, value):
                    raise sqlite3.DatabaseError("a row was changed")
                out[key] = value
        except (sqlite3.Error, UnicodeError) as error:
            self._recover(error)
            return {}
        return out

    @staticmethod
    def _select(
        connection: sqlite3.Connection, keys: Sequence[bytes]
    ) -> Iterator[tuple[bytes, object, bytes]]:
        now = int(time.time())
        for i in range(0, len(keys), _KEYS_PER_QUERY):
            part = keys[i : i + _KEYS_PER_QUERY]
            among = f"key IN ({','.join('?' * len(part))})"
            yield from connection.execute(
                f"SELECT key, value, digest FROM texts WHERE {among}", part
            ).fetchall()
            try:
                connection.execute(
                    f"UPDATE texts SET used = ? WHERE {among} AND used < ?", (now, *part, now - _USED_EVERY)
                )
            except sqlite3.OperationalError as error:
                if not _is_unusable(error):  # read-only or busy: only the order of removal suffers
                    raise

    def put(self, texts: Iterable[tuple[bytes, str]]) -> None:
        """Add texts by their keys; remove old ones where the store is over its limit."""
        if self._connection is None:
            return
        now = int(time.time())
        rows = [(key, value, _digest(key, value), now) for key, value in texts]
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT OR REPLACE INTO texts VALUES (?, ?, ?, ?)", rows)
            self._connection.execute("COMMIT")
            self._prune(self._connection)
        except (sqlite3.Error, UnicodeError) as error:
            self._recover(error)

    def _prune(self, connection: sqlite3.Connection) -> None:
        pages, free, size = (
            int(connection.execute(f"PRAGMA {x}").fetchone()[0])
            for x in ("page_count", "freelist_count", "page_size")
        )
        used = (pages - free) * size
        if used <= self.limit:
            return
        rows = int(connection.execute("SELECT count(*) FROM texts").fetchone()[0])
        removed = max(1, int(rows * (1 - _KEPT * self.limit / used)))
        connection.execute(
            "DELETE FROM texts WHERE key IN (SELECT key FROM texts ORDER BY used LIMIT ?)", (removed,)
        )
        connection.execute("PRAGMA incremental_vacuum").fetchall()

    def damaged(self) -> None:
        """Report that a text is not what was stored: the file is recreated."""
        self._recover(sqlite3.DatabaseError("a row was changed"))

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _recover(self, error: Exception) -> None:
        """Recreate a damaged file; do without one that cannot be used."""
        self.close()
        assert self.file is not None
        if isinstance(error, OSError) or (isinstance(error, sqlite3.Error) and _is_unusable(error)):
            self._note(f"is not used: {getattr(error, 'strerror', None) or error}")
            return
        try:
            # If another process has recreated it in the meantime, the new file is opened.
            if self._inode in (-1, self.file.stat().st_ino):
                for suffix in ("", "-journal", "-wal", "-shm"):
                    self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
            self._open(self.file)
        except (OSError, sqlite3.Error) as again:
            self._note(f"is not used: {getattr(again, 'strerror', None) or again}")
            self.close()
            return
        self._note("was damaged and is made anew")

    def _note(self, what: str) -> None:
        if not self._noted:
            _log.warning("%s: the cache of %s %s", self.file, self.name, what)
        self._noted = True


def _is_unusable(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None or code == sqlite3.SQLITE_IOERR_SHORT_READ:  # a file that was cut off
        return False
    return code & 0xFF in _UNUSABLE
