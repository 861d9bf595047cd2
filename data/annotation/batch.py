"""Chosen sentences of many articles as a batch to annotate: one sheet article per source article, context in comments.

What stands in the sheet as a sentence is to be annotated, and is all that `corpus import` reads. The title and the
sentences around it are comments: left without annotation they would teach a model that they hold no statement.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ..errors import InputError
from ..schema import Article, Sentence
from ..text.sentences import annotated_segments, segment
from .sheet import format_sheet

ALONG = "—— not suggested, but to be annotated too: part of the quotation that runs on below"


def article_of_text(text: str, doc_id: str, source: str | None = None) -> Article:
    """A text as an article without annotation, line breaks within sentences as spaces: what a sheet can say.

    It is of the split `train`: chosen sentences do not stand for the news as they are, so nothing is to be measured on them.
    """
    sentences = tuple(Sentence(text=" ".join(s.text.split()), para=s.para) for s in segment(text))
    return Article(
        doc_id=" ".join(doc_id.split()) or "article",
        split="train",
        source=" ".join((source or "").split()) or None,
        sentences=sentences,
    )


def _sayable(sentence: Sentence) -> Sentence:
    """Without the statements whose spans a sheet cannot write (parts of words)."""
    kept = []
    for statement in sentence.statements:
        try:
            format_sheet(
                [Article(doc_id="one", sentences=(sentence.model_copy(update={"statements": (statement,)}),))]
            )
        except InputError:
            continue
        kept.append(statement)
    return sentence.model_copy(update={"statements": tuple(kept)})


def _around(article: Article, places: Collection[int]) -> list[int]:
    """The sentences of the paragraphs of `places`, and one before and after each place, in order."""
    paragraph, n = [], -1
    for i, sentence in enumerate(article.sentences):
        n += sentence.para or i == 0
        paragraph.append(n)
    held = {paragraph[i] for i in places}
    near = {j for i in places for j in (i - 1, i, i + 1)}
    return [i for i in range(len(paragraph)) if paragraph[i] in held or i in near]


def annotation_batch(
    articles: Sequence[Article], titles: Sequence[str | None], chosen: Sequence[tuple[int, int]]
) -> tuple[list[Article], Mapping[tuple[str, int], list[str]]]:
    """The batch, for `format_sheet`.

    Where a chosen sentence stands within a quotation that opens before it in its paragraph, the sentences from there on
    are taken along, so that it is read the same when the batch is a corpus.

    Args:
        articles: whole ones; annotations that they hold are kept.
        titles: of each article, where it has one.
        chosen: (article, sentence) by numbers from 0, best first; none twice.

    Returns:
        An article for each that has a chosen sentence, in the order of `articles`, its doc_id with the place of its first
        sentence ("border@512"), so that later batches of the same text have their own; and the comments.
    """
    ranks = {place: rank for rank, place in enumerate(chosen, 1)}
    batch: list[Article] = []
    comments: dict[tuple[str, int], list[str]] = {}
    taken: set[str] = set()
    for a, article in enumerate(articles):
        wanted = {i for b, i in chosen if b == a}
        if not wanted:
            continue
        segments = annotated_segments(article)
        held = set(wanted)
        for i in wanted:
            while segments[i].quoted:
                i -= 1
                held.add(i)
        doc_id = base = f"{article.doc_id}@{segments[min(held)].start}"
        n = 1
        while doc_id in taken:
            n += 1
            doc_id = f"{base}-{n}"
        taken.add(doc_id)
        sentences: list[Sentence] = []
        above: list[str] = [f"title: {title}"] if (title := titles[a]) else []
        last = -1
        for i in _around(article, held):
            if i != last + 1:
                above.append("[…]")
            last = i
            if i not in held:
                above.append(article.sentences[i].text)
                continue
            above.append(f"—— suggestion {ranks[a, i]} of {len(chosen)}" if i in wanted else ALONG)
            comments[doc_id, len(sentences)], above = above, []
            sentence = _sayable(article.sentences[i])
            sentences.append(
                sentence.model_copy(update={"para": sentence.para or i == 0 or i - 1 not in held})
            )
        if above:
            comments[doc_id, len(sentences)] = above
        batch.append(article.model_copy(update={"doc_id": doc_id, "sentences": tuple(sentences)}))
    return batch, comments
