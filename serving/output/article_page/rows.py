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
    """The rows of an article as `<li>` elements, in the order of the items.

    They have no end tags, which HTML allows, because there are thousands of them.

    Args:
        linked: whether the text with the marks is on the page; otherwise the rows are the anchors.
    """
    return "".join(_row(item, kinds, linked) for item in items)


def _row(item: Item, kinds: Kinds, linked: bool) -> str:
    chip = f'class="chip {kinds.colour(item.kind)}"'
    label = f"{escape(words(item.kind))} {item.score:.2f}"
    if item.statement is None:
        about = "the outlet’s own wording"
    else:
        about = " → ".join(_party(party) for _, party in parties(item.statement))
    reasons = _reasons(item.reasons)
    small = f"<small>{reasons}</small>" if reasons else ""
    if linked:
        return f"<li><i {chip}>{label}</i> {about}{small}"
    return f"<li id=s{item.key}><a {chip} href=#s{item.key}>{label}</a> {about}{small}"


def _party(party: Party) -> str:
    name = escape(one_line(party.text), quote=False) if party.text else UNNAMED
    identity = identity_of(party)
    if not identity:
        return f"<b>{name}</b>"
    how = EVIDENCE.get(party.evidence or "")
    known = f"{escape(one_line(identity), quote=False)}, {how}" if how else escape(one_line(identity))
    return f"<b>{name}</b> ({known})"


def _reasons(reasons: Reasons | None) -> str:
    if reasons is None:
        return ""
    parts = []
    for name, weighted in (("for", reasons.supporting), ("against", reasons.opposing)):
        if weighted:
            listed = (f"{escape(one_line(w), quote=False)} {_signed(weight)}" for w, weight in weighted)
            parts.append(f"{name}: {', '.join(listed)}")
    return " · ".join(parts)


def _signed(weight: float) -> str:
    return f"{weight:+.1f}".replace("-", "−")
