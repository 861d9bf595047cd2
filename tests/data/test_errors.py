"""The error for invalid input, and pydantic errors converted to it."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, field_validator
from stancewire.data.errors import InputError, validated


class Pair(BaseModel):
    left: int
    right: int = 0

    @field_validator("right")
    @classmethod
    def _positive(cls, right: int) -> int:
        if right < 0:
            raise ValueError("must not be negative")
        return right


@pytest.mark.parametrize(
    ("where", "hint", "line"),
    [
        (None, None, "is empty"),
        ("a.txt", None, "a.txt: is empty"),
        ("a.txt", "fill it", "a.txt: is empty (fill it)"),
    ],
)
def test_an_error_is_one_line(where: str | None, hint: str | None, line: str) -> None:
    assert str(InputError("is empty", where=where, hint=hint)) == line


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ({}, "a.json: left: Field required (see the schema)"),
        ({"left": 1, "right": -1}, "a.json: right: must not be negative (see the schema)"),
        (3, "a.json: pair: Input should be a valid dictionary or instance of Pair (see the schema)"),
    ],
)
def test_the_first_invalid_field_is_named(raw: object, line: str) -> None:
    with pytest.raises(InputError) as error:
        validated(Pair, raw, where="a.json", hint="see the schema")
    assert str(error.value) == line


def test_the_part_that_is_invalid_comes_before_the_field() -> None:
    with pytest.raises(InputError, match=r"^a\.json:3: second: left: Field required$") as error:
        validated(Pair, {}, where="a.json:3", within="second")
    assert error.value.where == "a.json:3"


def test_valid_values_are_returned_as_the_model() -> None:
    assert validated(Pair, {"left": "1"}, where="a.json") == Pair(left=1)
