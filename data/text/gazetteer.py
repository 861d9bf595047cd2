"""Names of parties in running text: states, organisations, armed groups, from the tables in `actors/`.

A table is CSV with the columns `id,kind,names,demonyms,places,home`; the lists inside a cell are separated by `;`.
`kind` is state, organisation, group or collective; `places` are capitals and seats of government ("Moscow",
"the Kremlin"); `home` is the state inside which an armed group fights. There are no leaders in the tables: they go stale.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from ..errors import InputError
from ..schema import IDENTITY

ACTORS = Path(__file__).parents[1] / "actors"
PartyKind = Literal["state", "organisation", "group", "collective"]
NameForm = Literal["name", "demonym", "people", "place"]
KINDS: tuple[PartyKind, ...] = get_args(PartyKind)
COLUMNS = ("id", "kind", "names", "demonyms", "places", "home")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Party:
    """One row of a table."""

    id: str
    kind: PartyKind
    names: tuple[str, ...]
    demonyms: tuple[str, ...]
    places: tuple[str, ...]
    home: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A party's name at `text[start:end]`. `form` is name, demonym, people or place."""

    start: int
    end: int
    party: Party
    form: NameForm


def read_actors(path: Path) -> list[Party]:
    """The parties of one table.

    Raises:
        InputError: the file, the line and the column at fault.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            if reader.fieldnames is None or not {"id", "names"} <= set(reader.fieldnames):
                raise InputError(
                    "a table of actors needs the columns id and names",
                    where=str(path),
                    hint=f"its header may have {','.join(COLUMNS)}",
                )
            parties = []
            for row in reader:
                where = f"{path}:{reader.line_num}"
                cells = {
                    c: tuple(x.strip() for x in (row.get(c) or "").split(";") if x.strip()) for c in COLUMNS
                }
                kind = (row.get("kind") or "organisation").strip()
                identity = (row["id"] or "").strip()
                if not IDENTITY.match(identity):
                    raise InputError(
                        f"id {identity!r} must be one word in capitals, or several joined by +", where=where
                    )
                if kind not in KINDS:
                    raise InputError(f"kind {kind!r} is not one of {', '.join(KINDS)}", where=where)
                if not cells["names"]:
                    raise InputError("names is empty", where=where, hint="give at least one name")
                parties.append(
                    Party(identity, kind, cells["names"], cells["demonyms"], cells["places"], cells["home"])
                )
            return parties
    except FileNotFoundError:
        raise InputError("no such table of actors", where=str(path)) from None
    except OSError as fault:
        raise InputError(f"cannot be read: {fault.strerror}", where=str(path)) from None
    except (UnicodeDecodeError, csv.Error) as fault:
        raise InputError(f"not a UTF-8 CSV table: {fault}", where=str(path)) from None


def _merged(old: Party, new: Party) -> Party:
    """A row for a known id: its own kind and home count, its names are added to those known."""

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
    """Finds names; longest first, case as written, whole words. A later table overrides an earlier one."""

    def __init__(self, parties: Iterable[Party]) -> None:
        self.parties: dict[str, Party] = {}
        forms: dict[str, tuple[Party, NameForm]] = {}
        for party in parties:
            if party.id in self.parties:
                party = _merged(self.parties[party.id], party)
                forms = {alias: (p, form) for alias, (p, form) in forms.items() if p.id != party.id}
            self.parties[party.id] = party
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
        """Names in `text`, from left to right, none overlapping another."""
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


@cache
def _shipped() -> tuple[Party, ...]:
    return tuple(p for file in sorted(ACTORS.glob("*.csv")) for p in read_actors(file))


@cache
def _build(tables: tuple[Path, ...]) -> Gazetteer:
    return Gazetteer([*_shipped(), *(p for table in tables for p in read_actors(table))])


def gazetteer(tables: Sequence[Path | str] = ()) -> Gazetteer:
    """The shipped tables, extended by a user's own."""
    return _build(tuple(Path(t) for t in tables))
