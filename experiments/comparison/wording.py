"""Verdicts as sentences."""

from __future__ import annotations

from collections.abc import Sequence

from ...data.errors import plural
from .recipes import MIN_ARTICLES, MIN_SEEDS, RecipeDifference
from .results import ModelVerdict, RecipeVerdict
from .significance import ALPHA, ArticlesNeeded, Difference, Interval

# Larger numbers of articles are not told apart.
_MANY = 100_000


def points(difference: float) -> str:
    """A difference in F1 in points, with its sign: `+2.3`."""
    return f"{100 * difference:+.1f}".replace("-", "−")


def interval_text(interval: Interval) -> str:
    """An interval in points: `−0.4 to +4.9`."""
    return f"{points(interval.low)} to {points(interval.high)}"


def p_text(p: float) -> str:
    """A p-value: `p = 0.03`, `p < 0.001`."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"


def round_number(n: int) -> str:
    """A number with two significant digits: `1,300`."""
    if n >= _MANY:
        return f"more than {_MANY:,}"
    digits = max(0, len(str(n)) - 2)
    return f"{round(n, -digits):,}"


def needed_text(needed: ArticlesNeeded) -> str:
    """`about 130 more articles (20 to 9,000) would be needed to decide`."""
    if needed.low >= _MANY:
        return f"more than {_MANY:,} more articles would be needed to decide"
    about, low, high = (round_number(n) for n in (needed.about, needed.low, needed.high))
    return f"about {about} more articles ({low} to {high}) would be needed to decide"


def _better(side: str, difference: float) -> tuple[str, str]:
    return (side, "A") if difference > 0 else ("A", side)


def _size(difference: float, interval: Interval, more: str) -> str:
    return f"{points(difference)} points of F1 (95% interval {interval_text(interval)}, {more})"


def model_sentence(
    side: str,
    articles: Difference,
    conflicts: Difference | None,
    p_adjusted: float,
    needed: ArticlesNeeded | None,
) -> str:
    """The verdict about two models."""
    d = articles.difference
    if articles.same:
        return f"Model {side} and model A get the same counts on every article: nothing tells them apart."
    size = _size(d, articles.interval, p_text(p_adjusted))
    if p_adjusted >= ALPHA:
        more = f"; {needed_text(needed)}" if needed is not None else ""
        return f"Too close to call: model {side} − model A is {size}{more}."
    better, worse = _better(side, d)
    sentence = f"Model {better} is better than model {worse}: {side} − A is {size}"
    if conflicts is not None and not conflicts.decided:
        return (
            f"{sentence}; over conflicts instead of articles it is too close to call "
            f"({p_text(conflicts.p_value)}, {plural(conflicts.units, 'conflict')})."
        )
    return f"{sentence}."


def recipe_sentence(side: str, found: RecipeDifference) -> str:
    """The verdict about two recipes."""
    seeds = f"{found.seeds[0]} and {found.seeds[1]} seeds"
    size = _size(found.difference, found.interval, seeds)
    if found.decided:
        better, worse = _better(side, found.difference)
        return f"Recipe {better} is better than recipe {worse}: {side} − A is {size}."
    if found.article_error == found.seed_error == found.difference == 0:
        return f"Recipe {side} and recipe A get the same counts with every seed: nothing tells them apart."
    needed = found.needed
    more = "more seeds would help most" if needed is None else needed_text(needed)
    if found.articles < MIN_ARTICLES:
        more = f"at least {MIN_ARTICLES} articles are needed to decide"
    return f"Too close to call: recipe {side} − recipe A is {size}; {more}."


def missing_seeds(side: str, seeds: tuple[int, int]) -> str:
    """Why two recipes were not compared."""
    lacking = [name for name, n in zip(("A", side), seeds, strict=True) if n < MIN_SEEDS]
    has = " and ".join(
        f"{name} has {plural(n, 'seed')}"
        for name, n in zip(("A", side), seeds, strict=True)
        if name in lacking
    )
    return f"Not judged: {has}, at least {MIN_SEEDS} each are needed (`stancewire train CONFIG --seeds 3`)."


def same_recipe(side: str, values: Sequence[float]) -> str:
    """The verdict about two trainings of one recipe."""
    spread = (
        f", F1 {min(values):.3f} to {max(values):.3f} over {len(values)} seeds" if len(values) > 1 else ""
    )
    return f"{side} and A are the same recipe{spread}: they differ only in their seed."


def conclusion(models: Sequence[ModelVerdict], recipes: Sequence[RecipeVerdict]) -> str:
    """One sentence that says what to conclude."""
    if len(models) > 1:
        return _several(models)
    model, recipe = models[0], recipes[0].difference
    decided = model.decided
    if recipe is None:
        if recipes[0].same:
            return f"{model.sentence[:-1]}; both are the same recipe with another seed."
        return f"{model.sentence[:-1]}; the recipes were not judged." if decided else model.sentence
    side = model.side
    if not decided and not recipe.decided:
        return f"{recipes[0].sentence[:-1]}; nor do these two models differ clearly."
    if not decided:
        return f"{recipes[0].sentence[:-1]}; these two models alone are too close to call."
    better, worse = _better(side, model.articles.difference)
    if not recipe.decided:
        return (
            f"Model {better} is better than model {worse} ({side} − A {points(model.articles.difference)} "
            f"points), but its recipe need not be: over {recipe.seeds[0]} and {recipe.seeds[1]} seeds the "
            f"difference is {points(recipe.difference)} ({interval_text(recipe.interval)})."
        )
    if (recipe.difference > 0) == (model.articles.difference > 0):
        return (
            f"{better} is better than {worse}, as a model ({side} − A {points(model.articles.difference)} "
            f"points of F1) and as a recipe ({points(recipe.difference)}, {interval_text(recipe.interval)})."
        )
    return (
        f"Model {better} is better than model {worse}, but recipe {worse} is better than recipe {better}: "
        "this model was lucky with its seed, or the other one unlucky."
    )


def _several(models: Sequence[ModelVerdict]) -> str:
    above = [m.side for m in models if m.decided and m.articles.difference > 0]
    below = [m.side for m in models if m.decided and m.articles.difference < 0]
    close = [m.side for m in models if not m.decided]
    parts = [
        f"{_listed(names)} {'is' if len(names) == 1 else 'are'} {what}"
        for names, what in (
            (above, "better than A"),
            (below, "worse than A"),
            (close, "too close to A to call"),
        )
        if names
    ]
    return f"Of these models, {'; '.join(parts)} (p-values adjusted for {len(models)} comparisons)."


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
