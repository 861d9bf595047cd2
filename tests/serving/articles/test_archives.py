"""Archives, folders and patterns: every known member is read, bombs are refused, nothing is unpacked."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest
import zstandard
from stancewire.data.errors import InputError
from stancewire.serving.articles.registry import read_articles
from stancewire.serving.articles.source import ReadOptions, ReadReport
from synthetic import table_files as made
from synthetic.nexis_files import nexis_docx
from synthetic.stories import stories

STORIES = stories(20)
CSV = made.csv_file(made.plain_rows(STORIES))
TEXT = b"Kenya accused Somalia of shelling a border town."


def zip_of(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def encrypted(data: bytes) -> bytes:
    """The archive with the flag of encryption set on each member."""
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        position = data.find(signature)
        while position >= 0:
            data = data[: position + at] + b"\x01" + data[position + at + 1 :]
            position = data.find(signature, position + 4)
    return data


def read(*inputs: Path | str, **options: object) -> tuple[list[str], list[str], list[str]]:
    """The ids, the errors and the notes."""
    errors: list[InputError] = []
    notes: list[str] = []
    found = read_articles(
        [str(i) for i in inputs],
        ReadOptions(**options),  # type: ignore[arg-type]
        report_error=errors.append,
        note=notes.append,
    )
    return [a.id for a in found], [str(e) for e in errors], notes


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_of_an_archive_are_read(tmp_path: Path, method: int) -> None:
    members = {
        "nexis.docx": nexis_docx(STORIES),
        "export.xlsx": made.xlsx_file(made.plain_rows(STORIES)),
        "deep/export.csv.gz": gzip.compress(CSV),
        "inner.zip": zip_of({"b.txt": TEXT}),
        "../../outside.txt": TEXT,
        "~$nexis.docx": b"lock",
        "nexis_doclist.docx": b"list",
        "__MACOSX/._a.txt": b"x",
        "picture.png": b"x",
    }
    (tmp_path / "all.zip").write_bytes(zip_of(members, method))
    before = sorted(tmp_path.parent.rglob("*"))
    ids, errors, notes = read(tmp_path / "all.zip")
    assert len(ids) == 62 and {"b", "outside"} <= set(ids) and not errors
    assert f"{tmp_path}/all.zip: 1 file of an unknown kind left out" in notes
    assert sorted(tmp_path.parent.rglob("*")) == before


@pytest.mark.parametrize(("ending", "pack"), [(".gz", gzip.compress), (".zst", zstandard.compress)])
def test_compressed_files_are_read(tmp_path: Path, ending: str, pack: object) -> None:
    files = {
        "a.csv": CSV,
        "b.parquet": made.parquet_file(made.plain_rows(STORIES)),
        "c.json": made.as_json(made.event_registry(STORIES)),
        "d.xlsx": made.xlsx_file(made.plain_rows(STORIES)),
    }
    for name, content in files.items():
        (tmp_path / (name + ending)).write_bytes(pack(content))  # type: ignore[operator]
    ids, errors, _ = read(tmp_path)
    assert len(ids) == 80 and not errors


def test_several_frames_are_one_content(tmp_path: Path) -> None:
    (tmp_path / "a.csv.zst").write_bytes(zstandard.compress(CSV[:500]) + zstandard.compress(CSV[500:]))
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(CSV[:500]) + gzip.compress(CSV[500:]))
    assert len(read(tmp_path)[0]) == 40


def test_patterns_name_files(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("a1.txt", "a2.txt", "b.txt", "deep/a3.txt", "[x].txt"):
        (tmp_path / name).write_bytes(TEXT)
    assert read(tmp_path / "a*.txt")[0] == ["a1", "a2"]
    assert read(tmp_path / "**" / "a*.txt")[0] == ["a1", "a2", "a3"]
    assert read(tmp_path / "[x].txt")[0] == ["[x]"]
    assert "no file matches" in read(tmp_path / "c*")[1][0]


def bomb() -> bytes:
    return zip_of({"a.csv": b"text\n" + b" " * 60_000_000})


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.zip", zip_of({"a.csv": CSV})[:-40], "damaged"),
        ("a.zip", zip_of({}), "an archive without files"),
        ("a.zip", encrypted(zip_of({"a.csv": CSV, "b.csv": CSV})), "encrypted"),
        ("a.zip", b"%PDF-1.7 cut", "PDF"),
        ("a.zip", bomb(), "more than 200 times its size"),
        ("a.zip", zip_of({"b.zip": zip_of({"c.zip": zip_of({"d.txt": TEXT})})}), "an archive within 2"),
        ("a.zip", zip_of({"a.csv": b"text\n" + b"a" * 21_000_000}, zipfile.ZIP_STORED), "too large"),
        ("a.csv.gz", gzip.compress(CSV)[:-300], "damaged"),
        ("a.csv.gz", b"", "empty"),
        ("a.csv.gz", gzip.compress(b"", mtime=0), "empty"),
        ("a.csv.gz", gzip.compress(b"text\n" + b"\n" * 60_000_000), "more than 200 times its size"),
        ("a.csv.zst", zstandard.compress(CSV)[:-300], "damaged"),
        ("a.csv.zst", b"", "empty"),
        ("a.csv.zst", zstandard.compress(b""), "empty"),
        ("a.csv.zst", zstandard.compress(b"text\n" + b"\n" * 60_000_000), "more than 200 times its size"),
        ("a.csv.zst", zstandard.compress(CSV)[:100] + b"\xff" * 500, "damaged"),
    ],
)
def test_an_invalid_archive_is_one_line_and_nothing_else_is_lost(
    tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(data)
    (tmp_path / "good.csv").write_bytes(CSV)
    ids, errors, _ = read(tmp_path / name, tmp_path / "good.csv")
    assert ids[-20:] == [f"A{i}" for i in range(20)]
    assert len(errors) == 1 and message in errors[0] and "\n" not in errors[0]


def test_a_damaged_member_does_not_stop_the_others(tmp_path: Path) -> None:
    data = zip_of({"a.csv": CSV, "b.csv": CSV, "c.csv": CSV}, zipfile.ZIP_STORED)
    place = data.index(b"b.csv") + 700
    (tmp_path / "a.zip").write_bytes(data[:place] + b"XX" + data[place + 2 :])
    ids, errors, _ = read(tmp_path / "a.zip")
    assert len(errors) == 1 and "a.zip/b.csv" in errors[0] and len(ids) >= 40


def test_dates_and_outlets_select_articles(tmp_path: Path) -> None:
    rows = made.plain_rows(STORIES)
    rows[0]["Publication Date"] = "some day"
    (tmp_path / "a.csv").write_bytes(made.csv_file(rows))
    reports: list[ReadReport] = []

    def count(**options: object) -> int:
        found = read_articles(
            [str(tmp_path)],
            ReadOptions(**options),
            report_error=print,
            note=str,
            reports=reports,  # type: ignore[arg-type]
        )
        return len(list(found))

    days = [s.day for s in STORIES[1:]]
    assert count(since="2021-03") == sum(d >= "2021-03" for d in days)
    assert dict(reports[-1].reasons) == {"outside the dates": 3, "no known date": 1}
    assert count(until="2021-03") == sum(d[:7] <= "2021-03" for d in days)
    assert count(since="2021-03-03", until="2021-03-03") == 1
    assert count(outlets=("ashford*",)) == 2 and count(outlets=("Ashford",)) == 0
    assert reports[-1].reasons["from another outlet"] == 20


def test_other_languages_are_counted_and_not_errors(tmp_path: Path) -> None:
    rows = made.plain_rows(STORIES)
    for n in (3, 4):
        rows[n]["Content"] = (
            "Die Regierung hat am Dienstag erklärt, dass die Waffenruhe an der Grenze hält und dass die "
            "Gespräche in der nächsten Woche fortgesetzt werden sollen."
        )
    (tmp_path / "a.csv").write_bytes(made.csv_file(rows))
    ids, errors, notes = read(tmp_path / "a.csv")
    assert len(ids) == 18 and not errors
    assert notes[-1] == f"{tmp_path}/a.csv: 18 read, 2 skipped (2 not in English: de)"
    assert len(read(tmp_path / "a.csv", any_language=True)[0]) == 20
