"""Rows with `actor` and `target` for a model that finds actors and targets itself, and does not read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from ....data.errors import plural
from ..source import SourceArticle

if TYPE_CHECKING:
    from ....training.decoding.labeller import Labeller


class UnreadPairs:
    """Counts such rows while they pass, so that they are reported once per command.

    Args:
        labeller: the model.
    """

    def __init__(self, labeller: Labeller) -> None:
        self.rows = 0
        self._unread = labeller.mentions == "found"

    def count(self, articles: Iterable[SourceArticle]) -> Iterator[SourceArticle]:
        """The same articles."""
        for article in articles:
            if self._unread and (article.actor is not None or article.target is not None):
                self.rows += 1
            yield article

    def report(self, note: Callable[[str], None], model: str) -> None:
        """Report the rows, if there are any.

        Args:
            note: called with the line.
            model: name of the model.
        """
        if self.rows:
            note(
                f"{plural(self.rows, 'row')} with actor or target: model {model} finds them itself and "
                "ignores these columns (name a model for known pairs with --model)"
            )
