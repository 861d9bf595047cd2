"""Which new model becomes champion, decided by validation figures on the same articles alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from stancewire.data.codebook import Codebook
from stancewire.experiments.review.promotion import Promotion, decide, register
from stancewire.experiments.train import Trained


@pytest.mark.parametrize(
    ("new", "same", "champion", "old", "alias"),
    [
        (0.1, False, None, None, "champion"),
        (0.7, True, "1", 0.6, "champion"),
        (0.5, True, "1", 0.6, "challenger"),
        (0.6, True, "1", 0.6, "challenger"),
        (0.9, False, "1", 0.6, "challenger"),
        (0.9, True, "1", None, "challenger"),
    ],
)
def test_the_rule(new: float, same: bool, champion: str | None, old: float | None, alias: str) -> None:
    given, why = decide(new, same, champion, old)
    assert given == alias and why
    if champion:
        assert f"version {champion}" in why
    if champion and same and old is not None:
        assert f"{new:.3f}" in why and f"{old:.3f}" in why


class Registry:
    """The registry of a store that holds one model, and more versions of it with figures as a test has them."""

    def __init__(self, codebook: Codebook) -> None:
        from mlflow import MlflowClient
        from stancewire.experiments.tracking.store import connect

        connect()
        self.codebook, self.client = codebook, MlflowClient()
        champion = self.client.get_model_version_by_alias("stancewire", "champion")
        self.source, self.run = champion.source, champion.tags["run_id"]
        self.old, self.digest = float(champion.tags["validation_f1"]), champion.tags["validation_sha256"]

    def add(
        self, f1: float, digest: str | None = None, codebook: Codebook | None = None, test_f1: float = 0.5
    ) -> Promotion:
        metrics: dict[str, dict[str, Any]] = {
            "validation": {"statements": {"f1": f1}},
            "test": {"statements": {"f1": test_f1}},
        }
        return register(
            Trained(
                self.run,
                self.source,
                metrics,
                {"validation": digest or self.digest},
                codebook or self.codebook,
                1.0,
                "# a card",
            )
        )

    def alias(self, name: str) -> str:
        return str(self.client.get_model_version_by_alias("stancewire", name).version)


@pytest.fixture
def registry(trained_store: Path, codebook: Codebook) -> Registry:
    return Registry(codebook)


def test_the_first_model_is_champion(registry: Registry, trained_once: Any) -> None:
    assert registry.alias("champion") == "1"
    assert "registered as stancewire version 1, champion: it is the first model" in trained_once[1].stdout


def test_a_better_one_on_the_same_articles_takes_over(registry: Registry) -> None:
    promotion = registry.add(registry.old + 0.05)
    assert (promotion.version, promotion.alias, registry.alias("champion")) == ("2", "champion", "2")
    assert "beats" in promotion.why and "version 1" in promotion.why


@pytest.mark.parametrize("by", [0.0, 0.05])
def test_a_worse_or_equal_one_is_challenger(registry: Registry, by: float) -> None:
    promotion = registry.add(registry.old - by)
    assert (promotion.alias, registry.alias("champion"), registry.alias("challenger")) == (
        "challenger",
        "1",
        "2",
    )
    assert "does not beat" in promotion.why


def test_other_validation_articles_cannot_make_a_champion(registry: Registry) -> None:
    promotion = registry.add(0.99, digest="another")
    assert (promotion.alias, registry.alias("champion")) == ("challenger", "1")
    assert "other validation articles" in promotion.why


def test_another_codebook_cannot_make_a_champion(registry: Registry, codebook: Codebook) -> None:
    other = codebook.model_copy(update={"stances": codebook.stances[:2]})
    promotion = registry.add(0.99, codebook=other)
    assert (promotion.alias, registry.alias("champion")) == ("challenger", "1")
    assert "another codebook" in promotion.why


def test_test_figures_never_decide(registry: Registry) -> None:
    assert registry.add(registry.old - 0.01, test_f1=1.0).alias == "challenger"
    assert registry.add(registry.old + 0.01, test_f1=0.0).alias == "champion"
    assert registry.alias("champion") == "3"


def test_a_run_is_told_what_became_of_its_model(registry: Registry) -> None:
    registry.add(registry.old + 0.05)
    told = registry.client.get_run(registry.run).data.tags["registered"]
    assert "2" in told and "champion" in told
