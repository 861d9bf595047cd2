"""Markdown tables."""

from __future__ import annotations

from stancewire.experiments.tracking.card.markdown import markdown_table


def test_columns_line_up_with_the_first_one_aligned_left() -> None:
    lines = markdown_table(["a", "figure"], [["long name", "1"], ["b", "0.123"]]).splitlines()
    assert lines == [
        "| a         | figure |",
        "| --------- | -----: |",
        "| long name |      1 |",
        "| b         |  0.123 |",
    ]


def test_a_vertical_bar_in_a_cell_is_escaped() -> None:
    assert r"| a\|b |" in markdown_table(["name"], [["a|b"]])


def test_a_table_without_rows_is_its_header() -> None:
    assert markdown_table(["a", "b"], []).count("\n") == 2
