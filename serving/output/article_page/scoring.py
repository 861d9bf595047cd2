"""Score articles for the article page: records with texts, and with reasons where these cost little."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from ....data.errors import InputError
from ....data.reporting import input_error
from ....data.text.spacy_parser import ParseCache
from ....training.decoding.document import Document
from ....training.decoding.labeller import Labeller
from ....training.explanation import Explanation, label_explained
from ...articles.scoring import METADATA
from ...articles.source import SourceArticle
from .shown import Reasons, ShownArticle

# Words shown for and against a statement, and the least weight, in logits, of a word that is shown.
MAX_WORDS, MIN_WEIGHT = 3, 0.2
# Only these explain a statement in milliseconds: encoders score the sentence again for every word.
_EXPLAINED = "linear"


def shown_articles(
    labeller: Labeller,
    articles: Iterable[SourceArticle],
    report_error: Callable[[InputError], None],
    min_score: float | None = None,
    *,
    text: bool = True,
) -> Iterator[ShownArticle]:
    """Score articles one after another.

    Args:
        labeller: the model; the statements of a linear one are explained by words.
        articles: read lazily.
        report_error: called with the error of each article that cannot be scored; the others are scored.
        min_score: replaces the tuned thresholds of statements, in [0, 1].
        text: whether the page has the text; otherwise it has neither sentences nor reasons.
    """
    cache, explained = ParseCache(), text and labeller.classifier.kind.startswith(_EXPLAINED)
    for article in articles:
        document = Document(
            article.text, article.id, article.source, article.title, article.actor, article.target
        )
        found: list[Explanation | None] = []
        try:
            if explained:
                record, found = label_explained(labeller, document, min_score, cache)
            else:
                record = next(labeller.pipe([document], min_score=min_score, cache=cache))
        except Exception as error:  # whatever a text makes a library raise; the others are scored
            report_error(input_error(error, article.where))
            continue
        about = {name: getattr(article, name) for name in METADATA}
        record = record.model_copy(update={**about, "also_in": article.also_in})
        if text:
            yield ShownArticle(record, article.text, tuple(map(reasons_of, found)))
        else:
            yield ShownArticle(record.without_text(), None)


def thresholds_of(labeller: Labeller, min_score: float | None = None) -> Mapping[str, float]:
    """The score that each stance and label must reach."""
    tuned, book = labeller.decisions.thresholds, labeller.codebook
    stances = {n: tuned[f"{n}:actor"] for n in book.stance_names if f"{n}:actor" in tuned}
    if min_score is not None:
        stances = dict.fromkeys(book.stance_names, min_score)
    return stances | {n: tuned[n] for n in book.label_names if n in tuned}


def reasons_of(explanation: Explanation | None) -> Reasons | None:
    """The heaviest words of an explanation, if there is one."""
    if explanation is None:
        return None
    words = [(explanation.sentence[a:b], w) for a, b, w in explanation.words if abs(w) >= MIN_WEIGHT]
    words = [(word, w) for word, w in words if any(c.isalnum() for c in word)]
    ranked = sorted(words, key=lambda x: -abs(x[1]))
    supporting = [x for x in ranked if x[1] > 0][:MAX_WORDS]
    return Reasons(tuple(supporting), tuple([x for x in ranked if x[1] < 0][:MAX_WORDS]))
