"""`stancewire cache`: what is cached, and how to get rid of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from .console import note
from .options import TableOrJson


class Kind(StrEnum):
    """What can be cleared; see `data.files.cache.KINDS`."""

    PARSES = "parses"
    CHECKPOINTS = "checkpoints"
    SOFT_LABELS = "soft-labels"
    LAYERS = "layers"
    DOWNLOADS = "downloads"


def cache_info(format_: TableOrJson = "table") -> None:
    """Show the folder, files and size of the cache.

    parses: analysed sentences, limited by STANCEWIRE_CACHE_MB (in MB; default 1000). checkpoints: of encoder
    training runs that can be resumed. soft-labels: the teachers' labels of unlabelled articles. layers:
    fetched corpora. downloads: archives.

    Example: stancewire cache info
    """
    from ...data.files.cache import KINDS, cache_folder, cache_limit, cached_files
    from ..output.results import print_json, print_lines

    files = list(cached_files())
    by_kind = {kind: [f.size for f in files if f.kind == kind] for kind in KINDS}
    limit = cache_limit()
    if format_ == "json":
        sizes = {kind: {"files": len(x), "bytes": sum(x)} for kind, x in by_kind.items()}
        print_json({"folder": str(cache_folder()), "limit_bytes": limit, **sizes})
        return
    print_lines(f"{cache_folder()}")
    for kind, found in by_kind.items():
        most = f" of {limit / 1e6:.0f}" if kind == "parses" else ""
        print_lines(f"{kind:12} {len(found):5} files {sum(found) / 1e6:8.1f}{most} MB")


def cache_clear(
    kinds: Annotated[
        list[Kind] | None,
        typer.Argument(
            metavar="KIND", help="parses, checkpoints, soft-labels, layers or downloads. Default: all."
        ),
    ] = None,
) -> None:
    """Delete cached files.

    They are computed or downloaded again when they are needed. Other files in the folder are left alone. Do
    not clear checkpoints while an encoder is being trained.

    Example: stancewire cache clear

    Example: stancewire cache clear parses
    """
    from ...data.files.cache import KINDS, cache_folder, clear_cache

    freed = clear_cache(tuple(map(str, kinds or KINDS)))
    note(f"{freed / 1e6:.1f} MB deleted from {cache_folder()}")
