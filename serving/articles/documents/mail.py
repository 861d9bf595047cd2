"""Emails (EML), such as newsletters: one article each; of a digest, one for each message in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import parseaddr

from ....data.errors import InputError
from ..dates import date_fields
from ..source import ReadOptions, ReadReport, Source, SourceArticle
from .mail_text import Letter, header, letters

# Including pictures; the limit of an article applies to the text.
MAX_FILE_BYTES = 50_000_000
_HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]*):[ \t]?")
_KNOWN = {b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"received", b"return-path",
          b"content-type", b"delivered-to", b"sender", b"reply-to"}  # fmt: skip
_PROQUEST = re.compile(r"(?:Fwd?: )*Your ProQuest Research", re.I)


class Mail:
    """An email."""

    name = "eml"
    what = "an email (EML)"

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether it begins with the headers of an email."""
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
            InputError: encrypted, too large, without text, or an export of ProQuest.
        """
        from email import policy
        from email.parser import BytesParser

        data = source.read(MAX_FILE_BYTES, "an email").lstrip(b"\xef\xbb\xbf\r\n")
        message = BytesParser(policy=policy.default).parsebytes(data)
        _check_readable(message, source.label)
        found = list(letters(message))
        for number, letter in enumerate(found, 1):
            position = f"message {number}" if len(found) > 1 else ""
            if letter.text:
                yield _article(letter, source, number if position else None, position)
            else:
                where = f"{source.label}, {position}" if position else source.label
                report.error(InputError("no text", where=where, hint="the message has no text of its own"))
        cut = ("StartBoundary", "CloseBoundary")
        if any(name in type(defect).__name__ for defect in message.defects for name in cut):
            report.error(InputError("the email is cut off", where=source.label, hint="save it again"))


def _check_readable(message: EmailMessage, where: str) -> None:
    if message.get_content_type() in ("multipart/encrypted", "application/pkcs7-mime"):
        raise InputError("encrypted", where=where, hint="save it decrypted")
    if _PROQUEST.match(header(message, "Subject")):
        raise InputError(
            "a ProQuest export by email, which is not read",
            where=where,
            hint="save the articles in ProQuest as text only (.txt) and read that file",
        )


def _article(letter: Letter, source: Source, number: int | None, position: str) -> SourceArticle:
    name, address = parseaddr(letter.sender)
    date_iso, date_original = date_fields(letter.date)
    id_ = letter.id.strip("<> ")
    return SourceArticle(
        id=id_ or (source.stem if number is None else f"{source.stem}-{number}"),
        given_id=bool(id_),
        text=letter.text,
        source=source.name,
        position=position,
        title=letter.subject or None,
        outlet=name or address.rpartition("@")[2] or None,
        date=date_iso,
        date_original=date_original,
        author=name or address or None,
    )
