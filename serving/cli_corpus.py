"""`stancewire corpus`: check, count, convert annotated articles."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from .console import fault, faults_stop, note

app = typer.Typer(help="Annotated articles: check them, count them, convert them.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def validate(
    corpora: Annotated[list[str] | None, typer.Argument(metavar="[CORPUS]...", help="Corpus files or folders. Default: the shipped corpus.")] = None,
    codebook: Annotated[Path | None, typer.Option("--codebook", help="Codebook TOML. Default: the shipped one.")] = None,
) -> None:
    """Check schema, spans, leaks between splits and near-duplicate sentences.

    Exit code 1 where something is at fault; warnings alone leave it at 0.

    Example: stancewire corpus validate mine.jsonl
    """
    with faults_stop():
        from ..data.codebook import load_codebook, shipped_codebook
        from ..data.validate import validate as check

        book = load_codebook(codebook) if codebook else shipped_codebook()
        report = check(corpora or ["shipped"], book)
    for error in report.faults:
        fault(error)
    for warning in report.warnings:
        note(f"warning: {warning}")
    typer.echo(report.summary)
    if report.faults:
        raise typer.Exit(1)


@app.command()
def stats(
    corpora: Annotated[list[str] | None, typer.Argument(metavar="[CORPUS]...", help="Corpus files or folders. Default: the shipped corpus.")] = None,
    against: Annotated[list[str] | None, typer.Option("--against", help="Another annotated file to stand beside; may be given several times.")] = None,
    format_: Annotated[Literal["table", "json"], typer.Option("--format", help="Tables, or everything as JSON.")] = "table",
) -> None:
    """Counts by split, conflict and genre: articles, sentences, statements, sentence lengths, density.

    Example: stancewire corpus stats --against other.jsonl
    """
    with faults_stop():
        import json

        from ..data.corpus import read_corpus
        from ..data.stats import describe
        from .corpus_tables import print_stats

        articles = read_corpus(corpora or ["shipped"])
        beside = {Path(p).parent.name + "/" + Path(p).name: read_corpus([p]) for p in against or []}
        described = describe(articles, beside)
        if format_ == "json":
            typer.echo(json.dumps(described))
        else:
            print_stats(described)


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="Annotation sheets.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Corpus file to write (JSONL).")],
    format_: Annotated[Literal["sheet"], typer.Option("--format", help="What the files are.")] = "sheet",
    codebook: Annotated[Path | None, typer.Option("--codebook", help="Codebook TOML. Default: the shipped one.")] = None,
) -> None:
    """Turn annotation sheets into a corpus file.

    Example: stancewire corpus import monday.sheet -o mine.jsonl
    """
    with faults_stop():
        from ..data.codebook import load_codebook, shipped_codebook
        from ..data.corpus import write_corpus
        from ..data.errors import InputError
        from ..data.sheet import read_sheet

        book = load_codebook(codebook) if codebook else shipped_codebook()
        articles = [a for file in files for a in read_sheet(file, book)]
        twice = [a.doc_id for i, a in enumerate(articles) if a.doc_id in {b.doc_id for b in articles[:i]}]
        if twice:
            raise InputError(f"doc_id {twice[0]!r} stands twice", mend="give each article its own doc_id")
        write_corpus(out, articles)
        note(f"{len(articles)} articles, {sum(len(a.sentences) for a in articles)} sentences written to {out}")


@app.command()
def export(
    corpora: Annotated[list[str] | None, typer.Argument(metavar="[CORPUS]...", help="Corpus files or folders. Default: the shipped corpus.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write. Default: standard output.")] = None,
    format_: Annotated[Literal["sheet"], typer.Option("--format", help="What to write.")] = "sheet",
) -> None:
    """Turn a corpus into an annotation sheet, to read it or to correct it; `corpus import` takes it back.

    Example: stancewire corpus export mine.jsonl -o mine.sheet
    """
    with faults_stop():
        from ..data.atomic import atomic_write
        from ..data.corpus import read_corpus
        from ..data.sheet import format_sheet

        text = format_sheet(read_corpus(corpora or ["shipped"]))
        if out is None:
            typer.echo(text, nl=False)
        else:
            with atomic_write(out) as file:
                file.write(text)
            note(f"written to {out}")
