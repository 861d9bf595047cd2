"""Tables: every row is read, the columns are found and shown, and one bad row costs one line."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path

import pytest
from stancewire.data.errors import InputError
from stancewire.serving.articles.registry import read_articles
from stancewire.serving.articles.source import ReadOptions, ReadReport
from stancewire.serving.articles.tables.delimited import Delimited
from stancewire.serving.articles.tables.parquet import Parquet
from stancewire.serving.articles.tables.spreadsheet import Spreadsheet
from synthetic.reading import Reading, read, refusal
from synthetic.stories import Story, stories
from synthetic.table_files import acled_rows, csv_file, parquet_file, plain_rows, xlsx_file

STORIES = stories(24)
ROWS = plain_rows(STORIES)


def check_exact(reading: Reading, expected: list[Story]) -> None:
    assert reading.report.errors == []
    assert [a.title for a in reading.articles] == [s.title for s in expected]
    for i, (article, story) in enumerate(zip(reading.articles, expected, strict=True)):
        assert article.text == story.text, i
        assert article.outlet == story.outlet, i
        assert article.date == story.day, i
        assert article.author == (story.author or None), i
        assert article.url == f"https://example.org/{i}"
        assert article.id == f"A{i}"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_row_of_a_csv_file_is_read(delimiter: str, encoding: str) -> None:
    check_exact(read(Delimited(), csv_file(ROWS, delimiter, encoding), "export.csv"), STORIES)


def test_the_columns_are_shown() -> None:
    notes = read(Delimited(), csv_file(ROWS), "export.csv").notes
    assert notes[0] == (
        "export.csv: text from column 'Content', id 'Article ID', title 'Headline', date 'Publication Date', "
        "outlet 'Source', url 'Link'"
    )


@pytest.mark.parametrize("other_sheet", [True, False])
def test_every_row_of_a_spreadsheet_is_read(other_sheet: bool) -> None:
    rows = [{**row, "Publication Date": datetime.fromisoformat(row["Publication Date"])} for row in ROWS]
    check_exact(read(Spreadsheet(), xlsx_file(rows, other_sheet=other_sheet), "export.xlsx"), STORIES)


def test_every_row_of_a_parquet_file_is_read() -> None:
    rows = [{**row, "Publication Date": date.fromisoformat(row["Publication Date"])} for row in ROWS]
    check_exact(read(Parquet(), parquet_file(rows), "export.parquet"), STORIES)


@pytest.mark.parametrize("upper", [True, False])
def test_events_of_acled_are_read_from_their_notes(upper: bool) -> None:
    rows = [{(k.upper() if upper else k): v for k, v in row.items()} for row in acled_rows(STORIES)]
    for reader, data, name in (
        (Delimited(), csv_file(rows, "\t", "utf-8-sig"), "acled.tsv"),
        (Parquet(), parquet_file(rows), "acled.parquet"),
        (Spreadsheet(), xlsx_file(rows), "acled.xlsx"),
    ):
        reading = read(reader, data, name)
        assert [a.text for a in reading.articles] == [s.text for s in STORIES]
        assert [a.date for a in reading.articles] == [s.day for s in STORIES]
        assert reading.articles[0].title == "Peaceful protest, Ashford"
        assert reading.articles[0].outlet == "Ashford Gazette; Other"
        assert reading.articles[0].id == "XXX0"


def test_gdeltnews_is_read_without_quotation() -> None:
    lines = ["Text|Date|URL|Source"]
    lines += [
        f'"The ferry {i} sails" again.|2021-05-03|https://example.org/{i}|example.org' for i in range(20)
    ]
    reading = read(Delimited(), "\n".join(lines).encode(), "gdelt.csv")
    assert len(reading.articles) == 20 and reading.articles[3].text == '"The ferry 3 sails" again.'
    assert reading.articles[3].outlet == "example.org" and not reading.report.errors


def test_odd_rows_are_skipped_and_counted() -> None:
    rows = [dict(row) for row in ROWS]
    rows[3]["Content"] = ""
    rows[5] = {name: name for name in rows[5]}
    rows[7]["Publication Date"] = "some day"
    rows[8]["Content"] = "Kenya accused Somalia.\n\nIt rained, “again”."
    reading = read(Delimited(), csv_file(rows), "export.csv")
    assert len(reading.articles) == 22
    assert dict(reading.report.reasons) == {"no text": 1, "header repeated": 1}
    assert reading.articles[5].date is None and reading.articles[5].date_original == "some day"
    assert reading.articles[6].text == rows[8]["Content"]


def test_a_quotation_without_an_end_costs_one_row() -> None:
    lines = csv_file(ROWS, lineterminator="\n").decode().replace("\n\n", " ").splitlines()
    lines[4] = '9,"not closed,text'
    reading = read(Delimited(), "\n".join(lines).encode(), "export.csv")
    [error] = reading.report.errors
    assert "a quotation mark that is not closed" in str(error) and "row 5" in str(error)
    assert len(reading.articles) == 23


def test_a_row_with_too_many_cells_is_an_error() -> None:
    data = csv_file(ROWS).rstrip() + b"\r\n1,2,3,4,5,6,7,8,9\r\n"
    reading = read(Delimited(), data, "export.csv")
    [error] = reading.report.errors
    assert "9 cells, but 8 columns" in str(error) and len(reading.articles) == 24


def test_cells_that_are_not_utf_8_are_read_as_windows_1252() -> None:
    data = b"id,text\n" + b"".join(b"%d,It rained.\n" % i for i in range(9000)) + b"x,Caf\xe9 attack\n"
    reading = read(Delimited(), data, "export.csv")
    assert reading.articles[-1].text == "Café attack"
    assert reading.notes == ["export.csv: 1 rows are not UTF-8; read as Windows-1252"]


def test_columns_can_be_named(tmp_path: Path) -> None:
    rows = [{"Titel": s.title, "Volltext": s.text, "Wann": s.day} for s in STORIES]
    (tmp_path / "a.csv").write_bytes(csv_file(rows))
    errors: list[InputError] = []

    def articles(**columns: str) -> list[str | None]:
        options = ReadOptions(columns=columns)
        found = read_articles([str(tmp_path)], options, report_error=errors.append, note=str)
        return [a.date for a in found]

    assert articles(text="volltext", title="Titel", date="Wann") == [s.day for s in STORIES]
    assert articles() == [] and articles(text="Text") == []
    assert "no column with text; the columns are 'Titel', 'Volltext', 'Wann'" in str(errors[0])
    assert "no column 'Text'" in str(errors[1])


@pytest.mark.parametrize(
    "header",
    [
        "id,indexed_date,language,media_name,media_url,publish_date,title,url",
        "stories_id,language,title,publish_date,url",
        "url,url_mobile,title,seendate,socialimage,domain,language,sourcecountry",
    ],
)
def test_lists_of_stories_without_text_are_reported(header: str) -> None:
    row = ",".join("x" for _ in header.split(","))
    line = refusal(Delimited(), f"{header}\n{row}\n{row}\n".encode(), "stories.csv")
    assert "URLs and metadata without text" in line and "--fetch" in line


def test_files_of_gdelt_gkg_are_reported() -> None:
    row = "\t".join(["20210503091500-1", "20210503091500", *["x"] * 25])
    line = refusal(Delimited(), f"{row}\n{row}\n".encode(), "20210503091500.gkg.csv")
    assert "URLs and metadata without text" in line and "--fetch" in line


def test_a_table_with_names_of_gdelt_gkg_is_read_by_its_own_columns() -> None:
    rows = [{**row, "SourceCommonName": "a.example", "Extras": "none"} for row in ROWS]
    check_exact(read(Delimited(), csv_file(rows), "export.csv"), STORIES)


GOOD = {"csv": csv_file(ROWS), "xlsx": xlsx_file(ROWS), "parquet": parquet_file(ROWS)}
HTML = b"<!DOCTYPE html><html><body><table><tr><td>a</td></tr></table></body></html>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def bombed_spreadsheet() -> bytes:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        with parts.open("[Content_Types].xml", "w") as part:
            part.write(b"<x/>")
        with parts.open("xl/sharedStrings.xml", "w") as part:
            for _ in range(310):
                part.write(b" " * 1_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b"\x00\x01\x02" * 50, "binary"),
        ("a.csv", HTML, "HTML"),
        ("a.csv", GOOD["xlsx"][:200] + b"\0" * 99, "a zip archive"),
        ("a.csv", b"a,b,c\n1,2,3\n", "no column with text"),
        ("a.csv", b"text\n" + b"a" * 21_000_000, "too large"),
        ("a.parquet", b"", "empty"),
        ("a.parquet", GOOD["parquet"][:-100], "damaged"),
        ("a.parquet", b"PARE" + GOOD["parquet"][4:], "encrypted"),
        ("a.parquet", HTML, "HTML"),
        ("a.parquet", parquet_file([{"n": 1}]), "no column with text"),
        ("a.xlsx", b"", "empty"),
        ("a.xlsx", GOOD["xlsx"][:-1000], "damaged"),
        ("a.xlsx", OLE, "encrypted"),
        ("a.xlsx", HTML, "HTML"),
        ("a.xlsx", bombed_spreadsheet(), "too large"),
    ],
)
def test_an_invalid_table_is_one_line_and_nothing_else_is_lost(
    tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(data)
    (tmp_path / "good.csv").write_bytes(GOOD["csv"])
    errors: list[InputError] = []
    reports: list[ReadReport] = []
    inputs = [str(tmp_path / name), str(tmp_path / "good.csv")]
    found = list(read_articles(inputs, report_error=errors.append, note=str, reports=reports))
    assert len(found) == 24
    assert len(errors) == 1 and message in str(errors[0]) and "\n" not in str(errors[0])
    assert len(str(errors[0])) < 600
