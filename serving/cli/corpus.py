"""`stancewire corpus`: check, count, convert annotated articles."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ...data.formats import InForm, OutForm
from .console import exit_on_input_error, fault, note, progress

if TYPE_CHECKING:
    from ...data.formats.scores import Prediction
    from ...data.schema import Article
    from ...training.decoding.labeller import Labeller

app = typer.Typer(
    help="Annotated articles: check them, count them, convert them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def validate(
    corpora: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CORPUS]...", help="Corpus files or folders. Default: the shipped corpus."),
    ] = None,
    codebook: Annotated[
        Path | None, typer.Option("--codebook", help="Codebook TOML. Default: the shipped one.")
    ] = None,
) -> None:
    """Check schema, spans, leaks between splits and near-duplicate sentences.

    Exit code 1 where something is at fault; warnings alone leave it at 0.

    Example: stancewire corpus validate mine.jsonl
    """
    with exit_on_input_error():
        from ...data.annotation.validation import validate as check
        from ...data.codebook import codebook_named

        report = check(corpora or ["shipped"], codebook_named(codebook))
    for error in report.faults:
        fault(error)
    for warning in report.warnings:
        note(f"warning: {warning}")
    typer.echo(report.summary)
    if report.faults:
        raise typer.Exit(1)


@app.command()
def stats(
    corpora: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CORPUS]...", help="Corpus files or folders. Default: the shipped corpus."),
    ] = None,
    against: Annotated[
        list[str] | None,
        typer.Option(
            "--against",
            help="A file to stand beside, annotated or plain articles as score reads them; may be given several times.",
        ),
    ] = None,
    clauses: Annotated[
        bool,
        typer.Option(
            "--clauses", help="Parse all sentences, and count clauses, their depth and kinds of subjects too."
        ),
    ] = False,
    sample: Annotated[
        int, typer.Option("--sample", min=1, help="Of plain articles at most so many, evenly spaced.")
    ] = 200,
    format_: Annotated[
        Literal["table", "json"], typer.Option("--format", help="Tables, or everything as JSON.")
    ] = "table",
) -> None:
    """Counts by split, conflict and genre: articles, sentences, statements, sentence lengths, density.

    Example: stancewire corpus stats --against other.jsonl
    """
    with exit_on_input_error():
        import json

        from ...data.annotation.corpus import read_corpus
        from ...data.annotation.statistics import describe, parsed_shares
        from ...data.files.cache import cache_folder
        from ...data.text.spacy_parser import ParseCache
        from ..output.corpus_tables import print_stats

        articles = read_corpus(corpora or ["shipped"])
        beside = {
            Path(p).parent.name + "/" + Path(p).name: _annotated_or_plain(Path(p), sample)
            for p in against or []
        }
        described = describe(articles, beside)
        if clauses:
            columns = described["columns"]
            groups = {
                name: beside.get(name) or [a for a in articles if name == "all" or (a.split or "–") == name]
                for name in columns
            }
            with progress("parsing sentences", sum(c["sentences"] for c in columns.values())) as update:
                for name, group in groups.items():
                    columns[name] |= parsed_shares(
                        group, ParseCache(cache_folder()), lambda n: update(advance=n)
                    )
        if format_ == "json":
            typer.echo(json.dumps(described))
        else:
            print_stats(described)


def _annotated_or_plain(path: Path, sample: int) -> list[Article]:
    """The articles of a corpus file; or those of plain text, cut into sentences, without annotation."""
    from ...data.annotation.batch import article_of_text
    from ...data.annotation.corpus import read_corpus
    from ...data.errors import InputError
    from ..articles.readers import is_annotated, read_articles

    if path.is_dir() or is_annotated(path):
        return read_corpus([str(path)])
    plain = list(read_articles([str(path)], any_language=True, fault=fault, note=note))
    if not plain:
        raise InputError("no articles", where=str(path))
    return [article_of_text(a.text, a.id) for a in plain[:: -(-len(plain) // sample)]]


@app.command("import")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Annotation sheets, or files of the form that --format names; for brat its folder."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Corpus file to write (JSONL).")],
    format_: Annotated[
        InForm | None,
        typer.Option("--format", help="What the files are. Default: by their ending, else sheet."),
    ] = None,
    codebook: Annotated[
        Path | None,
        typer.Option(
            "--codebook", help="Codebook TOML. Default: that of plover or babe, else the shipped one."
        ),
    ] = None,
    form: Annotated[
        Path | None,
        typer.Option("--form", help="TOML file that names the columns of a table; with --format table."),
    ] = None,
    append: Annotated[
        bool,
        typer.Option(
            "--append",
            help="Add to OUT in place of writing it anew; an article that is there already is refused.",
        ),
    ] = False,
) -> None:
    """Turn annotation sheets, or what other annotation tools export, into a corpus file.

    Example: stancewire corpus import monday.sheet -o mine.jsonl

    Example: stancewire corpus import project-1.json --format label-studio -o mine.jsonl --append
    """
    with exit_on_input_error():
        from ...data.annotation.corpus import append_corpus, write_corpus
        from ...data.errors import InputError
        from ...data.formats import read_articles

        refuse_to_replace(files, out)
        articles = read_articles(files, format_, codebook, form)
        try:
            (append_corpus if append else write_corpus)(out, articles)
        except OSError as error:
            raise InputError(f"cannot be written: {error.strerror}", where=str(out)) from None
        note(
            f"{len(articles)} articles, {sum(len(a.sentences) for a in articles)} sentences {'added' if append else 'written'} to {out}"
        )


@app.command()
def export(
    corpora: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CORPUS]...", help="Corpus files or folders. Default: the shipped corpus."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="File to write, for brat a new folder. Default: standard output."),
    ] = None,
    format_: Annotated[
        OutForm | None,
        typer.Option("--format", help="What to write. Default: by the ending of OUT, else sheet."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--predictions",
            metavar="MODEL",
            help="Add what a model finds, to be corrected: champion, challenger, a version, a run id, or a model folder. "
            "Label Studio shows it beside the annotation; in other forms it stands in its place.",
        ),
    ] = None,
    codebook: Annotated[
        Path | None,
        typer.Option(
            "--codebook", help="Codebook TOML, for label-studio-config and brat. Default: the shipped one."
        ),
    ] = None,
) -> None:
    """Turn a corpus into an annotation sheet, or into a form of other annotation tools; `corpus import` takes it back.

    Example: stancewire corpus export mine.jsonl -o mine.sheet

    Example: stancewire corpus export mine.jsonl --format label-studio --predictions champion -o tasks.json
    """
    with exit_on_input_error():
        from ...data.annotation.corpus import read_corpus
        from ...data.errors import InputError
        from ...data.formats import codebook_for, form_of_output, format_articles, write_articles

        form = format_ or form_of_output(out)
        if form == "label-studio-config" and (corpora or model):
            raise InputError(
                "label-studio-config is written of a codebook alone",
                hint="leave out the corpus and --predictions",
            )
        if form == "brat" and out is None:
            raise InputError("brat is a folder of files", hint="name a new folder with -o")
        if out is not None:
            refuse_to_replace([Path(c) for c in corpora or ()], out)
        book = codebook_for(form, codebook)
        articles = [] if form == "label-studio-config" else read_corpus(corpora or ["shipped"])
        predicted = None
        if model:
            from ...experiments.tracking.registry import find_model

            predicted = predictions(articles, *find_model(model))
        if out is None:
            typer.echo(format_articles(articles, form, book, predicted), nl=False)
        else:
            write_articles(out, articles, form, book, predicted)
            note(f"written to {out}")


def refuse_to_replace(read: list[Path], out: Path) -> None:
    """No output in place of an input: it may be hours of somebody's work."""
    from ...data.errors import InputError

    for path in read:
        with suppress(OSError):  # one of them is not there
            if path.samefile(out):
                raise InputError(
                    "would be written over, and is to be read",
                    where=str(out),
                    hint="give another name with -o",
                )


def predictions(articles: list[Article], labeller: Labeller, name: str) -> list[Prediction]:
    """What a model finds in each article, by the article's own sentences."""
    from ...data.files.cache import cache_folder
    from ...data.formats.scores import predict
    from ...data.text.analysis import analyse
    from ...data.text.sentences import annotated_segments
    from ...data.text.spacy_parser import ParseCache

    cached = ParseCache(cache_folder())

    def record(article: Article) -> dict[str, Any]:
        sentences = analyse(annotated_segments(article), labeller.gazetteer, cached)
        return labeller.record(sentences, labeller.classifier.score(sentences), id=article.doc_id).to_dict()

    with progress("predicting", len(articles)) as update:
        return predict(articles, name, record, advance=lambda: update(advance=1))
