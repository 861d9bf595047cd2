"""Exports of the older LexisNexis as text, HTML and RTF, of ProQuest as text, and of Factiva as XML."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from html import escape

from .nexis_files import rtf_text
from .stories import Story, words

_GERMAN = {"BYLINE": "AUTOR", "SECTION": "RUBRIK", "LENGTH": "LÄNGE", "LANGUAGE": "SPRACHE",
           "LOAD-DATE": "UPDATE", "GRAPHIC": "GRAFIK"}  # fmt: skip


def _centre(line: str) -> str:
    return f"{' ' * 20}{line}"


def title_lines(i: int, story: Story) -> list[str]:
    """The title; each fifth has two lines."""
    return [f"{story.title};", "Council pleased"] if i % 5 == 2 else [story.title]


def title(i: int, story: Story) -> str:
    return " ".join(title_lines(i, story))


def _date(i: int, story: Story) -> list[str]:
    """The date, in another language, with an edition, or in two forms."""
    if i % 7 == 3:
        return [words(story.day), "Late Edition - Final", "London"]
    if i % 7 == 4:
        year, month, day = story.day.split("-")
        return [f"{day}.{month}.{year} Ausgabe", words(story.day)]
    return [words(story.day)]


def _labels(i: int, story: Story) -> tuple[list[str], list[str]]:
    """The labelled lines before and after the text."""
    before = [f"BYLINE: {story.author}"] if story.author else []
    before += ["SECTION: LOCAL; Pg. 3"] + (["LENGTH: 412 words"] if i % 6 != 5 else [])
    after = ["LOAD-DATE: January 9, 2022", "LANGUAGE: ENGLISH"]
    after += ["GRAPHIC: The ferry."] if i % 3 == 0 else []
    if i % 4 == 2:
        german = [x.replace(k, v) for x in before for k, v in _GERMAN.items() if x.startswith(f"{k}:")]
        return german, [x.replace(k, v) for x in after for k, v in _GERMAN.items() if x.startswith(f"{k}:")]
    return before, after


def lexisnexis_text(stories: Sequence[Story], *, academic: bool = False) -> bytes:
    """An export as text: with a byte order mark, CRLF, and lines wrapped near column 80."""
    blocks = ["Download Request: All Documents: 1-24\nTime Of Request: January 9, 2022", "Terms: bridge"]
    for i, story in enumerate(stories):
        before, after = _labels(i, story)
        head = [_centre(f"{i + 1} of {len(stories)} DOCUMENTS")]
        head += [_centre("Copyright 2021 All Rights Reserved")] if academic else []
        head += [_centre(story.outlet), "\n".join(map(_centre, _date(i, story)))]
        if academic:
            head += ["\n".join(["HEADLINE: " + title_lines(i, story)[0], *title_lines(i, story)[1:]])]
        else:
            head += ["\n".join(title_lines(i, story))]
        text = [textwrap.fill(p, 78) for p in story.paragraphs]
        end = [] if academic else [_centre(f"Copyright 2021 {story.outlet}")]
        blocks += [*head, *before, *(["BODY:"] if academic else []), *text, *after, *end, ""]
    return b"\xef\xbb\xbf" + "\n\n".join(blocks).replace("\n", "\r\n").encode()


def lexisnexis_html(stories: Sequence[Story], *, centred: bool) -> bytes:
    """An export as HTML. The names of the classes say nothing; their style may."""
    style = "<STYLE>.c0 { text-align: center; } .c1 { font-size: 9pt; }</STYLE>" if centred else ""
    out = [f'<HTML><HEAD><META TOPIC="null" DOCUMENTS="{len(stories)}">{style}</HEAD><BODY>']

    def block(text: str, css: str = "c1") -> str:
        label, colon, value = text.partition(": ")
        spans = f"<SPAN>{label}: </SPAN><SPAN>{escape(value)}</SPAN>" if colon and label.isupper() else ""
        return f'<BR><DIV CLASS="{css}"><P CLASS="c2"><SPAN>{spans or escape(text)}</SPAN></P></DIV>'

    for i, story in enumerate(stories):
        before, after = _labels(i, story)
        out.append(f'<A NAME="DOC_ID_1_{i}"></A><!-- Hide XML section\n<DOC NUMBER=1><DOCFULL> -->')
        out.append(block(f"{i + 1} of {len(stories)} DOCUMENTS", "c0"))
        if i % 8 == 6:
            out.append('<BR><DIV CLASS="c0"><P><IMG SRC="logo.gif"></P></DIV>')
        else:
            out.append(block(story.outlet, "c0"))
        day = words(story.day)
        out.append(block(day, "c0").replace(day[:3], f"<B>{day[:3]}</B>"))
        out += [
            block(title(i, story)),
            *map(block, before),
            *map(block, story.paragraphs),
            *map(block, after),
        ]
        out += [block("Copyright 2021", "c0"), block("Return to List")]
    return ("".join(out) + "</BODY></HTML>").encode()


def lexisnexis_rtf(stories: Sequence[Story]) -> bytes:
    """An export as RTF, which was called .DOC: headers repeat titles, found words are marked."""
    out = [r"{\rtf1\ansi\ansicpg1252\uc1\marglsxn1440{\*\LXNComment none}"]
    for i, story in enumerate(stories):
        before, after = _labels(i, story)
        out.append(rf"{{\header \pard Page \chpgn\par {rtf_text(story.title)}\par}}")
        out.append(rf"{{\*\bkmkstart DOC_ID_0_{i}}}{{\*\bkmkend DOC_ID_0_{i}}}")
        day = rtf_text(words(story.day)).replace(" ", r" {\cf17 \b ", 1).replace(",", "},", 1)
        for line in (f"{i + 1} of {len(stories)} DOCUMENTS", story.outlet, day):
            out.append(rf"\pard \qc {line}\par")
        lines = [title(i, story), *before, *story.paragraphs, *after]
        for line in lines:
            label, colon, value = line.partition(": ")
            marked = rf"\b {rtf_text(label)}: \b0 {rtf_text(value)}" if colon and label.isupper() else ""
            out.append(rf"\pard {marked or rtf_text(line)}\par")
        out.append(r"\pard \qc Copyright 2021\par \sect ")
    return ("\n".join(out) + "}").encode("cp1252")


def proquest_text(stories: Sequence[Story], *, numbered: bool = True) -> bytes:
    """An export of ProQuest as text."""
    rule = "_" * 60
    out = []
    for i, story in enumerate(stories):
        label = "Full text" if i % 2 else "Full Text"
        blocks = [rule, *([f"Document {i + 1} of {len(stories)}"] if numbered else []), story.title]
        blocks += [f"Author: {story.author}"] if story.author else []
        blocks += [f"Publication info: {story.outlet}; Ashford [Ashford]. {story.day}."]
        blocks += ["https://search.example/docview/1", "Abstract: The bridge is open.", "Links: none"]
        body = list(story.paragraphs)
        if i % 3 == 1:
            body.insert(2, "Mayor: The bridge held, and we blame nobody.")
        blocks += [f"{label}: {body[0]}", *body[1:]]
        blocks += ["CAPTION: The ferry.", "Credit: Ana Test"] if i % 4 == 2 else []
        blocks += ["Subject: Bridges; Ferries", f"Title: {story.title}"]
        name = "Publicationtitle" if i % 5 == 4 else "Publication title"
        blocks += [f"{name}: {story.outlet}\nPublication year: 2021"]
        blocks += [f"Publication date: {words(story.day).rpartition(' ')[0]}"]
        blocks += ["ISSN: 00000000", "Language of publication: English"]
        blocks += [f"ProQuest document ID: {1000 + i}"] if i % 6 != 5 else []
        url = f"https://search.proquest.example/docview/{1000 + i}"
        proxy = f"https://login.proxy.example/login?url={url}" if i % 7 == 3 else url
        out += [*blocks, f"Document URL: {proxy}", "Copyright: Copyright 2021", "Database: News"]
    footer = [rule, "Contact us at: http://support.example/", "Database copyright 2022 ProQuest LLC."]
    return "\n\n".join([*out, *footer]).encode()


def proquest_body(i: int, story: Story) -> str:
    body = list(story.paragraphs)
    if i % 3 == 1:
        body.insert(2, "Mayor: The bridge held, and we blame nobody.")
    return "\n\n".join(body)


def factiva_xml(stories: Sequence[Story], *, announced: int | None = None) -> bytes:
    """An export of Factiva as XML; values may be attributes, and a character is forbidden in XML."""
    out = [f'<?xml version="1.0"?><r><ppsarticleResultSet count="{announced or len(stories)}">']
    for i, story in enumerate(stories):
        lead, *tail = (escape(p, quote=False) for p in story.paragraphs)
        day = f'<publicationDate><date value="{story.day.replace("-", "")}"/></publicationDate>'
        byline = f"<byline><paragraph>{story.author}</paragraph></byline>" if story.author else ""
        out.append(
            f'<ppsarticle><article><accessionNo value="HARBG{i:020}"/><baseLanguage value="en"/>'
            f"<headline><paragraph>{escape(story.title)}</paragraph></headline>{byline}{day}"
            f"<sourceName>{story.outlet}</sourceName>"
            f"<leadParagraph><paragraph>{lead}{chr(2) * (i % 3 == 1)}</paragraph></leadParagraph>"
            f"<tailParagraphs>{''.join(f'<paragraph>{p}</paragraph>' for p in tail)}</tailParagraphs>"
            "</article></ppsarticle>"
        )
    return "".join([*out, "</ppsarticleResultSet></r>"]).encode()
