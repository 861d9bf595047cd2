"""`stancewire profile`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from ....data.files.outputs import format_of
from ..console import ErrorCount, detail, note, plural, progress
from ..options import Actors, Seed
from .options import (
    FORMATS,
    AnnotatedOption,
    ByOption,
    DnaOption,
    FormatOption,
    GraphOption,
    MarginOption,
    ModelOption,
    OutletOption,
    OutOption,
    PeriodOption,
    ProfileFormat,
    Scored,
    SinceOption,
    TopOption,
    UntilOption,
)

if TYPE_CHECKING:
    from ...articles.source import ReadOptions
    from ...profile.correction import Corrector
    from ...profile.network.files import DnaWriter
    from ...profile.profile import Profile
    from ...profile.profiler import Profiler


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
    """Profile scored articles: whose statements do they carry?

    Shares by side, who blames whom, claims and appeals over time, loaded and unattributed wording. A copy of
    an article is not counted again (score with --dedupe to find near-identical ones). What is measured is
    whose statements are carried, not who is right.

    Example: stancewire profile scores.jsonl --by outlet

    Example: stancewire profile scores.jsonl --annotated mine.jsonl -o profile.html --graph network.gexf

    Example: stancewire score articles/ --format jsonl | stancewire profile -
    """
    kind, errors = format_ or format_of(out, FORMATS, "table"), ErrorCount()
    profiler = _counted(scores, _options(since, until, outlet), errors, graph, dna)
    corrector = _corrector(annotated, model, actors, profiler.models, margin, seed) if annotated else None
    found = profiler.profile(by, period, corrector)
    _write(found, kind, out, top)
    if graph:
        _write_graph(found, graph)
    errors.exit_if_any()


def _options(since: str | None, until: str | None, outlets: Sequence[str] | None) -> ReadOptions:
    """Which articles are counted.

    Raises:
        InputError: a date is not one.
    """
    from ...articles.selecting.selection import check_day
    from ...articles.source import ReadOptions

    check_day(since, "--since")
    check_day(until, "--until")
    return ReadOptions(since=since, until=until, outlets=tuple(outlets or ()))


@contextmanager
def _dna_writer(out: Path) -> Iterator[DnaWriter]:
    from ....data.files.atomic import atomic_write
    from ...profile.network.files import DnaWriter

    with atomic_write(out) as stream:
        yield DnaWriter(stream)


def _counted(
    scores: Sequence[str], options: ReadOptions, errors: ErrorCount, graph: Path | None, dna: Path | None
) -> Profiler:
    """Count the articles; their statements are written to `dna`, if it is a path.

    Raises:
        InputError: there are no articles, or networkx is missing for the format of `graph`.
    """
    from ....data.errors import InputError
    from ...profile.network.files import need_networkx
    from ...profile.profiler import Profiler
    from ...profile.reading import read_summaries

    if graph:
        need_networkx(graph)
    profiler, began, n = Profiler(options), perf_counter(), 0
    with progress("reading") as bar, ExitStack() as stack:
        writer = stack.enter_context(_dna_writer(dna)) if dna else None
        for n, article in enumerate(read_summaries(scores, errors), 1):
            if profiler.add(article) and writer:
                writer.write(article)
            bar.update(n)
        if not profiler.articles:
            raise InputError("no scored articles", hint="check the files, and --since, --until and --outlet")
    detail(f"{plural(n, 'article')} read in {perf_counter() - began:.1f} s")
    if profiler.left_out:
        note(f"{plural(profiler.left_out, 'article')} left out by --since, --until or --outlet")
    if dna:
        note(f"statements written to {dna}")
    return profiler


def _write_graph(found: Profile, out: Path) -> None:
    from ...profile.names import party_names
    from ...profile.network.files import write_network

    write_network(found.network, out, party_names())
    note(f"{plural(len(found.network.edges), 'edge')} written to {out}")


def _corrector(
    annotated: Sequence[str],
    model: str | None,
    actors: Sequence[Path] | None,
    models: Sequence[str],
    margin: float,
    seed: int,
) -> Corrector:
    """Corrects shares with annotated articles.

    Raises:
        InputError: they cannot be read or are too few, or it is not known which model to score them with.
    """
    from ....data.errors import InputError
    from ...models import open_model
    from ...profile.annotated import annotated_sample, trained_on
    from ...profile.correction import Corrector

    def chosen() -> str:
        if model is None and len(models) != 1:
            what = f"scored by {plural(len(models), 'model')}" if models else "the model is not named"
            raise InputError(what, where="scored articles", hint="choose one with --model")
        return model or models[0]

    with progress("scoring annotated articles") as bar:
        sample = annotated_sample(
            annotated,
            lambda: open_model(chosen(), actors or ()),
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
    from ....data.files.atomic import atomic_write

    if kind == "table":
        _write_tables(found, out, top)
        return
    text = _text(found, kind, top)
    if out is None:
        from ...output.results import print_data

        print_data(text, is_json=kind == "json")
        return
    with atomic_write(out) as stream:
        stream.write(text)
    note(f"profile of {plural(found.overall.articles, 'article')} written to {out}")


def _text(found: Profile, kind: ProfileFormat, top: int) -> str:
    import io

    from ....data.printable import json_line
    from ...profile.output.files import as_json, write_csv

    if kind == "json":
        return json_line(as_json(found)) + "\n"
    if kind == "html":
        from ...profile.output.page import profile_page

        return profile_page(found, top)
    stream = io.StringIO()
    write_csv(found, stream)
    return stream.getvalue()


def _write_tables(found: Profile, out: Path | None, top: int) -> None:
    from ....data.files.atomic import atomic_write
    from ...output.console import WIDTH, SafeConsole, stdout_console
    from ...profile.output.terminal import print_profile

    if out is None:
        print_profile(found, stdout_console(), top)
        return
    with atomic_write(out) as stream:
        print_profile(found, SafeConsole(stream, width=WIDTH), top)
    note(f"profile of {plural(found.overall.articles, 'article')} written to {out}")
