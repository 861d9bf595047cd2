"""Whether a text is prose that can be parsed in bounded memory."""

from __future__ import annotations

import re

from ....data.errors import InputError

# A sentence is parsed up to its 250th token; the longest real ones have a few thousand characters.
MAX_SENTENCE = 20_000
_ENDS = re.compile(r"[.!?…。！？]+[\"'”’)\]]*\s|[\n\r\u2028\u2029\x85]")


def check_prose(text: str, where: str) -> None:
    """Reject a text with a stretch that cannot be cut into sentences.

    Raises:
        InputError: more than `MAX_SENTENCE` characters follow each other without a full stop or line end.
    """
    if len(text) <= MAX_SENTENCE:
        return
    start = 0
    for end in [*(m.end() for m in _ENDS.finditer(text)), len(text)]:
        if end - start > MAX_SENTENCE:
            raise InputError(
                f"{end - start:,} characters without the end of a sentence; the limit is {MAX_SENTENCE:,}",
                where=where,
                hint="use running text with full stops",
            )
        start = end
