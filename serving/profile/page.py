"""The profile as one HTML page: plots, and the tables behind them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...experiments.pages.page import PageKind, render_page
from ...experiments.pages.plots import figure_html
from .counts import NO_PARTY, ranked
from .names import party_name
from .network_plot import MOST_PARTIES, draw_network, drawn_edges
from .plots import draw_matrix, draw_outlets, draw_shares, draw_timeline, outlets_drawn, side_names, timeline_stances
from .profile import Group, Profile, ShareRow
from .wording import interval, measure_name, notes, percent, reason, side, summary

if TYPE_CHECKING:
    from markupsafe import Markup

_KIND = PageKind("profile.html", (Path(__file__).parent / "templates",), styles=("profile.css",))


def profile_page(profile: Profile, top: int = 10, title: str = "Whose statements are carried") -> str:
    """The page, to be written in UTF-8.

    Args:
        top: sides in each plot and table.
    """
    sides = [r for r in profile.overall.shares if r.share.measure == "statements"][:top]
    kinds = [r for r in profile.overall.shares if r.share.measure in ("stance", "label", "unattributed")]
    return render_page(
        _KIND,
        title=title,
        summary=summary(profile),
        notes=notes(profile),
        corrected=profile.annotated is not None,
        figures=_figures(profile, sides, top),
        sides=[_cells(r, side(r.share.of), party_name(r.share.of)) for r in sides],
        kinds=[_cells(r, measure_name(r.share)) for r in kinds if r.total],
        groups=[_group(g, kinds) for g in profile.groups],
        group_columns=[measure_name(r.share) for r in kinds],
        by=profile.by,
        edges=[_edge(e) for e in drawn_edges(profile.network)],
        carried=profile.carried,
        names=_names(profile, top),
    )


def _cells(row: ShareRow, name: str, long: str = "") -> dict[str, Any]:
    e = row.corrected
    return {
        "name": name,
        "long": "" if long == name else long,
        "count": _number(row.count),
        "total": _number(row.total),
        "share": percent(row.raw),
        "corrected": interval(e) if e and e.share is not None else reason(e) if e else "",
    }


def _number(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


def _group(group: Group, kinds: list[ShareRow]) -> dict[str, Any]:
    found = {(r.share.measure, r.share.of): r for r in group.shares}
    cells = []
    for kind in kinds:
        row = found.get((kind.share.measure, kind.share.of))
        told = row.corrected if row and row.corrected and row.corrected.share is not None else None
        cells.append(
            (percent(row.raw) if row and row.total else "–", interval(told) if told else "")
        )
    return {
        "name": group.name,
        "articles": f"{group.articles:,}",
        "statements": _number(group.counts["statements",]),
        "cells": cells,
    }


def _edge(e: Any) -> dict[str, str]:
    return {
        "actor": e.actor,
        "stance": e.stance.replace("_", " "),
        "target": e.target,
        "weight": _number(e.weight),
        "articles": f"{e.articles:,}",
        "first": e.first.isoformat() if e.first else "–",
        "last": e.last.isoformat() if e.last else "–",
    }


def _names(profile: Profile, top: int) -> list[tuple[str, str]]:
    """The identities in the plots and what they stand for, in alphabetical order."""
    sides = [r.share.of for r in profile.overall.shares if r.share.measure == "statements"][:top]
    shown = {*sides, *profile.network.parties[: max(MOST_PARTIES, top)]} - set(NO_PARTY)
    return [(s, party_name(s)) for s in sorted(shown) if party_name(s) != s]


def _figures(profile: Profile, sides: list[ShareRow], top: int) -> dict[str, Markup]:
    """The plots by name; those without data are left out."""
    total = profile.overall.counts
    out: dict[str, Markup] = {}
    if sides:
        marks = "Circles: as the model counts. "
        if profile.annotated is not None:
            marks += "Dots and lines: corrected share and its 95 % interval; none where it cannot be told."
        else:
            marks += "Shares are not corrected."
        out["sides"] = figure_html(
            draw_shares(sides, side_names(sides)),
            title="Share of all statements by side",
            description="; ".join(f"{side(r.share.of)} {percent(r.raw)}" for r in sides[:6]),
            caption=marks,
        )
    stance = next((s for s, _ in ranked(total, "pairs")), None)
    if stance is not None:
        pairs = [(e.actor, e.target, e.weight) for e in profile.network.edges if e.stance == stance][:5]
        out["matrix"] = figure_html(
            draw_matrix(total, stance, max(top, 6)),
            title=f"{stance.replace('_', ' ').capitalize()}: from whom (rows) to whom (columns)",
            description="Most often: " + "; ".join(f"{a} to {t} {_number(w)}" for a, t, w in pairs),
            caption="Rows: who says it. Columns: of whom. Numbers of statements.",
        )
    if len(profile.timeline) > 1 and timeline_stances(profile):
        names = " and ".join(s.replace("_", " ") + "s" for s in timeline_stances(profile))
        out["timeline"] = figure_html(
            draw_timeline(profile),
            title=f"{names.capitalize()} by {profile.period}",
            description=f"Stacked bars for {len(profile.timeline)} periods, from {next(iter(profile.timeline))}",
            caption=f"Numbers of statements by {profile.period} and side, as the model counts.",
        )
    if profile.by == "outlet" and outlets_drawn(profile):
        out["outlets"] = figure_html(
            draw_outlets(profile),
            title="Share of each side by outlet",
            description="Bars for the same sides in " + ", ".join(g.name for g in outlets_drawn(profile)),
            caption="The outlets with most articles. Shares as the model counts.",
        )
    if drawn_edges(profile.network):
        out["network"] = figure_html(
            draw_network(profile.network),
            title="Who speaks of whom",
            description="Arrows from the side that makes a statement to its target; the table below has the numbers",
            caption="The heaviest arrows between the parties with most statements; what a party says of itself is "
            "left out.",
        )
    return out
