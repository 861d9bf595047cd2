"""The paragraphs of an RTF file, with striprtf."""

from __future__ import annotations

import re

from ....data.errors import InputError
from ..exports.paragraph import Paragraph

# Characters that RTF text cannot have mark what striprtf drops: bookmarks, bold text, breaks.
_MARK = re.compile("\x01([^\x02]*)\x02")
_BOLD, _BREAK, _CENTRED = "\x03", "\x0c", "\x06"
_FIELD = re.compile(r"\{\\\*\\fldinst\b(?:[^{}]|\{[^{}]*\})*\}")
_ADDRESS = re.compile(r"HYPERLINK\s+\"?([^\s\"{}]+)")
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
# Longer than any word: the bytes of a picture.
_HEX = re.compile(r"(?<![0-9a-fA-F])[0-9a-f\s]{1000,}(?![0-9a-fA-F])", re.I)
_LINK = re.compile("\x04([^\x05]*)\x05")


def is_complete(rtf: bytes) -> bool:
    """Whether the file ends where its document ends."""
    return rtf.rstrip(b"\x00 \r\n\t\x1a").endswith(b"}")


def rtf_paragraphs(rtf: bytes, where: str) -> list[Paragraph]:
    """The paragraphs of the text, without headers, pictures and instructions of fields.

    Raises:
        InputError: it is not RTF that can be read.
    """
    from striprtf.striprtf import rtf_to_text

    source = rtf.decode("cp1252", errors="replace")
    source = _HEX.sub(" ", source)
    source = _FIELD.sub(_address, source)
    source = re.sub(r"\{\\\*\\bkmkstart\s+([^{}\\]+)\}", r"\\'01\1\\'02", source)
    source = re.sub(r"\\b(?![a-zA-Z0-9-]) ?", r"\\b\\'03", source)
    source = re.sub(r"\\qc(?![a-zA-Z]) ?", r"\\'06", source)
    source = re.sub(r"\\(sect|page)(?![a-zA-Z]) ?", r"\\par\\'0c\\par ", source)
    source = re.sub(r"\\(?:nest)?cell(?![a-zA-Z]) ?", r"\\tab ", source)
    try:
        text = str(rtf_to_text(source, errors="replace"))  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, IndexError, TypeError, RecursionError):
        raise InputError("damaged RTF file", where=where, hint="export or save it again") from None
    # Characters beyond the first plane are two control words.
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return [_paragraph(line) for line in text.split("\n")]


def _address(field: re.Match[str]) -> str:
    address = _ADDRESS.search(field[0])
    return rf"\'04{address[1]}\'05" if address and "\\" not in address[1] else ""


def _paragraph(line: str) -> Paragraph:
    link = _LINK.search(line)
    plain = _LINK.sub("", line)
    marks = tuple(_MARK.findall(plain))
    plain = _MARK.sub("", plain)
    return Paragraph(
        _CONTROL.sub("", plain).replace(_BREAK, "").strip(" "),
        marks,
        link[1] if link else None,
        bold=_BOLD in plain,
        ends_section=_BREAK in plain,
        centred=_CENTRED in plain,
    )
