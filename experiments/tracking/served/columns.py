"""The columns of the tables that a registered model returns, taken from the fields of the record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from ....data.record import Label, Party, ScoredSentence, ScoredStatement

# Names of MLflow's types.
_TYPES = {int: "long", float: "double", str: "string"}
_PARTIES = ("actor", "target")


def statement_columns() -> list[tuple[str, str, bool]]:
    """Name, MLflow type and whether it is never null, of the columns of statements.

    Those of a party begin with its role: `actor` (its words), `actor_start`, …, `actor_named_in_sentence`, ….
    """
    own = {name: kind for name, kind in _scalars(ScoredStatement) if name != "sentence"}
    parties = [
        (role if name == "text" else f"{role}_{name}", kind, False)
        for role in _PARTIES
        for name, kind in _scalars(Party)
    ]
    return [*_sentence(), ("labels", "string", True), *((n, k, True) for n, k in own.items()), *parties]


def label_columns() -> list[tuple[str, str, bool]]:
    """The columns of labels of sentences, likewise."""
    own = [("label" if name == "name" else name, kind, True) for name, kind in _scalars(Label)]
    return [*_sentence(), *own]


def _sentence() -> list[tuple[str, str, bool]]:
    """The columns of the article and of the sentence."""
    of_sentence = [(name, kind, True) for name, kind in _scalars(ScoredSentence)]
    return [("id", "string", True), ("title", "string", False), ("sentence", "long", True), *of_sentence]


def _scalars(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Name and type of the fields that a column can hold; those of an optional part with its name before.

    Tuples, and the parties of a statement, are not among them.
    """
    for name, field in model.model_fields.items():
        kind = _without_none(field.annotation)
        if get_origin(kind) is Literal:
            kind = str
        if kind in _TYPES:
            yield name, _TYPES[kind]
        elif isinstance(kind, type) and issubclass(kind, BaseModel) and kind is not Party:
            yield from ((f"{name}_{more}", inner) for more, inner in _scalars(kind))


def _without_none(annotation: Any) -> Any:
    """The type of a field, of one that may be null the other type."""
    kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
    is_optional = type(None) in get_args(annotation)
    return kinds[0] if is_optional and len(kinds) == 1 else annotation
