"""What a worker needs, imported once: on Linux, workers are forked from a process that has imported this."""

from ...data.files.torch_free import this_process_is_ours, without_torch

this_process_is_ours()
with without_torch():
    import spacy  # noqa: F401

from ...training import serialization  # noqa: E402, F401
from ..articles import scoring  # noqa: E402, F401
from . import worker  # noqa: E402, F401
