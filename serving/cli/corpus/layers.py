"""`stancewire corpus fetch` and `detach`: join stand-off annotations with their texts, and separate them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..console import ErrorCount, note, plural, progress
from ..output_options import Output

if TYPE_CHECKING:
    from ....data.layers.layer import LayerArticle
    from ....data.layers.registry import LayerSource
    from ....data.schema import Article

TEXTS_HELP = "a zip archive, JSONL (also .gz), or a folder of JSON files."
Like = Annotated[
    str,
    typer.Option(
        "--like",
        metavar="LAYER",
        help="Shipped layer that is based on the same dataset as your layer file.",
    ),
]


LayerArgument = Annotated[
    str,
    typer.Argument(
        metavar="LAYER",
        help="Shipped layer (news or news-more), or your own layer file for the same dataset.",
    ),
]
FromOption = Annotated[
    Path | None,
    typer.Option(
        "--from", metavar="PATH", help=f"Local copy of the texts instead of the download: {TEXTS_HELP}"
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        metavar="FILE",
        help="Corpus file to write. Default: in the cache, to use as --corpus LAYER.",
    ),
    Output("file", (".jsonl",)),
]
LayerOutOption = Annotated[
    Path,
    typer.Option("--out", "-o", metavar="FILE", help="Layer file to write (JSONL)."),
    Output("file", (".jsonl",)),
]
UrlOption = Annotated[
    str | None,
    typer.Option("--url", metavar="URL", help="URL of the archive, if not the usual one."),
]


def fetch(
    layer: LayerArgument,
    from_: FromOption = None,
    out: OutOption = None,
    url: UrlOption = None,
    like: Like = "news",
) -> None:
    """Download the articles that a layer annotates.

    Joins them with the layer's annotations into a corpus, which is then available as `--corpus news`. The
    texts are under the licence of their dataset; their checksums are verified. Interrupted downloads resume.

    Example: stancewire corpus fetch news

    Example: stancewire corpus fetch news --from articles.jsonl.gz
    """
    from ....data.annotation.corpus import write_corpus
    from ....data.errors import InputError
    from ....data.layers.layer import read_layer
    from ....data.layers.registry import fetched_file, layer_file, layer_source

    own = Path(layer) if layer.endswith(".jsonl") else None
    if own and out is None:
        raise InputError("no output file", where=layer, hint="name one with -o")
    source = layer_source(like if own else layer)
    errors = ErrorCount()
    annotated = read_layer(own or layer_file(layer), errors)
    if not annotated:
        errors.exit_if_any()
    archive = from_ or _downloaded(source, url or source.archive)
    articles = _joined(annotated, archive, source, errors)
    write_corpus(out or fetched_file(layer), articles)
    if from_ is None:
        archive.unlink()
    counts = f"{len(articles)} of {plural(len(annotated), 'article')}"
    note(f"{counts} written to {out or fetched_file(layer)}")
    note(f"texts: {source.homepage} ({source.texts_license}); annotations: {source.license}")
    if out is None:
        note("train on them: stancewire train linear-news")
    errors.exit_if_any()


def _joined(
    annotated: list[LayerArticle], archive: Path, source: LayerSource, errors: ErrorCount
) -> list[Article]:
    """The articles of a layer with their texts; missing and changed texts are reported.

    Raises:
        InputError: none of the texts is in the archive.
    """
    from ....data.errors import InputError
    from ....data.layers.texts import join

    with progress("joining layer and texts", len(annotated)) as bar:
        joined = join(annotated, archive, source, bar.advance)
    if not joined.articles and len(joined.errors) == 1:
        raise joined.errors[0]
    for error in joined.errors:
        errors(error)
    if not joined.articles:
        none = f"contains none of the layer's {plural(len(annotated), 'article')} unchanged"
        raise InputError(f"{none}; nothing was written", where=str(archive))
    return joined.articles


def _downloaded(source: LayerSource, url: str) -> Path:
    from ....data.files.cache import cache_folder
    from ....data.files.download import download

    file = cache_folder() / "downloads" / f"{source.name}.zip"
    with progress(f"downloading {source.homepage}") as bar:
        return download(url, file, source.max_archive_mb * 1_000_000, bar.update)


def detach(
    corpora: Annotated[
        list[str],
        typer.Argument(
            metavar="CORPUS",
            help="Annotated corpus files or folders; each doc_id is the article's id in the dataset.",
        ),
    ],
    from_: Annotated[Path, typer.Option("--from", metavar="PATH", help=f"The texts: {TEXTS_HELP}")],
    out: LayerOutOption,
    like: Like = "news",
) -> None:
    """Export stand-off annotations without the text.

    Writes a layer: offsets, labels and identities.

    Example: stancewire corpus detach mine.jsonl --from texts.zip -o layer.jsonl
    """
    from ....data.annotation.corpus import read_corpus
    from ....data.errors import InputError
    from ....data.layers.layer import detach as without_text
    from ....data.layers.layer import write_layer
    from ....data.layers.registry import layer_source
    from ....data.layers.texts import texts

    articles = read_corpus(corpora)
    found = dict(texts(from_, layer_source(like), {a.doc_id for a in articles}))
    missing = [a.doc_id for a in articles if a.doc_id not in found]
    if missing:
        what = f"{plural(len(missing), 'article')} not among the texts: {', '.join(missing[:5])}"
        raise InputError(what, where=str(from_), hint="name the dataset that was annotated")
    write_layer(out, [without_text(a, found[a.doc_id]) for a in articles])
    note(f"{plural(len(articles), 'article')} written to {out}, without their texts")
