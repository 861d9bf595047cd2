"""`stancewire evaluate`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from ..console import note, plural, progress
from ..options import Actors, Bootstrap, Model, Split, TableOrJson

if TYPE_CHECKING:
    from ....data.schema import Article
    from ....training.decoding.labeller import Labeller
    from ....training.evaluation.predictions import Predictions


CorpusOption = Annotated[
    list[str] | None,
    typer.Option(
        "--corpus",
        metavar="CORPUS",
        help="Annotated corpus file or folder, or shipped; repeatable. Required, except with --behaviour.",
    ),
]
ErrorsOption = Annotated[
    int,
    typer.Option(
        "--errors",
        metavar="N",
        min=0,
        max=1_000_000,
        help="Also show the first N wrong statements, and the first N wrong items of each behavioural test.",
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
        "with the annotation, overall and by kind of actor and stance.",
    ),
]
BehaviourOption = Annotated[
    bool,
    typer.Option(
        "--behaviour",
        help="Also test the model on sentences with swapped names or roles, on sentences that are negated or "
        "attributed to another party, and on lists of actors.",
    ),
]
LogOption = Annotated[bool, typer.Option("--log/--no-log", help="Whether to log the metrics to MLflow.")]


def evaluate(
    corpus: CorpusOption = None,
    model: Model = "champion",
    split: Split = None,
    actors: Actors = None,
    errors: ErrorsOption = 0,
    name_swaps: NameSwapsOption = 0,
    oracle: OracleOption = False,
    behaviour: BehaviourOption = False,
    bootstrap: Bootstrap = 1000,
    format_: TableOrJson = "table",
    log: LogOption = True,
) -> None:
    """Evaluate a model on annotated articles and log the metrics.

    Example: stancewire evaluate --corpus shipped --split test

    Example: stancewire evaluate --corpus mine.jsonl --errors 20 --no-log

    Example: stancewire evaluate --behaviour --no-log
    """
    from ....experiments import evaluate as evaluation
    from ...models import open_model
    from ...output.results import print_json

    _check(corpus, behaviour, split, name_swaps, oracle)
    labeller, name = open_model(model, actors or ())
    show = format_ == "table"
    articles, on = _articles(corpus or (), split, labeller, model)
    shown = _Shown(f"{name} on {on}", errors) if show else None
    metrics, predicted = _evaluated(labeller, articles, bootstrap, shown) if corpus else ({}, None)
    if corpus and labeller.mentions == "found":
        metrics |= _further(labeller, articles, name_swaps, oracle, show=show)
    if behaviour:
        metrics["behaviour"] = _behaviour(labeller, _Shown(name, errors) if show else None)
    if not show:
        print_json(metrics)
    if log:
        known = (metrics, articles, name, corpus or (), labeller.codebook)
        note(f"logged as run {evaluation.log_evaluation(*known, predicted=predicted, split=split)}")


class _Shown(NamedTuple):
    """How results are shown: a title, and the maximum number of errors."""

    title: str
    errors: int


def _check(
    corpus: Sequence[str] | None, behaviour: bool, split: str | None, name_swaps: int, oracle: bool
) -> None:
    """Check that there is a corpus where one is needed.

    Raises:
        InputError: there is none.
    """
    from ....data.errors import InputError

    if corpus:
        return
    needing = {"--split": split, "--name-swaps": name_swaps, "--oracle": oracle}
    named = [option for option, value in needing.items() if value]
    if named or not behaviour:
        what = f"{named[0]} needs annotated articles" if named else "nothing to evaluate on"
        raise InputError(what, hint="name a corpus with --corpus, such as --corpus shipped")


def _articles(
    corpus: Sequence[str], split: str | None, labeller: Labeller, model: str
) -> tuple[list[Article], str]:
    """The articles of a split of corpora, and words for them."""
    from ....data.annotation.corpus import read_corpus
    from ...models import is_final_model

    if not corpus:
        return [], ""
    articles = [a for a in read_corpus(corpus, labeller.codebook) if split is None or a.split == split]
    if is_final_model(model):
        what = "this final model was trained on all articles of its corpora"
        note(f"{what}: figures on them say nothing about its accuracy")
    return articles, ", ".join([*corpus, *([split] if split else []), plural(len(articles), "article")])


def _evaluated(
    labeller: Labeller, articles: list[Article], bootstrap: int, shown: _Shown | None
) -> tuple[dict[str, Any], Predictions]:
    """The metrics and predictions of `experiments.evaluate`, with tables of metrics and errors."""
    from ....experiments import evaluate as evaluation
    from ...output.tables.metric_tables import print_metrics, print_mistakes

    with progress("scoring", len(articles)) as bar:
        metrics, mistakes, predicted = evaluation.evaluate(labeller, articles, bootstrap, bar.advance)
    if shown:
        print_metrics(metrics, shown.title, labeller.codebook)
        if shown.errors:
            print_mistakes(mistakes[: shown.errors], len(mistakes))
    return metrics, predicted


def _behaviour(labeller: Labeller, shown: _Shown | None) -> dict[str, dict[str, Any]]:
    """The results of the behavioural tests, with tables of them and of wrong items."""
    from ....data.text.spacy_parser import ParseCache
    from ....training.evaluation.behaviour import run_items, summarise_behaviour
    from ...output.tables.behaviour_table import print_behaviour, print_wrong_items

    outcomes = run_items(labeller, cached=ParseCache())
    if shown:
        print_behaviour(outcomes, shown.title)
        if shown.errors:
            print_wrong_items(outcomes, shown.errors)
    return summarise_behaviour(outcomes)


def _further(
    labeller: Labeller, articles: list[Article], name_swaps: int, oracle: bool, *, show: bool
) -> dict[str, Any]:
    """The measurements that only a model that finds statements has, if they are asked for."""
    found: dict[str, Any] = {}
    if name_swaps:
        found["name_flips"] = _changed_by_swaps(labeller, articles, name_swaps, show)
    if oracle:
        found |= _oracle(labeller, articles, show)
    return found


def _oracle(labeller: Labeller, articles: list[Article], show: bool) -> dict[str, list[dict[str, Any]]]:
    """The rows of `oracle.table` and of `oracle.table_by_actor`, printed if `show` is set."""
    from ....data.text.spacy_parser import ParseCache
    from ....training.evaluation.oracle import oracle_analysis, table, table_by_actor
    from ....training.examples.dataset import analyse_articles
    from ...output.tables.oracle_table import print_oracle

    data = analyse_articles(articles, labeller.gazetteer, labeller.codebook, ParseCache())
    results = oracle_analysis(labeller, data)
    if show:
        print_oracle(results)
    return {"oracle": table(results), "oracle_by_actor": table_by_actor(results)}


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
