"""Simulated active learning: the gain of suggested over random sentences on an annotated corpus.

All strategies start from the same random sentences and the same model. In each round, a strategy adds the
sentences that `training.curation.active_learning.suggest` chooses with its latest model, random choice adds
random ones, and the model of each is trained again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ...data.errors import InputError
from ...training.curation.active_learning import POOL, Uncertainty, suggest
from ...training.decoding.labeller import Labeller
from .testbed import Estimate, Testbed, estimate

RANDOM = "random"
# The number of the round that has all training sentences.
ALL = -1


@dataclass(frozen=True, slots=True)
class Step:
    """One F1 score from one training run.

    Attributes:
        strategy: how sentences were chosen.
        seed: seed of the random start.
        round: number of the round; 0 is the start, `ALL` stands for all training sentences.
        sentences: number of sentences annotated so far.
        words: number of words in them.
        holding: how many of them contain a statement or label.
        on: name of the test articles.
        name: `statements` (all together), a stance or a label.
        f1: in [0, 1].
    """

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
class Gain:
    """The gain of one strategy over random choice, by the F1 of `name` on `on`.

    Attributes:
        strategy: how sentences were chosen.
        on: name of the test articles.
        name: `statements` (all together), a stance or a label.
        sentences: number of sentences after the last round, the same for both.
        f1: F1 of the strategy after the last round, mean over seeds.
        random_f1: the same for random choice.
        as_random: number of random sentences that reach `f1`; None if not even all sentences do.
        all_sentences: number of training sentences.
        gain: difference in average F1 (area under the curve divided by its width), paired by seed.
        words: ratio of words annotated by the strategy to words annotated by random choice.
        holding: fractions of sentences that contain annotations, of the strategy and of random choice.
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
        equal = f"more than all {self.all_sentences:,} reach"
        if self.as_random is not None:
            equal = f"as much as about {self.as_random:,} random ones"
        return (
            f"{self.on}, {self.name}: {self.sentences:,} sentences chosen by {self.strategy} reach F1 "
            f"{self.f1:.3f}, {equal}; the same number of random ones reach {self.random_f1:.3f}. "
            f"Average F1 over the curve differs by {_signed(self.gain)}. "
            f"Chosen sentences have {self.words:.2f} times as many words as random ones, and "
            f"{self.holding[0]:.0%} of them contain a statement or label "
            f"({self.holding[1]:.0%} of random ones)."
        )


def _signed(e: Estimate) -> str:
    if e.low is None or e.high is None:
        return f"{e.mean:+.3f}"
    return f"{e.mean:+.3f} (95% interval {e.low:+.3f} to {e.high:+.3f}, paired, {e.runs} seeds)"


def check_plan(total: int, start: float, rounds: int, batch: float) -> tuple[int, int]:
    """The number of sentences to start with, and to add per round.

    Args:
        total: number of sentences to choose from.
        start: fraction of them to start with, above 0.
        rounds: 1 or more.
        batch: fraction of them to add per round, above 0.

    Raises:
        InputError: there are not enough.
    """
    first, each = round(start * total), round(batch * total)
    if first < 1 or each < 1:
        problem, hint = "are too few for these fractions", "use larger fractions or a larger corpus"
        raise InputError(f"{total} training sentences {problem}", where="--start, --batch", hint=hint)
    if first + rounds * each > total:
        raise InputError(
            f"start and rounds together need {start + rounds * batch:.0%} of the training sentences",
            where="--rounds",
            hint="use fewer rounds or smaller fractions",
        )
    return first, each


def simulate(
    testbed: Testbed,
    strategies: Sequence[Uncertainty],
    start: float,
    rounds: int,
    batch: float,
    seeds: Sequence[int],
    pool: int = POOL,
    step: Callable[[int, int], None] | None = None,
) -> list[Step]:
    """Simulate annotation at random and by each strategy, once per seed; round `ALL` trains on everything.

    Args:
        testbed: the corpus.
        strategies: measures of uncertainty, for `suggest`.
        start: fraction of the training sentences to start with, above 0.
        rounds: 1 or more.
        batch: fraction of the training sentences to add per round, above 0.
        seeds: at least one; each has its own random start.
        pool: see `suggest`.
        step: called with the number of finished training runs and their total.

    Raises:
        InputError: there are not enough sentences.
    """
    total = len(testbed.train)
    first, each = check_plan(total, start, rounds, batch)
    trainings = 1 + len(seeds) * (1 + rounds * (1 + len(strategies)))
    simulation = _Simulation(testbed, trainings, step)
    for seed in seeds:
        order: list[int] = np.random.default_rng(seed).permutation(total).tolist()
        labeller = simulation.train(order[:first], RANDOM, seed, 0)
        shared = [s for s in simulation.steps if s.seed == seed and s.round == 0]
        for strategy in strategies:
            simulation.steps += [replace(s, strategy=strategy) for s in shared]
            _annotate(simulation, labeller, order, first, each, rounds, strategy, seed, pool)
        for n in range(1, rounds + 1):
            simulation.train(order[: first + n * each], RANDOM, seed, n)
    simulation.train(range(total), RANDOM, seeds[0], ALL)
    return simulation.steps


@dataclass(slots=True)
class _Simulation:
    """Trains on parts of a corpus and collects the results."""

    testbed: Testbed
    trainings: int
    step: Callable[[int, int], None] | None
    steps: list[Step] = field(default_factory=list)
    done: int = 0

    def train(self, indices: Sequence[int], strategy: str, seed: int, n: int) -> Labeller:
        """Train on the sentences with these indices, and evaluate."""
        labeller = self.testbed.fit(np.array(indices, dtype=np.int64), seed)
        gold = [self.testbed.train.gold[i] for i in indices]
        words = sum(len(s.text.split()) for s in gold)
        holding = sum(bool(s.statements or s.labels) for s in gold)
        for name, on, f1 in self.testbed.f1_scores(labeller):
            self.steps.append(Step(strategy, seed, n, len(indices), words, holding, on, name, f1))
        self.done += 1
        if self.step:
            self.step(self.done, self.trainings)
        return labeller


def _annotate(
    simulation: _Simulation,
    labeller: Labeller,
    order: Sequence[int],
    first: int,
    each: int,
    rounds: int,
    strategy: Uncertainty,
    seed: int,
    pool: int,
) -> None:
    """Run all rounds of one strategy, from the model of the shared start."""
    train = simulation.testbed.train
    chosen = list(order[:first])
    for n in range(1, rounds + 1):
        taken = set(chosen)
        left = [i for i in order if i not in taken]
        sentences = [train.sentences[i] for i in left]
        scores = labeller.classifier.score(sentences)
        batch = suggest(
            labeller, sentences, scores, each, seed=seed * 1000 + n, uncertainty=strategy, pool=pool
        )
        chosen += [left[i] for i in batch]
        labeller = simulation.train(chosen, strategy, seed, n)


def curves(steps: Sequence[Step], on: str, name: str) -> dict[str, list[tuple[float, Estimate]]]:
    """The curve of each strategy: (mean number of sentences, F1 over seeds) after each round.

    The model of all sentences is left out.
    """
    out: dict[str, list[tuple[float, Estimate]]] = {}
    for strategy in dict.fromkeys(s.strategy for s in steps):
        own = [s for s in steps if (s.strategy, s.on, s.name) == (strategy, on, name) and s.round != ALL]
        rounds = [[s for s in own if s.round == n] for n in sorted({s.round for s in own})]
        out[strategy] = [
            (float(np.mean([s.sentences for s in one])), estimate([s.f1 for s in one])) for one in rounds
        ]
    return out


def mean_f1(steps: Sequence[Step]) -> float:
    """Average F1: area under the curve of F1 by sentences, divided by its width; F1 if there is one point."""
    points = sorted((s.sentences, s.f1) for s in steps)
    x, y = np.array([a for a, _ in points], dtype=float), np.array([b for _, b in points])
    return float(np.trapezoid(y, x) / (x[-1] - x[0])) if x[-1] > x[0] else float(y[-1])


def as_random(steps: Sequence[Step], on: str, name: str) -> Callable[[float], int | None]:
    """A function that returns the number of random sentences that reach an F1.

    It inverts the mean curve of random choice, extended to all sentences, after making it monotonic by
    isotonic regression (Barlow et al. 1972). It returns None if not even all sentences reach the F1.
    """
    from sklearn.isotonic import IsotonicRegression

    whole = [s for s in steps if (s.on, s.name, s.round) == (on, name, ALL)]
    random = curves(steps, on, name)[RANDOM]
    x = np.array([n for n, _ in random] + [float(s.sentences) for s in whole])
    y = np.array([e.mean for _, e in random] + [s.f1 for s in whole])
    rising = IsotonicRegression().fit_transform(x, y)

    def read(f1: float) -> int | None:
        above = np.flatnonzero(rising >= f1)
        if not len(above):
            return None
        i = int(above[0])
        if not i:
            return round(float(x[0]))
        return round(float(x[i - 1] + (f1 - rising[i - 1]) / (rising[i] - rising[i - 1]) * (x[i] - x[i - 1])))

    return read


def gains(steps: Sequence[Step], on: str, name: str) -> list[Gain]:
    """The gain of each strategy over random choice at the end of its rounds, by F1 of `name` on `on`."""
    own = [s for s in steps if (s.on, s.name) == (on, name)]
    strategies = dict.fromkeys(s.strategy for s in own if s.strategy != RANDOM)
    return [_gain(own, strategy, on, name) for strategy in strategies]


def _gain(own: Sequence[Step], strategy: str, on: str, name: str) -> Gain:
    last = max(s.round for s in own if s.strategy == strategy)
    end = [s for s in own if s.strategy == strategy and s.round == last]
    random = [s for s in own if s.strategy == RANDOM and s.round == last]
    f1 = float(np.mean([s.f1 for s in end]))

    def area(kind: str, seed: int) -> float:
        return mean_f1([s for s in own if (s.strategy, s.seed) == (kind, seed) and s.round != ALL])

    seeds = sorted({s.seed for s in own if s.round != ALL})
    holding = [sum(s.holding for s in x) / sum(s.sentences for s in x) for x in (end, random)]
    return Gain(
        strategy=strategy,
        on=on,
        name=name,
        sentences=end[0].sentences,
        f1=f1,
        random_f1=float(np.mean([s.f1 for s in random])),
        as_random=as_random(own, on, name)(f1),
        all_sentences=max(s.sentences for s in own),
        gain=estimate([area(strategy, seed) - area(RANDOM, seed) for seed in seeds], lowest=-1.0),
        words=sum(s.words for s in end) / sum(s.words for s in random),
        holding=(holding[0], holding[1]),
    )
