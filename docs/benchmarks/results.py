"""Results as JSON files, so that an interrupted measurement continues; ratios and their spread."""

from __future__ import annotations

import hashlib
import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any


class Results:
    """One JSON file per measured unit, in a folder whose name depends on what is measured.

    Args:
        work: the folder of all results and prepared models.
        about: all that a figure depends on. Results with another `about` are neither used nor deleted.
    """

    def __init__(self, work: Path, about: Mapping[str, Any]) -> None:
        digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:12]
        self.folder = work / f"results-{digest}"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._write("about", dict(about))

    def once(self, key: str, measure: Callable[[], Any]) -> Any:
        """The result with this key, measured if there is none yet."""
        found = self.get(key)
        if found is None:
            found = measure()
            self._write(key, found)
        return found

    def get(self, key: str) -> Any:
        """The result with this key, or None."""
        path = self._path(key)
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    def repeats(self, key: str) -> list[Any]:
        """The results `KEY/0`, `KEY/1` and so on."""
        found: list[Any] = []
        while (one := self.get(f"{key}/{len(found)}")) is not None:
            found.append(one)
        return found

    def _path(self, key: str) -> Path:
        return self.folder / (key.replace("/", "--") + ".json")

    def _write(self, key: str, content: Any) -> None:
        path = self._path(key)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        part.replace(path)


def spread(values: Sequence[float], digits: int = 2) -> str:
    """The median, with the lowest and the highest."""
    if len(values) == 1:
        return f"{values[0]:.{digits}f}"
    middle, low, high = statistics.median(values), min(values), max(values)
    return f"{middle:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def ratios(
    rounds: Sequence[Mapping[str, Mapping[str, float]]], base: str, name: str, clock: str
) -> list[float]:
    """How many times as fast as a base something is, by round.

    Args:
        rounds: seconds by condition and clock.
        base, name: conditions.
        clock: `cpu` or `wall`.
    """
    return [one[base][clock] / one[name][clock] for one in rounds]
