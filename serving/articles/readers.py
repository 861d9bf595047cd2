"""Articles from files, folders and standard input. Invalid inputs are reported; the others are read."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ...data.errors import InputError

TEXT_ENDINGS = (".txt", ".text", ".md")
MAX_BYTES = 2_000_000
# The language of a text with fewer letters cannot be detected reliably.
MIN_LETTERS = 80


@dataclass(frozen=True, slots=True)
class InputArticle:
    """An article to score.

    For models that choose a stance for a known pair, `text` is a sentence, and `actor` and `target` are the
    words in it that name the two parties.
    """

    id: str
    source: str
    text: str
    title: str | None
    actor: str | None = None
    target: str | None = None


def title_of(text: str) -> str | None:
    """The headline: a short first paragraph without a full stop."""
    first, _, rest = text.strip().partition("\n")
    first = first.strip()
    return (
        first if rest.strip() and 0 < len(first) <= 200 and not first.endswith((".", "!", "”", '"')) else None
    )


def check_size(n_bytes: int, where: str) -> None:
    """Reject an article of more than `MAX_BYTES`.

    Raises:
        InputError: it is too large.
    """
    if n_bytes > MAX_BYTES:
        raise InputError(
            f"{n_bytes / 1e6:.1f} MB is too large for an article",
            where=where,
            hint=f"split it into articles of at most {MAX_BYTES // 1_000_000} MB",
        )


def decode(raw: bytes, where: str, note: Callable[[str], None]) -> str:
    """Decode bytes as UTF-8, otherwise in the encoding that is detected; `note` then names it.

    Raises:
        InputError: empty, too large, or not text.
    """
    check_size(len(raw), where)
    if not raw.strip():
        raise InputError("empty", where=where, hint="an article needs text")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    if b"\x00" in raw[:8192]:
        raise InputError("a binary file, not text", where=where, hint="use plain text")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes

    best = from_bytes(raw).best()
    if best is None:
        raise InputError("a binary file, not text", where=where, hint="use plain text")
    text = str(best)
    control = sum(not c.isprintable() and not c.isspace() for c in text)
    if control > len(text) * 0.02:
        raise InputError("a binary file, not text", where=where, hint="use plain text")
    note(f"{where}: not UTF-8; read as {best.encoding}")
    return text


def check_language(text: str, where: str) -> None:
    """Reject a text that is not English.

    Raises:
        InputError: it is in another language.
    """
    sample = text[:4000]
    if sum(c.isalpha() for c in sample) < MIN_LETTERS:
        return
    from py3langid import classify

    language = classify(sample)[0]
    if language != "en":
        raise InputError(
            f"not in English (detected: {language!r}); skipped",
            where=where,
            hint="score it anyway with --any-language",
        )


def _lines(path: Path) -> str:
    """The text of a JSONL file, gzipped or not."""
    if path.suffix.lower() != ".gz":
        return path.read_text(encoding="utf-8-sig")
    try:
        with gzip.open(path, "rt", encoding="utf-8-sig") as file:
            return file.read()
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise InputError(
            "incomplete or damaged gzip file", where=str(path), hint="fetch or compress it again"
        ) from None


def is_annotated(path: Path) -> bool:
    """Whether a JSONL file, or the first one in a folder, begins with an annotated article."""
    if path.is_dir():
        return any(is_annotated(p) for p in sorted(path.glob("*.jsonl"))[:1])
    if path.suffix.lower() != ".jsonl" or not path.exists():
        return False
    try:
        with path.open(encoding="utf-8-sig") as file:
            first = json.loads(next((line for line in file if line.strip()), "null"))
    except (OSError, ValueError, RecursionError):
        return True  # `read_corpus` reports what is wrong with it
    return isinstance(first, dict) and "sentences" in first


def _rows(text: str, where: str, report_error: Callable[[InputError], None]) -> Iterator[InputArticle]:
    """Rows of a JSONL file: `text` and, if present, `id` (or `doc_id`), `title`, `actor` and `target`."""
    for n, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            report_error(
                InputError(
                    f"not JSON: {error.msg} at column {error.colno}",
                    where=f"{where}:{n}",
                    hint="one article per line, as JSON",
                )
            )
            continue
        if not isinstance(row, dict) or not isinstance(row.get("text"), str) or not row["text"].strip():
            report_error(
                InputError(
                    "no 'text' field",
                    where=f"{where}:{n}",
                    hint='each line is an object with a "text" and, optionally, an "id"',
                )
            )
            continue
        identity = str(row.get("id", row.get("doc_id", f"{Path(where).stem}-{n}")))
        actor, target = (
            row[k] if isinstance(row.get(k), str) and row[k].strip() else None for k in ("actor", "target")
        )
        yield InputArticle(
            identity, where, row["text"], row.get("title") or title_of(row["text"]), actor, target
        )


def _read_file(
    path: Path, any_language: bool, report_error: Callable[[InputError], None], note: Callable[[str], None]
) -> Iterator[InputArticle]:
    where = str(path)
    if path.name.lower().endswith((".jsonl", ".jsonl.gz")):
        text = _lines(path)
        if not text.strip():
            raise InputError("empty", where=where, hint="one article per line, as JSON")
        for article in _rows(text, where, report_error):
            try:
                if not any_language:
                    check_language(article.text, f"{where} ({article.id})")
                yield article
            except InputError as error:
                report_error(error)
        return
    check_size(path.stat().st_size, where)
    text = decode(path.read_bytes(), where, note)
    if not any_language:
        check_language(text, where)
    yield InputArticle(path.stem, where, text, title_of(text))


@contextmanager
def _reporting(where: str, report_error: Callable[[InputError], None]) -> Iterator[None]:
    """Report an input that cannot be read, and continue with the next."""
    try:
        yield
    except InputError as error:
        report_error(error)
    except UnicodeDecodeError:
        report_error(InputError("not UTF-8", where=where, hint="JSONL is UTF-8; convert the file"))
    except OSError as error:
        report_error(InputError(f"cannot be read: {error.strerror}", where=where))


def _standard_input(any_language: bool, note: Callable[[str], None]) -> InputArticle:
    text = decode(sys.stdin.buffer.read(), "standard input", note)
    if not any_language:
        check_language(text, "standard input")
    return InputArticle("stdin", "-", text, title_of(text))


def _files(path: Path) -> list[Path]:
    """The file itself, or the articles in a folder, sorted by name.

    Raises:
        InputError: there are no files.
    """
    if not path.is_dir():
        if not path.exists():
            raise InputError("no such file", where=str(path))
        return [path]
    endings = (*TEXT_ENDINGS, ".jsonl")
    files = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in endings)
    if not files:
        hint = f"articles end in {', '.join(TEXT_ENDINGS)} or .jsonl"
        raise InputError("no text files in this folder", where=str(path), hint=hint)
    return files


def read_articles(
    inputs: Sequence[str],
    *,
    any_language: bool,
    report_error: Callable[[InputError], None],
    note: Callable[[str], None],
) -> Iterator[InputArticle]:
    """Read articles from files, folders (their text files, sorted by name) and standard input.

    Args:
        inputs: paths, and `-` for standard input.
        any_language: also read articles that are not detected as English.
        report_error: called with each invalid input; the others are read.
        note: called with remarks about valid inputs.

    Yields:
        The articles, in the order of the inputs.
    """
    for name in inputs:
        if name == "-":
            with _reporting(name, report_error):
                yield _standard_input(any_language, note)
            continue
        files: list[Path] = []
        with _reporting(name, report_error):
            files = _files(Path(name))
        for file in files:
            with _reporting(str(file), report_error):
                yield from _read_file(file, any_language, report_error, note)


def noting_misdecoded(
    articles: Iterable[InputArticle], note: Callable[[str], None]
) -> Iterator[InputArticle]:
    """The same articles; says of each whose text was decoded wrongly before it came here ("Kenyaâ€™s")."""
    from ...data.text.normalisation import looks_misdecoded

    for article in articles:
        if looks_misdecoded(article.text):
            note(f"{article.id}: looks wrongly decoded (UTF-8 read as Windows-1252); repaired for reading")
        yield article
