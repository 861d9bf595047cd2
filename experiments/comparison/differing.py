"""What differs between runs in settings, code and corpus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..tracking.provenance import GIT_COMMIT
from .results import Differing

_CODE = {GIT_COMMIT: "commit", "stancewire": "stancewire", "mlflow.source.git.dirty": "uncommitted changes"}
_CORPUS = {
    "codebook_name": "codebook",
    "codebook": "codebook (SHA-256)",
    "train_sha256": "train articles (SHA-256)",
    "validation_sha256": "validation articles (SHA-256)",
    "test_sha256": "test articles (SHA-256)",
}


def differing(runs: Sequence[Any]) -> list[Differing]:
    """The settings, versions and corpora that are not the same for all runs.

    Args:
        runs: MLflow runs.
    """
    params = [run.data.params for run in runs]
    tags = [run.data.tags for run in runs]
    names = sorted({name for p in params for name in p})
    rows = [
        Differing("corpus" if name in ("corpus", "split") else "settings", name, _values(params, name))
        for name in names
        # Thresholds are results of the training.
        if not name.startswith("threshold.")
    ]
    for group, known in (("code", _CODE), ("corpus", _CORPUS)):
        rows += [Differing(group, title, _short(_values(tags, name))) for name, title in known.items()]
    order = ("settings", "code", "corpus")
    return sorted((r for r in rows if len(set(r.values)) > 1), key=lambda r: order.index(r.group))


def _values(tables: Sequence[Any], name: str) -> tuple[str | None, ...]:
    return tuple(table.get(name) for table in tables)


def _short(values: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """Digests and commits by their first characters."""
    return tuple(v[:12] if v is not None and len(v) in (40, 64) else v for v in values)
