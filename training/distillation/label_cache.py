"""Soft labels in the cache folder, so that they are computed once: arrays of NumPy, without pickle."""

from __future__ import annotations

import hashlib
import math
import os
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ... import __version__
from ...data.codebook import Codebook
from ...data.files.atomic import atomic_write_bytes
from ...data.files.cache import cache_folder
from ...data.text.analysis import AnalysedSentence
from ..examples.soft_labels import TeacherScores
from .teacher import Teacher

# Increased whenever the same teacher would give the same text other labels, or the files have another layout.
FORMAT = 1
# What a damaged file makes NumPy raise.
_DAMAGED = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True, slots=True)
class Part:
    """Some articles: their texts, and the sentences of each."""

    texts: list[str]
    sentences: list[list[AnalysedSentence]]

    @property
    def mentions(self) -> list[int]:
        """The number of mentions of each sentence."""
        return [len(s.mentions) for article in self.sentences for s in article]


class LabelCache:
    """The labels of one teacher, in a file per part, named by the digest of all that they depend on.

    A file that is damaged is replaced; if the folder cannot be written, nothing is kept.
    """

    def __init__(self, teacher: Teacher) -> None:
        self.teacher = teacher
        self.folder = cache_folder() / "soft-labels"

    def get(self, part: Part) -> list[TeacherScores] | None:
        """What the teacher says about each sentence; None if it has to be asked."""
        file = self._file(part)
        try:
            with np.load(file, allow_pickle=False) as arrays:
                found = {name: arrays[name] for name in ("roles", "labels", "pairs")}
            scores = _divided(found, part.mentions, self.teacher.finder.codebook)
            os.utime(file)  # files that are not used for 30 days are deleted
        except _DAMAGED:
            return None
        return scores

    def put(self, part: Part, scores: Sequence[TeacherScores]) -> None:
        """Keep what the teacher says about each sentence."""

        def flat(name: str) -> NDArray[np.float32]:
            return np.concatenate([np.zeros(0, np.float32), *(np.ravel(getattr(s, name)) for s in scores)])

        with suppress(OSError), atomic_write_bytes(self._file(part)) as out:
            np.savez_compressed(out, roles=flat("roles"), labels=flat("labels"), pairs=flat("pairs"))

    def _file(self, part: Part) -> Path:
        digest = hashlib.sha256(f"{FORMAT} {__version__} {self.teacher.digest}".encode())
        for text, sentences in zip(part.texts, part.sentences, strict=True):
            digest.update(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
            for s in sentences:
                mentions = [(m.head, m.first, m.last, m.kind) for m in s.mentions]
                parties = [(n.party.id, n.start, n.end) for n in s.names]
                seen = (s.segment.start, s.segment.end, s.masked.text, s.parse.heads, mentions, parties)
                digest.update(repr(seen).encode("utf-8", "surrogatepass"))
        return self.folder / f"{digest.hexdigest()[:32]}.npz"


def _divided(
    arrays: dict[str, NDArray[np.float32]], mentions: Sequence[int], codebook: Codebook
) -> list[TeacherScores]:
    """The arrays of all sentences, sentence by sentence.

    Raises:
        ValueError: they have another size.
    """
    stances = sum(s.has_target for s in codebook.stances)
    roles = _parts(arrays["roles"], [(m, len(codebook.roles)) for m in mentions])
    labels = _parts(arrays["labels"], [(len(codebook.label_names),) for _ in mentions])
    pairs = _parts(arrays["pairs"], [(m, m, stances) for m in mentions])
    return [TeacherScores(*own) for own in zip(roles, labels, pairs, strict=True)]


def _parts(values: NDArray[np.float32], shapes: Sequence[tuple[int, ...]]) -> list[NDArray[np.float32]]:
    """A flat array as arrays with these shapes."""
    ends = [0, *accumulate(math.prod(shape) for shape in shapes)]
    if values.shape != (ends[-1],) or not ((values >= 0) & (values <= 1)).all():
        raise ValueError("another number of values, or values that are no probabilities")
    return [values[a:b].reshape(shape) for (a, b), shape in zip(pairwise(ends), shapes, strict=True)]
