"""Annotated articles in the forms of other tools: what can be read, what can be written, and by which module.

A form is named here and its module imported when it is used. Reading ends in checked `Article`s or in one `InputError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from ..errors import InputError

if TYPE_CHECKING:
    from ..codebook import Codebook
    from ..schema import Article
    from .scores import Prediction

InForm = Literal[
    "sheet", "jsonl", "label-studio", "doccano", "brat", "conll", "scores", "plover", "babe", "table"
]
OutForm = Literal["sheet", "jsonl", "label-studio", "label-studio-config", "doccano", "brat", "conll"]

# Form -> module and function. Readers take a path and a codebook (or None), writers articles and give a text.
READERS = {
    "sheet": "..annotation.sheet:read_sheet",
    "jsonl": "..annotation.corpus:read_jsonl",
    "label-studio": ".label_studio:read_label_studio",
    "doccano": ".doccano:read_doccano",
    "brat": ".brat:read_brat",
    "conll": ".conll:read_conll",
    "scores": ".scores:read_scores",
    "plover": ".csv_tables:read_plover",
    "babe": ".csv_tables:read_babe",
}
WRITERS = {
    "sheet": "..annotation.sheet:format_sheet",
    "jsonl": "..annotation.corpus:format_corpus",
    "label-studio": ".label_studio:format_label_studio",
    "doccano": ".doccano:format_doccano",
    "conll": ".conll:format_conll",
}
ENDINGS: dict[str, OutForm] = {
    ".jsonl": "jsonl",
    ".json": "label-studio",
    ".xml": "label-studio-config",
    ".conll": "conll",
}
# Endings that several forms have, or none that is read.
UNCLEAR = (".jsonl", ".csv", ".tsv", ".xml")


def _function(named: str) -> Callable[..., Any]:
    module, name = named.split(":")
    return cast("Callable[..., Any]", getattr(import_module(module, __name__), name))


def form_of_input(path: Path) -> InForm:
    """What a file is by its ending; an annotation sheet where the ending says nothing.

    Raises:
        InputError: the ending is that of several forms.
    """
    if path.suffix.lower() in UNCLEAR:
        raise InputError(
            f"a {path.suffix} file can be of several forms",
            where=str(path),
            hint=f"give --format {'|'.join([*READERS, 'table'])}",
        )
    if path.is_dir() or path.suffix.lower() == ".ann":
        return "brat"
    return cast("InForm", ENDINGS.get(path.suffix.lower(), "sheet"))


def form_of_output(path: Path | None) -> OutForm:
    """What to write by the ending of the file; an annotation sheet where the ending says nothing."""
    return ENDINGS.get(path.suffix.lower(), "sheet") if path else "sheet"


def codebook_for(form: str, codebook: Path | None) -> Codebook:
    """The codebook given, else the one that comes with the form, else the shipped one."""
    from ..codebook import OTHER_CODEBOOKS, codebook_named

    if codebook is not None:
        return codebook_named(codebook)
    own = OTHER_CODEBOOKS / f"{form}.toml"
    return codebook_named(own if own.exists() else None)


def read_articles(
    files: Iterable[Path],
    form: InForm | None = None,
    codebook: Path | None = None,
    table_form: Path | None = None,
) -> list[Article]:
    """The articles of all files.

    Args:
        form: by default by the ending of each file.
        table_form: the TOML file that says what the columns of a table are.

    Raises:
        InputError: the first fault, or a doc_id that stands twice.
    """
    if (form == "table") != (table_form is not None):
        raise InputError(
            "a table of one's own is read with both --format table and --form FILE.toml",
            hint="give the other too, or neither",
        )
    from ..annotation.corpus import refuse_twice

    articles: list[Article] = []
    home: dict[str, Path] = {}
    for file in files:
        name = form or form_of_input(file)
        book = codebook_for(name, codebook)
        if table_form is not None:
            from .csv_tables import load_form, read_table

            found = read_table(file, load_form(table_form), book)
        else:
            found = _function(READERS[name])(file, book)
        refuse_twice(found, file, home)
        articles += found
    return articles


def format_articles(
    articles: Sequence[Article],
    form: OutForm,
    codebook: Codebook,
    predicted: Sequence[Prediction] | None = None,
) -> str:
    """The articles as one text.

    Args:
        predicted: what a model finds in each article. Label Studio shows it beside the annotation; in all other forms it
            stands in its place.
    """
    if form == "label-studio-config":
        from .label_studio import labelling_config

        return labelling_config(codebook)
    if form == "brat":
        raise InputError("brat is a folder of files", hint="name a new folder")
    write = _function(WRITERS[form])
    if predicted is None:
        return cast("str", write(articles))
    return cast(
        "str", write(articles, predicted) if form == "label-studio" else write([p.article for p in predicted])
    )


def write_articles(
    path: Path,
    articles: Sequence[Article],
    form: OutForm,
    codebook: Codebook,
    predicted: Sequence[Prediction] | None = None,
) -> None:
    """Write the articles to a file, or to a folder for brat: whole or not at all. See `format_articles`."""
    from ..files.atomic import atomic_write

    try:
        if form == "brat":
            from .brat import write_brat

            write_brat(path, articles if predicted is None else [p.article for p in predicted], codebook)
            return
        text = format_articles(articles, form, codebook, predicted)
        with atomic_write(path) as out:
            out.write(text)
    except OSError as fault:
        raise InputError(f"cannot be written: {fault.strerror}", where=str(path)) from None
