"""Corrected shares on real news: how often their 95% intervals cover the share that annotation finds.

The default model is trained on the shipped corpus, so that it has seen none of these articles. Annotation of
the test split is not used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from click.testing import Result
from stancewire.data.annotation.corpus import read_corpus
from stancewire.data.annotation.summary import ArticleSummary
from stancewire.data.text.spacy_parser import ParseCache
from stancewire.serving.profile.correction import Annotated, Corrector
from stancewire.serving.profile.counts import Counts, added, counts, shares_of
from stancewire.training.decoding.statement_finder import StatementFinder

pytestmark = pytest.mark.slow
Cli = Callable[..., Result]
# How often articles are drawn; of an outlet with at least LARGE articles, three quarters.
REPEATS, LARGE, MOST_SIDES = 200, 20, 8


class News(NamedTuple):
    """The counts of each article: annotated, found by the model; and its outlet."""

    gold: list[Counts]
    predicted: list[Counts]
    outlets: list[str | None]

    def sample(self, indices: list[int]) -> Annotated:
        return Annotated(*([column[i] for i in indices] for column in self))


@pytest.fixture(scope="module")
def news(
    labeller: StatementFinder, shared_data: Path, cli: Cli, tmp_path_factory: pytest.TempPathFactory
) -> News:
    out = tmp_path_factory.mktemp("news") / "news.jsonl"
    texts = shared_data / "news" / "articles.jsonl.gz"
    assert cli("corpus", "fetch", "news", "--from", texts, "-o", out).exit_code == 0
    articles, cache = [a for a in read_corpus([out]) if a.split != "test"], ParseCache()
    found = (labeller.label(a.text, id=a.doc_id, cache=cache) for a in articles)
    return News(
        [counts(ArticleSummary.of_article(a)) for a in articles],
        [counts(ArticleSummary.of_record(r)) for r in found],
        [a.outlet for a in articles],
    )


def drawn(news: News, rng: np.random.Generator, n: int, outlet: str | None) -> tuple[list[int], list[int]]:
    """Annotated articles, and those to profile: of one outlet that is not annotated, or any others."""
    order = [int(i) for i in rng.permutation(len(news.gold))]
    if outlet is None:
        return order[:n], order[n:]
    own = [i for i in order if news.outlets[i] == outlet]
    others = [i for i in order if news.outlets[i] != outlet]
    return others[:n], own[: max(15, len(own) * 3 // 4)]


@pytest.mark.parametrize("annotated", [200, 400])
@pytest.mark.parametrize("held_out", ["articles", "outlet"])
def test_intervals_cover_the_annotated_share(held_out: str, annotated: int, news: News) -> None:
    rng = np.random.default_rng(0)
    large = [o for o, n in Counter(news.outlets).items() if o and n >= LARGE]
    covered = told = 0
    for repeat in range(REPEATS):
        outlet = large[repeat % len(large)] if held_out == "outlet" else None
        sample, profiled = drawn(news, rng, annotated, outlet)
        corrector = Corrector(news.sample(sample), resamples=500, seed=repeat)
        found, true = (added(column[i] for i in profiled) for column in (news.predicted, news.gold))
        shares = list(shares_of(found, MOST_SIDES))
        for share, e in corrector.corrected(found, len(profiled), shares, outlet).items():
            if e.low is not None and e.high is not None and true[share.whole]:
                told += 1
                covered += e.low <= true[share.part] / true[share.whole] <= e.high
    assert told > 300
    assert 0.90 <= covered / told <= 0.98
