"""Compare runs: is this model better than that one, and is this recipe better than that one?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...data.errors import InputError
from . import wording
from .counts import NO_CONFLICT, Counts, counts_of, f1_of
from .reading import common_split, kept_splits, predictions_of
from .recipes import MIN_SEEDS, recipe_difference
from .results import Comparison, ModelVerdict, RecipeVerdict, SideInfo
from .sides import Side, differing, find_sides
from .significance import (
    ALPHA,
    MIN_CONFLICTS,
    Difference,
    articles_needed,
    by_conflict,
    difference_of,
)
from .tables import behaviour_rows, cost_rows, measure_rows, slice_rows


def compare(
    names: Sequence[str], split: str | None = None, advance: Callable[[int], None] = lambda _: None
) -> Comparison:
    """Compare runs with the first one.

    Args:
        names: runs or models, see `find_sides`; the first is the baseline.
        split: `validation`, `test`, `evaluation` or `pooled`. Default: the first of these that all runs keep
            predictions of, test last.
        advance: called with 1 after each run that was read.

    Raises:
        InputError: a run does not exist, keeps no predictions, or has no article in common with the others.
    """
    sides = find_sides(names)
    return compare_sides(sides, split, advance)


def compare_sides(
    sides: Sequence[Side], split: str | None, advance: Callable[[int], None] = lambda _: None
) -> Comparison:
    """Compare sides, see `compare`."""
    split = common_split([run for side in sides for run in side.runs], split)
    reader = _Reader(split, advance)
    recipes = [_with_predictions(side, split) for side in sides]
    everything = [[reader.counts(run) for run in side.runs] for side in sides]
    seeds = [[reader.counts(run) for run in runs] for runs in recipes]
    shared, left_out = shared_articles([c for group in (*everything, *seeds) for c in group])
    groups = [[c.of_articles(shared) for c in group] for group in everything]
    recipe_groups = [[c.of_articles(shared) for c in group] for group in seeds]
    headline = groups[0][0].headline
    models = _model_verdicts(sides, groups, headline)
    recipe_verdicts = tuple(
        _same_recipe(side, recipe_groups[0], headline)
        if {r.info.run_id for r in runs} == {r.info.run_id for r in recipes[0]}
        else _recipe_verdict(side, recipe_groups[0], group, headline)
        for side, runs, group in zip(sides[1:], recipes[1:], recipe_groups[1:], strict=True)
    )
    conflicts = {c for c in groups[0][0].conflicts if c != NO_CONFLICT}
    model_runs = [side.runs for side in sides]
    return Comparison(
        split=split,
        measure=headline,
        articles=len(shared),
        conflicts=len(conflicts),
        left_out=left_out,
        sides=tuple(_info(side, runs) for side, runs in zip(sides, recipes, strict=True)),
        models=models,
        recipes=recipe_verdicts,
        measures=(*measure_rows(groups), *behaviour_rows(model_runs), *cost_rows(model_runs)),
        slices=tuple(slice_rows(groups)),
        differing=tuple(differing([side.model for side in sides])),
        conclusion=wording.conclusion(models, recipe_verdicts),
    )


class _Reader:
    """Reads each run once."""

    def __init__(self, split: str, advance: Callable[[int], None]) -> None:
        self.split, self.advance = split, advance
        self.known: dict[str, Counts] = {}

    def counts(self, run: Any) -> Counts:
        if run.info.run_id not in self.known:
            self.known[run.info.run_id] = counts_of(predictions_of(run, self.split))
            self.advance(1)
        return self.known[run.info.run_id]


def _with_predictions(side: Side, split: str) -> tuple[Any, ...]:
    """The runs of a side's recipe that keep predictions of a split."""
    return tuple(run for run in side.recipe_runs() if split in kept_splits(run))


def shared_articles(counted: Sequence[Counts]) -> tuple[tuple[str, ...], int]:
    """The articles that all runs were measured on, and how many articles only some were measured on.

    An article counts as the same if its id, its text and its number of annotated items are.

    Raises:
        InputError: there is no such article, or the runs do not decide by the same measure.
    """
    measures = dict.fromkeys(counts.headline for counts in counted)
    if len(measures) > 1:
        raise InputError(
            f"the runs have label sets that cannot be compared: F1 is that of {' and of '.join(measures)}",
            hint="compare models of one codebook",
        )
    keys = []
    for counts in counted:
        gold = counts.measures[counts.headline][:, 2]
        keys.append(set(zip(counts.doc_ids, counts.texts, gold.tolist(), strict=True)))
    shared = set.intersection(*keys)
    if not shared:
        raise InputError(
            "the runs were not measured on the same articles",
            hint="compare runs of one corpus, or evaluate the models on one: stancewire evaluate --corpus",
        )
    ids = {doc_id for doc_id, _, _ in shared}
    everything = {doc_id for part in keys for doc_id, _, _ in part}
    return tuple(d for d in counted[0].doc_ids if d in ids), len(everything - ids)


def _info(side: Side, recipe: Sequence[Any]) -> SideInfo:
    own = tuple(run.info.run_id for run in side.runs) if len(side.runs) > 1 else ()
    return SideInfo(
        side.letter, side.title, side.model.info.run_id, own, tuple(r.info.run_id for r in recipe)
    )


def _model_verdicts(
    sides: Sequence[Side], groups: Sequence[Sequence[Counts]], headline: str
) -> tuple[ModelVerdict, ...]:
    first = groups[0][0]
    # Articles whose conflict is not stated are no conflict together.
    stated = [n for n, conflict in enumerate(first.conflicts) if conflict != NO_CONFLICT]
    conflicts = [first.conflicts[n] for n in stated]
    enough = len(set(conflicts)) >= MIN_CONFLICTS
    articles: list[Difference] = []
    grouped: list[Difference | None] = []
    for group in groups[1:]:
        a, b = first.measures[headline], group[0].measures[headline]
        articles.append(difference_of(a, b))
        grouped.append(None)
        if enough:
            summed = by_conflict(a[stated], conflicts), by_conflict(b[stated], conflicts)
            grouped[-1] = difference_of(*summed, "conflict")
    out = []
    adjusted = holm([d.p_value for d in articles])
    for side, found, over, p in zip(sides[1:], articles, grouped, adjusted, strict=True):
        needed = None
        if p >= ALPHA:
            needed = articles_needed(found.difference, found.standard_error, found.units)
        sentence = wording.model_sentence(side.letter, found, over, p, needed)
        out.append(ModelVerdict(side.letter, found, over, p, needed, sentence))
    return tuple(out)


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values adjusted for their number.

    See Holm 1979, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6.

    Args:
        p_values: of several tests, in [0, 1].
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    out, largest = [0.0] * len(p_values), 0.0
    for rank, k in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[k]))
        out[k] = largest
    return out


def _recipe_verdict(
    side: Side, first: Sequence[Counts], second: Sequence[Counts], headline: str
) -> RecipeVerdict:
    seeds = len(first), len(second)
    if min(seeds) < MIN_SEEDS:
        return RecipeVerdict(side.letter, None, wording.missing_seeds(side.letter, seeds))
    found = recipe_difference([c.measures[headline] for c in first], [c.measures[headline] for c in second])
    return RecipeVerdict(side.letter, found, wording.recipe_sentence(side.letter, found))


def _same_recipe(side: Side, counts: Sequence[Counts], headline: str) -> RecipeVerdict:
    values = [float(f1_of(c.measures[headline].sum(axis=0))) for c in counts]
    return RecipeVerdict(side.letter, None, wording.same_recipe(side.letter, values), True)
