"""Read and write corpora: JSONL, one article a line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ..codebook import Codebook
from ..errors import InputError
from ..files.atomic import atomic_write
from ..layers.registry import fetched_file, layer_names
from ..schema import Article

SHIPPED_CORPUS = Path(__file__).parents[1] / "corpus"
Checked = TypeVar("Checked", bound=BaseModel)


def corpus_files(path: Path | str) -> list[Path]:
    """The JSONL files that `path` means: `shipped`, a layer that was fetched (`news`), a file, or every `*.jsonl` of a folder.

    Raises:
        InputError: nothing is there.
    """
    if (layer := str(path)) in layer_names():
        path = fetched_file(layer)
        if not path.exists():
            raise InputError(
                "its texts are not here yet, or the layer has changed since",
                where=layer,
                hint=f"run: stancewire corpus fetch {layer}",
            )
        return [path]
    path = SHIPPED_CORPUS if str(path) == "shipped" else Path(path)
    if path.is_dir():
        files = sorted(path.glob("*.jsonl"))
        if not files:
            raise InputError(
                "no *.jsonl files in this folder", where=str(path), hint="point to a corpus file or folder"
            )
        return files
    if not path.exists():
        raise InputError(
            "no such corpus", where=str(path), hint="give a JSONL file, a folder of them, or 'shipped'"
        )
    return [path]


def checked(
    kind: type[Checked], raw: Any, where: str, codebook: Codebook | None = None, hint: str = "fix this field"
) -> Checked:
    """An article, or a part of one, of its fields.

    Raises:
        InputError: with `where`, the first field at fault, and what is wrong with it.
    """
    context = {"stances": codebook.stance_names, "labels": codebook.label_names} if codebook else {}
    try:
        return kind.model_validate(raw, context=context)
    except ValidationError as fault:
        first = fault.errors()[0]
        field = ".".join(str(x) for x in first["loc"]) or kind.__name__.lower()
        message = first["msg"].removeprefix("Value error, ")
        raise InputError(f"{field}: {message}", where=where, hint=hint) from None


def parse_article(line: str, where: str, codebook: Codebook | None = None) -> Article:
    """One line of a corpus.

    Raises:
        InputError: with `where`, the field, and what is wrong with it.
    """
    try:
        raw = json.loads(line)
    except json.JSONDecodeError as fault:
        raise InputError(
            f"not JSON: {fault.msg} at column {fault.colno}", where=where, hint="one article a line, as JSON"
        ) from None
    except ValueError:
        raise InputError("not JSON that can be read: a number of thousands of digits", where=where) from None
    except RecursionError:
        raise InputError("nested too deeply to be an article", where=where) from None
    return checked(
        Article, raw, where, codebook, hint="fix this field; `stancewire corpus validate` checks the file"
    )


def read_file(path: Path, codebook: Codebook | None = None) -> tuple[list[Article], list[InputError]]:
    """Every article of one JSONL file that can be read, and a fault for every line that cannot."""
    articles: list[Article] = []
    faults: list[InputError] = []
    try:
        raw = path.read_bytes()
    except OSError as fault:
        raise InputError(f"cannot be read: {fault.strerror}", where=str(path)) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        at = raw[: fault.start].count(b"\n") + 1
        raise InputError(
            "not UTF-8", where=f"{path}:{at}", hint="corpora are UTF-8; convert the file"
        ) from None
    for n, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                articles.append(parse_article(line, f"{path}:{n}", codebook))
            except InputError as fault:
                faults.append(fault)
    if not articles and not faults:
        raise InputError("holds no article", where=str(path), hint="one article a line, as JSON")
    return articles, faults


def read_corpus(paths: Iterable[Path | str], codebook: Codebook | None = None) -> list[Article]:
    """All articles of all corpora.

    Raises:
        InputError: the first fault, or a doc_id that stands twice.
    """
    articles: list[Article] = []
    seen: dict[str, Path] = {}
    for path in paths:
        for file in corpus_files(path):
            found, faults = read_file(file, codebook)
            if faults:
                more = f"; {len(faults) - 1} more faults" if len(faults) > 1 else ""
                raise InputError(f"{faults[0]}{more}")
            refuse_twice(found, file, seen)
            articles += found
    return articles


def refuse_twice(articles: Iterable[Article], file: Path, seen: dict[str, Path]) -> None:
    """Note in `seen` which file each doc_id is of.

    Raises:
        InputError: one stands there already.
    """
    for article in articles:
        if article.doc_id in seen:
            raise InputError(
                f"doc_id {article.doc_id!r} stands twice, in {seen[article.doc_id]} too",
                where=str(file),
                hint="give each article its own doc_id",
            )
        seen[article.doc_id] = file


def read_jsonl(path: Path, codebook: Codebook | None = None) -> list[Article]:
    """The articles of one corpus file. See `read_corpus`."""
    return read_corpus([path], codebook)


def corpus_digest(articles: Iterable[Article]) -> str:
    """SHA-256 over the articles' content, whatever their order and files."""
    lines = sorted(article.model_dump_json() for article in articles)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def dump_article(article: Article) -> str:
    """The article as one line of the contract, empty fields left out."""
    raw = article.model_dump(mode="json", exclude_none=True, exclude={"sentences"})
    if not raw.get("annotators"):
        raw.pop("annotators", None)
    raw["sentences"] = []
    for sentence in article.sentences:
        row = {"text": sentence.text, "para": sentence.para, "labels": list(sentence.labels)}
        row["statements"] = [s.model_dump(mode="json") for s in sentence.statements]
        if sentence.near_miss:
            row["near_miss"] = sentence.near_miss
        raw["sentences"].append(row)
    return json.dumps(raw, ensure_ascii=False)


def format_corpus(articles: Iterable[Article]) -> str:
    """The articles as lines of a corpus file."""
    return "".join(dump_article(article) + "\n" for article in articles)


def write_corpus(path: Path | str, articles: Iterable[Article]) -> None:
    """Write a corpus file, whole or not at all."""
    with atomic_write(path) as out:
        for article in articles:
            out.write(dump_article(article) + "\n")


def append_corpus(path: Path | str, articles: Iterable[Article]) -> None:
    """Add articles to the end of a corpus file, all of them or none; what it holds stays byte for byte.

    A file that is not there yet, or is empty, is begun. Among the articles added two may have one text, as they may where a
    corpus is written anew: some published tables have such rows. `corpus validate` tells of them.

    Raises:
        InputError: the file cannot be read, or an article is there already: its doc_id, or its text whatever the spaces.
    """
    path, articles = Path(path), list(articles)
    held, faults = read_file(path) if path.exists() and (path.is_dir() or path.stat().st_size) else ([], [])
    if faults:
        raise InputError(str(faults[0]))
    before = path.read_bytes() if held else b""
    ids = {a.doc_id for a in held}
    texts = {" ".join(a.text.split()): a.doc_id for a in held}
    for article in articles:
        if article.doc_id in ids:
            raise InputError(
                f"doc_id {article.doc_id!r} is there already; nothing was added",
                where=str(path),
                hint="give each article its own doc_id",
            )
        text = " ".join(article.text.split())
        if text in texts:
            raise InputError(
                f"the text of {article.doc_id!r} is there already, as {texts[text]!r}; nothing was added",
                where=str(path),
                hint="leave it out",
            )
        ids.add(article.doc_id)
    with atomic_write(path) as out:
        # UTF-8 there and back is the same bytes; `read_file` has refused all else.
        out.write(before.decode("utf-8"))
        if before and not before.endswith(b"\n"):
            out.write("\n")
        out.write(format_corpus(articles))
        if held and path.read_bytes() != before:
            raise InputError(
                "was changed by another program meanwhile; nothing was added",
                where=str(path),
                hint="run it again",
            )
