"""Champions as a stack: promotions put one on it, rollbacks take one off."""

from __future__ import annotations

from itertools import count

import pytest
from stancewire.experiments.champion.history import Change, How, former_champion


def changes(*steps: tuple[How, str, str]) -> list[Change]:
    clock = count()
    return [Change(f"2026-01-01T00:00:{next(clock):02d}", new, old, how, "why") for how, new, old in steps]


@pytest.mark.parametrize(
    ("steps", "current", "former"),
    [
        ([], "1", None),
        ([("train", "1", "")], "1", None),
        ([("train", "1", ""), ("train", "2", "1")], "2", "1"),
        ([("train", "2", "1")], "2", "1"),
        ([("train", "1", ""), ("promote", "2", "1"), ("force", "3", "2")], "3", "2"),
        ([("train", "1", ""), ("promote", "2", "1"), ("force", "3", "2"), ("rollback", "2", "3")], "2", "1"),
        ([("train", "1", ""), ("promote", "2", "1"), ("rollback", "1", "2"), ("force", "3", "1")], "3", "1"),
        ([("train", "1", ""), ("promote", "2", "1"), ("promote", "1", "2")], "1", "2"),
        ([("train", "1", ""), ("promote", "2", "1"), ("rollback", "1", "2")], "1", None),
        ([("train", "1", ""), ("promote", "3", "2")], "3", "2"),
        ([("train", "1", ""), ("promote", "2", "1"), ("rollback", "1", "3")], "1", None),
    ],
)
def test_a_rollback_restores_the_champion_before(
    steps: list[tuple[How, str, str]], current: str, former: str | None
) -> None:
    assert former_champion(changes(*steps), current) == former
