"""Tables and JSON of each layout, with the articles of `stories`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from synthetic.stories import Story

Row = dict[str, Any]


def csv_file(rows: Sequence[Row], delimiter: str = ",", encoding: str = "utf-8", **more: Any) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter, **more)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def parquet_file(rows: Sequence[Row]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows)), out)
    return out.getvalue()


def xlsx_file(rows: Sequence[Row], *, other_sheet: bool = False) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    if other_sheet:
        sheet.append(["about", "this file"])
        sheet = book.create_sheet("articles")
    sheet.append([])
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def plain_rows(stories: Sequence[Story]) -> list[Row]:
    """Columns as somebody may name them."""
    return [
        {"Nr": i, "Headline": s.title, "Content": s.text, "Source": s.outlet, "Publication Date": s.day,
         "Byline": s.author, "Link": f"https://example.org/{i}", "Article ID": f"A{i}"}
        for i, s in enumerate(stories)
    ]  # fmt: skip


def acled_rows(stories: Sequence[Story]) -> list[Row]:
    return [
        {"event_id_cnty": f"XXX{i}", "event_date": s.day, "year": s.day[:4], "event_type": "Protests",
         "sub_event_type": "Peaceful protest", "actor1": "Protesters (X)", "assoc_actor_1": "",
         "country": "X", "location": s.outlet.split()[0], "source": f"{s.outlet}; Other", "notes": s.text,
         "fatalities": 0, "timestamp": 1620000000}
        for i, s in enumerate(stories)
    ]  # fmt: skip


def news_please(stories: Sequence[Story]) -> list[Row]:
    return [
        {"authors": [s.author] if s.author else [], "date_download": "2024-01-01 00:00:00",
         "date_modify": "None", "date_publish": f"{s.day} 09:05:00", "description": "A lead.",
         "filename": "https%3A%2F%2Fexample.org.json", "language": "en", "localpath": None,
         "maintext": s.text, "source_domain": s.outlet, "text": "menu and page", "title": s.title,
         "title_page": None, "url": f"https://example.org/{i}"}
        for i, s in enumerate(stories)
    ]  # fmt: skip


def trafilatura(stories: Sequence[Story]) -> list[Row]:
    return [
        {"title": s.title, "author": s.author or None, "hostname": "example.org", "date": s.day,
         "fingerprint": f"{i:x}", "id": None, "raw_text": "x", "source": f"https://example.org/{i}",
         "source-hostname": s.outlet, "excerpt": "An excerpt.", "categories": "a;b", "tags": "",
         "text": s.text, "comments": "Nice!", "language": None}
        for i, s in enumerate(stories)
    ]  # fmt: skip


def event_registry(stories: Sequence[Story]) -> Row:
    results = [
        {"uri": f"9-{i}", "lang": "eng", "isDuplicate": i % 5 == 0, "date": "2024-01-01",
         "dateTime": "2024-01-01T00:00:00Z", "dateTimePub": f"{s.day}T09:05:00Z", "sentiment": None,
         "url": f"https://example.org/{i}", "title": s.title, "body": s.text,
         "source": {"uri": "example.org", "dataType": "news", "title": s.outlet},
         "authors": [{"uri": "x", "name": s.author, "type": "author"}] if s.author else []}
        for i, s in enumerate(stories)
    ]  # fmt: skip
    return {"articles": {"results": results, "totalResults": len(results), "page": 1, "pages": 1}}


def news_api(stories: Sequence[Story]) -> Row:
    articles = [
        {"source": {"id": None, "name": s.outlet}, "author": s.author or None, "title": s.title,
         "description": "<p>A <b>lead</b></p>", "url": f"https://example.org/{i}", "urlToImage": None,
         "publishedAt": f"{s.day}T09:05:00Z", "content": f"{s.text[:200]}… [+{len(s.text) - 200} chars]"}
        for i, s in enumerate(stories)
    ]  # fmt: skip
    return {"status": "ok", "totalResults": 4000, "articles": articles}


def relief_web(stories: Sequence[Story]) -> Row:
    data = []
    for i, s in enumerate(stories):
        paragraphs = "".join(f"<p>{p}</p>" for p in s.paragraphs)
        text = {"body": s.text} if i % 2 else {"body-html": paragraphs}
        fields = {"title": s.title, "date": {"original": f"{s.day}T00:00:00+00:00", "created": "2024-01-01"},
                  "source": [{"name": s.outlet}], "language": [{"code": "en", "name": "English"}],
                  "url_alias": f"https://example.org/{i}", **text}  # fmt: skip
        data.append({"id": str(i), "score": 1, "fields": fields})
    return {"totalCount": len(data), "count": len(data), "data": data}


def telegram(stories: Sequence[Story]) -> Row:
    messages: list[Row] = [{"id": 0, "type": "service", "action": "create_channel", "text": ""}]
    for i, s in enumerate(stories, start=1):
        first, rest = s.text[:20], s.text[20:]
        parts = [first, {"type": "bold", "text": rest[:10]}, rest[10:]]
        messages.append(
            {"id": i, "type": "message", "date": f"{s.day}T11:05:00", "from": "Harbour", "from_id": "c1",
             "text": s.text if i % 2 else parts, "author": s.author or None}
        )  # fmt: skip
    messages.append({"id": 99, "type": "message", "date": "2021-05-03T11:05:00", "photo": "x", "text": ""})
    return {"name": "Harbour", "type": "public_channel", "id": 7, "messages": messages}


def media_cloud(stories: Sequence[Story], web: str, *, old: bool = False) -> list[Row]:
    """A story list: URLs and metadata. The first has no date; outlets are domains."""
    rows = []
    for i, s in enumerate(stories):
        row = {"id": f"{i:x}", "indexed_date": "2024-01-01 00:00:00", "language": "en",
               "media_name": s.outlet, "media_url": s.outlet, "publish_date": s.day if i else "",
               "title": s.title, "url": f"{web}/{i}"}  # fmt: skip
        left_out = ("id", "indexed_date", "media_name", "media_url")
        rows.append({"stories_id": i, **{k: v for k, v in row.items() if k not in left_out}} if old else row)
    return rows


def gdelt_doc(stories: Sequence[Story], web: str) -> Row:
    return {"articles": [
        {"url": f"{web}/{i}", "url_mobile": "", "title": s.title, "seendate": "20240101T091500Z",
         "socialimage": "", "domain": s.outlet, "language": "English", "sourcecountry": "X"}
        for i, s in enumerate(stories)
    ]}  # fmt: skip


def gdelt_gkg(stories: Sequence[Story], web: str) -> bytes:
    """27 columns without a header or quotation. The second record is not of the Web."""
    lines = []
    for i, s in enumerate(stories):
        cells = [
            f"20240101091500-{i}",
            "20240101091500",
            "1",
            s.outlet,
            f"{web}/{i}",
            *[""] * 20,
            "",
            f'<PAGE_LINKS>"</PAGE_LINKS><PAGE_TITLE>{s.title.replace("“", "&#x201C;")}</PAGE_TITLE>',
        ]
        if i == 1:
            cells[4] = "A broadcast"
        lines.append("\t".join(cells))
    return ("\n".join(lines) + "\n").encode()  # fmt: skip


def gdelt_ngrams(stories: Sequence[Story], web: str) -> list[Row]:
    """Two rows of each article."""
    return [
        {"date": "2024-01-01T09:15:00Z", "ngram": word, "lang": "en", "type": 1, "pos": 10, "pre": "the",
         "post": "council said", "url": f"{web}/{i}"}
        for i, _ in enumerate(stories)
        for word in ("council", "bridge")
    ]  # fmt: skip


def kaggle(stories: Sequence[Story], version: int) -> list[Row]:
    """ "All the news": an index without a name, years as floating-point numbers, outlets in titles."""
    rows = []
    for i, s in enumerate(stories):
        title = f"{s.title} - {s.outlet}" if i % 3 == 0 else s.title
        year, month, _ = s.day.split("-")
        common = {"publication": s.outlet, "author": s.author, "date": s.day, "year": f"{year}.0",
                  "month": f"{int(month)}.0", "url": f"https://example.org/{i}" if i % 4 else "",
                  "title": title}  # fmt: skip
        more = {"id": 17283 + i, "content": s.text} if version == 1 else {"article": s.text, "section": ""}
        rows.append({"": i, **({} if version == 1 else {"Unnamed: 0": i}), **common, **more})
    return rows


def page_of(story: Story, i: int = 0) -> bytes:
    """A page that has all that trafilatura writes about an article."""
    paragraphs = "".join(f"<p>{p}</p>" for p in story.paragraphs)
    author = f'<meta name="author" content="{story.author}">' if story.author else ""
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{story.title}</title>{author}'
        f'<meta property="og:site_name" content="{story.outlet}">'
        f'<meta property="article:published_time" content="{story.day}">'
        f'<link rel="canonical" href="https://example.org/{i}"></head>'
        f"<body><article><h1>{story.title}</h1>{paragraphs}</article></body></html>"
    ).encode()


def of_trafilatura(stories: Sequence[Story], form: str, *, metadata: bool = True) -> bytes:
    """The output of trafilatura itself, one article behind the other."""
    from trafilatura import extract

    parts = [extract(page_of(s, i), output_format=form, with_metadata=metadata) or "" for i, s in
             enumerate(stories)]  # fmt: skip
    return ("" if form == "csv" else "\n").join(parts).encode()


def as_json(value: Any, **more: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, **more).encode()


def as_json_lines(rows: Sequence[Row]) -> bytes:
    return b"\n".join(as_json(row) for row in rows)
