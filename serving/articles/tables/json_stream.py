"""Objects of a JSON file one after another, without holding the file in memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

from ....data.errors import InputError
from .text_stream import MAX_ROW

# Keys under which exports have the list of articles, and objects that hold such a list.
LISTS = frozenset(
    "articles results data messages items stories documents docs records rows posts entries news value "
    "list hits response".split()
)
CONTAINERS = frozenset("articles results data response hits chats".split())
_COUNTS = frozenset("count totalresults totalcount page pages".split())
_CHUNK = 1 << 16
_SPACE = re.compile(r"[ \t\n\r]*")
_HINT = "export the file again"


class Announced:
    """How many articles the documents of a file say that they hold, and how many there are.

    Attributes:
        n: how many there should be; None if no document says it.
        total: how many the queries found, of which a document is a page; None if none says it.
        read: how many there are.
    """

    def __init__(self) -> None:
        self.n: int | None = None
        self.total: int | None = None
        self.read = 0
        self._totals: set[int] = set()

    def add(self, counts: Mapping[str, int], read: int) -> None:
        """Add a document.

        Args:
            counts: the numbers that it names, by key in lower case.
            read: how many articles it has.
        """
        total = counts.get("totalresults", counts.get("totalcount"))
        n = _on_page(counts, total, read)
        if n is not None or self.n is not None:
            self.n = (self.read if self.n is None else self.n) + (read if n is None else n)
        self.read += read
        if total is not None and total not in self._totals:
            # Pages of one query name the same total.
            self._totals = {total, *list(self._totals)[:1000]}
            self.total = (self.total or 0) + total


def _on_page(counts: Mapping[str, int], total: int | None, read: int) -> int | None:
    """How many articles a document should have; None if it does not say."""
    size = counts.get("count")
    if size is None:
        return total if total is not None and (total <= read or counts.get("pages") == 1) else None
    if total is None:
        return size
    # In Event Registry, the size of a page, of which the last one has fewer.
    return max(0, min(size, total - size * (counts.get("page", 1) - 1)))


class JsonStream:
    """Walks through a JSON text.

    Args:
        stream: the text.
        where: its name, for messages.

    Attributes:
        announced: how many articles the documents so far say that they hold.
    """

    def __init__(self, stream: TextIO, where: str) -> None:
        self._stream, self._where = stream, where
        self._text, self._at, self._ended = "", 0, False
        self._size = 0  # of the value that was decoded last
        self._decode = json.JSONDecoder(parse_constant=lambda name: None).raw_decode
        self._lists = 0
        self._kept = 0
        self._counts: dict[str, int] = {}
        self.announced = Announced()

    def items(self) -> Iterator[tuple[Any, dict[str, Any]]]:
        """Each element of the lists of articles, or the object itself if it has none, and its context.

        The context are the other values of the objects around it, as far as they come before it.

        Raises:
            InputError: the text is not JSON, or ends early; what came before was yielded.
        """
        while self._peek():  # several documents may follow each other
            self._lists = self._kept = n = 0
            self._counts = {}
            for found in self._value(None, {}, {}):
                n += 1
                yield found
            self.announced.add(self._counts, n)

    def _value(
        self, key: str | None, around: dict[str, Any], own: dict[str, Any]
    ) -> Iterator[tuple[Any, dict[str, Any]]]:
        start = self._peek()
        if start == "{" and (key is None or key.lower() in CONTAINERS):
            yield from self._object(around, own if key is None else {})
        elif start == "[" and (key is None or key.lower() in LISTS):
            yield from self._array(key, {**around, **own})
        else:
            value = self._whole()
            if key is not None:
                own[key] = value
                if key.lower() in _COUNTS and isinstance(value, int):
                    self._counts[key.lower()] = value
                self._kept += self._size
                if self._kept > MAX_ROW:
                    raise self._too_large()
            else:
                yield value, around

    def _object(
        self, around: dict[str, Any], own: dict[str, Any]
    ) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        lists = self._lists
        self._expect("{")
        while self._peek() != "}":
            key = self._whole()
            if not isinstance(key, str):
                raise self._invalid()
            self._expect(":")
            yield from self._value(key, around, own)
            self._separator("}")
        self._expect("}")
        if self._lists == lists and own:
            self._lists += 1
            yield dict(own), around

    def _array(self, key: str | None, around: dict[str, Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
        self._lists += 1
        self._expect("[")
        while self._peek() != "]":
            # The list of chats of Telegram: each has a list of its own.
            if key and key.lower() == "list" and self._peek() == "{":
                yield from self._object(around, {})
            else:
                yield self._whole(), around
            self._separator("]")
        self._expect("]")

    def _separator(self, end: str) -> None:
        if self._peek() == ",":
            self._at += 1
            if self._peek() == end:
                raise self._invalid()
        elif self._peek() != end:
            raise self._invalid()

    def _expect(self, character: str) -> None:
        if self._peek() != character:
            raise self._invalid()
        self._at += 1

    def _peek(self) -> str:
        """The next character that is not a space; empty at the end."""
        while True:
            match = _SPACE.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more(_CHUNK):
                return ""

    def _more(self, n: int) -> bool:
        """Read on; False at the end."""
        chunk = self._stream.read(n)
        self._text = self._text[self._at :] + chunk
        self._at = 0
        self._ended = not chunk
        return bool(chunk)

    def _whole(self) -> Any:
        """Decode the next value, which has to fit into memory."""
        self._peek()
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except json.JSONDecodeError as error:
                unfinished = error.msg.startswith("Unterminated")
                if self._ended or not (unfinished or error.pos >= len(self._text) - 16):
                    cut = unfinished or error.pos >= len(self._text.rstrip())
                    raise self._invalid("" if cut else error.msg) from None
            else:
                # A number at the end of the buffer may go on.
                if end < len(self._text) or isinstance(value, str | dict | list) or self._ended:
                    self._size, self._at = end - self._at, end
                    return value
            if len(self._text) - self._at > MAX_ROW:
                raise self._too_large()
            self._more(max(_CHUNK, len(self._text) - self._at))

    def _invalid(self, message: str = "") -> InputError:
        if not message and (self._ended or not self._peek()):
            return InputError("ends in the middle of the JSON", where=self._where, hint=_HINT)
        what = "not JSON" + (f": {message}" if message else "")
        return InputError(f"{what}; what comes before was read", where=self._where, hint=_HINT)

    def _too_large(self) -> InputError:
        limit = f"an article with its metadata has at most {MAX_ROW // 1_000_000} MB"
        return InputError("too large", where=self._where, hint=limit)
