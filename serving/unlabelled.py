"""Articles without annotation, which teachers label for the model that is trained."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..data.errors import InputError, plural
from ..training.distillation.articles import UnlabelledArticle
from .articles.registry import read_articles
from .articles.source import ReadReport

SETTING = "classifier.unlabelled"
# Articles that cannot be read are named up to this number per input, and counted.
SHOWN = 3


def read_unlabelled(inputs: Sequence[str], note: Callable[[str], None]) -> Iterator[UnlabelledArticle]:
    """Read articles from files, folders, patterns and URLs.

    What cannot be read is noted and left out, as long as something is left of each input.

    Args:
        inputs: what `score` takes, without standard input: a training run can be repeated.
        note: called with remarks, as one line.

    Raises:
        InputError: an input does not exist or has no article that can be read.
    """
    for name in inputs:
        if name == "-":
            what = "standard input cannot be read again when training is repeated"
            raise InputError(what, where=SETTING, hint="save it to a file")
        yield from _of_input(name, note)


def _of_input(name: str, note: Callable[[str], None]) -> Iterator[UnlabelledArticle]:
    errors: list[InputError] = []
    reports: list[ReadReport] = []
    n = 0
    for article in read_articles([name], report_error=errors.append, note=note, reports=reports):
        n += 1
        own = article.id if article.given_id else None
        yield UnlabelledArticle(article.text, own, article.where)
    if not n:
        what = str(errors[0]) if errors else f"no articles{_reasons(reports)}"
        raise InputError(what, where=f"{SETTING}: {name}")
    for error in errors[:SHOWN]:
        note(f"left out: {error}")
    if len(errors) > SHOWN:
        note(f"{name}: {plural(len(errors), 'article')} left out; `stancewire articles` lists why")


def _reasons(reports: Sequence[ReadReport]) -> str:
    reasons = sorted({reason for report in reports for reason in report.reasons})
    return f" ({', '.join(reasons)})" if reasons else ""
