"""What a worker needs, imported once: on Linux, workers are forked from a process that has imported this."""

import spacy  # noqa: F401

from ...training import serialization  # noqa: F401
from ..articles import scoring  # noqa: F401
from . import worker  # noqa: F401
