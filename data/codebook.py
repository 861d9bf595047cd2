"""Codebooks: the stances and sentence labels that a model learns, as data, read from a TOML file."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from .errors import InputError, validated
from .files.reading import read_toml

SHIPPED_CODEBOOK = Path(__file__).parent / "codebook.toml"
# The codebooks that `load_codebook` finds by name.
OTHER_CODEBOOKS = Path(__file__).parent / "codebooks"
# `--model` gives these words a meaning of their own.
RESERVED_NAMES = frozenset({"champion", "challenger", "pretrained"})


class StanceDefinition(BaseModel):
    """One stance.

    Attributes:
        name: its name in corpora and records.
        title: its name as shown to people.
        definition: what counts as this stance.
        has_target: whether the stance is taken towards somebody.
        in_questions: whether a question may take it; a question does not blame.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    definition: str
    has_target: bool = True
    in_questions: bool = True


class LabelDefinition(BaseModel):
    """One label of a whole sentence. Its attributes are those of a stance."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    definition: str


class StanceRoles(NamedTuple):
    """The positions of a stance in the outputs of a classifier.

    Attributes:
        actor: index of its actor role in `Codebook.roles`.
        target: index of its target role there; None for a stance without target.
        pair: index of the stance among those with a target; None for a stance without target.
    """

    actor: int
    target: int | None
    pair: int | None


class Codebook(BaseModel):
    """A label set. Training treats two codebooks with the same `digest` alike."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    stances: tuple[StanceDefinition, ...] = ()
    labels: tuple[LabelDefinition, ...] = ()

    @property
    def stance_names(self) -> tuple[str, ...]:
        """The names of the stances, in order."""
        return tuple(s.name for s in self.stances)

    @property
    def label_names(self) -> tuple[str, ...]:
        """The names of the sentence labels, in order."""
        return tuple(x.name for x in self.labels)

    @property
    def roles(self) -> tuple[str, ...]:
        """`<stance>:actor` for every stance, `<stance>:target` for those with a target."""
        return tuple(
            role
            for s in self.stances
            for role in ((f"{s.name}:actor", f"{s.name}:target") if s.has_target else (f"{s.name}:actor",))
        )

    @property
    def stance_roles(self) -> tuple[StanceRoles, ...]:
        """The indices of each stance's outputs, in the order of `stances`."""
        out: list[StanceRoles] = []
        column = pair = 0
        for stance in self.stances:
            if stance.has_target:
                out.append(StanceRoles(column, column + 1, pair))
                pair += 1
            else:
                out.append(StanceRoles(column, None, None))
            column += 1 + stance.has_target
        return tuple(out)

    @property
    def digest(self) -> str:
        """SHA-256 of the names and of which stances have a target; independent of titles and definitions."""
        key = repr(([(s.name, s.has_target) for s in self.stances], self.label_names))
        return hashlib.sha256(key.encode()).hexdigest()


def load_codebook(path: Path | str) -> Codebook:
    """Read a codebook.

    Args:
        path: a TOML file, or the name of a codebook that comes with stancewire (`plover`, `babe`).

    Raises:
        InputError: the file is missing or is not TOML, or a field is missing or unknown.
    """
    path = Path(path)
    if (
        re.fullmatch(r"\w+", str(path))
        and not path.exists()
        and (named := OTHER_CODEBOOKS / f"{path}.toml").exists()
    ):
        path = named
    if not path.exists():
        raise InputError(
            "no such codebook", where=str(path), hint="give a codebook TOML file, plover or babe"
        )
    book = validated(Codebook, read_toml(path), where=str(path), hint="compare it with data/codebook.toml")
    _check_name(book.name, str(path))
    names = [*book.stance_names, *book.label_names]
    if not names or len(names) != len(set(names)):
        raise InputError(
            "a codebook needs at least one stance or label, and unique names",
            where=str(path),
            hint="compare it with data/codebook.toml",
        )
    return book


def _check_name(name: str, where: str) -> None:
    """Reject names that `--model`, which accepts the names of codebooks, would misread.

    Raises:
        InputError: the name is reserved, or has characters that a model's name may not have.
    """
    if name in RESERVED_NAMES or re.fullmatch(r"v?[0-9]+", name):
        reason = "is reserved: `--model` gives it another meaning"
    elif not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
        reason = "may only contain letters without accents, digits, hyphens and underscores"
    else:
        return
    raise InputError(f"name: {name!r} {reason}", where=where, hint="choose another name, such as 'deeds'")


def codebook_named(name: Path | str | None) -> Codebook:
    """The codebook with this path or name, see `load_codebook`; the shipped one for None and `shipped`."""
    return shipped_codebook() if name is None or str(name) == "shipped" else load_codebook(name)


@cache
def shipped_codebook() -> Codebook:
    """The codebook of the shipped corpus: blame, ceasefire_claim and appeal, and the label loaded."""
    return load_codebook(SHIPPED_CODEBOOK)
