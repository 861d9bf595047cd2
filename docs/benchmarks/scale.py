"""Parts about size: long articles, cold start, memory, training; and what gates do on validation."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from .corpora import write_multiple
from .inputs import Inputs
from .processes import command, run_jobs, scoring, timed
from .results import Results, spread
from .stand_ins import MINILM

# The articles of a cold start, in the order in which they are scored.
COLD = ("first", "next")
# Characters of a short article.
SHORT = 100


def measure_long(results: Results, inputs: Inputs) -> None:
    """A long and a very long article made of news sentences in random order, so both are of the same kind."""
    from stancewire.data.text.segmentation.sentences import segment

    longest = max(inputs.amounts.sentences)
    sentences: list[str] = []
    for text in inputs.texts:
        sentences += [s.text for s in segment(text)]
        if len(sentences) >= longest:
            break
    sentences *= -(-longest // len(sentences))
    random.Random(0).shuffle(sentences)
    condition = scoring("", inputs.models[0], False)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.json"

        def one_round() -> dict[str, float]:
            found = {}
            for n in inputs.amounts.sentences:
                path.write_text(json.dumps(["\n\n".join(sentences[:n])]), encoding="utf-8")
                found[str(n)] = 1000 * timed(condition, path)["cpu"] / n
            return found

        for repeat in range(min(3, inputs.amounts.repeats)):
            results.once(f"long/{repeat}", one_round)


def page_long(results: Results, inputs: Inputs) -> Iterator[str]:
    """The table of `measure_long`."""
    rounds, (short, long) = results.repeats("long"), map(str, inputs.amounts.sentences)
    yield f"{inputs.models[0].name}, gate off, one process.\n"
    yield "| sentences of the article | CPU ms per sentence | against the first row |\n| ---: | ---: | ---: |"
    for n in (short, long) if rounds else ():
        times, against = [one[n] for one in rounds], [one[n] / one[short] for one in rounds]
        yield f"| {int(n):,} | {spread(times)} | {spread(against)} |"


def _stored(inputs: Inputs) -> dict[str, Path]:
    """Working folders, in each of which a model is the champion of a store."""
    models = {m.name: m for m in inputs.models}
    if inputs.has_stand_ins:
        models[MINILM] = inputs.stand_in(MINILM)
    stores = {}
    for name, model in models.items():
        stores[name] = folder = inputs.work / "stores" / model.name
        if not (folder / "complete").exists():
            folder.mkdir(parents=True, exist_ok=True)
            command(["models", "import", str(model.absolute())], folder, folder / "cache")
            (folder / "complete").touch()
    return stores


def measure_cold(results: Results, inputs: Inputs) -> None:
    """One article with the champion of a store and an empty cache, then another one in the same folder."""
    texts = sorted(inputs.texts, key=lambda t: abs(len(t) - 4000))[:2]
    stores = _stored(inputs)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in zip(COLD, texts, strict=False):
            (Path(folder) / f"{name}.txt").write_text(text, encoding="utf-8")

        def one_round(repeat: int) -> dict[str, dict[str, float]]:
            return {
                f"{name}, {article} article": command(
                    ["score", str(Path(folder) / f"{article}.txt")],
                    store,
                    Path(folder) / f"{store.name}-{repeat}",
                )
                for name, store in stores.items()
                for article in COLD
            }

        for repeat in range(inputs.amounts.starts):
            results.once(f"cold/{repeat}", partial(one_round, repeat))


def page_cold(results: Results, inputs: Inputs) -> Iterator[str]:
    """The table of `measure_cold`."""
    rounds = results.repeats("cold")
    yield (
        "`stancewire score article.txt`: an article of about 4,000 characters, from the start of the command "
        "to the table, with the champion of a local store. For the first article, the cache is empty, and "
        "MLflow is asked where the champion is. The next article has a different text, so its sentences are "
        "parsed as well, but the location of the champion is already cached.\n"
    )
    yield "| champion | CPU seconds | wall seconds | peak MB |\n| --- | ---: | ---: | ---: |"
    for name in dict.fromkeys(n for one in rounds for n in one):
        cpu, wall, peak = ([one[name][k] for one in rounds] for k in ("cpu", "wall", "peak"))
        yield f"| {name} | {spread(cpu)} | {spread(wall)} | {spread(peak, 0)} |"


def measure_memory(results: Results, inputs: Inputs) -> None:
    """Peak memory of `stancewire score` by number of articles."""
    with tempfile.TemporaryDirectory() as folder:
        for n in inputs.amounts.memory:
            results.once(f"memory/{n}", partial(_memory, inputs, n, Path(folder)))


def _memory(inputs: Inputs, n: int, folder: Path) -> dict[str, float]:
    """Score `n` short articles, each with a unique word: repeated texts would hide what is kept in memory."""
    source = folder / f"{n}.jsonl"
    texts, names = [t[:SHORT].rpartition(" ")[0] for t in inputs.texts], random.Random(0)
    with source.open("w", encoding="utf-8") as lines:
        for k in range(n):
            text = f"{texts[k % len(texts)]} {names.getrandbits(48):x}."
            lines.write(json.dumps({"id": str(k), "text": text}) + "\n")
    out = [
        "-o",
        str(folder / f"{n}.out.jsonl"),
        "--model",
        str(inputs.models[0].absolute()),
        "--workers",
        "1",
    ]
    return command(["score", str(source), *out], folder, folder / f"cache-{n}")


def page_memory(results: Results, inputs: Inputs) -> Iterator[str]:
    """The table of `measure_memory`."""
    yield (
        f"`stancewire score` to JSONL, one process, {inputs.models[0].name}: the first {SHORT} characters of "
        "articles, each followed by a word that occurs nowhere else.\n"
    )
    yield "| articles | peak MB | against the first row | articles per second |"
    yield "| ---: | ---: | ---: | ---: |"
    first = 0.0
    for n in inputs.amounts.memory:
        if found := results.get(f"memory/{n}"):
            first = first or found["peak"]
            rate = n / found["wall"]
            yield f"| {n:,} | {found['peak']:.0f} | {found['peak'] / first:.2f} | {rate:.0f} |"


def measure_training(results: Results, inputs: Inputs) -> None:
    """Train `linear` on multiples of the shipped corpus."""
    with tempfile.TemporaryDirectory() as folder:
        for times, repeats in inputs.amounts.corpora.items():
            corpus = Path(folder) / f"{times}.jsonl"
            write_multiple(corpus, times, inputs.amounts.corpus_articles)
            for repeat in range(repeats):
                cache = Path(folder) / f"cache-{times}-{repeat}"
                results.once(f"training/{times}/{repeat}", partial(_training, corpus, cache))


def _training(corpus: Path, cache: Path) -> dict[str, float]:
    return run_jobs([{"do": "train", "corpus": str(corpus)}], cache)[0]


def page_training(results: Results, inputs: Inputs) -> Iterator[str]:
    """The table of `measure_training`."""
    yield (
        "Training and measuring `linear` on multiples of the shipped corpus, with one thread, without "
        "tracking and without a cache of parses. In copies of an article, one in seven lower-case words "
        "outside actors and targets is replaced with another word of the corpus, so the vocabulary grows.\n"
    )
    yield "| corpus | sentences | CPU s, analysis | CPU s, the rest | peak MB | against the first row |"
    yield "| ---: | ---: | ---: | ---: | ---: | ---: |"
    first = 0.0
    for times in inputs.amounts.corpora:
        if rounds := results.repeats(f"training/{times}"):
            analysis, fit, peak = ([one[k] for one in rounds] for k in ("analysis", "fit", "peak"))
            first = first or max(peak)
            sentences = int(rounds[0]["sentences"])
            steps = f"{spread(analysis, 1)} | {spread(fit, 1)}"
            yield f"| {times}× | {sentences:,} | {steps} | {spread(peak, 0)} | {max(peak) / first:.2f} |"


def measure_gate(results: Results, inputs: Inputs) -> None:
    """Nothing: training measured it."""


def page_gate(results: Results, inputs: Inputs) -> Iterator[str]:
    """What the gate of each model does on its validation articles."""
    yield "Measured when the model was trained, and stored with it.\n"
    yield "| model | sentences dropped | recall of statements | F1 with the gate | F1 without |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for model in inputs.models:
        file = model / "gate.json"
        if not file.exists():
            yield f"| {model.name} | no gate | | | |"
            continue
        about = json.loads(file.read_text(encoding="utf-8"))
        yield (
            f"| {model.name} | {1 - about['read']:.1%} | {about['recall']:.1%} | "
            f"{about['f1']['statements']:.3f} | {about['f1_without']['statements']:.3f} |"
        )
