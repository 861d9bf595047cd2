"""Which new model becomes champion: model format and F1 on the same validation articles decide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from stancewire.data.codebook import Codebook
from stancewire.experiments.review.promote import rollback
from stancewire.experiments.review.promotion import (
    FORMAT,
    FORMAT_TAG,
    OLDEST_FORMAT,
    Champion,
    Promotion,
    current_champion,
    decide,
    gain_over,
    register,
)
from stancewire.experiments.tracking.registry import find_version
from stancewire.experiments.train import Trained


def champion(f1: float | None, same_data: bool = True, model_format: int = FORMAT) -> Champion:
    return Champion("1", f1, model_format, same_data)


@pytest.mark.parametrize(
    ("f1", "current", "alias", "reason"),
    [
        (0.1, None, "champion", "it is the first model"),
        (0.7, champion(0.6), "champion", "F1 0.700 against 0.600 (+10.0 points)"),
        (0.5, champion(0.6), "challenger", "F1 0.500 against 0.600 (-10.0 points)"),
        (0.6, champion(0.6), "challenger", "(+0.0 points)"),
        (0.61, champion(0.6), "challenger", "2 points are needed"),
        (0.9, champion(0.6, same_data=False), "challenger", "version 1 was measured on other validation"),
        (0.9, champion(None), "challenger", "cannot be compared"),
        (
            0.1,
            champion(0.6, model_format=OLDEST_FORMAT - 1),
            "champion",
            "replaces version 1, whose model format",
        ),
        (
            0.9,
            champion(0.6, model_format=FORMAT + 1),
            "challenger",
            "version 1 was trained by a newer release",
        ),
    ],
)
def test_the_alias_follows_from_validation_and_format(
    f1: float, current: Champion | None, alias: str, reason: str
) -> None:
    found, why = decide(gain_over(None, f1, None, current), current)
    assert found == alias and reason in why


class Registry:
    """The registry of a store with one model, to which tests add versions with metrics of their choice."""

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
                description="Labels news.",
            )
        )

    def alias(self, alias: str, name: str = "stancewire") -> str:
        return str(self.client.get_model_version_by_alias(name, alias).version)


@pytest.fixture
def registry(trained_store: Path, codebook: Codebook) -> Registry:
    return Registry(codebook)


def test_the_first_model_is_champion(registry: Registry, trained_once: Any) -> None:
    assert registry.alias("champion") == "1"
    assert "registered as stancewire version 1, champion: it is the first model" in trained_once[1].stdout


def test_a_better_model_on_the_same_articles_becomes_champion(registry: Registry) -> None:
    promotion = registry.add(registry.old + 0.05)
    assert (promotion.version, promotion.alias, registry.alias("champion")) == ("2", "champion", "2")
    assert "+5.0 points" in promotion.why and "version 1" in promotion.why


@pytest.mark.parametrize("by", [-0.01, 0.0, 0.05])
def test_a_worse_or_hardly_better_model_becomes_challenger(registry: Registry, by: float) -> None:
    promotion = registry.add(registry.old - by)
    assert (promotion.alias, registry.alias("champion"), registry.alias("challenger")) == (
        "challenger",
        "1",
        "2",
    )
    assert "2 points are needed" in promotion.why


def test_a_model_that_was_rolled_back_does_not_keep_a_later_one_from_becoming_champion(
    registry: Registry,
) -> None:
    assert registry.add(registry.old + 0.2).alias == "champion"
    rollback("wrong on long sentences")
    promotion = registry.add(registry.old + 0.05)
    assert (promotion.alias, registry.alias("champion")) == ("champion", "3")


def test_an_imported_challenger_does_not_keep_a_better_model_from_becoming_champion(
    registry: Registry,
) -> None:
    import mlflow

    own = registry.client.get_model_version_by_alias("stancewire", "champion").tags
    tags = {k: own[k] for k in ("validation_sha256", "codebook", FORMAT_TAG)} | {"validation_f1": "0.99"}
    mlflow.register_model(registry.source, "stancewire", tags=tags)
    promotion = registry.add(registry.old + 0.05)
    assert (promotion.alias, registry.alias("champion")) == ("champion", "3")


def test_a_store_that_fails_makes_no_first_champion() -> None:
    from mlflow.exceptions import MlflowException

    class Failing:
        code = "INTERNAL_ERROR"

        def get_model_version_by_alias(self, name: str, alias: str) -> None:
            from mlflow.protos.databricks_pb2 import ErrorCode

            raise MlflowException("no answer", ErrorCode.Value(self.code))

    client = Failing()
    with pytest.raises(MlflowException, match="no answer"):
        current_champion(client, "stancewire", {})
    for client.code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
        assert current_champion(client, "stancewire", {}) is None


def test_other_validation_articles_cannot_make_a_champion(registry: Registry) -> None:
    promotion = registry.add(0.99, digest="another")
    assert (promotion.alias, registry.alias("champion")) == ("challenger", "1")
    assert "other validation articles" in promotion.why


def test_another_codebook_cannot_make_a_champion(registry: Registry, codebook: Codebook) -> None:
    other = codebook.model_copy(update={"stances": codebook.stances[:2]})
    promotion = registry.add(0.99, codebook=other)
    assert (promotion.alias, registry.alias("champion")) == ("challenger", "1")
    assert "another codebook" in promotion.why


def test_test_metrics_do_not_influence_promotion(registry: Registry) -> None:
    assert registry.add(registry.old - 0.03, test_f1=1.0).alias == "challenger"
    assert registry.add(registry.old + 0.03, test_f1=0.0).alias == "champion"
    assert registry.alias("champion") == "3"


def test_another_label_set_has_its_own_champion(registry: Registry, codebook: Codebook) -> None:
    promotion = registry.add(0.1, codebook=codebook.model_copy(update={"name": "deeds"}))
    assert (promotion.name, promotion.version, promotion.alias) == ("stancewire-deeds", "1", "champion")
    assert registry.alias("champion") == "1" and registry.alias("champion", "stancewire-deeds") == "1"
    assert find_version("champion").title == "stancewire/1"
    assert find_version("deeds").title == "stancewire-deeds/1"


def test_a_champion_of_an_older_format_is_replaced_without_loading_it(registry: Registry) -> None:
    registry.client.set_model_version_tag("stancewire", "1", FORMAT_TAG, str(OLDEST_FORMAT - 1))
    promotion = registry.add(registry.old - 0.1)
    assert (promotion.alias, registry.alias("champion")) == ("champion", "2")
    assert "replaces version 1" in promotion.why and str(OLDEST_FORMAT - 1) in promotion.why


def test_model_and_version_have_short_descriptions(registry: Registry) -> None:
    registry.add(registry.old + 0.05)
    assert registry.client.get_model_version("stancewire", "2").description == "Labels news."
    model = registry.client.get_registered_model("stancewire")
    assert "stances blame, ceasefire_claim, appeal" in model.description
