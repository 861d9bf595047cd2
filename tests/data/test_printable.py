"""Control characters in terminals and JSON, formulas in spreadsheets."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stancewire.data.errors import InputError
from stancewire.data.printable import json_line, one_line, original_cell, printable, spreadsheet_cell

HOSTILE = "a\x1b]0;title\x07b\x9b31mc\u202ed\x7fe\ud800f"


def harmless(text: str) -> bool:
    return not any(unicodedata.category(c) in ("Cc", "Cs") for c in text if c not in "\t\n") and not any(
        unicodedata.bidirectional(c) in ("RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI")
        for c in text
    )


@given(st.text(st.characters()))
def test_spans_of_the_text_are_spans_of_what_a_terminal_shows(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text) and harmless(shown)


def test_control_characters_become_visible() -> None:
    assert printable(HOSTILE) == "a␛]0;title␇b�31mc�d␡e�f"
    assert printable("a\r\nb\tc") == "a \nb\tc"
    assert one_line("a\nb") == "a b"


@given(st.recursive(st.text(st.characters()), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_json_has_no_control_characters_and_the_same_value(value: object) -> None:
    line = json_line(value)
    assert json.loads(line) == json.loads(json.dumps(value)) and harmless(line) and "\n" not in line


@given(st.text(st.characters() | st.sampled_from("=+-@\t\r'\\u0123\x1b\u202e")))
def test_cells_are_no_formulas_and_can_be_reversed(text: str) -> None:
    cell = spreadsheet_cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")) and harmless(cell)
    # Two surrogates in a row are one character to whoever reads UTF-16.
    assert original_cell(cell) == text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("'=1", "''=1"),
        ("'quoted'", "'quoted'"),
        ("-5 degrees", "'-5 degrees"),
        ("\x1b[2J", r"\u001b[2J"),
        (r"C:\users", r"C:\users"),
        (r"\u001b", r"\u005cu001b"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_cells(text: str, cell: str) -> None:
    assert spreadsheet_cell(text) == cell and original_cell(cell) == text


def test_numbers_stay_numbers() -> None:
    assert [spreadsheet_cell(x) for x in (-1, 0.5, None)] == [-1, 0.5, None]


def test_an_error_that_quotes_a_text_is_harmless() -> None:
    error = InputError(f"no model {HOSTILE}", where="\x1b[2J.txt\n", hint="\x9b")
    assert harmless(str(error)) and "\n" not in str(error)
