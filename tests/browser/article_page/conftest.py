"""Articles for the article page, and the page of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from stancewire.data.codebook import Codebook
from stancewire.serving.output.article_page.page import render_articles
from stancewire.serving.output.article_page.shown import Reasons, ShownArticle

Make = Callable[..., ShownArticle]
Write = Callable[..., Path]
THRESHOLDS = {"blame": 0.41, "ceasefire_claim": 0.35, "appeal": 0.38, "loaded": 0.5}
REASONS = Reasons((("accused", 1.84), ("shelling", 0.71), ("of", 0.4)), (("Tuesday", -0.22),))

BORDER = """The Kenyan foreign ministry accused Somalia on Tuesday of shelling villages near Mandera. Somali \
officials rejected the charge, and blamed Kenyan jets for earlier strikes.

"They broke the truce that we have kept since Friday," a spokesman said. He urged Nairobi and the African \
Union to send observers. The butchers of Mandera must not go unpunished.

Traders said the market was open again on Wednesday."""
HARBOUR = """Sweden and Denmark called on Norway to reopen the harbour. The foreign minister said the guns had
been silent since dawn.
Residents waited for news."""


@pytest.fixture(scope="session")
def border(shown_article: Make) -> Make:
    """Make an article with seven statements and a loaded sentence, to which paragraphs may be added.

    The first statements have reasons.
    """

    def make(added: str = "", reasons: int = 1, **about: object) -> ShownArticle:
        shown = shown_article(
            f"{BORDER}{added}",
            [
                ("blame", 0, "The Kenyan foreign ministry=KEN", "Somalia=SOM", 0.97),
                ("blame", 1, "Somali officials=SOM", "Kenyan jets=KEN", 0.88),
                ("ceasefire_claim", 2, "=SOM?", None, 0.61),
                ("blame", 2, "=SOM?", "They=KEN?", 0.52),
                ("appeal", 3, "He=SOM?", "Nairobi=KEN", 0.83),
                ("appeal", 3, "He=SOM?", "the African Union=AU", 0.83),
            ],
            loaded=(4,), **about,
        )  # fmt: skip
        return ShownArticle(shown.record, shown.text, (REASONS,) * reasons)

    return make


@pytest.fixture(scope="session")
def articles(shown_article: Make, border: Make) -> list[ShownArticle]:
    """Three articles of two outlets."""
    first = border(
        id="border-1", title="Shells fall near Mandera", outlet="Lakeside Courier", date="2026-03-03",
        url="https://example.org/border", author="A. Writer",
    )  # fmt: skip
    harbour = shown_article(
        HARBOUR,
        [
            ("appeal", 0, "Sweden and Denmark=DNK+SWE", "Norway=NOR", 0.91),
            ("ceasefire_claim", 1, "The foreign minister=NOR?", None, 0.44),
        ],
        id="harbour-1", title="Ministers ask for the harbour to be reopened", outlet="Fjord Post",
        date="2026-03-05T09:30:00",
    )  # fmt: skip
    quiet = shown_article("Nothing happened. The ferry was late.", id="quiet", outlet="Fjord Post")
    return [harbour, quiet, first]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a page of articles."""

    def page(articles: Sequence[ShownArticle], **options: Any) -> Path:
        path = tmp_path / "page.html"
        path.write_text(render_articles(articles, **options), encoding="utf-8")
        return path

    return page


@pytest.fixture(scope="session")
def page(articles: list[ShownArticle], codebook: Codebook, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of `articles`."""
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(render_articles(articles, codebook=codebook, thresholds=THRESHOLDS), encoding="utf-8")
    return path
