"""Nexis exports as DOCX and RTF, with the odd cases of real ones."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

from .stories import Story, words

_NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def paragraph(text: str, *, mark: str = "", link: str = "", level: int = 0, section: bool = False) -> str:
    """A paragraph of DOCX; a line break in the text becomes w:br, and words are split over runs."""
    runs = "".join(
        f'<w:r><w:t xml:space="preserve">{escape(piece)}</w:t></w:r>'
        if piece != "\n"
        else "<w:r><w:br/></w:r>"
        for piece in _pieces(text)
    )
    if link:
        half = len(runs) // 2
        cut = runs.find("<w:r>", half)
        first, rest = (runs[:cut], runs[cut:]) if cut > 0 else (runs, "")
        runs = "".join(f'<w:hyperlink r:id="{link}">{part}</w:hyperlink>' for part in (first, rest) if part)
    marks = f'<w:bookmarkStart w:id="1" w:name="{mark}"/><w:bookmarkEnd w:id="1"/>' if mark else ""
    props = (f'<w:outlineLvl w:val="{level - 1}"/>' if level else "") + ("<w:sectPr/>" if section else "")
    return f"<w:p><w:pPr>{props}</w:pPr>{marks}{runs}</w:p>"


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for n, line in enumerate(text.split("\n")):
        if n:
            pieces.append("\n")
        tokens = line.split(" ")
        pieces += [
            " ".join(tokens[:1]),
            *(f" {t}" for t in tokens[1:4]),
            "".join(f" {t}" for t in tokens[4:]),
        ]
    return [p for p in pieces if p]


def docx(
    body: str, *, properties: dict[str, str] | None = None, parts: dict[str, str] | None = None
) -> bytes:
    """A DOCX file with this body."""
    custom = "".join(
        f'<property fmtid="x" pid="{i}" name="{k}"><vt:lpwstr>{v}</vt:lpwstr></property>'
        for i, (k, v) in enumerate((properties or {}).items(), 2)
    )
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "word/document.xml": f"<?xml version='1.0'?><w:document {_NS}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId9" TargetMode="External" '
            f'Type="{_REL}/hyperlink" Target="https://advance.example/doc?id=1&amp;x=2"/>'
            f'<Relationship Id="rId8" TargetMode="External" Type="{_REL}/attachedTemplate" '
            'Target="http://127.0.0.1:9/template.dotm"/></Relationships>'
        ),
        "docProps/custom.xml": (f'<Properties xmlns="{_REL}/c" xmlns:vt="{_REL}/vt">{custom}</Properties>'),
        **(parts or {}),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _lines(i: int, story: Story) -> list[str]:
    """The lines of an article; each has another of the odd cases."""
    lines = [story.title, story.outlet]
    if i % 8 == 2:
        lines.append("Correction Appended" if i % 16 == 2 else "The Harbour Blog")
    edition = ["", " 15:43 EST", ", Late Edition - Final", " 9:05 AM GMT"][i % 4]
    lines.append(words(story.day) + edition)
    lines.append("")
    bare = i % 8 == 5
    if not bare:
        lines.append(f"Copyright 2021 {story.outlet} All Rights Reserved")
        lines += ["", "", "Section:\u00a0LOCAL; Pg. 3", "Length:\u00a0412 words"]
    if story.author:
        lines.append(f"Byline:\u00a0{story.author}" + (" Highlight: A bridge opens." if i % 8 == 3 else ""))
    if not bare:
        lines += ["Journal Code:\u00a0HG", "Body", ""]
    paragraphs = list(story.paragraphs)
    if i % 8 == 6:
        paragraphs = ["ABSTRACT", "The bridge is open.", "FULL TEXT", *paragraphs]
    # Two empty lines within an article do not end anything.
    lines += [paragraphs[0], "", "", *paragraphs[1:]]
    if i % 4 == 1 and not bare:
        lines += ["Graphic", "Picture: the ferry."]
    if i % 16 == 2:
        lines += ["Correction", "An earlier version misnamed the mayor."]
    if not bare:
        lines += [
            "Classification",
            "Language:\u00a0ENGLISH",
            "Subject: BRIDGES (90%)",
            "Person: RITA EXEMPEL",
        ]
    return [*lines, "Load-Date:\u00a0January 9, 2022"]


def expected_date(i: int, story: Story) -> str:
    return story.day + ["", "T15:43:00-05:00", "", "T09:05:00+00:00"][i % 4]


def nexis_docx(
    stories: Sequence[Story],
    *,
    cover: bool = True,
    bookmarks: bool = True,
    left_out: Sequence[int] = (),
    opening: Sequence[str] = ("Date and Time:\u00a0Sunday, January 9, 2022 3:00 PM", "Job Number: 00042"),
    end: str = "End of Document",
) -> bytes:
    """An export; `left_out`: articles that are only on the cover, which begins with the lines `opening`."""
    body = []
    if cover:
        body += [paragraph(x) for x in opening]
        body.append(paragraph(f"Documents ({len(stories)})"))
        for n, story in enumerate(stories, 1):
            body.append(paragraph(f"{n}. {story.title}", link="rId9"))
            body += [paragraph("Client/Matter: -None-"), paragraph("Search Terms: bridge"), paragraph("")]
            body.append(
                "<w:tbl><w:tr><w:tc>" + paragraph("Content Type") + "</w:tc><w:tc>" + paragraph("News")
                + "</w:tc></w:tr></w:tbl>"
            )  # fmt: skip
        body.append(paragraph("", section=True))
    for i, story in enumerate(stories):
        if i in left_out:
            continue
        if bookmarks:
            body.append(paragraph("", mark=f"Bookmark_{i + 1}"))
        for n, line in enumerate(_lines(i, story)):
            # Titles may have a line break; labels often begin with one.
            text = line.replace(" after ", "\nafter ") if n == 0 and bookmarks and i % 5 == 3 else line
            text = f"\n{line}" if line.startswith("Load-Date") else text
            body.append(paragraph(text, link="rId9" if n == 0 else "", level=int(n == 0)))
        body.append(paragraph(f"\n{end}", section=True))
    properties = {"LADeliveryID": "00042", "LADocCount": str(len(stories) + cover)}
    return docx("".join(body), properties=properties)


def rtf_text(text: str) -> str:
    """Text as RTF: no-break spaces, code page and Unicode escapes, also negative ones."""
    out = []
    for n, char in enumerate(text):
        code = ord(char)
        if char in "\\{}":
            out.append(f"\\{char}")
        elif char == "\u00a0":
            out.append(r"\~" if n % 2 else r"\'a0")
        elif code < 128:
            out.append(char)
        else:
            out.append(rf"\u{code - 65536 if code > 32767 else code}?")
    return "".join(out)


def _field(instruction: str, result: str) -> str:
    return rf"{{\field{{\*\fldinst {instruction}}}{{\fldrslt {result}}}}}"


def nexis_rtf(stories: Sequence[Story], *, cover: bool = True) -> bytes:
    """An export as RTF: numbers of the list on lines of their own, links as fields, headers, a picture."""
    out = [r"{\rtf1\ansi\ansicpg1252\uc1{\fonttbl{\f0 Arial;}}{\info{\title Job}}"]
    if cover:
        out.append(rf"Job Number:\~00042\par Documents ({len(stories)})\par ")
        for n, story in enumerate(stories, 1):
            field = _field(f'HYPERLINK "https://advance.example/{n}"', rtf_text(story.title))
            out.append(rf"{n}.\par {field}\par Client/Matter: -None-\par ")
        out.append(r"\sect ")
    for i, story in enumerate(stories):
        out.append(rf"{{\header Page 1 of 3\par {rtf_text(story.title)}\par}}")
        for n, line in enumerate(_lines(i, story)):
            text = rtf_text(line)
            if n == 0:
                link = f'{{HYPERLINK "https://advance.example/{i}"}}'
                text = _field(link, rf"{{\b {text}}}")
            elif ":\u00a0" in line and i % 7 == 2:
                text = rtf_text(line.replace(":\u00a0", "\u00a0"))  # a label that lost its colon
            out.append(text + "\\par\n")
        out.append(rf"Page 2 of 3\par {rtf_text(story.title)}\par " if i % 5 == 4 else "")
        out.append(
            r"{\*\shppict{\pict\pngblip " + "0a1b2c3d" * 300 + "}}" + r"\par End of Document\par \sect "
        )
    return ("\n".join(out) + "}").encode("cp1252")
