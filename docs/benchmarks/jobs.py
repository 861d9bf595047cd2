"""What the measured processes do. Each is started with one job, and prints its result as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Job = dict[str, Any]
Work = Callable[[Sequence[str]], object]
WARM_UP = ["Kenya accused Somalia of shelling a border town."]
# Sentences per batch of the baseline, as in sentence-transformers.
BATCH = 32
MAX_TOKENS = 384


def run(job: Job) -> dict[str, float]:
    """Do one job: `train`, `prepare`, or time a work on texts."""
    if job["do"] == "train":
        return train(job)
    if job["do"] == "prepare":
        from .stand_ins import prepare

        prepare(job)
        return {}
    texts = json.loads(Path(job["texts"]).read_text(encoding="utf-8"))[job["part"] :: job["parts"]]
    work = {"parse": parser, "score": scorer, "embed": embedder}[job["do"]](job)
    work(WARM_UP)  # models are loaded, and caches filled, before the clocks start
    cpu, began = time.process_time(), time.perf_counter()
    work(texts)
    return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - began}


def parser(job: Job) -> Work:
    """A plain parse: the pipeline and the components that stancewire uses, fed with whole articles."""
    from stancewire.data.text.spacy_parser import _pipeline

    nlp = _pipeline()
    return lambda texts: sum(len(doc) for doc in nlp.pipe(texts))


def scorer(job: Job) -> Work:
    """A model of stancewire, without a cache of parses."""
    from stancewire.training.serialization import load_model

    labeller = load_model(Path(job["model"]))
    return lambda texts: [labeller.label(text, gate=job["gate"]) for text in texts]


def embedder(job: Job) -> Work:
    """Frozen embeddings of the sentences and a linear classifier: the design of NGEC's event step."""
    import numpy as np
    import onnxruntime
    from stancewire.data.text.segmentation.sentences import segment
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    network = onnxruntime.InferenceSession(job["network"], options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(job["tokenizer"])
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    weights: Any = None

    def classify(ids: Sequence[Sequence[int]]) -> object:
        nonlocal weights
        width = max(map(len, ids))
        padded = np.array([[*one, *[0] * (width - len(one))] for one in ids], dtype=np.int64)
        mask = np.array([[1] * len(one) + [0] * (width - len(one)) for one in ids], dtype=np.int64)
        pooled = network.run(None, {"input_ids": padded, "attention_mask": mask})[0]
        if weights is None:
            weights = np.random.default_rng(0).normal(size=(pooled.shape[1], 4))
        return pooled @ weights > 0

    def work(texts: Sequence[str]) -> None:
        for text in texts:
            encoded = tokenizer.encode_batch([s.text for s in segment(text)])
            ids = sorted((one.ids for one in encoded), key=len)
            for start in range(0, len(ids), BATCH):
                classify(ids[start : start + BATCH])

    return work


def train(job: Job) -> dict[str, float]:
    """Train `linear` on a corpus, without tracking; seconds of its steps and peak memory in MB."""
    from stancewire.data.codebook import shipped_codebook
    from stancewire.training.pipeline import analyse_splits, fit_and_measure, load_articles
    from stancewire.training.progress import Progress
    from stancewire.training.settings import TrainingSettings

    codebook = shipped_codebook()
    settings = TrainingSettings.model_validate({"corpus": [job["corpus"]]})
    cpu, began = time.process_time(), time.perf_counter()
    articles = load_articles(settings, codebook)[0]
    data = analyse_splits(settings, articles, codebook, Progress())
    analysed = time.process_time()
    fit_and_measure(settings, data, codebook, Progress())
    # Kilobytes on Linux, bytes on macOS.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return {
        "sentences": sum(len(part) for part in data.values()),
        "analysis": analysed - cpu,
        "fit": time.process_time() - analysed,
        "wall": time.perf_counter() - began,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit,
    }
