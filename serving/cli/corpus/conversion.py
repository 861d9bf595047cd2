"""`stancewire corpus import` and `export`: annotations from and to the formats of other tools."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ....data.formats import InputFormat, OutputFormat
from ..console import ErrorCount, note, plural, progress
from ..options import MODEL_HELP, CodebookFile, Corpora
from ..output_options import Output

if TYPE_CHECKING:
    from ....data.errors import InputError
    from ....data.formats.scores import Prediction
    from ....data.reporting import Report
    from ....data.schema import Article
    from ....training.decoding.labeller import Labeller

IN_FORMATS = "sheet, jsonl, label-studio, doccano, brat, conll, scores, plover, babe or table"
JSON_FORMATS = ("jsonl", "label-studio", "doccano")
OUT_FORMATS = "sheet, jsonl, label-studio, label-studio-config, doccano, brat, conll or hf"


FilesArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE",
        help="Annotation sheets, or files in the format of --format; for brat, its folder.",
    ),
]
FormatOption = Annotated[
    InputFormat | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help=f"{IN_FORMATS}. Default: inferred from the extension, otherwise sheet.",
    ),
]
CodebookOption = Annotated[
    Path | None,
    typer.Option(
        "--codebook",
        metavar="FILE",
        help="Codebook TOML file. Default: that of plover or babe, otherwise the shipped one.",
    ),
]
FormOption = Annotated[
    Path | None,
    typer.Option(
        "--form", metavar="FILE", help="TOML file that names the columns of a table; with --format table."
    ),
]
AppendOption = Annotated[
    bool,
    typer.Option(
        "--append",
        help="Add to the corpus file instead of replacing it; articles that it already has are an error.",
    ),
]
ImportOutOption = Annotated[
    Path,
    typer.Option("--out", "-o", metavar="FILE", help="Corpus file to write (JSONL)."),
    Output("file", (".jsonl",)),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        metavar="FILE",
        help="Output file, written atomically; a new folder for brat and hf. Default: standard output.",
    ),
    Output("any"),
]
ExportFormatOption = Annotated[
    OutputFormat | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help=f"{OUT_FORMATS}. Default: inferred from the extension of --out, otherwise sheet.",
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--predictions",
        metavar="MODEL",
        help=f"Add predictions of a model, to be corrected: {MODEL_HELP} "
        "Label Studio shows them beside the annotation; in other formats they replace it.",
    ),
]


AnnotatorOption = Annotated[
    str | None,
    typer.Option(
        "--annotator",
        metavar="NAME",
        help="Whose annotation to read from a Label Studio or doccano file, or all: one corpus file for each "
        "annotator (mine.anna.jsonl), for `corpus agreement`.",
    ),
]


def import_(
    files: FilesArgument,
    out: ImportOutOption,
    format_: FormatOption = None,
    codebook: CodebookOption = None,
    form: FormOption = None,
    append: AppendOption = False,
    annotator: AnnotatorOption = None,
) -> None:
    """Convert sheets and exports of other tools to a corpus file.

    Invalid articles are reported and left out, and the exit code is then 1; with --append, nothing is added
    if one is invalid.

    Example: stancewire corpus import monday.sheet -o mine.jsonl

    Example: stancewire corpus import tasks.json -o mine.jsonl --append

    Example: stancewire corpus import tasks.json -o mine.jsonl --annotator all
    """
    from ....data.files.outputs import refuse_input
    from ....data.formats import annotators_of, read_articles
    from ....data.reporting import ImportOptions

    outputs: dict[str | None, Path] = {annotator: out}
    if annotator == "all":
        outputs = {name: _file_of(out, name) for name in annotators_of(files, format_)}
    for path in outputs.values():
        refuse_input(path, [*files, *filter(None, (codebook, form))])
    errors = ErrorCount()
    report = _each_once(errors)
    for name, path in outputs.items():
        options = ImportOptions(report, note, name)
        articles = read_articles(files, format_, codebook, form, options)
        # Appending is all or nothing: a second attempt must not find half of its articles there.
        if not errors.errors or (articles and not append):
            _write(path, articles, append)
    errors.exit_if_any()


def _each_once(errors: ErrorCount) -> Report:
    """A report that leaves out repetitions: with all annotators, each of them may have the same error."""
    reported: set[str] = set()

    def report(error: InputError) -> None:
        if str(error) not in reported:
            reported.add(str(error))
            errors(error)

    return report


def _write(path: Path, articles: list[Article], append: bool) -> None:
    """Write or add articles to a corpus file."""
    from ....data.annotation.corpus import append_corpus, write_corpus
    from ....data.errors import InputError
    from ....data.files.atomic import is_stream

    if append and is_stream(path):
        raise InputError("not a file, so nothing can be appended", where=str(path), hint="leave out --append")
    try:
        (append_corpus if append else write_corpus)(path, articles)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", where=str(path)) from None
    sentences = plural(sum(len(a.sentences) for a in articles), "sentence")
    note(f"{plural(len(articles), 'article')}, {sentences} {'added' if append else 'written'} to {path}")


def _file_of(out: Path, annotator: str) -> Path:
    """The file of one annotator: `mine.jsonl` becomes `mine.anna.jsonl`."""
    return out.with_name(f"{out.stem}.{re.sub(r'[^A-Za-z0-9@._-]', '_', annotator)}{out.suffix}")


def export(
    corpora: Corpora = None,
    out: OutOption = None,
    format_: ExportFormatOption = None,
    model: ModelOption = None,
    codebook: CodebookFile = None,
) -> None:
    """Convert a corpus to a sheet or the format of another tool.

    `corpus import` reads it back.

    Example: stancewire corpus export mine.jsonl -o mine.sheet

    Example: stancewire corpus export mine.jsonl --format hf -o mine

    Example: stancewire corpus export --format label-studio -o tasks.json
    """
    from ....data.annotation.corpus import read_corpus
    from ....data.errors import InputError
    from ....data.formats import FOLDERS, codebook_for, format_articles, write_articles
    from ...output.results import print_data

    form = _output_format(out, format_)
    if form == "label-studio-config" and (corpora or model):
        hint = "leave out the corpus and --predictions"
        raise InputError("label-studio-config needs only a codebook", hint=hint)
    if form in FOLDERS and out is None:
        raise InputError(f"{form} is {FOLDERS[form]}", hint="name a new folder with -o")
    book = codebook_for(form, codebook)
    articles = [] if form == "label-studio-config" else read_corpus(corpora or ["shipped"])
    predicted = _predicted(articles, model) if model else None
    if out is None:
        print_data(format_articles(articles, form, book, predicted), is_json=form in JSON_FORMATS)
    else:
        write_articles(out, articles, form, book, predicted)
        note(f"{plural(len(articles), 'article')} written to {out}" if articles else f"written to {out}")


def _predicted(articles: list[Article], model: str) -> list[Prediction]:
    from ...models import open_model

    return predictions(articles, *open_model(model))


def _output_format(out: Path | None, named: OutputFormat | None) -> OutputFormat:
    """The format to write; its file or folder is checked.

    Raises:
        InputError: the extension is unknown and no format is named, or the file cannot be written.
    """
    from ....data.files.outputs import check_new, check_output_file, check_suffix
    from ....data.formats import FOLDERS, SUFFIXES, output_format

    form = named or output_format(out)
    if out is None:
        return form
    if form in FOLDERS:
        if not (out.is_dir() and not any(out.iterdir())):
            check_new(out)
        return form
    check_output_file(out)
    if named is None:
        check_suffix(out, (".sheet", ".txt", *SUFFIXES), ", or name the format with --format")
    return form


def predictions(articles: list[Article], labeller: Labeller, name: str) -> list[Prediction]:
    """Predicted statements and labels of each article, with the article's own sentences."""
    from ....data.formats.scores import predict
    from ....data.text.analysis import analyse
    from ....data.text.segmentation.sentences import annotated_segments
    from ....data.text.spacy_parser import ParseCache

    cache = ParseCache()

    def record(article: Article) -> dict[str, Any]:
        sentences = analyse(annotated_segments(article), labeller.gazetteer, cache)
        return labeller.record(sentences, labeller.classifier.score(sentences), id=article.doc_id).to_dict()

    with progress("predicting", len(articles)) as bar:
        return predict(articles, name, record, advance=bar.advance)
