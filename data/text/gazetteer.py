"""Names of parties in running text: states, organisations and armed groups, from the tables in `actors/`.

A table is CSV with the columns `id,kind,names,demonyms,places,home`; lists within a cell are separated by
`;`. `kind` is state, organisation, group or collective; `places` are capitals and seats of government
("Moscow", "the Kremlin"); `home` is the state in which an armed group fights. The tables name no leaders:
such lists go out of date.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from ..errors import InputError
from ..files.reading import read_text
from ..schema import IDENTITY

ACTORS = Path(__file__).parents[1] / "actors"
PartyKind = Literal["state", "organisation", "group", "collective"]
NameForm = Literal["name", "demonym", "people", "place"]
KINDS: tuple[PartyKind, ...] = get_args(PartyKind)
NAME_FORMS: tuple[NameForm, ...] = get_args(NameForm)
COLUMNS = ("id", "kind", "names", "demonyms", "places", "home")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Party:
    """One row of a table; the module describes the columns."""

    id: str
    kind: PartyKind
    names: tuple[str, ...]
    demonyms: tuple[str, ...]
    places: tuple[str, ...]
    home: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a party at `text[start:end]`, and its form: "Iran", "Iranian", "Iranians" or "Tehran"."""

    start: int
    end: int
    party: Party
    form: NameForm


def read_actors(path: Path) -> list[Party]:
    """The parties of one table.

    Raises:
        InputError: the file cannot be read or is not a table of actors, or a row is invalid; `where` names
            its line.
    """
    if not path.exists():
        raise InputError("no such table of actors", where=str(path))
    rows = csv.DictReader(io.StringIO(read_text(path), newline=""))
    try:
        if rows.fieldnames is None or not {"id", "names"} <= set(rows.fieldnames):
            raise InputError(
                "a table of actors needs the columns id and names",
                where=str(path),
                hint=f"the possible columns are {','.join(COLUMNS)}",
            )
        return [_party(row, f"{path}:{rows.line_num}") for row in rows]
    except csv.Error as error:
        raise InputError(f"not a CSV table: {error}", where=str(path)) from None


def _party(row: Mapping[str, str | None], where: str) -> Party:
    """The party of one row."""
    cells = {c: tuple(x.strip() for x in (row.get(c) or "").split(";") if x.strip()) for c in COLUMNS}
    kind = (row.get("kind") or "organisation").strip()
    identity = (row["id"] or "").strip()
    if not IDENTITY.fullmatch(identity):
        raise InputError(f"id {identity!r} must be one word in capitals, or several joined by +", where=where)
    if kind not in KINDS:
        raise InputError(f"kind {kind!r} is not one of {', '.join(KINDS)}", where=where)
    if not cells["names"]:
        raise InputError("names is empty", where=where, hint="give at least one name")
    known = KINDS[KINDS.index(kind)]
    return Party(identity, known, cells["names"], cells["demonyms"], cells["places"], cells["home"])


def _merged(old: Party, new: Party) -> Party:
    """Both rows of an id as one: the new kind and home, and the names of both."""

    def both(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*a, *b)))

    return Party(
        new.id,
        new.kind,
        both(old.names, new.names),
        both(old.demonyms, new.demonyms),
        both(old.places, new.places),
        new.home or old.home,
    )


class Gazetteer:
    """Finds the names of parties: whole words, in the case of the table, the longest name first.

    pyahocorasick, the usual library, would not be simpler, because names must be whole words.

    Args:
        parties: rows of tables; a later row of the same id extends the earlier one.

    Attributes:
        parties: the parties by id.
        digest: SHA-256 of all names.
    """

    def __init__(self, parties: Iterable[Party]) -> None:
        self.parties: dict[str, Party] = {}
        forms: dict[str, tuple[Party, NameForm]] = {}
        for party in parties:
            if party.id in self.parties:
                party = _merged(self.parties[party.id], party)
                forms = {alias: (p, form) for alias, (p, form) in forms.items() if p.id != party.id}
            self.parties[party.id] = party
            _add_forms(forms, party)
        self._by_first: dict[str, list[tuple[str, Party, NameForm]]] = {}
        for alias, (party, form) in forms.items():
            first = _WORD.match(alias)
            if first:
                self._by_first.setdefault(first[0], []).append((alias, party, form))
        for entries in self._by_first.values():
            entries.sort(key=lambda e: -len(e[0]))
        key = repr(sorted((a, p.id, f) for entries in self._by_first.values() for a, p, f in entries))
        self.digest = hashlib.sha256(key.encode()).hexdigest()

    def find(self, text: str) -> list[Name]:
        """The names in a text, from left to right, without overlaps."""
        found: list[Name] = []
        at = 0
        for word in _WORD.finditer(text):
            if word.start() < at:
                continue
            for alias, party, form in self._by_first.get(word[0], ()):
                end = word.start() + len(alias)
                if text.startswith(alias, word.start()) and not (
                    end < len(text) and text[end].isalnum() and alias[-1].isalnum()
                ):
                    found.append(Name(word.start(), end, party, form))
                    at = end
                    break
        return found


def _add_forms(forms: dict[str, tuple[Party, NameForm]], party: Party) -> None:
    """Add the names of a party, and the plurals of its demonyms unless another name is spelled like them."""
    aliases_by_form: tuple[tuple[NameForm, tuple[str, ...]], ...] = (
        ("name", party.names),
        ("demonym", party.demonyms),
        ("place", party.places),
    )
    for form, aliases in aliases_by_form:
        for alias in aliases:
            forms[alias] = (party, form)
            if form == "demonym" and alias.endswith(("n", "i", "t", "k", "b", "d")):
                plural = forms.get(f"{alias}s")
                if plural is None or plural[1] == "people":
                    forms[f"{alias}s"] = (party, "people")


@cache
def _shipped() -> tuple[Party, ...]:
    return tuple(p for file in sorted(ACTORS.glob("*.csv")) for p in read_actors(file))


@cache
def _build(tables: tuple[Path, ...]) -> Gazetteer:
    return Gazetteer([*_shipped(), *(p for table in tables for p in read_actors(table))])


def gazetteer(tables: Sequence[Path | str] = ()) -> Gazetteer:
    """The gazetteer of the shipped tables, extended by the user's own.

    Raises:
        InputError: a table is missing or invalid.
    """
    return _build(tuple(Path(t) for t in tables))
