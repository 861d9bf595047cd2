"""Word classes for features, read from `lexicon.toml`."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "lexicon.toml"


@cache
def word_classes() -> dict[str, tuple[str, ...]]:
    """The classes of each lemma; lemmas are in lower case."""
    classes: dict[str, list[str]] = {}
    for name, words in tomllib.loads(_FILE.read_text(encoding="utf-8")).items():
        for word in dict.fromkeys(words.split()):
            classes.setdefault(word, []).append(name)
    return {word: tuple(names) for word, names in classes.items()}


def lexicon_digest() -> str:
    """A digest of the lexicon file. A model is only valid with the lexicon that it was trained with."""
    return hashlib.sha256(_FILE.read_bytes()).hexdigest()[:12]
