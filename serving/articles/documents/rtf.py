"""RTF: exports of Nexis, LexisNexis and Factiva, and documents that are one article."""

from __future__ import annotations

from collections.abc import Iterator

from ....data.errors import InputError
from ..exports.factiva import is_factiva, read_factiva
from ..exports.lexisnexis import is_lexisnexis, read_lexisnexis
from ..exports.nexis import is_nexis, read_nexis
from ..source import ReadOptions, ReadReport, Source, SourceArticle
from .docx import one_article
from .rtf_text import is_complete, rtf_paragraphs

MAX_FILE_BYTES = 50_000_000


class Rtf:
    """An RTF file: the articles of a Nexis or Factiva export, or one article."""

    name = "rtf"
    what = "an RTF document or a Nexis or Factiva export (RTF)"

    def recognise(self, head: bytes, name: str) -> bool:
        """Whether it begins as RTF does, whatever its extension: LexisNexis called such files .doc."""
        return head.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"{\\rtf")

    def read(self, source: Source, options: ReadOptions, report: ReadReport) -> Iterator[SourceArticle]:
        """The articles of the export, or the document.

        Raises:
            InputError: damaged, too large or without text.
        """
        data = source.read(MAX_FILE_BYTES, "an RTF file")
        paragraphs = rtf_paragraphs(data, source.label)
        if is_nexis(paragraphs):
            yield from read_nexis(paragraphs, source, report)
        elif is_lexisnexis(paragraphs):
            yield from read_lexisnexis(paragraphs, source, report)
        elif is_factiva(paragraphs):
            yield from read_factiva(paragraphs, source, report)
        else:
            yield one_article(paragraphs, source)
        if not is_complete(data):
            report.error(
                InputError(
                    "the file is cut off", where=source.label, hint="the last article may be incomplete"
                )
            )
