"""Check that no package that the base install requires is copyleft beyond the MPL: `make licenses`.

Reads the metadata of installed packages: the SPDX `License-Expression` (PEP 639; of alternatives joined by OR
one must be acceptable, of parts joined by AND all), else the classifiers, else the old `License` field, else
the licence file.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Words in a licence's name that make it unacceptable. The LGPL too: its terms for linking do not fit Python.
_COPYLEFT = re.compile(
    r"\b[AL]?GPL|\bGNU\b|general public|\bEUPL|\bCeCILL(?!-[BC]\b)|\bSSPL|\bOSL-|\bCC-BY-(SA|NC)|copyleft",
    re.I,
)
# Exceptions under which a copyleft licence does not extend to the program that uses the library.
_EXCEPTIONS = ("classpath-exception-2.0", "gcc-exception-3.1", "gcc-exception-2.0", "bison-exception-2.2")
_TOKEN = re.compile(r"\(|\)|[^\s()]+")


def acceptable(expression: str) -> bool:
    """Whether an SPDX expression allows use under terms no stricter than the MPL.

    Raises:
        ValueError: it is not an SPDX expression.
    """
    tokens = _TOKEN.findall(expression)
    result, rest = _alternatives(tokens)
    if rest:
        raise ValueError(f"not an SPDX expression: {expression!r}")
    return result


def _alternatives(tokens: Sequence[str]) -> tuple[bool, Sequence[str]]:
    result, tokens = _conjunction(tokens)
    while tokens and tokens[0].upper() == "OR":
        other, tokens = _conjunction(tokens[1:])
        result = result or other
    return result, tokens


def _conjunction(tokens: Sequence[str]) -> tuple[bool, Sequence[str]]:
    result, tokens = _licence(tokens)
    while tokens and tokens[0].upper() == "AND":
        other, tokens = _licence(tokens[1:])
        result = result and other
    return result, tokens


def _licence(tokens: Sequence[str]) -> tuple[bool, Sequence[str]]:
    if not tokens:
        raise ValueError("the SPDX expression is incomplete")
    if tokens[0] == "(":
        result, tokens = _alternatives(tokens[1:])
        if not tokens or tokens[0] != ")":
            raise ValueError("a bracket is not closed")
        return result, tokens[1:]
    if tokens[0] == ")" or tokens[0].upper() in ("AND", "OR", "WITH"):
        raise ValueError(f"a licence is missing before {tokens[0]!r}")
    result = not _COPYLEFT.search(tokens[0])
    if len(tokens) > 2 and tokens[1].upper() == "WITH":
        return result or tokens[2].lower() in _EXCEPTIONS, tokens[3:]
    return result, tokens[1:]


def problem(metadata: Any, file: str = "") -> str | None:
    """What is wrong with the licence of a package; None if it is acceptable.

    Args:
        metadata: its core metadata, an `email.message.Message`.
        file: the text of its licence file, which counts if the metadata name no licence.
    """
    expression = metadata.get("License-Expression")
    if expression:
        return None if acceptable(str(expression)) else str(expression)
    classifiers = [c for c in metadata.get_all("Classifier") or [] if c.startswith("License ::")]
    named = [c.rpartition(" :: ")[2] for c in classifiers if c != "License :: OSI Approved"]
    if named:
        # Several classifiers are alternatives as often as they are parts: all must be acceptable.
        wrong = [c for c in named if _COPYLEFT.search(c) and "mozilla" not in c.lower()]
        return "; ".join(wrong) or None
    text = str(metadata.get("License") or "").strip() or file.strip()
    if not text or text.upper() == "UNKNOWN":
        return "names no licence"
    first = re.sub(r"\s+", " ", text)[:200]
    if re.fullmatch(r"[\w.+-]+( (AND|OR|WITH) [\w.+-]+)*", first):
        return None if acceptable(first) else first
    return first[:80] if _COPYLEFT.search(first) else None


def licence_file(package: Distribution) -> str:
    """The beginning of the licence in a package's files, for metadata that name none."""
    for file in package.files or ():
        if re.fullmatch(r"(LICEN[CS]E|COPYING)([.-]\w+)?", file.name, re.I) and ".dist-info" in str(file):
            return Path(str(file.locate())).read_text(encoding="utf-8", errors="replace")[:1000]
    return ""


def required(project: Path) -> Iterator[Distribution]:
    """Every package that the base install of a project brings on this platform, itself excluded.

    Args:
        project: its pyproject.toml.
    """
    content = tomllib.loads(project.read_text(encoding="utf-8"))
    waiting = [(Requirement(r), "") for r in content["project"]["dependencies"]]
    seen: set[tuple[str, str]] = set()
    names: set[str] = set()
    while waiting:
        requirement, of_extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": of_extra}):
            continue
        name = canonicalize_name(requirement.name)
        try:
            found = distribution(name)
        except PackageNotFoundError:
            raise SystemExit(f"{name} is required but not installed: make install") from None
        if name not in names:
            names.add(name)
            yield found
        for extra in ("", *requirement.extras):
            if (name, extra) not in seen:
                seen.add((name, extra))
                waiting += [(Requirement(text), extra) for text in found.requires or ()]


def main() -> int:
    """Print the packages whose licence is not acceptable; 1 if there are any."""
    wrong, number = {}, 0
    for package in required(Path(__file__).resolve().parent.parent / "pyproject.toml"):
        number += 1
        if why := problem(package.metadata, licence_file(package)):
            wrong[package.metadata["Name"]] = why
    for name, why in sorted(wrong.items()):
        print(f"{name}: {why}")
    print(f"{number} required packages, {len(wrong)} with a licence that is not acceptable")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
