"""`stancewire corpus suggest`: the most useful sentences to annotate next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..articles.reading import Reading, reads_articles
from ..console import ErrorCount, note, plural, progress
from ..options import Inputs, Model, Seed
from ..output_options import Output
from .conversion import predictions

if TYPE_CHECKING:
    from ....data.schema import Article
    from ....training.decoding.labeller import Labeller
    from ...articles.source import SourceArticle

HEADER = "Annotate each sentence that starts with ¶ or +. Lines that start with # are comments."
PREDICTED = "Below each sentence are the model's predictions: correct them and add what is missing."


OutOption = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="FILE", help="Annotation sheet to write. Default: standard output."),
    Output("file", (".sheet", ".txt")),
]
NumberOption = Annotated[
    int, typer.Option("-n", metavar="N", min=1, max=1_000_000, help="Number of sentences.")
]
PredictOption = Annotated[
    bool, typer.Option("--predict", help="Fill in the model's predictions, to be corrected.")
]
AnnotatedOption = Annotated[
    list[str] | None,
    typer.Option(
        "--annotated",
        metavar="CORPUS",
        help="Corpus whose sentences are not suggested again; repeatable. Default: shipped.",
    ),
]


@reads_articles
def suggest(
    inputs: Inputs,
    n: NumberOption = 50,
    model: Model = "champion",
    out: OutOption = None,
    predict: PredictOption = False,
    annotated: AnnotatedOption = None,
    seed: Seed = 0,
    *,
    reading: Reading,
) -> None:
    """Suggest the most uncertain, diverse sentences to annotate.

    Writes an annotation sheet with title and context as comments. The articles are assigned to the split
    train, because they would be a biased evaluation sample.

    Example: stancewire corpus suggest news/ -n 50 -o next.sheet

    Example: stancewire corpus suggest news/ --predict --annotated mine.jsonl
    """
    from ....data.annotation.batch import annotation_batch, article_of_text
    from ....data.annotation.corpus import read_corpus
    from ....data.annotation.sheet import format_sheet
    from ...models import open_model

    errors = ErrorCount()
    labeller, name = open_model(model)
    known = {" ".join(s.text.split()) for a in read_corpus(annotated or ["shipped"]) for s in a.sentences}
    texts = _read(inputs, reading, errors)
    articles = [article_of_text(a.text, a.id, a.source if a.source != "-" else None) for a in texts]
    chosen, total = _choose(labeller, articles, n, seed, known)
    if predict:
        articles = _with_predictions(articles, {a for a, _ in chosen}, labeller, name)
    batch, comments = annotation_batch(articles, [a.title for a in texts], chosen)
    counts = f"{plural(len(chosen), 'sentence')} of {plural(len(batch), 'article')}"
    first = f"{counts}, suggested by {name} from {plural(total, 'sentence')}."
    _write(_head(first, predict) + format_sheet(batch, comments), out)
    _report(counts, sum(len(a.sentences) for a in batch) - len(chosen), len(chosen) < n, out)
    errors.exit_if_any()


def _head(first: str, predict: bool) -> str:
    """The comments above the sentences, and an empty line."""
    from ....data.annotation.sheet import comment

    lines = (first, HEADER, *[PREDICTED] * predict)
    return "".join(comment(line) + "\n" for line in lines) + "\n"


def _report(counts: str, context: int, fewer: bool, out: Path | None) -> None:
    """Print how much was written, with the number of sentences that only give context."""
    if context:
        counts += f", plus {plural(context, 'sentence')} before them in the same quotation"
    note(f"{counts} {f'written to {out}' if out else 'suggested'}")
    if fewer:
        note("fewer than asked for: the others are annotated already, too short or too similar")


def _read(inputs: list[str], reading: Reading, errors: ErrorCount) -> list[SourceArticle]:
    """The articles to choose from.

    Raises:
        InputError: there is none, and no error was reported that says why.
    """
    from ....data.errors import InputError

    texts = list(reading.articles(inputs, errors))
    reading.finish()
    if not texts:
        errors.exit_if_any()
        raise InputError("no articles to choose from")
    return texts


def _choose(
    labeller: Labeller, articles: list[Article], n: int, seed: int, known: set[str]
) -> tuple[list[tuple[int, int]], int]:
    """The chosen sentences as (article, sentence) indices, and the number of all sentences.

    Raises:
        InputError: no sentence is left.
    """
    from ....data.errors import InputError
    from ....data.text.analysis import analyse
    from ....data.text.segmentation.sentences import annotated_segments
    from ....data.text.spacy_parser import ParseCache
    from ....training.curation.active_learning import suggest as most_informative

    indices = [(a, i) for a, article in enumerate(articles) for i in range(len(article.sentences))]
    with progress("analysing sentences", len(indices)) as bar:
        segments = [s for article in articles for s in annotated_segments(article)]
        sentences = analyse(segments, labeller.gazetteer, ParseCache(), bar.advance)
        bar.step("choosing")
        scores = labeller.classifier.score(sentences)
        chosen = [indices[i] for i in most_informative(labeller, sentences, scores, n, seed, known)]
    if not chosen:
        hint = "name articles that are not annotated yet"
        raise InputError("no sentences left to suggest", hint=hint)
    return chosen, len(indices)


def _with_predictions(
    articles: list[Article], chosen: set[int], labeller: Labeller, name: str
) -> list[Article]:
    """The chosen articles with the model's predictions as their annotation, the others as they are."""
    predicted = iter(predictions([articles[a] for a in sorted(chosen)], labeller, name))
    return [
        next(predicted).article.model_copy(update={"annotators": ()}) if a in chosen else article
        for a, article in enumerate(articles)
    ]


def _write(text: str, out: Path | None) -> None:
    from ....data.errors import InputError
    from ....data.files.atomic import atomic_write
    from ...output.results import print_data

    if out is None:
        print_data(text)
        return
    try:
        with atomic_write(out) as file:
            file.write(text)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", where=str(out)) from None
