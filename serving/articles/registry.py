"""The table of readers, and reading with it. Invalid inputs are reported; the others are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ...data.errors import InputError
from ...data.files.bounded import as_input_error
from .documents.docx import Docx
from .documents.mail import Mail
from .documents.markdown import Markdown
from .documents.pdf import Pdf
from .documents.rtf import Rtf
from .exports.factiva_html import FactivaHtml
from .json_lines import JsonLines
from .kinds import foreign_kind
from .language import check_language
from .plain_text import PlainText
from .prose import check_prose
from .reader import Reader
from .source import ReadOptions, ReadReport, Source, SourceArticle, check_size, file_source, standard_input

# In order of precedence. Plain text is last: it takes whatever is of no known kind.
READERS: tuple[Reader, ...] = (
    FactivaHtml(),
    Docx(),
    Rtf(),
    Pdf(),
    Mail(),
    JsonLines(),
    Markdown(),
    PlainText(),
)


def reader_of(source: Source) -> Reader:
    """The reader of a source, by its content.

    Raises:
        InputError: it is of a known kind that cannot be read.
    """
    for reader in READERS:
        if reader.recognise(source.head, source.content_name):
            return reader
    kind = foreign_kind(source.head, source.content_name)
    what = kind.what if kind else "of an unknown kind"
    hint = kind.hint if kind else "use plain text"
    raise InputError(f"{what}, not an article", where=source.label, hint=hint)


def read_source(source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
    """The articles of one source that are English prose of bounded size.

    Raises:
        InputError: the source as a whole cannot be read. Whatever a reader raises becomes one.
    """
    with as_input_error(source.label):
        for article in reader_of(source).read(source, options, report):
            where = f"{source.label} ({article.id})" if article.position else source.label
            try:
                check_size(len(article.text.encode(errors="replace")), where)
                check_prose(article.text, where)
                if not options.any_language:
                    check_language(article.text, where)
            except InputError as error:
                report.error(error)
                continue
            report.read += 1
            yield article


def sources(inputs: Sequence[str], report_error: Callable[[InputError], None]) -> Iterator[Source]:
    """The sources behind paths and `-`: files, and the files of folders, sorted by name.

    Args:
        inputs: paths, and `-` for standard input.
        report_error: called with each input that is missing or cannot be opened.
    """
    for name in inputs:
        try:
            with as_input_error(name):
                paths = None if name == "-" else _files(Path(name))
                if paths is None:
                    source = standard_input()
        except InputError as error:
            report_error(error)
            continue
        if paths is None:
            yield source
            continue
        for path in paths:
            try:
                with as_input_error(str(path)):
                    source = file_source(path)
            except InputError as error:
                report_error(error)
                continue
            yield source


def _files(path: Path) -> list[Path]:
    """The file itself, or the articles in a folder, sorted by name.

    Raises:
        InputError: there are no files.
    """
    if not path.is_dir():
        return [path]
    endings = tuple(ending for reader in READERS for ending in reader.endings)
    files = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in endings)
    if not files:
        hint = f"articles end in {', '.join(sorted(endings))}"
        raise InputError("no text files in this folder", where=str(path), hint=hint)
    return files


def read_articles(
    inputs: Sequence[str],
    options: ReadOptions | None = None,
    *,
    report_error: Callable[[InputError], None],
    note: Callable[[str], None],
    reports: list[ReadReport] | None = None,
) -> Iterator[SourceArticle]:
    """Read articles from files, folders (their articles, sorted by name) and standard input.

    Args:
        inputs: paths, and `-` for standard input.
        options: what to read; by default English articles.
        report_error: called with each invalid input, row or article; the others are read.
        note: called with remarks about valid inputs.
        reports: is extended with the report of each source when it is begun.

    Yields:
        The articles, in the order of the inputs. No two have the same id.
    """
    ids: set[int] = set()
    for source in sources(inputs, report_error):
        report = ReadReport(source=source.name, on_error=report_error, on_note=note)
        if reports is not None:
            reports.append(report)
        try:
            for article in read_source(source, options or ReadOptions(), report):
                unique = _unique(article, ids)
                if unique is None:
                    report.read -= 1
                    report.error(_duplicate(article, source))
                else:
                    yield unique
        except InputError as error:
            report.error(error)


def _unique(article: SourceArticle, ids: set[int]) -> SourceArticle | None:
    """The article if its id is new. An id that was made from the name of a file is replaced by its path.

    Hashes are kept instead of ids, so that memory stays small with millions of rows.
    """
    if hash(article.id) in ids and not article.given_id and article.id != article.source:
        suffix = f" {article.position}" if article.position else ""
        article = replace(article, id=f"{article.source}{suffix}")
    key = hash(article.id)
    if key in ids:
        return None
    ids.add(key)
    return article


def _duplicate(article: SourceArticle, source: Source) -> InputError:
    """The error of an article whose id another article has."""
    row = article.position.removeprefix("row ")
    where = f"{source.label}:{row}" if row.isdigit() else " ".join((source.label, article.position)).strip()
    hint = "ids must differ, also between files" if article.given_id else "name each file once"
    return InputError(f"duplicate id {article.id!r}; left out", where=where, hint=hint)


def noting_misdecoded(
    articles: Iterable[SourceArticle], note: Callable[[str], None]
) -> Iterator[SourceArticle]:
    """The same articles; says of each whose text was decoded wrongly before it came here ("Kenyaâ€™s")."""
    from ...data.text.normalisation import looks_misdecoded

    for article in articles:
        if looks_misdecoded(article.text):
            note(f"{article.id}: looks wrongly decoded (UTF-8 read as Windows-1252); repaired for reading")
        yield article
