"""Text from outside made harmless: for terminals, for JSON and for spreadsheets.

Texts, ids, titles and file names may contain terminal escapes (`ESC ]0;title BEL`, also as the single C1
character U+009B), marks that reverse the direction of a line, and formulas. Every terminal output, JSON line
and CSV table goes through one of the functions here.
"""

from __future__ import annotations

import json
import re
from typing import Any

# C0 except tab and line feed, DEL, C1, marks of direction (Unicode Standard Annex #9), line and paragraph
# separators, and surrogates, which are bytes of a file name that are not UTF-8.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_LINE_BREAKS = str.maketrans("\t\n", "  ")
# Escapes of `spreadsheet_cell`. A backslash that would look like one of them is itself written as an escape.
_ESCAPED = re.compile(r"\\(?=u[0-9a-f]{4})")
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")
# What XML 1.0 does not have, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_QUOTED_FORMULA = re.compile(r"'+[=+\-@\t\r]")


def _visible(match: re.Match[str]) -> str:
    """One character that shows where a control character was: `␛` for ESC, `�` outside ASCII."""
    code = ord(match.group())
    if code in (0x0D, 0x2028, 0x2029):
        return " "
    return chr(0x2400 + code) if code < 0x20 else "␡" if code == 0x7F else "�"


def printable(text: str) -> str:
    """The text for a terminal: of the same length, with control characters made visible.

    Tabs and line feeds stay. Spans of the text are therefore spans of the result.
    """
    return _CONTROLS.sub(_visible, text)


def one_line(text: str) -> str:
    """The text for one line of a terminal: `printable`, with spaces for tabs and line feeds."""
    return printable(text).translate(_LINE_BREAKS)


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"


def xml_text(text: str) -> str:
    """The text for XML and SVG: `printable`, with a replacement character for what XML does not have."""
    return _NOT_XML.sub("�", printable(text))


def json_line(value: Any) -> str:
    """A value as JSON in one line: control characters are escaped, other characters stay as they are.

    The parsed value is the same as that of `json.dumps`, because control characters occur only in strings.
    """
    return _CONTROLS.sub(_escaped, json.dumps(value, ensure_ascii=False))


def spreadsheet_cell(value: Any) -> Any:
    """A cell of a CSV file that people open in a spreadsheet; `original_cell` reverses it.

    A string that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a
    carriage return, perhaps after apostrophes) gets an apostrophe in front. Control characters become
    `\\u001b`, and a backslash before something that looks like such an escape becomes `\\u005c`. Numbers and
    None are returned as they are.
    """
    if not isinstance(value, str):
        return value
    quoted = f"'{value}" if _FORMULA.match(value) else value
    return _CONTROLS.sub(_escaped, _ESCAPED.sub(r"\\u005c", quoted))


def original_cell(cell: str) -> str:
    """The string from which `spreadsheet_cell` made a cell."""
    text = _ESCAPE.sub(lambda m: chr(int(m.group(1), 16)), cell)
    # A standard output that is not UTF-8 writes characters beyond U+FFFF as two escapes.
    text = _PAIR.sub(lambda m: m.group().encode("utf-16-le", "surrogatepass").decode("utf-16-le"), text)
    return text[1:] if _QUOTED_FORMULA.match(text) else text
