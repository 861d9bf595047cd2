"""All readers, and how a source finds its reader. A new kind of source is added to `READERS`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ...data.errors import InputError
from ...data.reporting import guarded
from .checks import check_article, without_nul
from .documents.docx import Docx
from .documents.mail import Mail
from .documents.markdown import Markdown
from .documents.pdf import Pdf
from .documents.rtf import Rtf
from .exports.factiva_html import FactivaHtml
from .exports.factiva_xml import FactivaXml
from .exports.lexisnexis_files import LexisNexisHtml, LexisNexisText
from .exports.proquest import ProQuest
from .inputs import sources
from .kinds import export_instead, kind_of_head
from .listing.counts import source_line
from .plain_text import PlainText
from .reader import Reader
from .selecting.seen import SeenIds
from .source import ReadOptions, ReadReport, Source, SourceArticle
from .tables.delimited import Delimited
from .tables.hub import HubDataset
from .tables.json_file import JsonFile
from .tables.json_lines import JsonLines
from .tables.parquet import Parquet
from .tables.spreadsheet import Spreadsheet
from .web.feed import Feed
from .web.links import UrlList
from .web.page import HtmlPage
from .web.page_xml import PageXml
from .web.warc import Warc

# In order of precedence: the first reader that recognises a source reads it.
READERS: tuple[Reader, ...] = (
    FactivaHtml(),
    FactivaXml(),
    ProQuest(),
    LexisNexisHtml(),
    LexisNexisText(),
    Spreadsheet(),
    Parquet(),
    Docx(),
    Rtf(),
    Pdf(),
    Mail(),
    JsonLines(),
    HubDataset(),
    Warc(),
    Feed(),
    PageXml(),
    UrlList(),
    HtmlPage(),
    JsonFile(),
    Delimited(),
    Markdown(),
    PlainText(),
)
# The extensions of files that are read from folders and archives, also packed as .gz or .zst.
ENDINGS = (
    *(".txt", ".text", ".md", ".markdown", ".jsonl", ".ndjson", ".json"),
    *(".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".parquet"),
    *(".docx", ".doc", ".rtf", ".pdf", ".eml", ".html", ".htm", ".xhtml"),
    *(".rss", ".atom", ".xml", ".warc"),
)


def reader_of(source: Source) -> Reader:
    """The reader of a source, recognised by its content.

    Raises:
        InputError: the source is empty, or no reader reads this kind.
    """
    head = source.head
    for reader in READERS:
        if reader.recognise(head, source.name):
            return reader
    what = kind_of_head(head, source.name) or "of an unknown kind"
    raise InputError(
        f"{what}, which is not read as an article",
        where=source.label,
        hint=export_instead(head) or "docs/reading.md lists the kinds that are read",
    )


def read_source(source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
    """The articles of one source that can be scored; what cannot be read is reported, not raised."""
    with guarded(source.label, report.error):
        reader = reader_of(source)
        report.kind = reader.name
        seen = SeenIds()
        for article in map(without_nul, reader.read(source, options, report)):
            with guarded(article.where, report.error):
                if check_article(article, options, report, seen):
                    report.read += 1
                    yield article


def read_articles(
    inputs: Sequence[str],
    options: ReadOptions | None = None,
    *,
    report_error: Callable[[InputError], None],
    note: Callable[[str], None],
    reports: list[ReadReport] | None = None,
) -> Iterator[SourceArticle]:
    """Read articles from files, folders (the files in them, sorted by name), archives and standard input.

    Args:
        inputs: paths, patterns, and `-` for standard input.
        options: how they are read.
        report_error: called with each invalid source, row or article; the others are read.
        note: called with remarks about valid inputs.
        reports: receives a report for each source.

    Yields:
        The articles, in the order of the inputs.
    """
    options = options or ReadOptions()
    for name in inputs:
        with guarded(name, report_error):
            for source in sources(name, ENDINGS, report_error, note, options):
                report = ReadReport(source.name, on_error=report_error, on_note=note)
                if reports is not None:
                    reports.append(report)
                yield from read_source(source, options, report)
                if (line := source_line(report)) is not None:
                    note(line)
