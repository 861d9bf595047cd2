"""Seeded mutations of valid files: of their bytes, and of the structure of JSON, TOML and lines."""

from __future__ import annotations

import json
from random import Random
from typing import Any

# What is inserted between bytes: what parsers, decoders and terminals stumble over.
JUNK_BYTES = (
    b"",
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\n",
    b"\r\n",
    b"\r",
    b"\t",
    b'"',
    b"'",
    b"\\",
    b"{",
    b"[",
    b"}",
    b"]",
    b",",
    b";",
    b"|",
    b"#",
    b"-1",
    b"7",
    b"\xd9\xa3",
    b"\xc2\x85",
    b"\xe2\x80\xa8",
    b"\xe2\x80\x91",
    b"\xd0\xb0",
    b"\x1b[2J",
    b"\\ud800",
    b"NaN",
    b"1e999",
    b"9" * 5000,
    b"[" * 10_000,
    b"{" * 3000,
    b"x" * 150_000,
)
# Values in place of a JSON value, as JSON text.
JUNK_JSON = (
    "null",
    "true",
    "0",
    "-1",
    "7",
    "1.5",
    "NaN",
    "-Infinity",
    "1e999",
    "9" * 5000,
    str(10**30),
    '""',
    '"x"',
    '"\\ud800"',
    '"a\\nb"',
    '"\\u0000"',
    '"bl\u0430me"',
    '"KEN\\n"',
    '"blame:actor"',
    "[]",
    "[null]",
    '["x"]',
    "{}",
    '{"text": "x"}',
    "[" * 10_000 + "]" * 10_000,
    '{"a":' * 5000 + "1" + "}" * 5000,
)
JUNK_TOML = (
    "nan",
    "-1",
    "true",
    "[]",
    '""',
    '"\\u0000"',
    "9" * 5000,
    "[" * 3000,
    "1e999",
    "1979-05-27",
    "{a = 1}",
    str(10**30),
    '"x"',
    "[[1]]",
)
_PLACEHOLDER = "@@junk@@"


def mutated_bytes(raw: bytes, random: Random) -> bytes:
    """One to three changes of bytes: replaced, inserted, deleted, repeated, cut off."""
    for _ in range(random.randint(1, 3)):
        at = random.randint(0, len(raw))
        length = random.choice((0, 0, 1, 1, 2, 5, 40))
        kind = random.randrange(10)
        if kind == 0:
            raw = raw[:at]
        elif kind == 1:
            raw = raw[:at] + raw[at : at + 30] + raw[at:]
        elif kind == 2 and raw:
            at = min(at, len(raw) - 1)
            raw = raw[:at] + bytes([raw[at] ^ (1 << random.randrange(8))]) + raw[at + 1 :]
        else:
            raw = raw[:at] + random.choice(JUNK_BYTES) + raw[at + length :]
    return raw


def _paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = list(value.items()) if isinstance(value, dict) else []
    items += list(enumerate(value)) if isinstance(value, list) else []
    return [at, *(p for k, v in items for p in _paths(v, (*at, k)))]


def mutated_json(raw: bytes, random: Random) -> bytes:
    """A JSON value with one value replaced, removed, repeated or renamed."""
    value = json.loads(raw)
    at = random.choice(_paths(value))
    junk = random.choice(JUNK_JSON)
    if not at:
        return junk.encode()
    container = value
    for key in at[:-1]:
        container = container[key]
    kind = random.randrange(5)
    if kind == 0:
        del container[at[-1]]
    elif kind == 1 and isinstance(container, list):
        container.append(container[at[-1]])
    elif kind == 2 and isinstance(container, dict):
        container[str(at[-1]) + random.choice(("x", "\n", "_id"))] = container.pop(at[-1])
    else:
        container[at[-1]] = _PLACEHOLDER
    return json.dumps(value, ensure_ascii=False).replace(f'"{_PLACEHOLDER}"', junk).encode()


def mutated_lines(raw: bytes, random: Random, kind: str = "text") -> bytes:
    """Lines removed, repeated or exchanged; in TOML also a value replaced."""
    lines = raw.split(b"\n")
    at, other = random.randrange(len(lines)), random.randrange(len(lines))
    choice = random.randrange(6)
    if kind == "toml" and choice > 2 and b"=" in lines[at]:
        lines[at] = lines[at].partition(b"=")[0] + b"= " + random.choice(JUNK_TOML).encode()
    elif choice == 0:
        del lines[at]
    elif choice == 1:
        lines.insert(other, lines[at])
    elif choice == 2:
        lines[at], lines[other] = lines[other], lines[at]
    else:
        lines[at] = mutated_bytes(lines[at], random)
    return b"\n".join(lines)


def mutated(raw: bytes, kind: str, random: Random) -> bytes:
    """One mutation of a file or record, of its bytes or its structure.

    Args:
        kind: `json` (also lines of JSON), `toml` or `text`.
    """
    if random.random() < 0.4:
        return mutated_bytes(raw, random)
    if kind == "json":
        lines = raw.split(b"\n")
        at = random.choice([n for n, line in enumerate(lines) if line.strip()])
        try:
            lines[at] = mutated_json(lines[at], random)
        except ValueError:
            return mutated_bytes(raw, random)
        return b"\n".join(lines)
    return mutated_lines(raw, random, kind)
