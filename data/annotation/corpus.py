"""Read and write annotated corpora. JSONL, one article per line, is the corpus format."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..checking import checked, duplicate_doc_id, refuse_duplicates
from ..codebook import Codebook
from ..errors import InputError, plural
from ..files.appending import append
from ..files.atomic import atomic_write
from ..files.reading import load_json, text_lines
from ..formats.hugging_face import is_hub_name, read_hub, read_parquet
from ..formats.tables.csv_corpus import read_csv_corpus
from ..layers.registry import fetched_file, layer_names
from ..reporting import STOP_AT_FIRST, ImportOptions, Report, guarded
from ..schema import Article

SHIPPED_CORPUS = Path(__file__).parents[1] / "corpus"
SUFFIXES = (".jsonl", ".csv", ".parquet")
KINDS = "a JSONL, CSV or Parquet file, a folder of them, hf:owner/name, or 'shipped'"


def corpus_files(path: Path | str) -> list[Path]:
    """The files that make up a corpus.

    Args:
        path: `shipped`, the name of a fetched layer (`news`), a JSONL, CSV or Parquet file, a folder of such
            files (or with a sub-folder `data` of them, as on the Hugging Face Hub), or `hf:owner/name`, which
            is returned unchanged.

    Raises:
        InputError: there is no such corpus.
    """
    if (layer := str(path)) in layer_names():
        path = fetched_file(layer)
        if not path.exists():
            raise InputError(
                "the texts of this layer have not been fetched, or the layer has changed since",
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
            hint="give a corpus file or a folder of corpus files",
        )
    if not path.exists() and not is_hub_name(path):
        raise InputError("no such corpus", where=str(path), hint=f"give {KINDS}")
    return [path]


def parse_article(line: str, where: str, codebook: Codebook | None = None) -> Article:
    """Parse one line of a JSONL corpus.

    Raises:
        InputError: it is not JSON, or a field is invalid; the message names `where` and the field.
    """
    raw = load_json(line, where, hint="one article per line, as JSON")
    return _article(raw, where, codebook)


def _article(raw: Any, where: str, codebook: Codebook | None) -> Article:
    hint = "fix this field; `stancewire corpus validate` checks the whole file"
    return checked(Article, raw, where, codebook, hint=hint)


def _raw_articles(path: Path, report: Report) -> Iterator[tuple[str, Any]]:
    """The location of each article, with its raw fields, or with its line if the file is JSONL.

    Rows that cannot be read at all are reported.
    """
    if is_hub_name(path):
        yield from read_hub(path.as_posix())
    elif path.suffix.lower() == ".parquet":
        yield from read_parquet(path)
    elif path.suffix.lower() == ".csv":
        yield from read_csv_corpus(path, report)
    else:
        yield from text_lines(path, report)


def read_file(path: Path, codebook: Codebook | None = None) -> tuple[list[Article], list[InputError]]:
    """Read one corpus file, or a dataset of the Hugging Face Hub.

    Args:
        path: a .csv or .parquet file, or `hf:owner/name`; any other file is read as JSONL.

    Returns:
        The valid articles, and an error for every invalid one, in the order of the file.

    Raises:
        InputError: it cannot be read at all, or has no articles.
    """
    articles: list[Article] = []
    errors: list[InputError] = []
    for where, raw in _raw_articles(path, errors.append):
        with guarded(where, errors.append):
            is_line = isinstance(raw, str)
            articles.append(
                parse_article(raw, where, codebook) if is_line else _article(raw, where, codebook)
            )
    if not articles and not errors:
        raise InputError("no articles", where=path.as_posix(), hint="one article per line, as JSON")
    return articles, errors


def read_corpus(paths: Iterable[Path | str], codebook: Codebook | None = None) -> list[Article]:
    """All articles of all corpora.

    Args:
        paths: names or paths, see `corpus_files`.
        codebook: if given, stances and labels must be among its names.

    Raises:
        InputError: a corpus does not exist, an article is invalid (the first one is reported), or a doc_id is
            not unique.
    """
    articles: list[Article] = []
    seen: dict[str, Path] = {}
    for path in paths:
        for file in corpus_files(path):
            read, errors = read_file(file, codebook)
            if errors:
                more = len(errors) - 1
                raise InputError(f"{errors[0]}; {plural(more, 'more error')}" if more else str(errors[0]))
            refuse_duplicates(read, file, seen)
            articles += read
    return articles


def read_jsonl(
    path: Path, codebook: Codebook | None = None, options: ImportOptions = STOP_AT_FIRST
) -> list[Article]:
    """The articles of one corpus file or folder; duplicate doc_ids are left to the caller.

    Raises:
        InputError: there is no such corpus, or an article is invalid and the options do not report it.
    """
    articles: list[Article] = []
    for file in corpus_files(path):
        with guarded(str(file), options.report):
            read, errors = read_file(file, codebook)
            for error in errors:
                options.report(error)
            articles += read
    return articles


def corpus_digest(articles: Iterable[Article]) -> str:
    """SHA-256 of the content of the articles, in hexadecimal, regardless of their order and their files."""
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
    """Append articles to a JSONL corpus file: all or none; its existing content stays byte for byte.

    The file is locked meanwhile, so that several programs can append to it at once.

    A missing file is created. The added articles may have the same text as each other (some published tables
    have such rows; `corpus validate` warns about them), but not the text of an article in the file.

    Raises:
        InputError: the file cannot be read, or has the doc_id or the text of an added article.
    """
    articles = list(articles)
    where = Path(path)

    def added(file: Path) -> tuple[int, str]:
        size = file.stat().st_size if file.exists() else 0
        if size:
            present, errors = read_file(where)
            if errors:
                raise InputError(str(errors[0]))
            _refuse_present(present, articles, where)
        else:
            _refuse_present((), articles, where)
        return size, format_corpus(articles)

    append(where, added)


def _refuse_present(present: Iterable[Article], added: Iterable[Article], path: Path) -> None:
    """Reject added articles whose doc_id or text is in the file already."""
    ids: set[str] = set()
    texts: dict[str, str] = {}
    for article in present:
        ids.add(article.doc_id)
        texts[" ".join(article.text.split())] = article.doc_id
    for article in added:
        if article.doc_id in ids:
            raise duplicate_doc_id(article.doc_id, str(path), "; nothing was added")
        text = " ".join(article.text.split())
        if text in texts:
            raise InputError(
                f"the text of {article.doc_id!r} is already there, as {texts[text]!r}; nothing was added",
                where=str(path),
                hint="do not add it again",
            )
        ids.add(article.doc_id)
