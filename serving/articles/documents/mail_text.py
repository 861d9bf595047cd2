"""The text of an email, without quoted replies, signature and footer, or of the email that it forwards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage

from ..exports.html_text import blocks, parse_html

_QUOTES = frozenset(
    "gmail_quote gmail_quote_container gmail_signature moz-signature moz-cite-prefix yahoo_quoted".split()
)
_QUOTED_BELOW = re.compile(
    r"(?:-{2,} ?(?:Original Message|Ursprüngliche Nachricht) ?-{2,}|_{20,}"
    r"|(?:On|Am|Le|El) .{6,200}(?:wrote|schrieb.{0,80}|a écrit|escribió) ?:)",
    re.I | re.S,
)
# How often a message may have been forwarded inline.
MAX_FORWARDS = 20
_FORWARDED = re.compile(
    r"^[ \t>]*(?:-{2,} ?(?:Forwarded message|Weitergeleitete Nachricht|Message transféré|Mensaje reenviado)"
    r" ?-{2,}|Begin forwarded message:)[ \t]*$",
    re.I | re.M,
)
_LINE_OF_HEADER = re.compile(r"[ \t>]*\*?(From|Von|De|Date|Sent|Datum|Gesendet|Subject|Betreff|Objet|Asunto"
                             r"|To|An|Para|À|Cc|Reply-To):\*?[ \t]*(.*)", re.I)  # fmt: skip
_HEADER_NAMES = {
    "from": "from", "von": "from", "de": "from", "date": "date", "sent": "date", "datum": "date",
    "gesendet": "date", "subject": "subject", "betreff": "subject", "objet": "subject", "asunto": "subject",
}  # fmt: skip
_FOOTER = re.compile(
    r".{0,80}\b(?:unsubscribe|you (?:are receiving|received) this (?:e-?mail|message|newsletter)"
    r"|manage (?:your )?(?:subscriptions?|preferences)|sent from my (?:i?phone|ipad|mobile))",
    re.I,
)
_PREHEADER = re.compile(r"(?:view|read|open) (?:this|it|in)\b.{0,40}\bbrowser\b.{0,10}\Z", re.I)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as an article: its text and the headers that belong to it, empty if they are missing."""

    text: str
    sender: str
    subject: str
    date: str
    id: str


def letters(message: EmailMessage) -> Iterator[Letter]:
    """The messages to read: those of a digest, or with several attached messages; else itself."""
    attached = list(_attached(message))
    if len(attached) > 1:
        for inner in attached:
            yield letter(inner)
    else:
        yield letter(message)


def _attached(message: EmailMessage) -> Iterator[EmailMessage]:
    """The messages in a message, but not those in them."""
    for part in message.iter_parts() if message.is_multipart() else ():
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload(0) if part.is_multipart() else None
            if isinstance(inner, EmailMessage):
                yield inner
        elif isinstance(part, EmailMessage):
            yield from _attached(part)


def letter(message: EmailMessage) -> Letter:
    """The text of a message. A message that only forwards another one stands for that one."""
    plain, html = _part(message, "plain"), _part(message, "html")
    rich = _from_html(html) if html is not None else ""
    whole = plain or ""
    # The plain part of a newsletter is often only a note that there is HTML.
    if len(_without_reply(whole)) < 0.5 * len(_without_reply(rich)):
        whole = rich
    own, forwarded = _split_forwarded(whole)
    text = _without_reply(own)
    found = Letter(text, *(header(message, x) for x in ("From", "Subject", "Date", "Message-ID")))
    return _or_forwarded(found, next((letter(m) for m in _attached(message)), None) or forwarded)


def _or_forwarded(outer: Letter, inner: Letter | None) -> Letter:
    """The message, or the one in it if it only forwards that one."""
    return inner if inner is not None and len(outer.text) < 0.5 * len(inner.text) else outer


def header(message: EmailMessage, name: str) -> str:
    """A decoded header as one line; empty if it is missing or malformed."""
    try:
        return " ".join(str(message.get(name) or "").split())
    except (ValueError, IndexError, AttributeError):
        return ""


def _split_forwarded(text: str) -> tuple[str, Letter | None]:
    """The text above a message that was forwarded inline, and that message."""
    own: list[str] = []
    headers: list[dict[str, str]] = []
    while len(headers) < MAX_FORWARDS and (mark := _FORWARDED.search(text)) is not None:
        own.append(text[: mark.start()])
        found, text = _split_headers(text[mark.end() :])
        headers.append(found)
    own.append(text)
    inner = None
    for found, text in zip(reversed(headers), reversed(own[1:]), strict=True):
        sender, subject, date = (found.get(x, "") for x in ("from", "subject", "date"))
        inner = _or_forwarded(Letter(_without_reply(text), sender, subject, date, id=""), inner)
    return own[0], inner


def _split_headers(text: str) -> tuple[dict[str, str], str]:
    """The headers of a message that was forwarded inline, and its text."""
    headers: dict[str, str] = {}
    lines = text.replace("\r\n", "\n").lstrip("\n").split("\n")
    while lines and (match := _LINE_OF_HEADER.match(lines[0])):
        lines.pop(0)
        headers.setdefault(_HEADER_NAMES.get(match[1].lower(), ""), " ".join(match[2].split()))
        # In HTML, each header is a block.
        while len(lines) > 1 and not lines[0].strip() and _LINE_OF_HEADER.match(lines[1]):
            lines.pop(0)
    return headers, "\n".join(re.sub(r"\A> ?", "", x) for x in lines)


def _part(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body((kind,))
    if part is None:
        return None
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return None
    charset = part.get_content_charset() or "utf-8"
    try:
        return raw.decode(charset)
    except (LookupError, UnicodeDecodeError):
        return raw.decode("cp1252", errors="replace")


def _from_html(html: str) -> str:
    root = parse_html(html)
    for quote in root.xpath(
        "//blockquote[@type='cite'] | //*[@id='divRplyFwdMsg'] | //*[@id='appendonsend']"
    ):
        for below in list(quote.itersiblings()) if quote.tag != "blockquote" else []:
            below.drop_tree()
        quote.drop_tree()
    # Gmail marks forwarded messages as it marks quoted ones.
    forwards = bool(re.search(r"-{2,} ?Forwarded message ?-{2,}", html))
    left_out = _QUOTES - {"gmail_quote", "gmail_quote_container"} if forwards else _QUOTES
    return "\n\n".join(text for _, text in blocks(root, left_out))


def _without_reply(text: str) -> str:
    """The paragraphs above the signature and the quoted message."""
    lines = text.replace("\r\n", "\n").split("\n")
    signature = next((i for i, x in enumerate(lines) if i and x in ("-- ", "--")), len(lines))
    lines = [x for x in lines[:signature] if not x.startswith(">")]
    kept = []
    paragraphs = re.split(r"\n[ \t]*\n", "\n".join(lines))
    for i, paragraph in enumerate(paragraphs):
        block = " ".join(paragraph.split())
        if _QUOTED_BELOW.fullmatch(block) or _is_quoted_header(paragraph):
            break
        if _FOOTER.match(block) and i >= len(paragraphs) // 2:
            break
        if block and not _PREHEADER.match(block):
            kept.append(block)
    return "\n\n".join(kept)


def _is_quoted_header(paragraph: str) -> bool:
    """Whether a paragraph is the mark of a quoted message with its headers below, as Outlook writes it."""
    first, _, second = paragraph.strip().partition("\n")
    return bool(_QUOTED_BELOW.fullmatch(first.strip()) and _LINE_OF_HEADER.match(second))
