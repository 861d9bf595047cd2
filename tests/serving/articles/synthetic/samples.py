"""Small files of every kind that is read, as the page "What it reads" uses them.

Example: python tests/serving/articles/synthetic/samples.py exports
"""

from __future__ import annotations

import gzip
import io
import sys
import zipfile
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from synthetic import table_files as tables
from synthetic.factiva_files import factiva_html, factiva_rtf
from synthetic.lexisnexis_files import factiva_xml, lexisnexis_html, lexisnexis_text, proquest_text
from synthetic.nexis_files import docx, nexis_docx, nexis_rtf, paragraph
from synthetic.pdf_files import pdf, wrapped
from synthetic.stories import Story, stories


def write_samples(folder: Path) -> None:
    """Write the files into a folder, which is made if it does not exist."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {**_exports(stories(4)), **_documents(stories(2)), **_tables(stories(4)), **_web(stories(3))}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("nexis.docx", "articles.csv", "logo.png"):
            archive.writestr(name, found.get(name, b"\x89PNG"))
    found["exports.zip"] = buffer.getvalue()
    for name, content in found.items():
        (folder / name).write_bytes(content)


def _exports(found: Sequence[Story]) -> dict[str, bytes]:
    return {
        "nexis.docx": nexis_docx(found, left_out=[3]),
        "nexis.rtf": nexis_rtf(found),
        "lexisnexis.txt": lexisnexis_text(found),
        "lexisnexis.html": lexisnexis_html(found, centred=True),
        "factiva.html": factiva_html(found, tagged=False),
        "factiva.rtf": factiva_rtf(found, tagged=True),
        "factiva.xml": factiva_xml(found),
        "proquest.txt": proquest_text(found),
    }


def _documents(found: Sequence[Story]) -> dict[str, bytes]:
    first = found[0]
    body = paragraph(first.title, level=1) + "".join(map(paragraph, first.paragraphs))
    front = f'---\ntitle: "{first.title}"\ndate: {first.day}\nsource: {first.outlet}\n---\n\n'
    pages = [["1 January 2021", "", *wrapped(first.paragraphs)]]
    return {
        "article.txt": f"{first.title}\n\n{first.text}\n".encode(),
        "article.docx": docx(body),
        "article.md": f"{front}# {first.title}\n\n> {first.text}\n".encode(),
        "article.pdf": pdf(pages, f"/Title ({first.title}) /CreationDate (D:20210101090000Z)"),
        "scan.pdf": pdf([[], []]),
        "newsletter.eml": _mail(first).as_bytes(),
        "digest.eml": _digest(found),
        "encrypted.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 20,
    }


def _mail(story: Story) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"{story.outlet} <news@gazette.example>"
    mail["To"] = "reader@home.example"
    mail["Subject"] = story.title
    mail["Date"] = "Mon, 03 May 2021 09:05:00 +0200"
    mail["Message-ID"] = f"<{story.day}@gazette.example>"
    mail.set_content(f"{story.text}\n\n-- \nAna Test\n")
    return mail


def _digest(found: Sequence[Story]) -> bytes:
    parts = "".join(f"--d\nContent-Type: message/rfc822\n\n{_mail(s).as_string()}\n" for s in found)
    head = "From: list@gazette.example\nTo: a@b.example\nSubject: Digest\nMIME-Version: 1.0\n"
    return f'{head}Content-Type: multipart/digest; boundary="d"\n\n{parts}--d--\n'.encode()


def _tables(found: Sequence[Story]) -> dict[str, bytes]:
    rows = tables.plain_rows(found)
    german = "Der Rat der Stadt sagte am Montag, dass die Brücke im Frühling wieder geöffnet wird. "
    german += "Der Bürgermeister dankte allen Beteiligten und nannte die Kosten zu hoch."
    odd = [{**rows[0], "Article ID": "A4", "Content": german}, {**rows[0], "Article ID": "A5", "Content": ""}]
    stubs = [{"id": i, "media_name": s.outlet, "publish_date": s.day, "title": s.title,
              "indexed_date": s.day, "language": "en", "url": f"https://example.org/{i}"}
             for i, s in enumerate(found)]  # fmt: skip
    return {
        "articles.csv": tables.csv_file([*rows, *odd]),
        "articles.xlsx": tables.xlsx_file(rows),
        "articles.parquet": tables.parquet_file(rows),
        "wire.csv": tables.csv_file(_wire_copies()),
        "acled.csv": tables.csv_file(tables.acled_rows(found)),
        "mediacloud.csv": tables.csv_file(stubs),
        "newsapi.json": tables.as_json(tables.news_api(found)),
        "eventregistry.json": tables.as_json(tables.event_registry(found)),
        "reliefweb.json": tables.as_json(tables.relief_web(found)),
        "result.json": tables.as_json(tables.telegram(found)),
        "news-please.jsonl.gz": gzip.compress(tables.as_json_lines(tables.news_please(found)), mtime=0),
    }


def _wire_copies() -> list[tables.Row]:
    """Two different articles, the first in two outlets with other headlines."""
    ferry = (
        "The ferry between Ashford and Calder sails again after four weeks, the port authority said. "
        "The crews had refused to work on the old boats, and blamed the owner for two accidents in March. "
        "A new timetable takes effect tomorrow, with six crossings a day and one at night."
    )
    depot = (
        "Inspectors found no grain in the depot at Dunmere, a spokesman for the ministry told reporters. "
        "He appealed to the farmers of the district to deliver what they had promised before the winter. "
        "The farmers said that nobody had paid them since the harvest."
    )
    rows = [
        ("Ferry sails again", "Ashford Gazette", ferry),
        ("Depot is empty", "Dunmere Gazette", depot),
        ("Crossing to Calder reopens", "Calder Gazette", ferry),
    ]
    return [{"title": t, "outlet": o, "date": "2021-05-03", "text": text} for t, o, text in rows]


def _web(found: Sequence[Story]) -> dict[str, bytes]:
    items = "".join(
        f"<item><title>{s.title}</title><link>https://gazette.example/{i}</link>"
        f"<pubDate>Mon, 03 May 2021 09:0{i}:00 GMT</pubDate>"
        f"<description>{s.paragraphs[0]}</description></item>"
        for i, s in enumerate(found)
    )
    feed = f'<rss version="2.0"><channel><title>Harbour Gazette</title>{items}</channel></rss>'
    urls = "".join(f"https://gazette.example/{i}\n" for i, _ in enumerate(found))
    return {
        "page.html": page(found[0]),
        "feed.rss": feed.encode(),
        "urls.txt": urls.encode(),
        "crawl.warc.gz": _warc(found),
    }


def page(story: Story, language: str = "en") -> bytes:
    """A page with one article, a menu and a footer."""
    head = f'<title>{story.title}</title><meta property="og:site_name" content="{story.outlet}">'
    head += f'<meta property="article:published_time" content="{story.day}T09:30:00Z">'
    body = "".join(f"<p>{p}</p>" for p in story.paragraphs)
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">{head}</head><body>'
        f"<nav><a href='/'>Home</a></nav><article><h1>{story.title}</h1>{body}</article>"
        "<footer>All rights reserved.</footer></body></html>"
    ).encode()


def _warc(found: Sequence[Story]) -> bytes:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    records = [(f"news/{i}", page(s), "text/html") for i, s in enumerate(found)]
    records += [("news/fr", page(found[0], "fr"), "text/html"), ("logo.png", b"\x89PNG", "image/png")]
    records.append(("shop", page(found[0]), "text/html"))
    for path, content, kind in records:
        headers = StatusAndHeaders("200 OK", [("Content-Type", kind)], protocol="HTTP/1.1")
        record = writer.create_warc_record(
            f"https://gazette.example/{path}", "response", payload=io.BytesIO(content), http_headers=headers
        )
        writer.write_record(record)
    return out.getvalue()


if __name__ == "__main__":
    write_samples(Path(sys.argv[1] if len(sys.argv) > 1 else "exports"))
