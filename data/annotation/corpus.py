"""Read and write annotated corpora. JSONL, one article per line, is the format of the corpus contract."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..checking import checked, refuse_duplicates
from ..codebook import Codebook
from ..errors import InputError, plural
from ..files.atomic import atomic_write
from ..files.reading import load_json, read_text
from ..formats.csv_corpus import read_csv_corpus
from ..formats.hugging_face import is_hub_name, read_hub, read_parquet
from ..layers.registry import fetched_file, layer_names
from ..schema import Article

SHIPPED_CORPUS = Path(__file__).parents[1] / "corpus"
SUFFIXES = (".jsonl", ".csv", ".parquet")
KINDS = "a JSONL, CSV or Parquet file, a folder of them, hf:owner/name, or 'shipped'"


def corpus_files(path: Path | str) -> list[Path]:
    """The files that make up a corpus.

    Args:
        path: `shipped`, the name of a fetched layer (`news`), a JSONL, CSV or Parquet file, a folder of them
            (or with them in its sub-folder `data`, as the hub has it), or `hf:owner/name`, which is returned
            as it is.

    Raises:
        InputError: there is no such corpus.
    """
    if (layer := str(path)) in layer_names():
        path = fetched_file(layer)
        if not path.exists():
            raise InputError(
                "its texts have not been fetched, or the layer has changed since",
                where=layer,
                hint=f"run: stancewire corpus fetch {layer}",
            )
        return [path]
    path = SHIPPED_CORPUS if str(path) == "shipped" else Path(path)
    if path.is_dir():
        for folder in (path, path / "data"):
            if files := sorted(f for f in folder.glob("*") if f.suffix.lower() in SUFFIXES):
                return files
        raise InputError(
            "no .jsonl, .csv or .parquet files in this folder",
            where=str(path),
            hint="name a corpus file or a folder of them",
        )
    if not path.exists() and not is_hub_name(path):
        raise InputError("no such corpus", where=str(path), hint=f"give {KINDS}")
    return [path]


def parse_article(line: str, where: str, codebook: Codebook | None = None) -> Article:
    """Parse one line of a JSONL corpus.

    Raises:
        InputError: it is not JSON, or a field is invalid; `where` and the field are named.
    """
    raw = load_json(line, where, hint="one article per line, as JSON")
    return _article(raw, where, codebook)


def _article(raw: Any, where: str, codebook: Codebook | None) -> Article:
    hint = "fix this field; `stancewire corpus validate` checks the whole file"
    return checked(Article, raw, where, codebook, hint=hint)


def _raw_articles(path: Path) -> Iterator[tuple[str, Any]]:
    """Where each article is, and its raw fields, or for JSONL its line."""
    if is_hub_name(path):
        yield from read_hub(path.as_posix())
    elif path.suffix.lower() == ".parquet":
        yield from read_parquet(path)
    elif path.suffix.lower() == ".csv":
        yield from read_csv_corpus(path)
    else:
        # str.splitlines would also split at U+2028 and U+0085, which are allowed within a JSON string.
        for n, line in enumerate(read_text(path).split("\n"), 1):
            if line.strip():
                yield f"{path}:{n}", line


def read_file(path: Path, codebook: Codebook | None = None) -> tuple[list[Article], list[InputError]]:
    """Read one corpus file, or a dataset of the hub.

    Args:
        path: a .csv or .parquet file, `hf:owner/name`, or anything else as JSONL.

    Returns:
        The valid articles, and an error for every invalid one.

    Raises:
        InputError: nothing of it can be read, or it has no articles.
    """
    articles: list[Article] = []
    errors: list[InputError] = []
    for where, raw in _raw_articles(path):
        try:
            is_line = isinstance(raw, str)
            articles.append(
                parse_article(raw, where, codebook) if is_line else _article(raw, where, codebook)
            )
        except InputError as error:
            errors.append(error)
    if not articles and not errors:
        raise InputError("no articles", where=path.as_posix(), hint="one article per line, as JSON")
    return articles, errors


def read_corpus(paths: Iterable[Path | str], codebook: Codebook | None = None) -> list[Article]:
    """All articles of all corpora.

    Args:
        paths: each `shipped`, the name of a fetched layer, a JSONL, CSV or Parquet file, a folder of them, or
            `hf:owner/name`, a dataset of the Hugging Face hub.
        codebook: if given, stances and labels must be among its names.

    Raises:
        InputError: a corpus does not exist, the first invalid article, or a duplicate doc_id.
    """
    articles: list[Article] = []
    seen: dict[str, Path] = {}
    for path in paths:
        for file in corpus_files(path):
            found, errors = read_file(file, codebook)
            if errors:
                more = len(errors) - 1
                raise InputError(f"{errors[0]}; {plural(more, 'more error')}" if more else str(errors[0]))
            refuse_duplicates(found, file, seen)
            articles += found
    return articles


def read_jsonl(path: Path, codebook: Codebook | None = None) -> list[Article]:
    """The articles of one corpus file or folder. See `read_corpus`."""
    return read_corpus([path], codebook)


def corpus_digest(articles: Iterable[Article]) -> str:
    """SHA-256 of the articles' content, in hexadecimal; independent of their order and of files."""
    lines = sorted(article.model_dump_json() for article in articles)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def dump_article(article: Article) -> str:
    """The article as one line of a JSONL corpus, without empty fields."""
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
    """The articles as the text of a JSONL corpus."""
    return "".join(dump_article(article) + "\n" for article in articles)


def write_corpus(path: Path | str, articles: Iterable[Article]) -> None:
    """Write a JSONL corpus file atomically."""
    with atomic_write(path) as out:
        for article in articles:
            out.write(dump_article(article) + "\n")


def append_corpus(path: Path | str, articles: Iterable[Article]) -> None:
    """Add articles to the end of a JSONL corpus file, all of them or none; its content stays byte for byte.

    A missing or empty file is started. The added articles may share a text with each other (some published
    tables have such rows; `corpus validate` warns about them), but not with an article that is in the file.

    Raises:
        InputError: the file cannot be read, or contains the doc_id or the text (ignoring spaces) of an added
            article.
    """
    path, articles = Path(path), list(articles)
    present, errors = (
        read_file(path) if path.exists() and (path.is_dir() or path.stat().st_size) else ([], [])
    )
    if errors:
        raise InputError(str(errors[0]))
    before = path.read_bytes() if present else b""
    _refuse_present(present, articles, path)
    with atomic_write(path) as out:
        # Decoding and encoding UTF-8 gives the same bytes; `read_file` has refused everything else.
        out.write(before.decode("utf-8"))
        if before and not before.endswith(b"\n"):
            out.write("\n")
        out.write(format_corpus(articles))
        if present and path.read_bytes() != before:
            raise InputError(
                "was changed by another program meanwhile; nothing was added",
                where=str(path),
                hint="run it again",
            )


def _refuse_present(present: Iterable[Article], added: Iterable[Article], path: Path) -> None:
    """Refuse to add an article whose doc_id or text is in the file."""
    ids: set[str] = set()
    texts: dict[str, str] = {}
    for article in present:
        ids.add(article.doc_id)
        texts[" ".join(article.text.split())] = article.doc_id
    for article in added:
        if article.doc_id in ids:
            raise InputError(
                f"duplicate doc_id {article.doc_id!r}; nothing was added",
                where=str(path),
                hint="give each article its own doc_id",
            )
        text = " ".join(article.text.split())
        if text in texts:
            raise InputError(
                f"the text of {article.doc_id!r} is already there, as {texts[text]!r}; nothing was added",
                where=str(path),
                hint="leave it out",
            )
        ids.add(article.doc_id)
