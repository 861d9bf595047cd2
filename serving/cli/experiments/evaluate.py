"""`stancewire evaluate`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..console import note, plural, progress
from ..options import Actors, Bootstrap, Model, Split, TableOrJson

if TYPE_CHECKING:
    from ....data.schema import Article
    from ....training.decoding.labeller import Labeller


CorpusOption = Annotated[
    list[str],
    typer.Option(
        "--corpus", metavar="CORPUS", help="Annotated corpus file or folder, or shipped; repeatable."
    ),
]
ErrorsOption = Annotated[
    int,
    typer.Option(
        "--errors", metavar="N", min=0, max=1_000_000, help="Also show the first N wrong statements."
    ),
]
NameSwapsOption = Annotated[
    int,
    typer.Option(
        "--name-swaps",
        metavar="N",
        min=0,
        max=1000,
        help="Swap the two parties' names N times per article; report the fraction of changed statements.",
    ),
]
OracleOption = Annotated[
    bool,
    typer.Option(
        "--oracle",
        help="Also show the F1 with each step of the model (candidates, roles, pairing, identities) replaced "
        "by the annotation.",
    ),
]
LogOption = Annotated[bool, typer.Option("--log/--no-log", help="Whether to log the metrics to MLflow.")]


def evaluate(
    corpus: CorpusOption,
    model: Model = "champion",
    split: Split = None,
    actors: Actors = None,
    errors: ErrorsOption = 0,
    name_swaps: NameSwapsOption = 0,
    oracle: OracleOption = False,
    bootstrap: Bootstrap = 1000,
    format_: TableOrJson = "table",
    log: LogOption = True,
) -> None:
    """Evaluate a model on annotated articles and log the metrics.

    Example: stancewire evaluate --corpus shipped --split test

    Example: stancewire evaluate --corpus mine.jsonl --errors 20 --no-log
    """
    from ....data.annotation.corpus import read_corpus
    from ....experiments import evaluate as evaluation
    from ...models import is_final_model, open_model
    from ...output.results import print_json
    from ...output.tables.metric_tables import print_metrics, print_mistakes

    labeller, name = open_model(model, actors or ())
    if is_final_model(model):
        note("this final model was trained on all articles of its corpora: on these, figures say nothing")
    articles = [a for a in read_corpus(corpus, labeller.codebook) if split is None or a.split == split]
    with progress("scoring", len(articles)) as bar:
        metrics, mistakes, predicted = evaluation.evaluate(labeller, articles, bootstrap, bar.advance)
    on = ", ".join([*corpus, *([split] if split else []), plural(len(articles), "article")])
    if format_ == "table":
        print_metrics(metrics, f"{name} on {on}", labeller.codebook)
    if labeller.mentions == "found":
        metrics |= _further(labeller, articles, name_swaps, oracle, show=format_ == "table")
    if format_ == "json":
        print_json(metrics)
    elif errors:
        print_mistakes(mistakes[:errors], len(mistakes))
    if log:
        known = (metrics, articles, name, corpus, labeller.codebook)
        note(f"logged as run {evaluation.log_evaluation(*known, predicted=predicted, split=split)}")


def _further(
    labeller: Labeller, articles: list[Article], name_swaps: int, oracle: bool, *, show: bool
) -> dict[str, Any]:
    """The measurements that only a model that finds statements has, if they are asked for."""
    found: dict[str, Any] = {}
    if name_swaps:
        found["name_flips"] = _changed_by_swaps(labeller, articles, name_swaps, show)
    if oracle:
        found["oracle"] = _oracle(labeller, articles, show)
    return found


def _oracle(labeller: Labeller, articles: list[Article], show: bool) -> list[dict[str, Any]]:
    """The rows of `oracle.table`, printed if `show` is set."""
    from ....data.text.spacy_parser import ParseCache
    from ....training.evaluation.oracle import oracle_analysis, table
    from ....training.examples.dataset import analyse_articles
    from ...output.tables.oracle_table import print_oracle

    data = analyse_articles(articles, labeller.gazetteer, labeller.codebook, ParseCache())
    results = oracle_analysis(labeller, data)
    if show:
        print_oracle(results)
    return table(results)


def _changed_by_swaps(labeller: Labeller, articles: list[Article], swaps: int, show: bool) -> float:
    """The fraction of statements that change when the parties get other names, printed if `show` is set."""
    from ....data.text.spacy_parser import ParseCache
    from ....training.evaluation.name_invariance import changed_share
    from ...output.results import print_lines

    with progress("swapping names", len(articles)) as bar:
        share = changed_share(labeller, articles, swaps, cached=ParseCache(), advance=bar.advance)
    if show:
        mean = f"mean of {plural(swaps, 'swap')}"
        print_lines(f"statements that change when names are swapped: {share:.2%} ({mean})\n")
    return share
