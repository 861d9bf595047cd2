"""`stancewire profile`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from .console import ErrorCount, detail, note, plural, progress
from .options import Actors, Seed
from .output_options import Output

if TYPE_CHECKING:
    from ..profile.correction import Corrector
    from ..profile.graph_files import DnaWriter
    from ..profile.profile import Profile
    from ..profile.profiler import Profiler

ProfileFormat = Literal["table", "csv", "json", "html"]
FORMATS: dict[str, ProfileFormat] = {".csv": "csv", ".json": "json", ".html": "html", ".txt": "table"}

Scored = Annotated[
    list[str],
    typer.Argument(
        metavar="SCORES",
        help="What `stancewire score` wrote: .jsonl (also .jsonl.gz), .csv or .parquet files, folders of them, "
        "or - for JSONL from standard input.",
    ),
]
ByOption = Annotated[
    Literal["outlet", "date", "actor"] | None,
    typer.Option("--by", metavar="WHAT", help="One row per outlet, date or actor. Default: all articles."),
]
PeriodOption = Annotated[
    Literal["day", "week", "month", "year"] | None,
    typer.Option(
        "--period", metavar="PERIOD", help="day, week, month or year. Default: what suits the dates."
    ),
]
AnnotatedOption = Annotated[
    list[str] | None,
    typer.Option(
        "--annotated",
        metavar="CORPUS",
        help="Correct the shares with these annotated articles, which the model has not seen: a corpus file or "
        "folder, news, or the run of a cross-validation (train --folds); repeatable.",
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="MODEL", help="Model for --annotated. Default: the one that scored the articles."
    ),
]
MarginOption = Annotated[
    float,
    typer.Option(
        "--margin",
        metavar="P",
        min=0.001,
        max=1,
        help="Show corrected shares only if their 95% interval is at most this much wide on either side.",
    ),
]
TopOption = Annotated[
    int, typer.Option("--top", metavar="N", min=1, max=1000, help="Sides in each table and plot.")
]
SinceOption = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="DATE",
        help="Only articles of this date or later: a day, month or year (2024-05-31, 2024-05 or 2024).",
    ),
]
UntilOption = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar="DATE",
        help="Only articles of this date or earlier. Articles without a known date are skipped.",
    ),
]
OutletOption = Annotated[
    list[str] | None,
    typer.Option("--outlet", metavar="NAME", help="Only this outlet; * is any text; repeatable."),
]
FormatOption = Annotated[
    ProfileFormat | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="table, csv, json or html. Default: table; with --out, by its extension.",
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", metavar="FILE", help="Output file, written atomically. Default: standard output."
    ),
    Output("file"),
]
GraphOption = Annotated[
    Path | None,
    typer.Option(
        "--graph",
        metavar="FILE",
        help="Also write who blames and who appeals to whom, as .gexf or .graphml (Gephi, visone) or .csv.",
    ),
    Output("file", (".gexf", ".graphml", ".csv")),
]
DnaOption = Annotated[
    Path | None,
    typer.Option(
        "--dna",
        metavar="FILE",
        help="Also write all statements as CSV with the columns of Discourse Network Analyzer.",
    ),
    Output("file", (".csv",)),
]


def profile(
    scores: Scored,
    by: ByOption = None,
    period: PeriodOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    outlet: OutletOption = None,
    annotated: AnnotatedOption = None,
    model: ModelOption = None,
    actors: Actors = None,
    margin: MarginOption = 0.1,
    seed: Seed = 0,
    top: TopOption = 10,
    format_: FormatOption = None,
    out: OutOption = None,
    graph: GraphOption = None,
    dna: DnaOption = None,
) -> None:
    """Whose statements do scored articles carry? Shares by side, who blames whom, and how it changes.

    A copy of an article is not counted again (score with --dedupe to find near-identical ones). It is measured
    whose statements are carried, not who is right.

    Example: stancewire profile scores.jsonl --by outlet

    Example: stancewire profile scores.jsonl --annotated mine.jsonl -o profile.html

    Example: stancewire profile scores.jsonl --since 2024-05 --graph network.gexf

    Example: stancewire score articles/ --format jsonl | stancewire profile -
    """
    from ...data.errors import InputError
    from ..profile.graph_files import need_networkx, write_network
    from ..profile.names import party_names

    kind = format_ or _format_of(out)
    if graph:
        need_networkx(graph)
    errors = ErrorCount()
    profiler = _profiler(since, until, outlet)
    _read(scores, profiler, errors, dna)
    if not profiler.articles:
        raise InputError("no scored articles", hint="check the files, and --since, --until and --outlet")
    corrector = _corrector(annotated, model, actors or (), profiler.models, margin, seed) if annotated else None
    began = perf_counter()
    found = profiler.profile(by, period, corrector)
    _write(found, kind, out, top)
    if graph:
        write_network(found.network, graph, party_names())
        note(f"{plural(len(found.network.edges), 'edge')} written to {graph}")
    detail(f"profile made in {perf_counter() - began:.1f} s")
    errors.exit_if_any()


def _format_of(out: Path | None) -> ProfileFormat:
    """The format of an output file by its extension.

    Raises:
        InputError: the extension is of another format.
    """
    from ...data.files.atomic import is_stream
    from ...data.files.outputs import check_suffix

    if out is None or not out.suffix or is_stream(out):
        return "table"
    check_suffix(out, tuple(FORMATS), ", or name the format with --format")
    return FORMATS[out.suffix.lower()]


def _profiler(since: str | None, until: str | None, outlets: Sequence[str] | None) -> Profiler:
    """A profiler of these dates and outlets.

    Raises:
        InputError: a date is not one.
    """
    from ..articles.selecting.selection import check_day
    from ..articles.source import ReadOptions
    from ..profile.profiler import Profiler

    check_day(since, "--since")
    check_day(until, "--until")
    return Profiler(ReadOptions(since=since, until=until, outlets=tuple(outlets or ())))


@contextmanager
def _dna_writer(out: Path) -> Iterator[DnaWriter]:
    from ...data.files.atomic import atomic_write
    from ..profile.graph_files import DnaWriter

    with atomic_write(out) as stream:
        yield DnaWriter(stream)


def _read(scores: Sequence[str], profiler: Profiler, errors: ErrorCount, dna: Path | None) -> None:
    """Count the articles; their statements are written to `dna`, if it is a path."""
    from ..profile.reading import read_summaries

    began, n = perf_counter(), 0
    with progress("reading") as bar, ExitStack() as stack:
        writer = stack.enter_context(_dna_writer(dna)) if dna else None
        for n, article in enumerate(read_summaries(scores, errors), 1):
            if profiler.add(article) and writer:
                writer.write(article)
            bar.update(n)
    detail(f"{plural(n, 'article')} read in {perf_counter() - began:.1f} s")
    if profiler.left_out:
        note(f"{plural(profiler.left_out, 'article')} left out by --since, --until or --outlet")
    if dna:
        note(f"statements written to {dna}")


def _corrector(
    annotated: Sequence[str],
    model: str | None,
    actors: Sequence[Path],
    models: Sequence[str],
    margin: float,
    seed: int,
) -> Corrector:
    """Corrects shares with annotated articles.

    Raises:
        InputError: they cannot be read or are too few, or it is not known which model to score them with.
    """
    from ...data.errors import InputError
    from ..models import open_model
    from ..profile.annotated import annotated_sample, trained_on
    from ..profile.correction import Corrector

    def chosen() -> str:
        if model is None and len(models) != 1:
            what = f"the articles were scored by {plural(len(models), 'model')}: {', '.join(models) or 'not named'}"
            raise InputError(what, where="--annotated", hint="choose one with --model")
        return model or models[0]

    with progress("scoring annotated articles") as bar:
        sample = annotated_sample(
            annotated,
            lambda: open_model(chosen(), actors),
            lambda: trained_on(chosen(), note),
            note,
            bar.advance,
        )
    return Corrector(sample, margin=margin, seed=seed)


def _write(found: Profile, kind: ProfileFormat, out: Path | None, top: int) -> None:
    """Write the profile to a file or standard output.

    Raises:
        InputError: the file cannot be written.
    """
    from ...data.files.atomic import atomic_write

    if kind == "table":
        _write_tables(found, out, top)
        return
    text = _text(found, kind, top)
    if out is None:
        from ..output.results import print_data

        print_data(text, is_json=kind == "json")
        return
    with atomic_write(out) as stream:
        stream.write(text)
    note(f"profile of {plural(found.overall.articles, 'article')} written to {out}")


def _text(found: Profile, kind: ProfileFormat, top: int) -> str:
    import io

    from ...data.printable import json_line
    from ..profile.files import as_json, write_csv

    if kind == "json":
        return json_line(as_json(found)) + "\n"
    if kind == "html":
        from ..profile.page import profile_page

        return profile_page(found, top)
    stream = io.StringIO()
    write_csv(found, stream)
    return stream.getvalue()


def _write_tables(found: Profile, out: Path | None, top: int) -> None:
    from ...data.files.atomic import atomic_write
    from ..output.console import WIDTH, SafeConsole, stdout_console
    from ..profile.terminal import print_profile

    if out is None:
        print_profile(found, stdout_console(), top)
        return
    with atomic_write(out) as stream:
        print_profile(found, SafeConsole(stream, width=WIDTH), top)
    note(f"profile of {plural(found.overall.articles, 'article')} written to {out}")
