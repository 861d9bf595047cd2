"""The profile as one HTML page: plots, and the tables behind them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ....experiments.pages.page import PageKind, render_page
from ....experiments.pages.plots import figure_html
from ..counts import NO_PARTY
from ..names import party_name
from ..profile import Group, Profile, ShareRow
from .network_plot import MOST_PARTIES, draw_network, drawn_edges
from .plots import (
    draw_matrix,
    draw_outlets,
    draw_shares,
    draw_timeline,
    outlets_drawn,
    side_names,
    timeline_stances,
)
from .terminal import matrix_stances
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
    columns = [r for r in kinds if r.share.measure != "unattributed" or not r.share.of]
    return render_page(
        _KIND,
        title=title,
        summary=summary(profile),
        notes=notes(profile),
        corrected=profile.annotated is not None,
        figures=_figures(profile, sides),
        sides=[_cells(r, side(r.share.of), party_name(r.share.of)) for r in sides],
        kinds=[_cells(r, measure_name(r.share)) for r in kinds if r.total],
        groups=[_group(g, columns) for g in profile.groups],
        group_columns=[measure_name(r.share) for r in columns],
        by=profile.by,
        edges=[_edge(e) for e in drawn_edges(profile.network)],
        carried=profile.carried,
        matrices=[_matrix(profile, s, max(top, 6)) for s in matrix_stances(profile.overall.counts)[:2]],
        names=_names(profile, top),
    )


def _cells(row: ShareRow, name: str, long: str = "") -> dict[str, Any]:
    e = row.corrected
    return {
        "name": name,
        "long": "" if long == name else long,
        "count": _number(row.number),
        "total": _number(row.total),
        "share": percent(row.raw),
        "corrected": interval(e) if e and e.share is not None else "",
        "reason": reason(e) if e else "not corrected",
    }


def _number(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


def _group(group: Group, kinds: list[ShareRow]) -> dict[str, Any]:
    found = {(r.share.measure, r.share.of): r for r in group.shares}
    cells = []
    for kind in kinds:
        row = found.get((kind.share.measure, kind.share.of))
        told = row.corrected if row and row.corrected and row.corrected.share is not None else None
        cells.append((percent(row.raw) if row and row.total else "–", interval(told) if told else ""))
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


def _figures(profile: Profile, sides: list[ShareRow]) -> dict[str, Markup]:
    """The plots by name; those without data are left out."""
    found = {
        "sides": _sides_figure(profile, sides),
        "timeline": _timeline_figure(profile),
        "outlets": _outlets_figure(profile),
        "network": _network_figure(profile),
    }
    return {name: figure for name, figure in found.items() if figure is not None}


def _sides_figure(profile: Profile, sides: list[ShareRow]) -> Markup | None:
    if not sides:
        return None
    how = "Shares are not corrected."
    if profile.annotated is not None:
        how = "Dots and lines: corrected share and its 95% interval; none where it cannot be estimated."
    return figure_html(
        draw_shares(sides, side_names(sides)),
        title="Share of all statements by side",
        description="; ".join(f"{side(r.share.of)} {percent(r.raw)}" for r in sides[:6]),
        caption=f"Circles: as the model counts. {how}",
    )


def _matrix(profile: Profile, stance: str, top: int) -> dict[str, Any]:
    """The heat map of a stance, with its heading."""
    pairs = [(e.actor, e.target, e.weight) for e in profile.network.edges if e.stance == stance][:5]
    name = stance.replace("_", " ")
    heading = {"blame": "Who blames whom", "appeal": "Who appeals to whom"}.get(
        stance, f"{name.capitalize()}: from whom to whom"
    )
    figure = figure_html(
        draw_matrix(profile.overall.counts, stance, top),
        title=f"{name.capitalize()}: from whom (rows) to whom (columns)",
        description="Most often: " + "; ".join(f"{a} to {t} {_number(w)}" for a, t, w in pairs),
        caption="Rows: by whom. Columns: towards whom. Numbers of statements, as the model counts.",
    )
    return {"heading": heading, "figure": figure}


def _timeline_figure(profile: Profile) -> Markup | None:
    stances = timeline_stances(profile)
    if len(profile.timeline) < 2 or not stances:
        return None
    names = " and ".join(s.replace("_", " ") + "s" for s in stances)
    periods = list(profile.timeline)
    return figure_html(
        draw_timeline(profile),
        title=f"{names.capitalize()} by {profile.period}",
        description=f"Stacked bars for {len(periods)} periods, from {periods[0]} to {periods[-1]}",
        caption=f"Numbers of statements by {profile.period} and side, as the model counts.",
    )


def _outlets_figure(profile: Profile) -> Markup | None:
    groups = outlets_drawn(profile) if profile.by == "outlet" else []
    if not groups:
        return None
    return figure_html(
        draw_outlets(profile),
        title="Share of each side by outlet",
        description="Bars for the same sides in " + ", ".join(g.name for g in groups),
        caption="The outlets with most articles. Shares as the model counts.",
    )


def _network_figure(profile: Profile) -> Markup | None:
    if not drawn_edges(profile.network):
        return None
    return figure_html(
        draw_network(profile.network),
        title="Who takes a stance towards whom",
        description="Arrows from actors to targets; the table below has the numbers",
        caption="The heaviest arrows between the parties with most statements, except those of a party to "
        "itself.",
    )
