"""`stancewire corpus fetch` and `corpus detach`: annotations by offsets, joined with their texts and parted from them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import exit_on_input_error, fault, note, progress
from .corpus import refuse_to_replace

if TYPE_CHECKING:
    from ...data.layers.registry import LayerSource


def fetch(
    layer: Annotated[
        str,
        typer.Argument(
            help="A layer that comes along (news), or a layer file of your own over the same data set."
        ),
    ],
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="A local copy in place of the download: the zip archive, JSONL (also .gz), or a folder of JSON files.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="Corpus file to write. Default: in the cache, where --corpus finds it by the layer's name.",
        ),
    ] = None,
    url: Annotated[str | None, typer.Option("--url", help="Another address of the archive.")] = None,
    like: Annotated[
        str, typer.Option("--like", help="With a file of your own: the layer whose data set it is over.")
    ] = "news",
) -> None:
    """Get the articles that a layer annotates, and join the two to a corpus: from then on `--corpus news`.

    The layer holds offsets and labels only; the texts are the data set's, under its licence. The checksum of every text is
    verified. A download that breaks off goes on from there the next time.

    Example: stancewire corpus fetch news

    Example: stancewire corpus fetch news --from articles.jsonl.gz
    """
    with exit_on_input_error():
        from ...data.annotation.corpus import write_corpus
        from ...data.errors import InputError
        from ...data.layers.layer import read_layer
        from ...data.layers.registry import fetched_file, layer_file, layer_source
        from ...data.layers.texts import join

        own = Path(layer) if layer.endswith(".jsonl") else None
        if own and out is None:
            raise InputError(
                "a layer file of your own needs a place for the corpus", where=layer, hint="name it with -o"
            )
        source = layer_source(like if own else layer)
        wanted = read_layer(own or layer_file(layer))
        archive = from_ or _downloaded(source, url or source.archive)
        with progress("joining layer and texts", len(wanted)) as update:
            joined = join(wanted, archive, source, lambda n: update(advance=n))
        for error in joined.errors:
            fault(error)
        if not joined.articles:
            raise InputError(
                f"none of the {len(wanted)} articles of the layer was found unchanged; nothing was written",
                where=str(archive),
            )
        target = out or fetched_file(layer)
        write_corpus(target, joined.articles)
        if from_ is None:
            archive.unlink()
        left = f" of {len(wanted)}" if joined.errors else ""
        note(
            f"{len(joined.articles)}{left} articles, {sum(len(a.sentences) for a in joined.articles)} sentences written to {target}"
        )
        note(f"texts: {source.homepage} ({source.texts_license}); annotations: {source.license}")
        if out is None:
            note(f"train on them: stancewire train --corpus shipped --corpus {layer}")
    if joined.errors:
        raise typer.Exit(1)


def _downloaded(source: LayerSource, url: str) -> Path:
    from ...data.files.cache import cache_folder
    from ...data.files.download import download

    with progress(f"downloading {source.homepage}") as update:
        return download(
            url,
            cache_folder() / "downloads" / f"{source.name}.zip",
            source.max_archive_mb * 1_000_000,
            lambda done, total: update(done=done, total=total),
        )


def detach(
    corpora: Annotated[
        list[str],
        typer.Argument(
            metavar="CORPUS...",
            help="Annotated corpus files or folders, each doc_id the article's id in the data set.",
        ),
    ],
    from_: Annotated[
        Path,
        typer.Option("--from", help="The texts: a zip archive, JSONL (also .gz), or a folder of JSON files."),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Layer file to write (JSONL).")],
    like: Annotated[str, typer.Option("--like", help="The layer whose data set the texts are of.")] = "news",
) -> None:
    """Part annotations from texts that may not be copied: a layer of offsets, labels and identities, without a word of the texts.

    Example: stancewire corpus detach mine.jsonl --from articles.jsonl.gz -o mine-layer.jsonl
    """
    with exit_on_input_error():
        from ...data.annotation.corpus import read_corpus
        from ...data.errors import InputError
        from ...data.layers.layer import detach as parted
        from ...data.layers.layer import write_layer
        from ...data.layers.registry import layer_source
        from ...data.layers.texts import texts

        refuse_to_replace([Path(c) for c in corpora], out)
        articles = read_corpus(corpora)
        found = dict(texts(from_, layer_source(like), {a.doc_id for a in articles}))
        missing = [a.doc_id for a in articles if a.doc_id not in found]
        if missing:
            raise InputError(
                f"{len(missing)} articles are not among the texts: {', '.join(missing[:5])}",
                where=str(from_),
                hint="give the texts that were annotated",
            )
        write_layer(out, [parted(a, found[a.doc_id]) for a in articles])
        note(f"{len(articles)} articles written to {out}, without their texts")
