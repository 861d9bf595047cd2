"""Nexis exports: every article is read, and what is missing is named."""

from __future__ import annotations

import csv
import time
import zipfile
from pathlib import Path

import pytest
from stancewire.serving.articles.documents.docx import Docx
from stancewire.serving.articles.documents.rtf import Rtf
from stancewire.serving.articles.listing.counts import write_report
from stancewire.serving.articles.registry import read_articles
from stancewire.serving.articles.source import ReadReport
from synthetic.nexis_files import docx, expected_date, nexis_docx, nexis_rtf, paragraph, rtf_text
from synthetic.reading import Reading, read, refusal
from synthetic.stories import Story, stories

STORIES = stories(24)


def check_exact(reading: Reading, expected: list[Story]) -> None:
    assert reading.report.errors == []
    assert [a.title for a in reading.articles] == [s.title for s in expected]
    for i, (article, story) in enumerate(zip(reading.articles, expected, strict=True)):
        assert article.text == story.text, i
        assert article.outlet == story.outlet, i
        assert article.date == expected_date(i, story), i
        assert article.date_original is None
        assert article.author == (story.author or None), i


@pytest.mark.parametrize("cover", [True, False])
@pytest.mark.parametrize("bookmarks", [True, False])
def test_every_article_of_a_docx_is_read(cover: bool, bookmarks: bool) -> None:
    reading = read(Docx(), nexis_docx(stories(60), cover=cover, bookmarks=bookmarks), "nexis.DOCX")
    check_exact(reading, stories(60))
    assert reading.report.announced == 60
    assert reading.notes == []
    assert all(a.url == "https://advance.example/doc?id=1&x=2" for a in reading.articles)
    assert {a.language for a in reading.articles} <= {"en", None}


@pytest.mark.parametrize("cover", [True, False])
def test_every_article_of_an_rtf_is_read(cover: bool) -> None:
    reading = read(Rtf(), nexis_rtf(stories(60), cover=cover), "nexis.rtf")
    check_exact(reading, stories(60))
    assert reading.report.announced == (60 if cover else None)
    assert reading.notes == []


def test_missing_articles_are_named() -> None:
    reading = read(Docx(), nexis_docx(STORIES, left_out=[0, 7]), "nexis.docx")
    assert len(reading.articles) == 22
    assert reading.report.missing_titles == (STORIES[0].title, STORIES[7].title)


def test_the_count_of_a_file_names_missing_articles_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "nexis.docx"
    file.write_bytes(nexis_docx(STORIES, left_out=[0, 7]))
    notes: list[str] = []
    reports: list[ReadReport] = []
    list(read_articles([str(file)], report_error=pytest.fail, note=notes.append, reports=reports))
    names = f"“{STORIES[0].title}”; “{STORIES[7].title}”"
    assert notes == [f"{file}: 24 announced, 22 read, 2 missing; not found: {names}"]
    write_report(reports, tmp_path / "report.csv")
    rows = list(csv.DictReader((tmp_path / "report.csv").open(encoding="utf-8")))
    assert [r["article"] for r in rows if r["what"] == "missing"] == [STORIES[0].title, STORIES[7].title]


def test_many_missing_articles_are_one_short_line(tmp_path: Path) -> None:
    file = tmp_path / "nexis.docx"
    file.write_bytes(nexis_docx(STORIES, left_out=range(1, 24)))
    notes: list[str] = []
    list(read_articles([str(file)], report_error=pytest.fail, note=notes.append))
    (line,) = notes
    assert "1 read, 23 missing; not found: “" in line and line.endswith(" and 13 more")


COVERS = {
    "user name": ("User Name: = Ana Test", "Date and Time: Sunday, January 9, 2022", "Job Number: 00042"),
    "bibliography": ("Bibliography", "User Name: = Ana Test", "Job Number: 00042"),
    "german": ("Datum und Uhrzeit: Sonntag, 9. Januar 2022", "Auftragsnummer: 00042",
               "Quellen: Harbour Gazette", "Client/Matter: -None-"),
}  # fmt: skip


@pytest.mark.parametrize("marks", [True, False])
@pytest.mark.parametrize("cover", COVERS)
def test_covers_of_other_forms_are_no_articles(cover: str, marks: bool) -> None:
    data = nexis_docx(STORIES, bookmarks=marks, opening=COVERS[cover])
    reading = read(Docx(), data, "nexis.docx")
    check_exact(reading, STORIES)
    assert reading.report.announced == 24 and reading.report.missing_titles == ()
    assert reading.articles[0].id == "00042-1"


@pytest.mark.parametrize("end", ["Ende des Dokuments", "Fine del documento", "Slut på dokumentet"])
def test_articles_end_at_bookmarks_where_the_mark_of_the_end_is_in_another_language(end: str) -> None:
    reading = read(Docx(), nexis_docx(STORIES, end=end), "nexis.docx")
    assert [a.title for a in reading.articles] == [s.title for s in STORIES]


def test_the_edition_of_an_italian_article_is_not_its_date_or_text() -> None:
    lines = ["La nave riparte", "Corriere del Porto", "3 luglio 2018 martedì", "Edizione Nazionale",
             "Copyright 2018 Corriere del Porto", "Section:\u00a0CRONACA", "Edizione:\u00a0Nazionale",
             "Body", "La nave riparte oggi.", "Load-Date:\u00a0July 3, 2018", "End of Document"]  # fmt: skip
    data = "".join(paragraph(x, mark="Bookmark_1" * (n == 0)) for n, x in enumerate(lines))
    (article,) = read(Docx(), docx(data), "n.docx").articles
    assert (article.title, article.outlet) == ("La nave riparte", "Corriere del Porto")
    assert (article.date, article.text) == ("2018-07-03", "La nave riparte oggi.")
    rtf = "\\par ".join(map(rtf_text, lines))
    (article,) = read(Rtf(), rf"{{\rtf1\ansi\uc1 {rtf}\par}}".encode(), "n.rtf").articles
    assert (article.date, article.text) == ("2018-07-03", "La nave riparte oggi.")


def test_lock_files_and_lists_of_contents_are_not_read(tmp_path: Path) -> None:
    """In folders and archives; an export of single files has a list of them, `…_doclist`."""
    single = {f"{n}.docx": nexis_docx([story], cover=False) for n, story in enumerate(STORIES[:3])}
    files = {**single, "~$0.docx": b"\x03Ana", "export_doclist.docx": docx(paragraph("1. Ferry reopens"))}
    folder = tmp_path / "export"
    folder.mkdir()
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for name, content in files.items():
            (folder / name).write_bytes(content)
            archive.writestr(name, content)
    for name in (folder, tmp_path / "export.zip"):
        found = read_articles([str(name)], report_error=pytest.fail, note=print)
        assert [a.title for a in found] == [s.title for s in STORIES[:3]]


def test_an_article_without_text_is_reported_and_the_others_are_read() -> None:
    body = "".join(
        paragraph(x, mark=m)
        for x, m in (("", "Bookmark_1"), ("Ferry reopens", ""), ("Harbour Gazette", ""), ("May 3, 2021", ""),
                     ("Body", ""), ("Classification", ""), ("End of Document", ""), ("", "Bookmark_2"),
                     ("Bridge opens", ""), ("Harbour Gazette", ""), ("sometime in 2021", ""), ("Body", ""),
                     ("The bridge holds.", ""), ("End of Document", ""))
    )  # fmt: skip
    reading = read(Docx(), docx(body), "n.docx")
    assert [str(e) for e in reading.report.errors] == [
        "n.docx, article 1: no text (export the full text of the article)"
    ]
    (article,) = reading.articles
    assert (article.title, article.date, article.date_original) == ("Bridge opens", None, "sometime in 2021")


def test_an_export_without_articles_is_refused() -> None:
    data = docx(paragraph("Job Number: 1") + paragraph("Documents (0)"), properties={"LADeliveryID": "1"})
    assert "no articles in this export" in refusal(Docx(), data, "n.docx")


def test_a_hundred_articles_take_seconds() -> None:
    data = nexis_docx(stories(100))
    began = time.perf_counter()
    reading = read(Docx(), data, "nexis.docx")
    assert len(reading.articles) == 100
    assert time.perf_counter() - began < 5
