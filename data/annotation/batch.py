"""Batches of selected sentences to annotate: a sheet with the context of each sentence in comments.

Only the sentences of the sheet are to be annotated, and only these are read by `corpus import`. The title and
the surrounding sentences are comments, because sentences without annotation would teach a model that they
contain no statement.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from ..errors import InputError
from ..schema import Article, Sentence
from ..text.segmentation.sentences import Segment, annotated_segments, segment
from .sheet import format_sheet

QUOTATION_START = "—— not suggested, but annotate it too: the quotation below begins here"


def article_of_text(text: str, doc_id: str, source: str | None = None) -> Article:
    """Split a text into an article without annotation; line breaks become spaces, as a sheet requires.

    Its split is `train`: selected sentences are a biased sample of the news, unsuitable for evaluation.
    """
    sentences = tuple(Sentence(text=" ".join(s.text.split()), para=s.para) for s in segment(text))
    return Article(
        doc_id=" ".join(doc_id.split()) or "article",
        split="train",
        source=" ".join((source or "").split()) or None,
        sentences=sentences,
    )


def _representable(sentence: Sentence) -> Sentence:
    """The sentence without statements whose spans a sheet cannot represent (parts of words)."""
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


def _context(article: Article, indices: Collection[int]) -> list[int]:
    """Indices of all sentences in the same paragraphs, and of the sentences before and after, in order."""
    paragraph_of, n = [], -1
    for i, sentence in enumerate(article.sentences):
        n += sentence.para or i == 0
        paragraph_of.append(n)
    paragraphs = {paragraph_of[i] for i in indices}
    near = {j for i in indices for j in (i - 1, i, i + 1)}
    return [i for i, paragraph in enumerate(paragraph_of) if paragraph in paragraphs or i in near]


def _with_quotations(segments: Sequence[Segment], indices: Iterable[int]) -> set[int]:
    """The indices, and those of earlier sentences of a quotation that one of them continues."""
    out = set(indices)
    for i in sorted(out):
        while segments[i].quoted:
            i -= 1
            out.add(i)
    return out


def _unused(doc_id: str, used: Collection[str]) -> str:
    """The doc_id, with a number appended if it is in use."""
    name, n = doc_id, 1
    while name in used:
        n += 1
        name = f"{doc_id}-{n}"
    return name


def annotation_batch(
    articles: Sequence[Article], titles: Sequence[str | None], chosen: Sequence[tuple[int, int]]
) -> tuple[list[Article], Mapping[tuple[str, int], list[str]]]:
    """Make a batch for `format_sheet`.

    If a chosen sentence continues a quotation, the sentences from the beginning of that quotation are
    included, so that it is analysed in the same way when the batch is used as a corpus.

    Args:
        articles: whole articles; their annotations are kept.
        titles: the title of each article, or None.
        chosen: unique pairs of indices (article, sentence), best first.

    Returns:
        The batch: an article for each one that has a chosen sentence, in the order of `articles`. Its doc_id
        contains the offset of its first sentence ("border@512"), so that later batches of the same text get
        other ids. Then the comments, by doc_id and index of the sentence above which they are written.
    """
    ranks = {pair: rank for rank, pair in enumerate(chosen, 1)}
    batch: list[Article] = []
    comments: dict[tuple[str, int], list[str]] = {}
    used: set[str] = set()
    for a, article in enumerate(articles):
        suggestions = {i: f"suggestion {ranks[a, i]} of {len(chosen)}" for b, i in chosen if b == a}
        if not suggestions:
            continue
        segments = annotated_segments(article)
        included = _with_quotations(segments, suggestions)
        doc_id = _unused(f"{article.doc_id}@{segments[min(included)].start}", used)
        used.add(doc_id)
        sentences, above = _excerpt(article, titles[a], included, suggestions)
        comments |= {(doc_id, n): lines for n, lines in above.items()}
        batch.append(article.model_copy(update={"doc_id": doc_id, "sentences": sentences}))
    return batch, comments


def _excerpt(
    article: Article, title: str | None, included: Collection[int], suggestions: Mapping[int, str]
) -> tuple[tuple[Sentence, ...], dict[int, list[str]]]:
    """The sentences of an article to annotate, and the comments above them.

    Args:
        included: indices of these sentences.
        suggestions: what to write above those that were chosen, by index.

    Returns:
        The sentences; and the comments, by index of the sentence (at the end, by the number of sentences).
    """
    sentences: list[Sentence] = []
    comments: dict[int, list[str]] = {}
    above = [f"title: {title}"] if title else []
    last = -1
    for i in _context(article, included):
        above += ["[…]"] if i != last + 1 else []
        last = i
        if i not in included:
            above.append(article.sentences[i].text)
            continue
        above.append(f"—— {suggestions[i]}" if i in suggestions else QUOTATION_START)
        comments[len(sentences)], above = above, []
        sentence = _representable(article.sentences[i])
        para = sentence.para or i == 0 or i - 1 not in included
        sentences.append(sentence.model_copy(update={"para": para}))
    if above:
        comments[len(sentences)] = above
    return tuple(sentences), comments
