"""Parts about speed: models against a plain parse, and encoders against frozen embeddings, in turns."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from .inputs import LENGTHS, SPARSE, Inputs
from .processes import PARSE, Condition, compare, scoring
from .results import Results, ratios, spread
from .stand_ins import EMBEDDINGS, MINILM, MPNET

_READ = (
    "The columns by CPU time and by wall time show the speed relative to the first condition, that is, the "
    "time of the first condition divided by that of the row: the median of the rounds, with the lowest and "
    "highest in brackets. 2 means twice as fast."
)


def _models(inputs: Inputs) -> list[Condition]:
    return [scoring(m.name, m, gate) for m in inputs.models for gate in (False, True)]


def _minilm(inputs: Inputs) -> list[Condition]:
    if not inputs.has_stand_ins:
        return []
    return [scoring(MINILM, inputs.stand_in(MINILM), gate) for gate in (False, True)]


def _embeddings(inputs: Inputs) -> list[Condition]:
    paths = [inputs.stand_in(name) for name in EMBEDDINGS]
    return [
        Condition(
            f"{name}, linear classifier",
            {"do": "embed", "network": str(path), "tokenizer": str(path.parent / "tokenizer.json")},
        )
        for name, path in zip(EMBEDDINGS, paths, strict=True)
    ]


def table(
    results: Results, keys: Sequence[tuple[str, str]], base: str, first_column: str = "processes"
) -> Iterator[str]:
    """One row for each condition but the base.

    Args:
        keys: the label in the first column, and the key of the rounds.
        base: the condition whose time is divided by that of the others.
    """
    yield f"| {first_column} | condition | by CPU time | by wall time | CPU seconds |"
    yield "| --- | --- | ---: | ---: | ---: |"
    for label, key in keys:
        rounds = results.repeats(key)
        names = list(dict.fromkeys(name for one in rounds for name in one))
        # Every round has another order.
        for name in [base, *sorted(n for n in names if n != base)] if rounds else []:
            cpu, wall = (ratios(rounds, base, name, clock) for clock in ("cpu", "wall"))
            seconds = statistics.median(one[name]["cpu"] for one in rounds)
            shown = ("1", "1") if name == base else (spread(cpu), spread(wall))
            yield f"| {label} | {name} | {shown[0]} | {shown[1]} | {seconds:.1f} |"


def measure_parse(results: Results, inputs: Inputs) -> None:
    """All models against a plain parse, by number of processes."""
    texts = inputs.sample(inputs.amounts.articles)
    for n in inputs.amounts.processes:
        conditions = [PARSE, *_models(inputs)]
        compare(results, f"parse/{n}", conditions, texts, inputs.amounts.repeats, n)


def page_parse(results: Results, inputs: Inputs) -> Iterator[str]:
    """The table of `measure_parse`."""
    yield f"{inputs.amounts.articles} articles of conflict news. {_READ}\n"
    keys = [(str(n), f"parse/{n}") for n in inputs.amounts.processes]
    yield from table(results, keys, PARSE.name)


def measure_sparse(results: Results, inputs: Inputs) -> None:
    """Articles in which few sentences contain a statement."""
    if texts := inputs.sparse():
        results.once("sparse/about", lambda: {"articles": len(texts)})
        for n in inputs.amounts.processes:
            conditions = [PARSE, *_models(inputs), *_minilm(inputs)]
            compare(results, f"sparse/{n}", conditions, texts, min(3, inputs.amounts.repeats), n)
    else:
        print("sparse: the texts of the news layer are missing: stancewire corpus fetch news")


def page_sparse(results: Results, inputs: Inputs) -> Iterator[str]:
    """The table of `measure_sparse`."""
    about = results.get("sparse/about") or {"articles": 0}
    yield (
        f"{about['articles']} articles of the news layer's validation and test splits, in which at most "
        f"{SPARSE:.0%} of the sentences contain an annotated statement. {_READ}\n"
    )
    yield from table(results, [(str(n), f"sparse/{n}") for n in inputs.amounts.processes], PARSE.name)


def measure_length(results: Results, inputs: Inputs) -> None:
    """Short, medium and long articles, one process."""
    for label, (low, high) in LENGTHS.items():
        texts = [t for n, t in inputs.sized if low <= n < high][: inputs.amounts.length_articles]
        conditions = [PARSE, *_models(inputs)[:2], *_minilm(inputs)]
        if texts:
            compare(results, f"length/{label}", conditions, texts, min(3, inputs.amounts.repeats))


def page_length(results: Results, inputs: Inputs) -> Iterator[str]:
    """The table of `measure_length`."""
    yield f"{inputs.amounts.length_articles} articles of each length, one process. {_READ}\n"
    yield from table(results, [(k, f"length/{k}") for k in LENGTHS], PARSE.name, "sentences")


def measure_encoders(results: Results, inputs: Inputs) -> None:
    """Encoders against frozen mpnet embeddings, and against a plain parse."""
    if not inputs.has_stand_ins:
        print("encoders: not measured, because the extra 'encoder' is not installed")
        return
    texts = inputs.sample(inputs.amounts.encoder_articles)
    both = [scoring(MPNET, inputs.stand_in(MPNET), gate) for gate in (False, True)]
    linear = _models(inputs)[:2]
    for n in inputs.amounts.processes:
        conditions = [PARSE, *linear, *_minilm(inputs), *both, *_embeddings(inputs)]
        compare(results, f"encoders/{n}", conditions, texts, min(3, inputs.amounts.repeats), n)


def page_encoders(results: Results, inputs: Inputs) -> Iterator[str]:
    """The tables of `measure_encoders`."""
    mpnet = (
        "" if inputs.mpnet else " mpnet starts from random weights, with a vocabulary of 30,522 word pieces."
    )
    yield (
        f"{inputs.amounts.encoder_articles} articles. The baseline is the design of NGEC's event step "
        "(Halterman et al. 2023): frozen sentence embeddings of mpnet-base and a linear classifier, here "
        "with ONNX Runtime, one thread, batches of 32 sentences sorted by length. It does not parse, and "
        "finds neither actors nor targets; the times of models include both. Speed does not depend on the "
        "values of the weights, so MiniLM and mpnet are trained for only one epoch on a few articles."
        f"{mpnet} Models with a gate use that of the first model.\n"
    )
    yield f"{_READ}\n"
    keys = [(str(n), f"encoders/{n}") for n in inputs.amounts.processes]
    for base in (f"{EMBEDDINGS[0]}, linear classifier", f"{EMBEDDINGS[1]}, linear classifier", PARSE.name):
        yield f"Against {base}:\n"
        yield from table(results, keys, base)
        yield ""
