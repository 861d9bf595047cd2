"""Mail messages (EML), such as newsletters: one article each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import parseaddr

from ....data.errors import InputError
from ..dates import date_fields
from ..exports.html_text import blocks, parse_html
from ..source import ReadOptions, ReadReport, Source, SourceArticle

# With pictures; the text is limited as that of any article.
MAX_FILE_BYTES = 50_000_000
_HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]*):[ \t]?")
_KNOWN = {b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"received", b"return-path",
          b"content-type", b"delivered-to", b"sender", b"reply-to"}  # fmt: skip
_QUOTES = frozenset(
    "gmail_quote gmail_quote_container gmail_signature moz-signature moz-cite-prefix yahoo_quoted".split()
)
_QUOTED_BELOW = re.compile(
    r"(?:-{2,} ?(?:Original Message|Forwarded message|Ursprüngliche Nachricht) ?-{2,}|_{20,}"
    r"|(?:On|Am|Le|El) .{6,200}(?:wrote|schrieb.{0,80}|a écrit|escribió) ?:)\Z",
    re.I | re.S,
)
_FOOTER = re.compile(
    r".{0,80}\b(?:unsubscribe|you (?:are receiving|received) this (?:e-?mail|message|newsletter)"
    r"|manage (?:your )?(?:subscriptions?|preferences)|sent from my (?:i?phone|ipad|mobile))",
    re.I,
)
_PREHEADER = re.compile(r"(?:view|read|open) (?:this|it|in)\b.{0,40}\bbrowser\b.{0,10}\Z", re.I)


class Mail:
    """A mail message."""

    name = "eml"
    what = "a mail message (EML)"
    endings: tuple[str, ...] = (".eml",)

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether it begins with headers of mail."""
        names = []
        for line in head.lstrip(b"\xef\xbb\xbf\r\n").split(b"\n", 30)[:30]:
            match = _HEADER.match(line)
            if match:
                names.append(match[1].lower())
            elif line[:1] not in (b" ", b"\t"):
                break
        n_known = len(_KNOWN.intersection(names))
        return n_known >= 3 or (n_known >= 1 and name.lower().endswith(".eml"))

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The message without quoted replies, signature, footer and attachments.

        Raises:
            InputError: encrypted, too large, or without text.
        """
        from email import policy
        from email.parser import BytesParser

        data = source.read(MAX_FILE_BYTES, "a mail").lstrip(b"\xef\xbb\xbf\r\n")
        message = BytesParser(policy=policy.default).parsebytes(data)
        if message.get_content_type() in ("multipart/encrypted", "application/pkcs7-mime"):
            raise InputError("encrypted", where=source.label, hint="save it decrypted")
        text, message = _text_of(message)
        if not text:
            raise InputError("no text", where=source.label, hint="the mail has no text of its own")
        name, address = parseaddr(_header(message, "From"))
        date_iso, date_original = date_fields(_header(message, "Date"))
        yield SourceArticle(
            id=_header(message, "Message-ID").strip("<> ") or source.stem,
            given_id=bool(_header(message, "Message-ID").strip("<> ")),
            text=text,
            source=source.name,
            title=_header(message, "Subject") or None,
            outlet=name or address.rpartition("@")[2] or None,
            date=date_iso,
            date_original=date_original,
            author=name or address or None,
        )
        if any(
            "StartBoundary" in type(d).__name__ or "CloseBoundary" in type(d).__name__
            for d in message.defects
        ):
            report.error(InputError("the mail is cut off", where=source.label, hint="save it again"))


def _header(message: EmailMessage, name: str) -> str:
    """A decoded header as one line; empty if it is missing or malformed."""
    try:
        return " ".join(str(message.get(name) or "").split())
    except (ValueError, IndexError, AttributeError):
        return ""


def _text_of(message: EmailMessage) -> tuple[str, EmailMessage]:
    """The text, and the message that has it: a message that only forwards another one stands for that one."""
    plain = _part(message, "plain")
    rich = _part(message, "html")
    text = _without_reply(plain or "")
    if rich is not None:
        from_html = _without_reply(_from_html(rich))
        # The plain part of a newsletter is often only a note that there is HTML.
        if len(text) < 0.5 * len(from_html):
            text = from_html
    for part in message.walk():
        if part.get_content_type() == "message/rfc822" and part is not message:
            inner = part.get_payload(0) if part.is_multipart() else None
            if isinstance(inner, EmailMessage):
                inner_text, found = _text_of(inner)
                if len(text) < 0.5 * len(inner_text):
                    return inner_text, found
            break
    return text, message


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
    return "\n\n".join(text for _, text in blocks(root, _QUOTES))


def _without_reply(text: str) -> str:
    """The paragraphs above the signature and the quoted message."""
    lines = text.replace("\r\n", "\n").split("\n")
    signature = next((i for i, x in enumerate(lines) if i and x.rstrip("\n") in ("-- ", "--")), len(lines))
    lines = [x for x in lines[:signature] if not x.startswith(">")]
    kept = []
    paragraphs = re.split(r"\n[ \t]*\n", "\n".join(lines))
    for i, paragraph in enumerate(paragraphs):
        block = " ".join(paragraph.split())
        if _QUOTED_BELOW.match(block):
            break
        if _FOOTER.match(block) and i >= len(paragraphs) // 2:
            break
        if block and not _PREHEADER.match(block):
            kept.append(block)
    return "\n\n".join(kept)
