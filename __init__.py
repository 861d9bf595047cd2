"""Find in news articles who blames whom, who claims a ceasefire and who appeals to whom.

Examples:
    >>> import stancewire
    >>> labeller = stancewire.load("champion")
    >>> record = labeller.label("Kenya accused Somalia of shelling a border town.")
    >>> record.to_frame()[["stance", "actor", "target"]]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.2.0"

if TYPE_CHECKING:
    from .data.record import Record
    from .serving.api import TrainingResult, compare, evaluate, load, read_articles, read_corpus, train
    from .serving.batch.spark.udf import spark_udf
    from .training.decoding.labeller import Labeller

# Imported on first use, so that `import stancewire` is fast: name -> module.
_EXPORTS = {
    "Labeller": ".training.decoding.labeller",
    "Record": ".data.record",
    "TrainingResult": ".serving.api",
    "compare": ".serving.api",
    "evaluate": ".serving.api",
    "load": ".serving.api",
    "read_articles": ".serving.api",
    "read_corpus": ".serving.api",
    "spark_udf": ".serving.batch.spark.udf",
    "train": ".serving.api",
}

__all__ = [
    "Labeller",
    "Record",
    "TrainingResult",
    "__version__",
    "compare",
    "evaluate",
    "load",
    "read_articles",
    "read_corpus",
    "spark_udf",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    exported = getattr(import_module(_EXPORTS[name], __name__), name)
    globals()[name] = exported
    return exported


def __dir__() -> list[str]:
    return sorted(__all__)
