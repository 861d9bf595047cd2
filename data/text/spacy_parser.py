"""Parses of sentences by spaCy's small English pipeline, cached on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from ..files.cache import cache_folder, cache_limit
from ..files.packaged_models import check_pipeline, pipeline_package
from ..files.text_store import TextStore
from ..files.torch_free import without_torch
from .normalisation import VERSION
from .parse import Parse

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

# Increased whenever the same text would get a different parse, or the file a different layout.
FORMAT = 2
BATCH = 128
# Tokens of a sentence beyond this number are not parsed.
MAX_TOKENS = 250
# Before that, a sentence is cut to this many characters: spaCy's tokenizer rejects texts of over a million.
MAX_CHARACTERS = 50_000
# spaCy keeps every word that it has seen, at half a kilobyte each. Beyond this number, new ones are forgotten
# after each batch. Not from the first word on: to look up common words again and again would take time.
MAX_WORDS = 50_000
# What is forgotten must not be in use in another thread.
_parsing = Lock()


@cache
def _pipeline() -> Language:
    from importlib import import_module

    with without_torch():
        nlp: Language = import_module(check_pipeline()).load(exclude=["ner", "senter"])
    return nlp


@contextmanager
def _bounded(nlp: Language) -> Iterator[None]:
    """Keep the vocabulary from growing without limit. No `Doc` can be used after this context."""
    with _parsing:
        if len(nlp.vocab) <= MAX_WORDS:
            yield
        else:
            with nlp.memory_zone():
                yield


def _one_sentence(doc: Doc) -> Doc:
    if len(doc) > MAX_TOKENS:
        doc = doc[:MAX_TOKENS].as_doc()
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

    A damaged file is detected and rebuilt; a file that cannot be used is ignored, see `TextStore`. The usual
    libraries (joblib, diskcache) are not used because they pickle what they store.

    Args:
        folder: the folder of the file, or a function that returns it; by default the user's cache folder.
            None disables the cache.
    """

    def __init__(self, folder: Path | Callable[[], Path] | None = cache_folder) -> None:
        if callable(folder):
            folder = folder()
        file = (
            folder / f"parses-{pipeline_package()}-{FORMAT}.{VERSION}.sqlite" if folder is not None else None
        )
        self._store = TextStore(file, cache_limit(), "parses")

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Parse]:
        """The cached parses among these keys, see `parse_key`."""
        try:
            return {key: Parse.loads(value) for key, value in self._store.get(keys).items()}
        except (ValueError, RecursionError):
            self._store.damaged()
            return {}

    def put(self, parses: Iterable[tuple[bytes, Parse]]) -> None:
        """Add parses by their keys."""
        self._store.put((key, parse.dumps()) for key, parse in parses)


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
            with _bounded(nlp):
                docs = (_one_sentence(nlp.make_doc(missing[k][:MAX_CHARACTERS])) for k in part)
                done = [(k, _to_parse(doc)) for k, doc in zip(part, nlp.pipe(docs), strict=True)]
            known |= dict(done)
            if cached:
                cached.put(done)
            if advance:
                advance(len(done))
    return [known[k] for k in keys]
