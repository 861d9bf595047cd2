"""What a comparison of runs says: verdicts, measures, slices, and what differs between the runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from .recipes import RecipeDifference
from .significance import ALPHA, ArticlesNeeded, Difference, Interval


@dataclass(frozen=True, slots=True)
class SideInfo:
    """One side.

    Attributes:
        letter: `A`, `B` …, as everything else names it.
        title: its name and id.
        model: run id of the model of this side.
        seeds: run ids of its trainings, if it is a recipe.
        recipe: run ids from which its recipe is judged: its own, or others of the same recipe in the store.
    """

    letter: str
    title: str
    model: str
    seeds: tuple[str, ...]
    recipe: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelVerdict:
    """This model against that one: the models of two sides on the same articles.

    Attributes:
        side: letter of the side that is compared with `A`.
        articles: the difference, tested over articles.
        conflicts: the same over conflicts, of the articles that state one; None if there are fewer than 10.
        p_adjusted: p-value over articles, adjusted for the number of sides (Holm 1979).
        needed: how many more articles would decide; None if it is decided or the models never differ.
        sentence: the verdict.
    """

    side: str
    articles: Difference
    conflicts: Difference | None
    p_adjusted: float
    needed: ArticlesNeeded | None
    sentence: str

    @property
    def decided(self) -> bool:
        """Whether the models are told apart, with the p-value adjusted for the number of sides."""
        return self.p_adjusted < ALPHA


@dataclass(frozen=True, slots=True)
class RecipeVerdict:
    """This recipe against that one: several seeds each on the same articles.

    Attributes:
        side: letter of the side that is compared with `A`.
        difference: None if a side has fewer than three seeds.
        sentence: the verdict, or why there is none.
        same: whether both are the same recipe with another seed.
    """

    side: str
    difference: RecipeDifference | None
    sentence: str
    same: bool = False


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One measure or slice of all sides.

    Attributes:
        group: `F1`, `calibration`, `behaviour` or `cost`; for a slice its criterion: `actor`.
        name: `statements`, `blame`, `pronoun` …
        support: number of gold items, if it counts any.
        values: of each side; None if it was not measured. Of a recipe the mean over its seeds.
        intervals: 95% intervals of the difference to side A, of each other side.
    """

    group: str
    name: str
    support: int | None
    values: tuple[float | None, ...]
    intervals: tuple[Interval | None, ...]


@dataclass(frozen=True, slots=True)
class Differing:
    """A setting that is not the same for all sides.

    Attributes:
        group: `settings`, `code` or `corpus`.
        values: of each side; None where it has none.
    """

    group: str
    name: str
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of runs.

    Attributes:
        split: the articles that it was made on: `validation`, `test` …
        measure: the measure that decides: `statements`, or a label.
        articles, conflicts: numbers of articles and conflicts that all sides were measured on.
        left_out: number of articles that not all sides were measured on.
        sides: A first; every other side is compared with it.
        models, recipes: verdicts, one of each for every side but A.
        measures, slices: tables.
        differing: settings, code and corpus where they differ.
        conclusion: one sentence.
    """

    split: str
    measure: str
    articles: int
    conflicts: int
    left_out: int
    sides: tuple[SideInfo, ...]
    models: tuple[ModelVerdict, ...]
    recipes: tuple[RecipeVerdict, ...]
    measures: tuple[MeasureRow, ...]
    slices: tuple[MeasureRow, ...]
    differing: tuple[Differing, ...]
    conclusion: str

    def as_dict(self) -> dict[str, Any]:
        """The comparison for JSON, with the differences of the verdicts."""
        out = asdict(self)
        for raw, verdict in zip(out["models"], self.models, strict=True):
            raw["decided"] = verdict.decided
            for name in ("articles", "conflicts"):
                found = getattr(verdict, name)
                if found is not None:
                    raw[name] |= {"difference": found.difference, "decided": found.decided}
        for raw, recipe in zip(out["recipes"], self.recipes, strict=True):
            if recipe.difference is not None:
                found = recipe.difference
                raw["difference"] |= {"difference": found.difference, "decided": found.decided}
        return out
