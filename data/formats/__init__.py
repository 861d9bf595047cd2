"""The file formats of annotated articles: a registry of readers and writers.

Formats are registered by name, and a module is imported only when its format is used. A reader returns
checked `Article`s, and reports an `InputError` for every record that is invalid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from ..errors import InputError
from ..reporting import STOP_AT_FIRST, ImportOptions, guarded

if TYPE_CHECKING:
    from ..codebook import Codebook
    from ..schema import Article
    from .scores import Prediction

InputFormat = Literal[
    "sheet", "jsonl", "hf", "label-studio", "doccano", "brat", "conll", "scores", "plover", "babe", "table"
]
OutputFormat = Literal[
    "sheet", "jsonl", "hf", "label-studio", "label-studio-config", "doccano", "brat", "conll"
]

# Format -> module and function. A reader takes a path, a codebook (or None) and `ImportOptions`; a writer
# takes articles and returns text.
READERS = {
    "sheet": "..annotation.sheet:read_sheet",
    "jsonl": "..annotation.corpus:read_jsonl",
    "hf": "..annotation.corpus:read_jsonl",
    "label-studio": ".label_studio:read_label_studio",
    "doccano": ".doccano:read_doccano",
    "brat": ".brat:read_brat",
    "conll": ".conll.reading:read_conll",
    "scores": ".scores:read_scores",
    "plover": ".tables.labelled_sentences:read_plover",
    "babe": ".tables.labelled_sentences:read_babe",
}
WRITERS = {
    "sheet": "..annotation.sheet:format_sheet",
    "jsonl": "..annotation.corpus:format_corpus",
    "label-studio": ".label_studio:format_label_studio",
    "doccano": ".doccano:format_doccano",
    "conll": ".conll.writing:format_conll",
}
# Format -> module and function that names the annotators of a file, for the formats that tell them apart.
ANNOTATORS = {
    "label-studio": ".label_studio:label_studio_annotators",
    "doccano": ".doccano:doccano_annotators",
}
# Formats that are a folder of files.
FOLDERS = {"brat": "a folder of files", "hf": "a folder of Parquet files"}
SUFFIXES: dict[str, OutputFormat] = {
    ".jsonl": "jsonl",
    ".json": "label-studio",
    ".xml": "label-studio-config",
    ".conll": "conll",
}
# Suffixes of several formats, or of a format that cannot be read.
AMBIGUOUS = (".jsonl", ".csv", ".tsv", ".xml")


def _function(name: str) -> Callable[..., Any]:
    module, function = name.split(":")
    return cast("Callable[..., Any]", getattr(import_module(module, __name__), function))


def input_format(path: Path) -> InputFormat:
    """The format of a file, inferred from its suffix; an annotation sheet if the suffix is unknown.

    Raises:
        InputError: several formats have this suffix.
    """
    suffix = path.suffix.lower()
    if suffix in AMBIGUOUS:
        raise InputError(
            f"the format cannot be inferred from {path.suffix}",
            where=str(path),
            hint=f"give --format {'|'.join([*READERS, 'table'])}",
        )
    if str(path).startswith("hf:") or suffix == ".parquet" or (path.is_dir() and any(path.glob("*.parquet"))):
        return "hf"
    if path.is_dir() or suffix == ".ann":
        return "brat"
    return cast("InputFormat", SUFFIXES.get(suffix, "sheet"))


def output_format(path: Path | None) -> OutputFormat:
    """The format to write, inferred from the suffix of the file; a sheet if the suffix is unknown."""
    return SUFFIXES.get(path.suffix.lower(), "sheet") if path else "sheet"


def codebook_for(form: str, codebook: Path | None) -> Codebook:
    """The codebook at this path, by default the one that belongs to the format or else the shipped one."""
    from ..codebook import OTHER_CODEBOOKS, codebook_named

    if codebook is not None:
        return codebook_named(codebook)
    own = OTHER_CODEBOOKS / f"{form}.toml"
    return codebook_named(own if own.exists() else None)


def read_articles(
    files: Iterable[Path],
    form: InputFormat | None = None,
    codebook: Path | None = None,
    table_form: Path | None = None,
    options: ImportOptions = STOP_AT_FIRST,
) -> list[Article]:
    """Read annotated articles.

    Args:
        form: the format of all files; by default inferred from the suffix of each.
        codebook: a codebook TOML; see `codebook_for` for the default.
        table_form: for the format `table`, the TOML file that describes its columns.
        options: what happens with invalid articles, and whose annotation is read.

    Raises:
        InputError: the first invalid article, or a duplicate doc_id, unless the options have another report;
            the options name an annotator and the format has none.
    """
    if (form == "table") != (table_form is not None):
        raise InputError("--format table and --form FILE.toml belong together", hint="give both, or neither")
    from ..checking import refuse_duplicates

    articles: list[Article] = []
    seen: dict[str, Path] = {}
    for file in files:
        name = form or input_format(file)
        book = codebook_for(name, codebook)
        _refuse_annotator(name, options.annotator)
        read: list[Article] = []
        with guarded(str(file), options.report):
            read = _read_file(file, name, book, table_form, options)
        for article in read:
            with guarded(str(file), options.report):
                refuse_duplicates([article], file, seen)
                articles.append(article)
    return articles


def _read_file(
    file: Path, form: InputFormat, codebook: Codebook, table_form: Path | None, options: ImportOptions
) -> list[Article]:
    """The articles of one file, in a format of the registry or in that which a table's form describes."""
    if table_form is None:
        return cast("list[Article]", _function(READERS[form])(file, codebook, options))
    from .tables.forms import load_form
    from .tables.labelled_sentences import read_table

    return read_table(file, load_form(table_form), codebook, options)


def _refuse_annotator(form: str, annotator: str | None) -> None:
    """Refuse a choice among annotators where the format does not tell them apart."""
    if annotator is not None and form not in ANNOTATORS:
        raise InputError(
            f"the format {form} does not tell annotators apart",
            where="--annotator",
            hint=f"it is for {' and '.join(ANNOTATORS)}",
        )


def annotators_of(files: Iterable[Path], form: InputFormat | None = None) -> list[str]:
    """The annotators of all files, sorted.

    Raises:
        InputError: the format does not tell annotators apart, or a file has none.
    """
    names: set[str] = set()
    for file in files:
        name = form or input_format(file)
        _refuse_annotator(name, "all")
        with guarded(str(file)):
            found = _function(ANNOTATORS[name])(file)
            if not found:
                hint = "import it without --annotator"
                raise InputError("names no annotators", where=str(file), hint=hint)
            names |= set(found)
    return sorted(names)


def format_articles(
    articles: Sequence[Article],
    form: OutputFormat,
    codebook: Codebook,
    predicted: Sequence[Prediction] | None = None,
) -> str:
    """Write articles as a text.

    Args:
        predicted: a model's predictions for each article. Label Studio shows them beside the annotations; in
            all other formats they replace the annotations.

    Raises:
        InputError: the format is a folder of files, or it cannot represent an article.
    """
    if form == "label-studio-config":
        from .label_studio import labelling_config

        return labelling_config(codebook)
    if form in FOLDERS:
        raise InputError(f"{form} is {FOLDERS[form]}", hint="give a new folder with -o")
    write = _function(WRITERS[form])
    if predicted is None:
        return cast("str", write(articles))
    return cast(
        "str", write(articles, predicted) if form == "label-studio" else write([p.article for p in predicted])
    )


def write_articles(
    path: Path,
    articles: Sequence[Article],
    form: OutputFormat,
    codebook: Codebook,
    predicted: Sequence[Prediction] | None = None,
) -> None:
    """Write articles to a file (for brat and hf, to a new folder) atomically. See `format_articles`."""
    from ..files.atomic import atomic_write

    annotated = articles if predicted is None else [p.article for p in predicted]
    try:
        if form == "brat":
            from .brat import write_brat

            write_brat(path, annotated, codebook)
        elif form == "hf":
            from .hugging_face import write_dataset

            write_dataset(path, annotated)
        else:
            text = format_articles(articles, form, codebook, predicted)
            with atomic_write(path) as out:
                out.write(text)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", where=str(path)) from None
