"""Factiva exports as HTML and RTF, with and without field codes, with the odd cases of real ones."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from .nexis_files import rtf_text
from .stories import Story, words


def number(i: int) -> str:
    return f"HARBG00020210503eh53{i:04}a"


def _date(i: int, story: Story) -> str:
    months = {"May": "Mai", "March": "März", "October": "Oktober", "December": "Dezember"}
    text = words(story.day, "uk")
    if i % 7 == 3:
        for english, german in months.items():
            text = text.replace(f" {english} ", f" {german} ")
    return text


def _paragraphs(i: int, story: Story) -> str:
    out = []
    for n, text in enumerate(story.paragraphs):
        marked = escape(text, quote=False).replace("agreement", "<b>agreement</b>")
        marked = marked.replace("council", '<span class="companylink">council</span>')
        if i % 5 == 2 and n == 1:
            marked = f'<pre class="articlePre">{marked}</pre>'
        if i % 5 == 3 and n == 2:
            marked = f"<div>{marked}</div>"
        out.append(f'<p class="articleParagraph enarticleParagraph">{marked}</p>')
    return "".join(out)


def factiva_html(stories: Sequence[Story], *, tagged: bool) -> bytes:
    """An export in HTML."""
    articles = "".join((_tagged if tagged else _untagged)(i, s) for i, s in enumerate(stories))
    summary = '<table class="searchPreview"><tr><td>Results Found</td><td>2,654</td></tr></table>'
    head = '<html><head><meta charset="utf-8"><title>Factiva</title></head>'
    page = f"{head}<body>{articles}{summary}</body></html>"
    raw = page.encode()
    # Some bytes are Windows-1252 although the page declares UTF-8.
    return raw.replace("– the".encode(), "– the".encode("cp1252"))


def _tagged(i: int, story: Story) -> str:
    lead, rest = _paragraphs(i, story), ""
    if i % 3:
        lead, _, tail = lead.partition("</p>")
        lead, rest = f"{lead}</p>", tail
    rows = [("CLM", "Local"), ("SE", "News"), ("HD", f"<b class='enHeadline'>{escape(story.title)}</b>")]
    rows += [("BY", escape(story.author))] if story.author else []
    rows += [("WC", "1,204 words"), ("PD", _date(i, story))]
    rows += [("ET", "11:21:59")] if i % 4 == 1 else []
    rows += [("SN", story.outlet), ("SC", "HARBG"), ("PG", "A6"), ("LA", "English"), ("CY", "Copyright 2021")]
    rows += [("LP", lead)] if i % 6 != 5 else []
    rows += [("TD", rest if i % 6 != 5 else lead + rest)] if rest or i % 6 == 5 else []
    rows += [("NS", "gpol : Politics | gcat : Topics"), ("AN", f"Document {number(i)}")]
    cells = "".join(f"<tr><td><b>{k}</b></td><td>{v}</td></tr>" for k, v in rows)
    return f'<div class="article"><div class="article enArticle"><table>{cells}</table></div></div>'


def _untagged(i: int, story: Story) -> str:
    title = f"{i + 1}) {story.title}" if i % 8 == 6 else story.title
    lines = ["<div>News</div>"] if i % 3 else []
    lines.append(f'<div id="hd"><span class="enHeadline">{escape(title)}</span></div>')
    lines += [f'<div class="author">{escape(story.author)}</div>'] if story.author else []
    lines += ["<div>1,204 words</div>", f"<div>{_date(i, story)}</div>"]
    lines += ["<div>11:21:59</div>"] if i % 4 == 1 else []
    lines += [f"<div>{story.outlet}</div>", "<div>HARBG</div>"]
    lines += ["<div>A6</div>"] if i % 2 else []
    lines += ["<div>English</div>", f"<div>Copyright 2021 {story.outlet}</div>"]
    repeated = (
        '<div class="carryOverHeadlines"><div>The same story elsewhere</div></div>' if i % 9 == 4 else ""
    )
    end = f"<p>Document {number(i)}</p>"
    inner = "".join(lines) + repeated + _paragraphs(i, story) + end
    css = "lastarticle" if i == 23 else "article"
    return f'<div id="article-{number(i)}" class="{css}"><div class="article enArticle">{inner}</div></div>'


def factiva_rtf(stories: Sequence[Story], *, tagged: bool) -> bytes:
    """An export as RTF, with a list of contents and a summary of the search."""
    out = [r"{\rtf1\ansi\ansicpg1252\uc1{\fonttbl{\f0 Arial;}}"]
    for n, story in enumerate(stories):
        out.append(
            rf'{{\field{{\*\fldinst HYPERLINK \\l "toc{n}"}}{{\fldrslt {rtf_text(story.title)}}}}}\par '
        )
    out.append(r"\page ")
    for i, story in enumerate(stories):
        # Curly quotes twice: the character of Windows and its Unicode.
        body = [
            rtf_text(p).replace(r"\u8220?", r"\'93\u8220?" if i % 5 == 1 else r"\u8220?")
            for p in story.paragraphs
        ]
        body = [b.replace(r"\'93\u8220?", r"\u147?\u8220?") for b in body]
        out.append(_rows(i, story, body) if tagged else _plain(i, story, body))
        out.append(r"\page ")
    out.append(r"{\b Search Summary}\par Text\par bridge AND council\par Results Found\par 2,654\par }")
    return "\n".join(out).encode("cp1252")


def _rows(i: int, story: Story, body: list[str]) -> str:
    rows = [("HD", rf"{{\b {rtf_text(story.title)}}}")]
    rows += [("BY", story.author)] if story.author else []
    rows += [("WC", "1,204 words"), ("PD", rtf_text(_date(i, story)))]
    rows += [("ET", "11:21:59")] if i % 4 == 1 else []
    rows += [("SN", story.outlet), ("SC", "HARBG"), ("LA", "English"), ("CY", "Copyright 2021")]
    rows += [("LP", body[0]), ("TD", r"\par ".join(body[1:])), ("AN", f"Document {number(i)}")]
    return "".join(rf"\intbl {k}\cell {v}\cell\row " for k, v in rows) + r"\pard "


def _plain(i: int, story: Story, body: list[str]) -> str:
    lines = ["News"] if i % 3 == 1 else []
    lines.append(rf"{{\b {rtf_text(story.title)}}}")
    lines += [story.author] if story.author else []
    lines += ["1,204 words", rtf_text(_date(i, story))] + (["11:21:59"] if i % 4 == 1 else [])
    lines += (
        [story.outlet, "HARBG"] + (["A6"] if i % 2 else []) + ["English", f"Copyright 2021 {story.outlet}"]
    )
    if i % 6 == 2:
        body = [*body[:2], r"\page ", *body[2:]]
    return r"\par ".join([*lines, *body, f"Document {number(i)}", ""])


def expected_date(i: int, story: Story) -> str:
    return story.day + ("T11:21:59" if i % 4 == 1 else "")
