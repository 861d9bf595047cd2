"""The exception for invalid input: one line that says where, what is wrong, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from .printable import one_line

if TYPE_CHECKING:
    from pydantic import BaseModel

Model = TypeVar("Model", bound="BaseModel")


class InputError(ValueError):
    """Some input is invalid. `str()` is the line to show; the command line then exits with 1.

    Args:
        what: what is wrong.
        where: the file and line, the URL, the option or the article with the error.
        hint: what to do about it.
    """

    def __init__(self, what: str, *, where: str | None = None, hint: str | None = None) -> None:
        line = f"{where}: {what}" if where else what
        # Names of files and parts of texts come from outside.
        super().__init__(one_line(f"{line} ({hint})" if hint else line))
        self.what, self.where, self.hint = what, where, hint


def validated(
    model: type[Model],
    raw: Any,
    *,
    where: str,
    within: str | None = None,
    hint: str | None = None,
    context: dict[str, Any] | None = None,
) -> Model:
    """Validate raw values as a pydantic model.

    Args:
        model: the pydantic model.
        raw: the values, usually a dict.
        where: the location of the values, for the error message.
        within: the part of the location that has the values; precedes the name of the field in the message.
        hint: what to do about an error.
        context: passed on to the validators of the model.

    Raises:
        InputError: a field is missing, unknown or invalid; the message names the first such field.
    """
    # Imported here: `stancewire --help` must not wait for pydantic.
    from pydantic import ValidationError

    try:
        return model.model_validate(raw, context=context)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(x) for x in first["loc"]) or model.__name__.lower()
        what = f"{field}: {first['msg'].removeprefix('Value error, ')}"
        raise InputError(f"{within}: {what}" if within else what, where=where, hint=hint) from None


def plural(n: int, noun: str) -> str:
    """A number with its noun: "1 article", "2 articles"."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
