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
        shown = _on_one_line(what)
        line = f"{_on_one_line(where)}: {shown}" if where else shown
        # Names of files and parts of texts come from outside.
        super().__init__(one_line(f"{line} ({hint})" if hint else line))
        self.what, self.where, self.hint = what, where, hint


# Characters of an error that are shown: it may quote a field of any length.
_MAX_SHOWN = 800
_LINE_BREAKS = {ord(x): repr(x)[1:-1] for x in "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"}


def _on_one_line(text: str) -> str:
    """The text with its line breaks escaped, shortened in the middle."""
    half = _MAX_SHOWN // 2
    text = text if len(text) <= _MAX_SHOWN else f"{text[:half]} … {text[-half:]}"
    return text.translate(_LINE_BREAKS)


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


def foreign_character(name: str) -> str:
    """A remark about the first character of a name that is not ASCII; empty if there is none.

    Names of stances, labels and identities are ASCII. A Cyrillic `а` or a non-breaking hyphen looks like the
    character that was meant, so an error has to name it.

    Returns:
        For example " (its character 3 is U+0430 CYRILLIC SMALL LETTER A)".
    """
    import unicodedata

    for n, character in enumerate(name, 1):
        if not character.isascii():
            known_as = unicodedata.name(character, "")
            return f" (its character {n} is {f'U+{ord(character):04X} {known_as}'.rstrip()})"
    return ""


def plural(n: int, noun: str) -> str:
    """A number with its noun: "1 article", "2 articles"."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
