"""Five invalid files of each kind of source: truncated, empty, encrypted, mislabelled and huge."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

SAMPLES = Path(__file__).parents[3] / "attack" / "samples"
PAGE_WITHOUT_ARTICLE = b"<!DOCTYPE html><html><body><form><input name='q'></form></body></html>"
IMAGE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 999
# Their articles are elsewhere, so that they are no sample of a file with articles.
LINKS = b"# Pages to read\nhttps://example.org/1\nhttps://example.org/2\nhttps://example.org/3\n"
HUGE = 200_000_000


@dataclass(frozen=True)
class Kind:
    """A kind of source.

    Attributes:
        sample: a valid file of `samples/`.
        truncated: a file that ends early; None if it cannot be told from a shorter one.
        encrypted: a file with a password; None if the format has none.
        huge: writes a file with an article of at least 200 MB.
        limit: what the message about that names.
        is_counted: a truncated file is a warning, because it announces more articles than it has.
        mislabelled: files of other formats with this extension.
    """

    sample: str
    truncated: Callable[[bytes], bytes] | None = lambda valid: valid[: len(valid) * 6 // 10]
    encrypted: Callable[[bytes], bytes] | None = None
    huge: Callable[[Path, bytes], None] = field(default=lambda path, valid: sparse(path, valid))
    limit: str = "the limit is 2 MB"
    is_counted: bool = False
    mislabelled: tuple[bytes, ...] = (PAGE_WITHOUT_ARTICLE, IMAGE)

    @property
    def valid(self) -> bytes:
        """The content of the sample, packed if its name says so."""
        if self.sample == "urls.txt":
            return LINKS
        name, _, last = self.sample.rpartition(".")
        if f".{last}" in PACK:
            return PACK[f".{last}"]((SAMPLES / name).read_bytes())
        return (SAMPLES / self.sample).read_bytes()

    @property
    def ending(self) -> str:
        return "." + self.sample.partition(".")[2]


def sparse(path: Path, valid: bytes) -> None:
    """A valid beginning, then 200 MB that take no space on the disk."""
    with path.open("wb") as file:
        file.write(valid)
        file.truncate(HUGE)


def one_article(
    before: bytes, after: bytes, text: bytes = b"It rained again. "
) -> Callable[[Path, bytes], None]:
    """Writes a file with a single article between two parts."""

    def write(path: Path, valid: bytes) -> None:
        chunk = text * (1_000_000 // len(text))
        with path.open("wb") as file:
            file.write(before)
            for _ in range(HUGE // len(chunk) + 1):
                file.write(chunk)
            file.write(after)

    return write


def huge_parquet(path: Path, valid: bytes) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    text = "It rained again. " * (HUGE // 17 + 1)
    pq.write_table(pa.table({"id": ["a", "b"], "text": [text, "It rained."]}), path, row_group_size=1)


SHEET = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>text</t></is></c></row>'
    b'<row r="2"><c r="A2" t="inlineStr"><is><t>'
)


def huge_part(part: str, before: bytes, after: bytes) -> Callable[[Path, bytes], None]:
    """Writes an Office document whose main part unpacks to more than 200 MB."""

    def write(path: Path, valid: bytes) -> None:
        chunk = b"It rained again. " * 60_000
        with (
            zipfile.ZipFile(io.BytesIO(valid)) as old,
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for info in old.infolist():
                if info.filename != part:
                    new.writestr(info.filename, old.read(info))
            with new.open(part, "w") as out:
                out.write(before)
                for _ in range(HUGE // len(chunk) + 1):
                    out.write(chunk)
                out.write(after)

    return write


def encrypted_pdf(valid: bytes) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(valid)))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def encrypted_zip(valid: bytes) -> bytes:
    """The archive with the flags of encrypted members."""
    data = bytearray(valid)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            (flags,) = struct.unpack_from("<H", data, at + offset)
            struct.pack_into("<H", data, at + offset, flags | 1)
            at = data.find(mark, at + 4)
    return bytes(data)


def zipped(valid: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", valid)
    return out.getvalue()


def zstandard(valid: bytes) -> bytes:
    from zstandard import ZstdCompressor

    return ZstdCompressor().compress(valid)


def office(valid: bytes) -> bytes:
    """Office documents with a password are OLE containers."""
    return OLE


def truncated_table(valid: bytes) -> bytes:
    """A table whose last row ends before its last column."""
    return b"id,text,url\r\n1,It rained.,https://example.org/1\r\n2,It rained ag"


def gzipped(valid: bytes) -> bytes:
    return gzip.compress(valid, mtime=0)


def bomb(pack: Callable[[bytes], bytes]) -> Callable[[Path, bytes], None]:
    """Writes a small file that unpacks to a text of 200 MB."""
    return lambda path, valid: path.write_bytes(pack(b"a" * HUGE)) and None


def link_list(path: Path, valid: bytes) -> None:
    """Writes a list of more than 2 MB, with lines as they are."""
    path.write_bytes(valid * (HUGE // len(valid) // 50))


# By name of the reader.
KINDS = {
    "text": Kind("plain.txt", truncated=None),
    "markdown": Kind("document.md", truncated=None),
    "html": Kind("page.html", truncated=None, limit="10 MB", mislabelled=(IMAGE,)),
    "urls": Kind("urls.txt", truncated=None, huge=link_list),
    "eml": Kind("mail.eml", limit="50 MB"),
    "docx": Kind(
        "document.docx", encrypted=office, huge=huge_part("word/document.xml", b"", b""), limit="200 MB"
    ),
    "rtf": Kind("document.rtf", limit="50 MB"),
    "pdf": Kind("document.pdf", encrypted=encrypted_pdf, limit="100 MB"),
    "factiva-html": Kind("factiva.html", limit="50 MB"),
    "factiva-xml": Kind("factiva.xml", limit="50 MB"),
    "lexisnexis-html": Kind("lexisnexis.html", limit="50 MB", is_counted=True),
    "lexisnexis-txt": Kind("lexisnexis.txt", limit="50 MB", is_counted=True),
    "proquest-txt": Kind("proquest.txt", limit="50 MB", is_counted=True),
    "feed": Kind("feed.rss", limit="20 MB"),
    "page-xml": Kind("page.xml", limit="10 MB"),
    "warc": Kind("pages.warc", limit="after"),
    "csv": Kind(
        "articles.csv", truncated=truncated_table, huge=one_article(b"id,text\n1,", b"\n2,It rained.\n"),
        limit="20 MB"
    ),
    "xlsx": Kind(
        "articles.xlsx",
        encrypted=office,
        huge=huge_part("xl/worksheets/sheet1.xml", SHEET, b"</t></is></c></row></sheetData></worksheet>"),
        limit="200 times",
    ),
    "parquet": Kind(
        "articles.parquet", encrypted=lambda valid: b"PARE" + valid[4:-4] + b"PARE", huge=huge_parquet
    ),
    "jsonl": Kind(
        "rows.jsonl", huge=one_article(b'{"text": "', b'"}\n{"text": "It rained."}\n'), limit="20 MB"
    ),
    "json": Kind(
        "articles.json", huge=one_article(b'[{"text": "', b'"}, {"text": "It rained."}]'), limit="20 MB"
    ),
}  # fmt: skip
# Of the hub nothing is read but rows; a list of links, a page and prose have no mark at their end, and only
# PDF, Office documents, Parquet and zip archives have passwords.
WITHOUT_FILES = {"hub"}
PACKED = {
    "zip": Kind("plain.txt.zip", encrypted=encrypted_zip, huge=bomb(zipped), limit="200 times"),
    "gzip": Kind("plain.txt.gz", huge=bomb(gzipped)),
    "zstandard": Kind("plain.txt.zst", huge=bomb(zstandard)),
}
PACK = {".zip": zipped, ".gz": gzipped, ".zst": zstandard}


def variants(kind: Kind) -> dict[str, bytes]:
    """The invalid files of a kind, but for the huge one."""
    found = {"empty": b""}
    if kind.truncated is not None:
        found["truncated"] = kind.truncated(kind.valid)
    if kind.encrypted is not None:
        found["encrypted"] = kind.encrypted(kind.valid)
    return found | {f"mislabelled-{n}": data for n, data in enumerate(kind.mislabelled)}
