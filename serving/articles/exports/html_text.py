"""The blocks of text in the HTML of exports and emails. Web pages are read by `web.page`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_BLOCKS = frozenset(
    """address article aside blockquote body center dd div dl dt fieldset footer
    form h1 h2 h3 h4 h5 h6 header hr
    html li main nav ol p pre section table tbody td th thead tr ul""".split()
)
_LEFT_OUT = frozenset("head script style title noscript template img svg object iframe button select".split())
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|max-height\s*:\s*0|font-size\s*:\s*0\b", re.I
)


def parse_html(data: bytes | str) -> HtmlElement:
    """Parse HTML without fetching anything. Bytes of Windows-1252 under declared UTF-8 are read as such."""
    from lxml import html

    text = decode_html(data) if isinstance(data, bytes) else data
    # libxml2 refuses a text that declares another encoding than it has been decoded from.
    text = re.sub(r"\A\s*<\?xml[^>]*\?>", "", text)
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    return html.document_fromstring(text.encode("utf-8", "replace") or b"<html></html>", parser=parser)


def decode_html(data: bytes) -> str:
    """Decode UTF-8, or UTF-16 with a byte order mark; bytes that are not UTF-8 are read as Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    text = data.decode("utf-8-sig", errors="surrogateescape")
    return re.sub("[\udc80-\udcff]", lambda m: bytes([ord(m[0]) - 0xDC00]).decode("cp1252", "replace"), text)


def classes(element: HtmlElement) -> list[str]:
    """The classes of an element."""
    return (element.get("class") or "").split()


def blocks(root: HtmlElement, leave_out: frozenset[str] = frozenset()) -> Iterator[tuple[HtmlElement, str]]:
    """The blocks of text in order: the innermost block element around each, and its text with line breaks.

    Args:
        root: where to begin.
        leave_out: classes of elements that are not read.
    """
    pieces: list[str] = []

    def flush(element: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
        lines = (" ".join(x.split()) for x in "".join(pieces).split("\0"))
        text = "\n".join(filter(None, lines))
        pieces.clear()
        if text:
            yield element, text

    # Depth first without recursion: emails nest tables deeply.
    stack: list[tuple[HtmlElement, HtmlElement, bool]] = [(root, root, False)]
    while stack:
        element, block, left = stack.pop()
        if left:
            if element.tag in _BLOCKS:
                yield from flush(element)
            if element is not root and element.tail:
                pieces.append(element.tail)
            continue
        if not isinstance(element.tag, str) or element.tag in _LEFT_OUT or _is_left_out(element, leave_out):
            pieces.append(element.tail or "")
            continue
        if element.tag in _BLOCKS:
            yield from flush(block)
            block = element
        elif element.tag == "br":
            pieces.append("\0")
        text = element.text or ""
        pieces.append(text.replace("\n", "\0") if element.tag == "pre" else text)
        stack.append((element, block, True))
        parent_block = block
        stack.extend((child, parent_block, False) for child in reversed(element))
    yield from flush(root)


def _is_left_out(element: HtmlElement, leave_out: frozenset[str]) -> bool:
    return not leave_out.isdisjoint(classes(element)) or bool(_HIDDEN.search(element.get("style") or ""))
