"""What is measured: texts, models, and how often."""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import platform
import random
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .stand_ins import EMBEDDINGS, MINILM, MPNET, folders

# Sentences of the articles in each row of the table by length.
LENGTHS = {"1 to 14": (1, 15), "15 to 39": (15, 40), "40 or more": (40, 10**9)}
# At most this fraction of the sentences of a sparse article contains a statement.
SPARSE = 0.05


@dataclass(frozen=True)
class Amounts:
    """How much is measured.

    Attributes:
        articles: of the comparison of models, and of sparse articles.
        encoder_articles: of the comparison with embeddings.
        length_articles: of each length.
        repeats: rounds of a comparison.
        processes: numbers of processes.
        sentences: lengths of the two long articles.
        memory: numbers of short articles.
        starts: cold starts of each model.
        corpora: how many times the corpus, and how often each is trained.
        corpus_articles: of the shipped corpus; None for all.
        layers: of the random mpnet.
        stand_in_articles: on which stand-ins are trained.
    """

    articles: int = 60
    encoder_articles: int = 8
    length_articles: int = 20
    repeats: int = 5
    processes: tuple[int, ...] = (1, 2)
    sentences: tuple[int, int] = (1_000, 10_000)
    memory: tuple[int, ...] = (1_000, 20_000, 200_000)
    starts: int = 5
    corpora: dict[int, int] = field(default_factory=lambda: {1: 2, 2: 1, 4: 1, 8: 1})
    corpus_articles: int | None = None
    layers: int = 12
    stand_in_articles: int = 24


QUICK = Amounts(2, 1, 1, 1, (1,), (30, 60), (20, 40), 1, {1: 1}, 40, 2, 6)


@dataclass(frozen=True)
class Inputs:
    """What is measured.

    Attributes:
        news: JSONL with one article per line.
        models: model folders, the default one first.
        work: the folder of results and prepared models.
        mpnet: a folder with the pretrained mpnet, or empty for random weights.
        amounts: how much.
    """

    news: Path
    models: tuple[Path, ...]
    work: Path
    mpnet: str
    amounts: Amounts

    @classmethod
    def of(cls, options: argparse.Namespace) -> Inputs:
        """From the options of the command line."""
        amounts = QUICK if options.quick else Amounts()
        work = options.work / "quick" if options.quick else options.work
        models = options.models[:1] if options.quick else options.models
        return cls(options.news, tuple(models), work.absolute(), options.mpnet, amounts)

    @cached_property
    def texts(self) -> list[str]:
        """The texts of the news."""
        content = self.news.read_bytes()
        content = gzip.decompress(content) if self.news.suffix == ".gz" else content
        return [text for line in content.splitlines() if (text := json.loads(line).get("text"))]

    @cached_property
    def sized(self) -> list[tuple[int, str]]:
        """The texts with their numbers of sentences."""
        from stancewire.data.text.segmentation.sentences import segment

        return [(len(segment(text)), text) for text in self.texts]

    def sample(self, n: int) -> list[str]:
        """The same `n` texts every time, or all if there are fewer."""
        return random.Random(0).sample(self.texts, min(n, len(self.texts)))

    def sparse(self) -> list[str]:
        """Annotated news outside the training split in which few sentences contain a statement."""
        from stancewire.data.annotation.corpus import read_corpus
        from stancewire.data.codebook import shipped_codebook
        from stancewire.data.errors import InputError

        try:
            articles = read_corpus(["news"], shipped_codebook())
        except InputError:
            return []
        chosen = [
            article.text
            for article in articles
            if article.split != "train"
            and sum(bool(s.statements) for s in article.sentences) <= SPARSE * len(article.sentences)
        ]
        return random.Random(0).sample(chosen, min(self.amounts.articles, len(chosen)))

    @property
    def has_stand_ins(self) -> bool:
        """Whether the encoders are prepared, see `stand_ins`."""
        return all(path.exists() for path in folders(self.work).values())

    @property
    def can_prepare(self) -> bool:
        """Whether the extra `encoder` is installed."""
        return all(find_spec(name) is not None for name in ("torch", "transformers", "onnx"))

    def stand_in(self, name: str) -> Path:
        """The model folder or network of `MINILM`, `MPNET` or one of `EMBEDDINGS`."""
        assert name in (MINILM, MPNET, *EMBEDDINGS)
        return folders(self.work)[name]

    def about(self) -> dict[str, Any]:
        """All that the figures depend on: code, models, texts, machine, amounts."""
        import stancewire

        root = Path(stancewire.__file__).parent
        code = hashlib.sha256()
        sources = [
            p for x in ("data", "training", "experiments", "serving") for p in (root / x).rglob("*.py")
        ]
        for path in sorted(sources):
            code.update(path.read_bytes())
        models = [hashlib.sha256((m / "manifest.json").read_bytes()).hexdigest()[:16] for m in self.models]
        return {
            "code": code.hexdigest()[:16],
            "models": models,
            "names": [m.name for m in self.models],
            "news": hashlib.sha256(self.news.read_bytes()).hexdigest()[:16],
            "mpnet": self.mpnet,
            "machine": machine(),
            "amounts": {k: str(v) for k, v in vars(self.amounts).items()},
        }


def machine() -> str:
    """One line about the machine."""
    model = next(
        (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    memory = next((int(x.split()[1]) / 2**20 for x in _lines("/proc/meminfo") if "MemTotal" in x), 0)
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}"


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines() if Path(path).exists() else []
