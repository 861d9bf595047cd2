"""Continue a run that was killed: what its journal has is not scored again."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from ...data.errors import plural
from ...data.reporting import Note
from ..articles.source import SourceArticle
from ..pool.model_source import ModelSource
from .journal import Entry, Journal, article_digest
from .scored import Scored, Scorer

_NAMES = {
    "stancewire": "release",
    "model": "model",
    "files": "version of the model or of --actors",
    "min_score": "--min-score",
    "gate": "--gate",
}


def settings_of(source: ModelSource, min_score: float | None) -> dict[str, Any]:
    """Everything that changes a record besides its article."""
    from ... import __version__

    return {
        "stancewire": __version__,
        "model": source.title,
        "files": source.digest(),
        "min_score": min_score,
        "gate": source.gate,
    }


class ResumableScorer:
    """Scores articles, and keeps the results beside the output until it is complete.

    Articles are read again from the start and compared with the journal. From the first one that differs,
    the journal is not used.

    Args:
        out: the output file.
        score: scores the articles that the journal does not have.
        settings: see `Journal`.
        note: called with remarks: that a run is continued, or why an earlier one is not.
    """

    def __init__(self, out: Path, score: Scorer, settings: dict[str, Any], note: Note) -> None:
        self._out, self._score, self._note = out, score, note
        self._settings = settings
        self._journal = Journal(out, settings)

    def __call__(self, articles: Iterable[SourceArticle]) -> Generator[Scored, None, None]:
        journal, rest = self._journal, iter(articles)
        if not journal.is_usable:
            why = "the same command is running" if journal.is_locked else "another user ran the same command"
            self._note(f"{self._out}: {why}; this one keeps no progress")
        elif not journal.exists and (other := journal.other()) is not None:
            self._note(f"{self._out}: {self._difference(other)}; scored from the beginning")
        try:
            missing: list[SourceArticle] = []
            yield from self._known(rest, missing)
            for scored in self._score(chain(missing, rest)):
                journal.add(scored)
                yield scored
        except BaseException:
            if journal.keep():
                self._note(f"{self._out}: not complete; run the same command again to continue")
            raise

    def finish(self) -> None:
        """The output is complete: delete the journal."""
        self._journal.remove()

    def close(self) -> None:
        """Release the journal, which stays unless the output is complete."""
        self._journal.close()

    def _known(self, rest: Iterator[SourceArticle], missing: list[SourceArticle]) -> Iterator[Scored]:
        """The articles that the journal has; then the first one that it does not have is put into a list."""
        known = 0
        for entry in self._journal.entries():
            article = next(rest, None)
            if article is None or article_digest(article) != entry.digest:
                self._journal.forget_from(entry)
                self._note(_changed(article, entry))
                missing += [article] if article is not None else []
                break
            known += 1
            yield Scored(article, entry.record, entry.error)
        if known:
            self._note(f"{self._out}: continued; {plural(known, 'article')} already scored")

    def _difference(self, other: dict[str, Any]) -> str:
        """Why an unfinished run is not continued."""
        for key, name in _NAMES.items():
            old, new = other.get(key), self._settings[key]
            if old != new:
                was = f" ({old}, now {new})" if key != "files" else ""
                return f"the unfinished run had another {name}{was}"
        return "the unfinished run was of another kind"


def _changed(article: SourceArticle | None, entry: Entry) -> str:
    where = ", ".join(filter(None, (entry.source, entry.position)))
    if article is None:
        return f"{where}: no longer there; the unfinished run is used up to it"
    return f"{article.where}: differs from what the unfinished run read ({where}); scored again from there"
