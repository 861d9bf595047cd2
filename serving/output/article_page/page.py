"""Render articles with their statements as one HTML page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ....data.codebook import Codebook
from ....data.errors import plural
from ....data.printable import one_line
from ....data.record import Party, Record
from ....experiments.pages.page import PageKind, render_page
from .passages import passages
from .rows import rows
from .shown import Item, Kinds, ShownArticle, items_of, title_of, words

if TYPE_CHECKING:
    from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"
KIND = PageKind("articles.html", (TEMPLATES,), styles=("articles.css",), scripts=("articles.js",))
# In the filters, of parties whose identity is not known.
UNKNOWN = "not identified"


@dataclass(frozen=True)
class _View:
    """An article as the template sees it.

    Attributes:
        heading: the title with its marks, if the text begins with it; `body` is the rest.
        body: None without text.
    """

    number: int
    record: Record
    title: str
    heading: Markup
    body: Markup | None
    rows: Markup
    items: list[Item]

    @property
    def day(self) -> str:
        return one_line((self.record.date or "")[:10])

    @property
    def outlet(self) -> str:
        return one_line(self.record.outlet or "")

    @property
    def counted(self) -> str:
        """How many statements and labels it has, in words."""
        return _in_words(self.items)


def render_articles(
    articles: Sequence[ShownArticle],
    *,
    title: str | None = None,
    codebook: Codebook | None = None,
    thresholds: Mapping[str, float] | None = None,
    kind: PageKind = KIND,
    **context: Any,
) -> str:
    """The page of scored articles: every statement is marked in the text, with an anchor and an explanation.

    All text from articles is escaped.

    Args:
        articles: sorted by date here, those without one last.
        title: Default: the title of the article, or how many there are.
        codebook: for the order of stances and labels. Default: as they are met.
        thresholds: by stance and label, shown with the scores.
        kind, context: of a page that extends this one: its template and more variables of it.

    Returns:
        A complete HTML document, to be written in UTF-8.
    """
    kinds = Kinds.of(codebook, [a.record for a in articles], thresholds or {})
    order = sorted(articles, key=lambda a: (a.record.date or "~", a.record.outlet or "", a.record.id))
    taken: set[str] = set()
    views = [_view(n, article, kinds, taken) for n, article in enumerate(order)]
    one = title_of(order[0].record) if len(order) == 1 else f"Statements in {len(order):,} articles"
    return render_page(
        kind,
        title=title or one,
        data=_page_data(views, kinds),
        views=views,
        kinds=[(k, words(k), kinds.colour(k), kinds.thresholds.get(k)) for k in kinds.names],
        counted=_in_words(i for v in views for i in v.items),
        options=_options(views),
        models=sorted({v.record.model for v in views if v.record.model}),
        with_text=any(a.text is not None for a in order),
        **context,
    )


def _page_data(views: Sequence[_View], kinds: Kinds) -> dict[str, Any]:
    """What the script of the page filters by."""
    thresholds = [kinds.thresholds.get(k) for k in kinds.names]
    return {"thresholds": thresholds, "articles": [_filter_data(v, kinds) for v in views]}


def _in_words(items: Iterable[Item]) -> str:
    """The numbers of statements and of sentences with each label: "3 statements, 1 loaded sentence"."""
    counts = Counter(None if i.statement else words(i.kind) for i in items)
    labels = (plural(n, f"{name} sentence") for name, n in counts.items() if name is not None)
    return ", ".join([plural(counts[None], "statement"), *labels])


def _view(number: int, article: ShownArticle, kinds: Kinds, taken: set[str]) -> _View:
    from markupsafe import Markup

    record, items = article.record, items_of(article, taken)
    heading, body = Markup(), None
    if article.text is not None:
        heading, body = map(Markup, passages(article.text, record, items, kinds))
    below = Markup(rows(items, kinds, linked=body is not None))
    return _View(number, record, title_of(record), heading, body, below, items)


def _identities(party: Party | None) -> list[str]:
    """The identities for which a filter shows the party."""
    if party is None:
        return []
    return [one_line(x) for x in (party.id or UNKNOWN).split("+")]


def _filter_data(view: _View, kinds: Kinds) -> list[Any]:
    """Day, outlet, and of each item: index of its kind, actor, target and score."""
    numbers = {k: n for n, k in enumerate(kinds.names)}
    found = []
    for item in view.items:
        s = item.statement
        actor, target = (s.actor, s.target) if s else (None, None)
        names = ["+".join(_identities(party)) for party in (actor, target)]
        found.append([numbers[item.kind], *names, round(item.score, 2)])
    return [view.day, view.outlet, found]


def _options(views: Sequence[_View]) -> dict[str, list[tuple[str, int]]]:
    """The choices of each filter with their numbers of statements or articles, the most frequent first."""
    statements = [s for v in views for s in v.record.statements]
    return {
        "actor": _counted(x for s in statements for x in _identities(s.actor)),
        "target": _counted(x for s in statements for x in _identities(s.target)),
        "outlet": _counted(v.outlet for v in views if v.outlet),
        "day": sorted(Counter(v.day for v in views if v.day).items()),
    }


def _counted(values: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(values).items(), key=lambda x: (-x[1], x[0]))
