"""`stancewire corpus validate` and `stats`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..console import ErrorCount, note, progress, report_error
from ..options import CodebookFile, Corpora, TableOrJson

if TYPE_CHECKING:
    from ....data.schema import Article


AgainstOption = Annotated[
    list[str] | None,
    typer.Option(
        "--against",
        metavar="PATH",
        help="File or folder to compare with: a corpus, or articles as `score` reads them; repeatable.",
    ),
]
ClausesOption = Annotated[
    bool,
    typer.Option(
        "--clauses",
        help="Also parse all sentences; report clauses, their depth and kinds of subjects.",
    ),
]
SampleOption = Annotated[
    int,
    typer.Option(
        "--sample",
        metavar="N",
        min=1,
        max=1_000_000,
        help="Maximum number of unannotated articles, evenly sampled.",
    ),
]


def validate(corpora: Corpora = None, codebook: CodebookFile = None) -> None:
    """Check schema, spans, near-duplicates and leakage of splits.

    The exit code is 1 if there are errors, and 0 if there are only warnings.

    Example: stancewire corpus validate mine.jsonl
    """
    from ....data.annotation.validation import validate as check
    from ....data.codebook import codebook_named
    from ...output.results import print_lines

    report = check(corpora or ["shipped"], codebook_named(codebook))
    for error in report.errors:
        report_error(error)
    for warning in report.warnings:
        note(f"warning: {warning}")
    print_lines(report.summary)
    if report.errors:
        raise typer.Exit(1)


def stats(
    corpora: Corpora = None,
    against: AgainstOption = None,
    clauses: ClausesOption = False,
    sample: SampleOption = 200,
    format_: TableOrJson = "table",
) -> None:
    """Count sentences, statements and words by split and conflict.

    Example: stancewire corpus stats

    Example: stancewire corpus stats mine.jsonl --against articles/ --clauses
    """
    from ....data.annotation.corpus import read_corpus
    from ....data.annotation.statistics import describe
    from ...output.results import print_json
    from ...output.tables.corpus_tables import print_stats

    articles, errors = read_corpus(corpora or ["shipped"]), ErrorCount()
    others = {
        f"{path.absolute().parent.name}/{path.name}": _annotated_or_plain(path, sample, errors)
        for path in map(Path, against or ())
    }
    described = describe(articles, others)
    if clauses:
        _count_clauses(described["columns"], articles, others)
    if format_ == "json":
        print_json(described)
    else:
        print_stats(described)
    errors.exit_if_any()


def _count_clauses(
    columns: dict[str, dict[str, object]], articles: list[Article], others: dict[str, list[Article]]
) -> None:
    """Add the statistics that need parsed sentences to each column."""
    from ....data.annotation.statistics import parsed_shares
    from ....data.text.spacy_parser import ParseCache

    cache = ParseCache()
    groups = {
        name: others.get(name) or [a for a in articles if name == "all" or (a.split or "–") == name]
        for name in columns
    }
    total = sum(len(a.sentences) for group in groups.values() for a in group)
    with progress("parsing sentences", total) as bar:
        for name, group in groups.items():
            columns[name] |= parsed_shares(group, cache, bar.advance)


def _annotated_or_plain(path: Path, sample: int, errors: ErrorCount) -> list[Article]:
    """The articles of a corpus; or those of plain text, split into sentences, without annotation.

    Raises:
        InputError: there is no article, and no error was reported that says why.
    """
    from ....data.annotation.batch import article_of_text
    from ....data.annotation.corpus import read_corpus
    from ....data.errors import InputError
    from ...articles.annotated import is_annotated
    from ...articles.registry import read_articles
    from ...articles.source import ReadOptions

    if is_annotated(path):
        return read_corpus([str(path)])
    plain = list(read_articles([str(path)], ReadOptions(any_language=True), report_error=errors, note=note))
    if not plain:
        errors.exit_if_any()
        raise InputError("no articles", where=str(path))
    return [article_of_text(a.text, a.id) for a in plain[:: -(-len(plain) // sample)]]
