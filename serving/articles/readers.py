"""Articles in: files, folders, standard input. Each fault is one line; the other inputs go on."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...data.errors import InputError

TEXT_ENDINGS = (".txt", ".text", ".md")
MAX_BYTES = 2_000_000
# Shorter texts say too little of their language to be refused for it.
MIN_LETTERS = 80


@dataclass(frozen=True, slots=True)
class InputArticle:
    """An article to score; for models of known pairs a sentence, with the words of actor and target where its row has them."""

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


def decode(raw: bytes, where: str, note: Callable[[str], None]) -> str:
    """Bytes as text: UTF-8, else what detection makes of them, which is said.

    Raises:
        InputError: empty, too large, or no text at all.
    """
    if len(raw) > MAX_BYTES:
        raise InputError(
            f"{len(raw) / 1e6:.1f} MB is too large for an article",
            where=where,
            hint=f"split it into articles of at most {MAX_BYTES // 1_000_000} MB",
        )
    if not raw.strip():
        raise InputError("empty", where=where, hint="an article needs text")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    if b"\x00" in raw[:8192]:
        raise InputError("a binary file, not text", where=where, hint="give plain text")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes

    best = from_bytes(raw).best()
    if best is None:
        raise InputError("a binary file, not text", where=where, hint="give plain text")
    text = str(best)
    control = sum(not c.isprintable() and not c.isspace() for c in text)
    if control > len(text) * 0.02:
        raise InputError("a binary file, not text", where=where, hint="give plain text")
    note(f"{where}: not UTF-8; read as {best.encoding}")
    return text


def check_language(text: str, where: str) -> None:
    """Refuse a text that is not English.

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
            f"not in English (looks like {language!r}): skipped",
            where=where,
            hint="score it all the same with --any-language",
        )


def _lines(path: Path) -> str:
    """The text of a JSONL file, gzipped or not."""
    if path.suffix.lower() != ".gz":
        return path.read_text(encoding="utf-8-sig")
    try:
        with gzip.open(path, "rt", encoding="utf-8-sig") as file:
            return file.read()
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise InputError("not a whole gzip file", where=str(path), hint="fetch or pack it again") from None


def is_annotated(path: Path) -> bool:
    """Whether the first line of a JSONL file is an article of a corpus, rather than a text to score."""
    if path.suffix.lower() != ".jsonl" or not path.exists():
        return False
    try:
        with path.open(encoding="utf-8-sig") as file:
            first = json.loads(next((line for line in file if line.strip()), "null"))
    except (OSError, ValueError):
        return True  # `read_corpus` says what is wrong with it
    return isinstance(first, dict) and "sentences" in first


def _rows(text: str, where: str, fault: Callable[[InputError], None]) -> Iterator[InputArticle]:
    """Rows of a JSONL file with a `text` column, and `id` (or `doc_id`), `title`, `actor` and `target` where they are."""
    for n, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            fault(
                InputError(
                    f"not JSON: {error.msg} at column {error.colno}",
                    where=f"{where}:{n}",
                    hint="one article a line, as JSON",
                )
            )
            continue
        if not isinstance(row, dict) or not isinstance(row.get("text"), str) or not row["text"].strip():
            fault(
                InputError(
                    "no 'text'",
                    where=f"{where}:{n}",
                    hint='each line is an object with a "text", and an "id" where there is one',
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


def _one(
    path: Path, any_language: bool, fault: Callable[[InputError], None], note: Callable[[str], None]
) -> Iterator[InputArticle]:
    where = str(path)
    if path.name.lower().endswith((".jsonl", ".jsonl.gz")):
        text = _lines(path)
        for article in _rows(text, where, fault):
            try:
                if not any_language:
                    check_language(article.text, f"{where} ({article.id})")
                yield article
            except InputError as error:
                fault(error)
        return
    if path.stat().st_size > MAX_BYTES:
        decode(b" " * (path.stat().st_size), where, note)
    text = decode(path.read_bytes(), where, note)
    if not any_language:
        check_language(text, where)
    yield InputArticle(path.stem, where, text, title_of(text))


def read_articles(
    inputs: Sequence[str],
    *,
    any_language: bool,
    fault: Callable[[InputError], None],
    note: Callable[[str], None],
) -> Iterator[InputArticle]:
    """The articles of files, of folders (their text files, in order of name) and of standard input (`-`).

    Args:
        fault: told of every input that is at fault; the others go on.
        note: told what is worth knowing of an input that is not.
    """
    for given in inputs:
        try:
            if given == "-":
                text = decode(sys.stdin.buffer.read(), "standard input", note)
                if not any_language:
                    check_language(text, "standard input")
                yield InputArticle("stdin", "-", text, title_of(text))
                continue
            path = Path(given)
            if path.is_dir():
                files = sorted(
                    p
                    for p in path.rglob("*")
                    if p.is_file() and p.suffix.lower() in (*TEXT_ENDINGS, ".jsonl")
                )
                if not files:
                    raise InputError(
                        "no text files in this folder",
                        where=given,
                        hint=f"articles end in {', '.join(TEXT_ENDINGS)} or .jsonl",
                    )
            elif not path.exists():
                raise InputError("no such file", where=given)
            else:
                files = [path]
        except InputError as error:
            fault(error)
            continue
        for file in files:
            try:
                yield from _one(file, any_language, fault, note)
            except InputError as error:
                fault(error)
            except UnicodeDecodeError:
                fault(InputError("not UTF-8", where=str(file), hint="JSONL is UTF-8; convert the file"))
            except OSError as error:
                fault(InputError(f"cannot be read: {error.strerror}", where=str(file)))
