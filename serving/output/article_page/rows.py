"""Below the text of an article: one row per statement and label, which says in words what the marks show."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ....data.printable import one_line
from ....data.record import Party
from .passages import identity_of
from .shown import UNNAMED, Item, Kinds, Reasons, parties, words

# How an identity is known.
EVIDENCE = {"table": "named", "article": "from the article", "guess": "guess"}


def rows(items: Sequence[Item], kinds: Kinds, *, linked: bool = True) -> str:
    """The rows of an article as `<li>` elements.

    Args:
        linked: whether the text with the marks is on the page; otherwise the rows are the anchors.
    """
    return "".join(_row(item, kinds, linked) for item in items)


def _row(item: Item, kinds: Kinds, linked: bool) -> str:
    anchor = f'id="{"r" if linked else "s"}{item.key}"'
    chip = f'<a class="chip {kinds.colour(item.kind)}" href="#s{item.key}">{escape(words(item.kind))}</a>'
    if item.statement is None:
        about = "the outlet’s own wording"
    else:
        about = " → ".join(_party(party) for _, party in parties(item.statement))
    details = " · ".join(filter(None, (_threshold(item, kinds), _reasons(item.reasons))))
    small = f"<small>{details}</small>" if details else ""
    return f"<li {anchor}>{chip} <span>{item.score:.2f}</span> {about}{small}</li>"


def _party(party: Party) -> str:
    name = escape(one_line(party.text), quote=False) if party.text else UNNAMED
    identity = identity_of(party)
    if not identity:
        return f"<b>{name}</b>"
    how = EVIDENCE.get(party.evidence or "")
    known = f"{escape(one_line(identity), quote=False)}, {how}" if how else escape(one_line(identity))
    return f"<b>{name}</b> ({known})"


def _threshold(item: Item, kinds: Kinds) -> str:
    threshold = kinds.thresholds.get(item.kind)
    return "" if threshold is None else f"threshold {threshold:.2f}"


def _reasons(reasons: Reasons | None) -> str:
    if reasons is None:
        return ""
    parts = []
    for name, weighted in (("for", reasons.supporting), ("against", reasons.opposing)):
        if weighted:
            listed = ", ".join(f"{escape(one_line(w), quote=False)} {weight:+.1f}" for w, weight in weighted)
            parts.append(f"{name}: {listed}")
    return " · ".join(parts).replace("-", "−") if parts else ""
