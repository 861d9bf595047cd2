"""Every setting of every kind of config has bounds that are checked before training, with one line."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError
from stancewire.data.errors import InputError
from stancewire.experiments.config import load_config
from stancewire.training.settings import MAX_SEED, TrainingSettings, setting_names

VALUES = ["nan", "inf", "-inf", "-1", "0", "9223372036854775808", '""', "1e-300", "1e300", "[]", "{}", "true"]
CONFIG = {"linear": "linear", "encoder": "encoder"}
NUMBERS = {
    "seed": (0, MAX_SEED),
    "bootstrap": (0, 100_000),
    "classifier.regularisation": (1e-6, 1e6),
    "classifier.min_count": (1, 10_000),
    "classifier.epochs": (1, 1000),
    "classifier.batch_size": (1, 4096),
    "classifier.frozen_layers": (0, 1000),
    "classifier.warmup": (0, 1),
}


@pytest.mark.parametrize(
    ("kind", "key"), [(kind, key) for kind in ("linear", "encoder") for key in setting_names(kind)]
)
def test_no_value_leads_to_a_traceback_or_passes_without_bound(kind: str, key: str) -> None:
    for value in VALUES:
        try:
            settings = load_config(CONFIG[kind], [f"{key}={value}"])
        except InputError as error:
            line = str(error)
            assert "\n" not in line and key.split(".")[-1] in line and len(line) < 400, line
            continue
        stored = settings
        for part in key.split("."):
            stored = getattr(stored, part)
        if isinstance(stored, float | int) and not isinstance(stored, bool):
            assert 0 <= stored <= MAX_SEED and value not in ("nan", "inf", "-inf", "-1"), (key, value)
        else:
            assert value not in ("nan", '""') or stored not in ("", ()), (key, value)


@pytest.mark.parametrize("key", NUMBERS)
def test_the_bounds_themselves_are_allowed_and_nothing_beyond(key: str) -> None:
    kind = (
        "encoder" if key.split(".")[-1] in ("epochs", "batch_size", "frozen_layers", "warmup") else "linear"
    )
    low, high = NUMBERS[key]
    load_config(CONFIG[kind], [f"{key}={low}"])
    for value in (low - 1, high + 1):
        with pytest.raises(InputError, match=f"{re.escape(key)}: .* is not allowed: give a"):
            load_config(CONFIG[kind], [f"{key}={value}"])


@pytest.mark.parametrize("name", ["", "x" * 501, "a\nb", "a\x1b[2Jb", "   ", "a\u2028b"])
@pytest.mark.parametrize("key", ["name", "experiment"])
def test_names_are_one_line_of_at_most_500_characters(key: str, name: str) -> None:
    with pytest.raises(ValidationError):
        TrainingSettings.model_validate({key: name})
    TrainingSettings.model_validate({key: "x" * 500})


def test_the_message_names_setting_value_and_range() -> None:
    with pytest.raises(InputError) as caught:
        load_config(None, ["classifier.regularisation=inf"])
    assert str(caught.value) == (
        "--set: classifier.regularisation: inf is not allowed: give a number from 1e-06 to 1000000"
    )


@pytest.mark.parametrize("value", ["[" * 3000, "9" * 5000, "{a=" * 2000])
def test_a_value_that_toml_cannot_read_is_one_line(value: str) -> None:
    with pytest.raises(InputError) as caught:
        load_config(None, [f"classifier.regularisation={value}"])
    assert "\n" not in str(caught.value)
