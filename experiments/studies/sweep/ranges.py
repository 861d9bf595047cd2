"""Ranges of settings to search: the table `[sweep]` of a config, validated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidationError,
)

from ....data.errors import InputError
from ....training.settings import TrainingSettings, setting_names
from ...config import SWEEP, load_sweep, unknown_setting, with_values

Value = StrictBool | StrictInt | StrictFloat | StrictStr
_KEYS = frozenset({"low", "high", "log", "choices"})
_HINT = "for example regularisation = { low = 0.05, high = 5.0, log = true }, or { choices = [1, 2, 3] }"


class Range(BaseModel):
    """The values of one setting: from `low` to `high`, or one of `choices`.

    Attributes:
        low: the lowest value.
        high: the highest value, greater than `low`.
        log: whether to search on a logarithmic scale, for values above 0.
        choices: at least two values.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    low: StrictInt | StrictFloat | None = None
    high: StrictInt | StrictFloat | None = None
    log: StrictBool = False
    choices: tuple[Value, ...] | None = Field(None, min_length=2, max_length=1000)

    def problem(self) -> str | None:
        """What is wrong with it, or None."""
        if self.choices is not None:
            if self.low is not None or self.high is not None or self.log:
                return "give either choices, or low and high"
            return (
                "a choice is repeated" if len({repr(c) for c in self.choices}) < len(self.choices) else None
            )
        if self.low is None or self.high is None:
            return "low and high are needed, or choices"
        if self.low >= self.high:
            return f"low ({self.low:g}) must be below high ({self.high:g})"
        return "a logarithmic scale needs values above 0" if self.log and self.low <= 0 else None

    @property
    def ends(self) -> tuple[Any, ...]:
        """The values that must be valid for the whole range to be valid."""
        return self.choices if self.choices is not None else (self.low, self.high)

    def __contains__(self, value: object) -> bool:
        if self.choices is not None:
            return any(value == c and isinstance(value, bool) == isinstance(c, bool) for c in self.choices)
        return (
            isinstance(value, int | float) and self.low is not None and self.low <= value <= (self.high or 0)
        )

    def __str__(self) -> str:
        if self.choices is not None:
            return ", ".join(map(str, self.choices))
        return f"{self.low:g} to {self.high:g}" + (", logarithmic" if self.log else "")


@dataclass(frozen=True, slots=True)
class SearchSpace:
    """The ranges of a sweep by setting: `classifier.regularisation`; with the file that declares them."""

    ranges: Mapping[str, Range]
    file: str

    def distributions(self, settings: TrainingSettings) -> dict[str, Any]:
        """The ranges as Optuna's distributions; a range of a setting with integers has integers."""
        return {name: _distribution(r, _value(settings, name)) for name, r in self.ranges.items()}


def search_space(config: str, settings: TrainingSettings) -> SearchSpace:
    """The ranges that a config declares.

    Args:
        config: a TOML file, or the name of a shipped config.
        settings: the settings of the config.

    Raises:
        InputError: the config has no `[sweep]`, or names an unknown setting or a value that is not allowed.
    """
    file, table = load_sweep(config)
    if not isinstance(table, dict) or not table:
        raise InputError(
            "the config has no ranges to search",
            where=file,
            hint="declare them in a table [sweep.classifier], as experiments/configs/linear-sweep.toml does",
        )
    ranges = {name: _range(name, raw, settings, file) for name, raw in _leaves(table)}
    if not ranges:
        raise InputError(f"[{SWEEP}] has no ranges", where=file, hint=_HINT)
    return SearchSpace(ranges, file)


def _leaves(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The ranges of nested tables by their dotted names."""
    for key, value in table.items():
        if isinstance(value, dict) and not _KEYS & value.keys() and (value or not prefix):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _range(name: str, raw: Any, settings: TrainingSettings, file: str) -> Range:
    """One range.

    Raises:
        InputError: the setting or the range is invalid.
    """
    names = setting_names(settings.classifier.kind)
    if name not in names:
        raise unknown_setting(name, [n for n in names if n.startswith("classifier.")], f"{file}, [{SWEEP}]")
    where = f"{file}, [{SWEEP}]"
    if not name.startswith("classifier.") or name == "classifier.kind":
        hint = "declare ranges in [sweep.classifier]"
        raise InputError(
            f"{name} cannot be searched, only settings of the classifier", where=where, hint=hint
        )
    try:
        found = Range.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join([name, *(str(x) for x in first["loc"][:1])])
        raise InputError(f"{key}: {first['msg'].lower()}", where=where, hint=_HINT) from None
    if (problem := found.problem()) is not None:
        raise InputError(f"{name}: {problem}", where=where, hint=_HINT)
    current = _value(settings, name)
    if found.choices is None and (isinstance(current, bool) or not isinstance(current, int | float)):
        raise InputError(f"{name} is not a number: declare its choices", where=where, hint=_HINT)
    for value in found.ends:
        with_values(settings, {name: value}, where)
    return found


def _value(settings: TrainingSettings, name: str) -> Any:
    return getattr(settings.classifier, name.removeprefix("classifier."))


def _distribution(found: Range, current: Any) -> Any:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if found.choices is not None:
        return CategoricalDistribution(found.choices)
    assert found.low is not None and found.high is not None
    if isinstance(current, int):
        return IntDistribution(int(found.low), int(found.high), log=found.log)
    return FloatDistribution(float(found.low), float(found.high), log=found.log)


def current_values(space: SearchSpace, settings: TrainingSettings) -> dict[str, Any] | None:
    """The config's own values of the searched settings; None if one of them is out of its range."""
    values = {name: _value(settings, name) for name in space.ranges}
    return values if all(v in space.ranges[name] for name, v in values.items()) else None
