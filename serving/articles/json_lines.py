"""JSONL files: one article per line. An invalid line is reported; the others are read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NoReturn

from ...data.errors import InputError
from ...data.files.bounded import as_input_error, open_file, size_text
from .kinds import is_json_lines
from .source import ReadOptions, ReadReport, Source, SourceArticle, check_size, title_of

# Of a line: an article may be written with escapes of six bytes per letter.
MAX_ROW_BYTES = 16_000_000
# A longer line is not skipped to its end: the file is given up.
MAX_SKIPPED_BYTES = 512_000_000
HINT = "one article per line, as JSON"
TEXT_HINT = 'each line is an object with a "text" and, optionally, an "id"'
OPTIONAL = ("outlet", "date", "url", "author", "language")


class JsonLines:
    """Reads `text` and, if present, `id` (or `doc_id`), `title`, `actor`, `target` and metadata of a line."""

    name = "jsonl"
    what = "JSONL: one article per line, an object with a text field"
    endings: tuple[str, ...] = (".jsonl",)

    def recognise(self, head: bytes, name: str) -> bool:
        """Lines that are JSON objects."""
        return is_json_lines(head, name)

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The articles, line by line.

        Raises:
            InputError: the source is empty, binary, or damaged.
        """
        if b"\x00" in source.head:
            raise InputError("not UTF-8", where=source.label, hint="JSONL is UTF-8; convert the file")
        empty = True
        with source.open() as stream:
            for n, line in bounded_lines(stream, source.label, report):
                if not line.strip():
                    continue
                empty = False
                try:
                    with as_input_error(f"{source.label}:{n}", HINT):
                        article = _article(line, source, n, options)
                except InputError as error:
                    report.error(error)
                    continue
                yield article
        if empty:
            raise InputError("empty", where=source.label, hint=HINT)


def bounded_lines(stream: IO[bytes], where: str, report: ReadReport) -> Iterator[tuple[int, bytes]]:
    """The lines of a stream with their numbers from 1; a line that is too long is reported and left out.

    Raises:
        InputError: a line is so long that even skipping it would take minutes.
    """
    n = 0
    while line := stream.readline(MAX_ROW_BYTES + 1):
        n += 1
        if n == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if len(line) <= MAX_ROW_BYTES:
            yield n, line
            continue
        skipped = len(line)
        report.error(
            InputError(
                f"a line of more than {size_text(MAX_ROW_BYTES)}, the limit; left out",
                where=f"{where}:{n}",
                hint=HINT,
            )
        )
        while not line.endswith(b"\n") and (line := stream.readline(1 << 20)):
            skipped += len(line)
            if skipped > MAX_SKIPPED_BYTES:
                what = f"a line of more than {size_text(MAX_SKIPPED_BYTES)}; the rest is not read"
                raise InputError(what, where=f"{where}:{n}", hint=HINT)


def _no_constant(name: str) -> NoReturn:
    raise InputError(f"not JSON: {name} is not a value of JSON", hint="write null")


def parse_row(line: bytes, where: str) -> dict[str, Any]:
    """Parse a line as a JSON object.

    Raises:
        InputError: it is not UTF-8, not JSON, not an object, nested too deeply, or has NaN or a number of
            more than 4,300 digits.
    """
    try:
        row = json.loads(line.decode("utf-8"), parse_constant=_no_constant)
    except InputError as error:
        raise InputError(error.what, where=where, hint=error.hint) from None
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error.msg} at column {error.colno}", where=where, hint=HINT) from None
    except UnicodeDecodeError as error:
        what = f"not UTF-8 at byte {error.start + 1} of the line"
        raise InputError(what, where=where, hint="JSONL is UTF-8; convert the file") from None
    except ValueError:
        # The only other cause: Python refuses to convert integers of more than 4300 digits.
        raise InputError("a number of more than 4,300 digits", where=where, hint="write it as text") from None
    except RecursionError:
        raise InputError("nested too deeply", where=where, hint=HINT) from None
    if not isinstance(row, dict):
        raise InputError("not an object", where=where, hint=TEXT_HINT)
    return row


def _article(line: bytes, source: Source, n: int, options: ReadOptions) -> SourceArticle:
    """The article of one line.

    Raises:
        InputError: the line is invalid.
    """
    where = f"{source.label}:{n}"
    row = parse_row(line, where)
    text = row.get(options.columns.get("text", "text"))
    if not isinstance(text, str) or not text.strip():
        raise InputError("no 'text' field", where=where, hint=TEXT_HINT)
    _check_characters("text", text, where)
    check_size(len(text.encode()), where)
    title = _string(row, "title", where)
    actor, target = (
        row[k] if isinstance(row.get(k), str) and row[k].strip() else None for k in ("actor", "target")
    )
    for role, words in (("actor", actor), ("target", target)):
        _check_characters(role, words or "", where)
    identity = _identity(row, where)
    return SourceArticle(
        id=f"{source.stem}-{n}" if identity is None else identity,
        given_id=identity is not None,
        source=source.name,
        position=f"row {n}",
        text=text,
        title=title or title_of(text),
        actor=actor,
        target=target,
        **{k: v for k in OPTIONAL if isinstance(v := row.get(k), str) and _is_encodable(v)},
    )


def _identity(row: dict[str, Any], where: str) -> str | None:
    """The id of a row; None if it has none, or null.

    Raises:
        InputError: the id is neither text nor a number.
    """
    value = row.get("id")
    if value is None:
        value = row.get("doc_id")
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InputError("'id' is neither text nor a number", where=where, hint="leave it out, or write text")
    identity = str(value)
    _check_characters("id", identity, where)
    return identity


def _string(row: dict[str, Any], name: str, where: str) -> str | None:
    """An optional text field.

    Raises:
        InputError: it has another type.
    """
    value = row.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise InputError(f"{name!r} is not text", where=where, hint="write text, or null")
    _check_characters(name, value, where)
    return value


def _is_encodable(value: str) -> bool:
    return not any("\ud800" <= c <= "\udfff" for c in value)


def _check_characters(name: str, value: str, where: str) -> None:
    """Reject halves of a surrogate pair, which are no characters: no file could hold them.

    Raises:
        InputError: there is one.
    """
    try:
        value.encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(value[error.start]):04x}"
        raise InputError(
            f"{name!r} has half a character ({half}) at position {error.start}",
            where=where,
            hint="it was cut inside an emoji or the like; export it again",
        ) from None


def is_annotated(path: Path) -> bool:
    """Whether a JSONL file, or the first one in a folder, begins with an annotated article."""
    if path.is_dir():
        return any(is_annotated(p) for p in sorted(path.glob("*.jsonl"))[:1])
    if path.suffix.lower() != ".jsonl" or not path.is_file():
        return False
    try:
        with open_file(path) as stream:
            report = ReadReport(source=str(path))
            lines = (line for _, line in bounded_lines(stream, str(path), report) if line.strip())
            first = parse_row(next(lines, b"{}"), str(path))
    except InputError as error:
        return error.what != "not an object"  # `read_corpus` reports what is wrong with it
    return "sentences" in first
