"""Errors of a run with their texts: what `experiments errors` shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ...training.evaluation.predictions import Predictions
from ..tracking.lookup import named_run
from .errors import Error, count_errors, errors_of, exchange
from .reading import common_split, predictions_of
from .texts import OverRepresented, corpora_of, over_represented, texts_of


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Errors under one heading.

    Attributes:
        title: `errors`; against another run `lost`, `won` and `both wrong`.
        errors: in the order of the text.
        words: over-represented in the sentences with these errors.
    """

    title: str
    errors: tuple[Error, ...]
    words: tuple[OverRepresented, ...]


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """The errors of a run, alone or against another run.

    Attributes:
        run, against: run ids; `against` is None for a run alone.
        split: the articles.
        sentences: the number of sentences.
        groups: the errors.
        texts: texts of the articles by doc_id, as far as they are known.
    """

    run: str
    against: str | None
    split: str
    sentences: int
    groups: tuple[ErrorGroup, ...]
    texts: dict[str, str]

    def sentence(self, error: Error, context: int = 0) -> tuple[str, str, str] | None:
        """The sentence of an error, see `in_context`; None without a text."""
        text = self.texts.get(error.doc_id)
        return None if text is None else in_context(text, error, context)

    def as_dict(self, with_text: bool = True) -> dict[str, Any]:
        """The report for JSON.

        Args:
            with_text: whether each error has its sentence, and the words of its actor.
        """
        groups = []
        for group in self.groups:
            counts = count_errors(group.errors)
            groups.append(
                {
                    "title": group.title,
                    "counts": [{"cause": c, "kind": k, "errors": n} for (c, k), n in sorted(counts.items())],
                    "words": [asdict(w) for w in group.words] if with_text else [],
                    "errors": [self._error(e, with_text) for e in group.errors],
                }
            )
        return {
            "run": self.run,
            "against": self.against,
            "split": self.split,
            "sentences": self.sentences,
            "groups": groups,
        }

    def _error(self, error: Error, with_text: bool) -> dict[str, Any]:
        found = self.sentence(error) if with_text else None
        return asdict(error) | ({"text": found[1]} if found else {})


def in_context(text: str, error: Error, context: int) -> tuple[str, str, str]:
    """The text before the sentence of an error, the sentence, and the text after it.

    Args:
        text: of its article.
        context: characters before and after, cut at words.
    """
    before = text[max(0, error.start - context) : error.start]
    after = text[error.end : error.end + context]
    if error.start > context:
        before = before.partition(" ")[2]
    if error.end + context < len(text):
        after = after.rpartition(" ")[0]
    return before.strip(), text[error.start : error.end], after.strip()


def error_report(
    name: str,
    against: str | None = None,
    split: str | None = None,
    corpora: Sequence[str] = (),
    keep: Callable[[Error], bool] = lambda _: True,
) -> ErrorReport:
    """The errors of a run.

    Args:
        name: a run or model, see `tracking.lookup.named_run`.
        against: another run or model; errors are then those that only one of the two makes, or both.
        split: see `compare`.
        corpora: where the texts are. Default: the corpora that the run names.
        keep: selects errors.

    Raises:
        InputError: a run does not exist, keeps no predictions, or they have no article in common.
    """
    run, other = named_run(name), named_run(against) if against is not None else None
    split = common_split([run, *([other] if other else [])], split)
    predicted = predictions_of(run, split)
    texts = texts_of(predicted, corpora or corpora_of(run))
    if other is None:
        found = {"errors": tuple(errors_of(predicted))}
    else:
        both = exchange(predicted, predictions_of(other, split))
        found = {"lost": both.lost, "won": both.won, "both wrong": both.both}
    groups = tuple(
        _group(title, tuple(e for e in errors if keep(e)), predicted, texts)
        for title, errors in found.items()
    )
    other_id = other.info.run_id if other is not None else None
    return ErrorReport(run.info.run_id, other_id, split, len(predicted.rows), groups, texts)


def _group(title: str, errors: tuple[Error, ...], of: Predictions, texts: dict[str, str]) -> ErrorGroup:
    return ErrorGroup(title, errors, tuple(over_represented(of, {e.where for e in errors}, texts)))
