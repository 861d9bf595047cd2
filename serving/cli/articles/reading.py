"""The options of commands that read articles, and the count at their end."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..console import ErrorCount, note
from ..options import AllowPrivate, AnyLanguage, Dedupe, Fetch, UrlPattern
from ..output_options import Output

if TYPE_CHECKING:
    from ...articles.source import ReadOptions, ReadReport, SourceArticle


def _column(role: str) -> Any:
    """The option that names a column."""
    what = role.upper() if role in ("id", "url") else role
    help_ = f"Column of a table, or key of JSON, with the {what}. Default: found by its name."
    return Annotated[str | None, typer.Option(f"--{role}-column", metavar="NAME", help=help_)]


_DAY = "a day, month or year (2024-05-31, 2024-05 or 2024)"
_OPTIONS: dict[str, tuple[Any, Any]] = {
    "any_language": (AnyLanguage, False),
    "dedupe": (Dedupe, False),
    "fetch": (Fetch, False),
    "allow_private": (AllowPrivate, False),
    "url_pattern": (UrlPattern, None),
    **{f"{role}_column": (_column(role), None) for role in ("text", "id", "title", "date", "outlet", "url")},
    "since": (
        Annotated[
            str | None,
            typer.Option("--since", metavar="DATE", help=f"Only articles of this date or later; {_DAY}."),
        ],
        None,
    ),
    "until": (
        Annotated[
            str | None,
            typer.Option(
                "--until",
                metavar="DATE",
                help="Only articles of this date or earlier. Articles without a known date are skipped.",
            ),
        ],
        None,
    ),
    "outlet": (
        Annotated[
            list[str] | None,
            typer.Option(
                "--outlet",
                metavar="NAME",
                help="Only articles of this outlet; * matches any text. Repeatable.",
            ),
        ],
        None,
    ),
    "report": (
        Annotated[
            Path | None,
            typer.Option(
                "--report",
                metavar="FILE",
                help="CSV file to write: what was announced, read and skipped in each input, and why.",
            ),
            Output("file"),
        ],
        None,
    ),
}


@dataclass(frozen=True)
class Reading:
    """How a command reads articles, and what it read."""

    any_language: bool = False
    dedupe: bool = False
    fetch: bool = False
    allow_private: bool = False
    url_pattern: str | None = None
    text_column: str | None = None
    id_column: str | None = None
    title_column: str | None = None
    date_column: str | None = None
    outlet_column: str | None = None
    url_column: str | None = None
    since: str | None = None
    until: str | None = None
    outlet: Sequence[str] | None = None
    report: Path | None = None
    reports: list[ReadReport] = field(default_factory=list)

    def options(self) -> ReadOptions:
        """The options of the readers.

        Raises:
            InputError: a date or the pattern is invalid.
        """
        from ...articles.selecting.selection import check_day, check_pattern
        from ...articles.source import ReadOptions

        check_day(self.since, "--since")
        check_day(self.until, "--until")
        check_pattern(self.url_pattern, "--url-pattern")
        roles = ("text", "id", "title", "date", "outlet", "url")
        named = {role: getattr(self, f"{role}_column") for role in roles}
        return ReadOptions(
            any_language=self.any_language,
            fetch=self.fetch,
            allow_private=self.allow_private,
            url_pattern=self.url_pattern,
            columns={role: name for role, name in named.items() if name is not None},
            since=self.since,
            until=self.until,
            outlets=tuple(self.outlet or ()),
        )

    def articles(self, inputs: Sequence[str], errors: ErrorCount) -> Iterator[SourceArticle]:
        """The articles of the inputs; invalid ones are reported, and counted.

        Raises:
            InputError: an option is invalid.
        """
        from ...articles.checks import noting_misdecoded
        from ...articles.registry import read_articles

        found = read_articles(inputs, self.options(), report_error=errors, note=note, reports=self.reports)
        if self.dedupe:
            from ...articles.selecting.duplicates import deduplicated

            found = deduplicated(found, note)
        return noting_misdecoded(found, note)

    def finish(self) -> None:
        """Print the count of all files, and write the report if one is asked for."""
        from ...articles.listing.counts import total_line, write_report

        if (line := total_line(self.reports)) is not None:
            note(line)
        if self.report is not None:
            write_report(self.reports, self.report)


def reads_articles(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of reading, which it receives together as `reading`."""
    signature = inspect.signature(function, eval_str=True)
    flat = [
        inspect.Parameter(n, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=kind)
        for n, (kind, default) in _OPTIONS.items()
    ]

    @wraps(function)
    def command(*args: Any, **kwargs: Any) -> None:
        values = {n: kwargs.pop(n, default) for n, (_, default) in _OPTIONS.items()}
        function(*args, reading=Reading(**values), **kwargs)

    own = [p for p in signature.parameters.values() if p.name != "reading"]
    command.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*own, *flat]
    )
    return command
