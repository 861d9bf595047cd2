"""What suggested sentences are worth against random ones: annotation played through on a corpus that has it already.

Both strategies start from the same random sentences and the same model. In each round, one adds the sentences that
`training.curation.active_learning.suggest` chooses with the model trained so far, the other adds random ones; both train anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...data.errors import InputError
from ...training.curation.active_learning import POOL, Uncertainty, suggest
from ...training.decoding.labeller import Labeller
from .testbed import Estimate, Laboratory, estimate

RANDOM = "random"
# The number of the round that has all training sentences.
ALL = -1


@dataclass(frozen=True, slots=True)
class Step:
    """One figure of one training: F1 of `name` on `on` after a round; with what had been annotated for it by then."""

    strategy: str
    seed: int
    round: int
    sentences: int
    words: int
    holding: int
    on: str
    name: str
    f1: float


@dataclass(frozen=True, slots=True)
class Worth:
    """What one strategy is worth against random choice, by the F1 of `name` on `on`.

    `f1` and `random_f1` are means over seeds after the last round, both with so many `sentences`. `as_random` is how many
    random sentences give `f1`; None where even the `all_sentences` of the corpus do not. `gain` is the mean difference of
    the areas under both curves, divided by their width: a difference of average F1, paired by seed. `words` is how many
    words were annotated for each that random choice had; `holding` the shares of sentences with a statement or label, of
    the strategy and of random choice.
    """

    strategy: str
    on: str
    name: str
    sentences: int
    f1: float
    random_f1: float
    as_random: int | None
    all_sentences: int
    gain: Estimate
    words: float
    holding: tuple[float, float]

    def __str__(self) -> str:
        much = (
            f"what about {self.as_random:,} random ones give"
            if self.as_random is not None
            else f"more than all {self.all_sentences:,} give"
        )
        return (
            f"{self.on}, {self.name}: {self.sentences:,} sentences chosen by {self.strategy} give F1 {self.f1:.3f}, {much}; as many random ones give "
            f"{self.random_f1:.3f}. Difference of the areas under the curves (of average F1): {_signed(self.gain)}. Words to read: {self.words:.2f} times "
            f"those of random ones; {self.holding[0]:.0%} of the sentences hold a statement or label, of random ones {self.holding[1]:.0%}."
        )


def _signed(e: Estimate) -> str:
    return f"{e.mean:+.3f}" + (
        ""
        if e.low is None or e.high is None
        else f" (95 % interval {e.low:+.3f} to {e.high:+.3f}, paired, {e.runs} seeds)"
    )


def check_plan(total: int, start: float, rounds: int, batch: float) -> tuple[int, int]:
    """How many sentences to start with, and how many to add a round.

    Args:
        total: of sentences to choose from.
        start, batch: shares of them, above 0.
        rounds: 1 or more.

    Raises:
        InputError: there are not so many.
    """
    first, each = round(start * total), round(batch * total)
    if first < 1 or each < 1:
        raise InputError(
            f"{total} training sentences are too few for these shares",
            where="--start, --batch",
            hint="give larger shares or a larger corpus",
        )
    if first + rounds * each > total:
        need = start + rounds * batch
        raise InputError(
            f"start and rounds together take {need:.0%} of the training sentences",
            where="--rounds",
            hint="fewer rounds or smaller shares",
        )
    return first, each


def simulate(
    laboratory: Laboratory,
    strategies: Sequence[Uncertainty],
    start: float,
    rounds: int,
    batch: float,
    seeds: Sequence[int],
    pool: int = POOL,
    step: Callable[[int, int], None] | None = None,
) -> list[Step]:
    """Play the annotation through, at random and by each strategy, once a seed.

    The last steps, of round `ALL`, are of a model trained on all training sentences.

    Args:
        strategies: measures of uncertainty, see `suggest`.
        start, batch: shares of the training sentences, above 0.
        rounds: 1 or more.
        seeds: at least one; each draws its own start.
        pool: see `suggest`.
        step: told how many trainings are done, and of how many.

    Raises:
        InputError: there are not so many sentences.
    """
    total = len(laboratory.train)
    first, each = check_plan(total, start, rounds, batch)
    out: list[Step] = []
    done, jobs = 0, 1 + len(seeds) * (1 + rounds * (1 + len(strategies)))

    def trained(held: Sequence[int], strategy: str, seed: int, n: int) -> Labeller:
        nonlocal done
        labeller = laboratory.fit(np.array(held, dtype=np.int64), seed)
        for name, on, f1 in laboratory.figures(labeller):
            gold = [laboratory.train.gold[i] for i in held]
            words, holding = (
                sum(len(s.text.split()) for s in gold),
                sum(bool(s.statements or s.labels) for s in gold),
            )
            out.append(Step(strategy, seed, n, len(held), words, holding, on, name, f1))
        done += 1
        if step:
            step(done, jobs)
        return labeller

    for seed in seeds:
        order: list[int] = np.random.default_rng(seed).permutation(total).tolist()
        beginning = trained(order[:first], RANDOM, seed, 0)
        shared = [s for s in out if s.seed == seed and s.round == 0]
        for strategy in strategies:
            out += [replace(s, strategy=strategy) for s in shared]
            labeller, held = beginning, order[:first]
            for n in range(1, rounds + 1):
                taken = set(held)
                left = [i for i in order if i not in taken]
                sentences = [laboratory.train.sentences[i] for i in left]
                held = held + [
                    left[i]
                    for i in suggest(
                        labeller,
                        sentences,
                        labeller.classifier.score(sentences),
                        each,
                        seed=seed * 1000 + n,
                        uncertainty=strategy,
                        pool=pool,
                    )
                ]
                labeller = trained(held, strategy, seed, n)
        for n in range(1, rounds + 1):
            trained(order[: first + n * each], RANDOM, seed, n)
    trained(range(total), RANDOM, seeds[0], ALL)
    return out


def curves(steps: Sequence[Step], on: str, name: str) -> dict[str, list[tuple[float, Estimate]]]:
    """Of each strategy (mean number of sentences, F1 over seeds) after each round, without that of all sentences."""
    out: dict[str, list[tuple[float, Estimate]]] = {}
    for strategy in dict.fromkeys(s.strategy for s in steps):
        own = [s for s in steps if (s.strategy, s.on, s.name) == (strategy, on, name) and s.round != ALL]
        rounds = [[s for s in own if s.round == n] for n in sorted({s.round for s in own})]
        out[strategy] = [
            (float(np.mean([s.sentences for s in one])), estimate([s.f1 for s in one])) for one in rounds
        ]
    return out


def mean_f1(steps: Sequence[Step]) -> float:
    """The area under one curve of F1 by sentences (trapezia), divided by its width; the F1 itself where it has none."""
    found = sorted((s.sentences, s.f1) for s in steps)
    x, y = np.array([a for a, _ in found], dtype=float), np.array([b for _, b in found])
    return float(np.trapezoid(y, x) / (x[-1] - x[0])) if x[-1] > x[0] else float(y[-1])


def as_random(steps: Sequence[Step], on: str, name: str) -> Callable[[float], int | None]:
    """How many random sentences give an F1, read from the mean random curve and, beyond it, the line to all sentences.

    The curve is made to rise only (isotonic regression, Barlow et al. 1972) before it is read backwards. None is said where
    even all sentences do not give that F1.
    """
    from sklearn.isotonic import IsotonicRegression

    whole = [s for s in steps if (s.on, s.name, s.round) == (on, name, ALL)]
    random = curves(steps, on, name)[RANDOM]
    x = np.array([n for n, _ in random] + [float(s.sentences) for s in whole])
    rising = IsotonicRegression().fit_transform(
        x, np.array([e.mean for _, e in random] + [s.f1 for s in whole])
    )

    def read(f1: float) -> int | None:
        above = np.flatnonzero(rising >= f1)
        if not len(above):
            return None
        i = int(above[0])
        if not i:
            return round(float(x[0]))
        return round(float(x[i - 1] + (f1 - rising[i - 1]) / (rising[i] - rising[i - 1]) * (x[i] - x[i - 1])))

    return read


def worth(steps: Sequence[Step], on: str, name: str) -> list[Worth]:
    """What each strategy but random choice is worth at the end of its rounds, by F1 of `name` on `on`."""
    own = [s for s in steps if (s.on, s.name) == (on, name)]
    read = as_random(own, on, name)
    seeds = sorted({s.seed for s in own if s.round != ALL})
    out = []
    for strategy in dict.fromkeys(s.strategy for s in own if s.strategy != RANDOM):
        last = max(s.round for s in own if s.strategy == strategy)
        end = [s for s in own if s.strategy == strategy and s.round == last]
        by_chance = [s for s in own if s.strategy == RANDOM and s.round == last]
        f1 = float(np.mean([s.f1 for s in end]))
        areas = [
            [
                mean_f1([s for s in own if (s.strategy, s.seed) == (kind, seed) and s.round != ALL])
                for kind in (strategy, RANDOM)
            ]
            for seed in seeds
        ]
        out.append(
            Worth(
                strategy=strategy,
                on=on,
                name=name,
                sentences=end[0].sentences,
                f1=f1,
                random_f1=float(np.mean([s.f1 for s in by_chance])),
                as_random=read(f1),
                all_sentences=max(s.sentences for s in own),
                gain=estimate([a - b for a, b in areas], least=-1.0),
                words=sum(s.words for s in end) / sum(s.words for s in by_chance),
                holding=(
                    sum(s.holding for s in end) / sum(s.sentences for s in end),
                    sum(s.holding for s in by_chance) / sum(s.sentences for s in by_chance),
                ),
            )
        )
    return out
