"""The profile as tables for people."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from ...output.console import MISSING, light_table
from ...output.tables.score_table import WIDE
from ..counts import NO_PARTY, Counts, Key, ranked
from ..profile import Group, Profile, ShareRow
from .wording import interval, measure_name, notes, percent, side, summary

_OUTLETS = 24


def print_profile(profile: Profile, console: Console, top: int = 10) -> None:
    """Print a profile.

    Args:
        top: rows of a table of sides, and sides of the matrix.
    """
    console.print(Text(summary(profile), style="bold"))
    if profile.by == "actor":
        _blocks(console, [_sides(profile, console, 3 * top)])
    elif profile.by is None:
        tables = [_sides(profile, console, top), _stances(profile), _matrix(profile, console, top)]
        _blocks(console, [*tables, _timeline(profile, console), _carried(profile)])
    else:
        tables = [_groups(profile, console, corrected=False)]
        if profile.annotated is not None:
            tables.append(_groups(profile, console, corrected=True))
        _blocks(console, [*tables, _group_sides(profile, console, top), _carried(profile)])
    console.print()
    for line in notes(profile):
        console.print(Text(line, style="dim"))


def _blocks(console: Console, tables: Iterable[object | None]) -> None:
    for table in tables:
        if table is not None:
            console.print()
            console.print(table)


def _by_key(group: Group) -> dict[tuple[str, str], ShareRow]:
    return {(r.share.measure, r.share.of): r for r in group.shares}


def _shares(profile: Profile, row: ShareRow | None) -> list[str]:
    """The cells of a share: count, raw share, and the corrected one if shares are corrected."""
    if row is None:
        return [MISSING] * (2 + (profile.annotated is not None))
    cells = [_number(row.number), percent(row.raw)]
    if row.corrected is not None:
        cells.append(interval(row.corrected))
    return cells


def _columns(profile: Profile) -> tuple[str, ...]:
    return ("share", "corrected") if profile.annotated is not None else ("share, not corrected",)


def _sides(profile: Profile, console: Console, top: int) -> object:
    """Share of voice, and what each side says and is blamed for."""
    total = profile.overall.counts
    stances = [name for name, _ in ranked(total, "stance")]
    wide = console.width >= WIDE
    more: list[tuple[str, str]] = []
    for stance in stances[:3] if wide else ():
        more.append((f"{stance} by", stance.replace("_", " ")))
    received = [s for s in stances if total["pairs", s]][: 2 if wide else 0]
    header = ("statements", *_columns(profile), *(name for _, name in more), *(f"{s} of" for s in received))
    table = light_table("whose statements are carried", ("side",), [h.replace("_", " ") for h in header])
    rows = [r for r in profile.overall.shares if r.share.measure == "statements"]
    for row in rows[:top]:
        own = row.share.of
        cells = _shares(profile, row)
        cells += [_count(total, "by", key.removesuffix(" by"), own) for key, _ in more]
        cells += [_count(total, "to", s, own) for s in received]
        table.add_row(Text(side(own)), *cells)
    return table


def _count(total: Counts, *key: str) -> str:
    return _number(total[key])


def _stances(profile: Profile) -> object:
    """Stances, loaded sentences and unattributed statements."""
    table = light_table("what is carried", ("",), ("number", "of", *_columns(profile)))
    for measure in ("stance", "label", "unattributed"):
        for row in profile.overall.shares:
            if row.share.measure == measure and row.total:
                number, *rest = _shares(profile, row)
                table.add_row(Text(measure_name(row.share)), number, _number(row.total), *rest)
    return table


def _matrix(profile: Profile, console: Console, top: int) -> object | None:
    """Who blames whom; another stance that has targets if nobody is blamed."""
    total = profile.overall.counts
    stance = next(iter(matrix_stances(total)), None)
    if stance is None:
        return None
    columns = min(top, (console.width - 26) // 7)
    actors, targets = matrix_sides(total, stance, top, columns)
    title = f"{stance.replace('_', ' ')}: from whom (rows) to whom (columns)"
    table = light_table(title, ("",), [*targets, "others", "sum"])
    for a in actors:
        cells = [_count(total, "pair", stance, a, t) for t in targets]
        row_sum = sum(v for k, v in total.items() if k[:3] == ("pair", stance, a))
        rest = row_sum - sum(total["pair", stance, a, t] for t in targets)
        table.add_row(Text(a), *cells, _number(rest), _number(row_sum))
    return table


def matrix_stances(total: Counts) -> list[str]:
    """The stances of a party towards a party: blame first, the others by the number of their targets."""
    found = [s for s, _ in ranked(total, "pairs") if all(matrix_sides(total, s, 1, 1))]
    return sorted(found, key=lambda s: s != "blame")


def matrix_sides(total: Counts, stance: str, rows: int, columns: int) -> tuple[list[str], list[str]]:
    """The parties that take a stance most often, and those towards which it is taken most often."""
    given: dict[str, float] = {}
    received: dict[str, float] = {}
    for key, value in total.items():
        if key[:2] == ("pair", stance):
            given[key[2]] = given.get(key[2], 0) + value
            received[key[3]] = received.get(key[3], 0) + value
    return _most(given, rows), _most(received, columns)


def _most(weights: dict[str, float], n: int) -> list[str]:
    parties = [p for p in weights if p not in NO_PARTY]
    return sorted(parties, key=lambda p: (-weights[p], p))[:n]


def _number(value: float) -> str:
    """A count, which has a fraction where a statement is by several parties; – for none."""
    return f"{value:,.1f}".removesuffix(".0") if value > 1e-9 else MISSING


def _timeline(profile: Profile, console: Console) -> object | None:
    """Stances by period, with the sides that take them most often."""
    if len(profile.timeline) < 2:
        return None
    stances = [s for s, _ in ranked(profile.overall.counts, "stance") if s != "blame"][:2]
    if not stances:
        return None
    names = " and ".join(s.replace("_", " ") + "s" for s in stances)
    headers: list[str] = [profile.period]
    for s in stances:
        headers += [s.replace("_", " ") + "s", "by"]
    table = light_table(f"{names} by {profile.period}", headers)
    shown = 3 if console.width >= WIDE else 2
    for column in table.columns[1::2]:
        column.justify = "right"
    for name, total in profile.timeline.items():
        cells: list[str | Text] = []
        for s in stances:
            most = [(p, n) for p, n in ranked(total, "by", s) if p not in NO_PARTY][:shown]
            cells += [_count(total, "stance", s), Text(", ".join(f"{p} {_number(n)}" for p, n in most))]
        table.add_row(name, *cells)
    return table


def _carried(profile: Profile) -> object | None:
    if not profile.carried:
        return None
    table = light_table("carried by several outlets", ("article", "outlets"))
    for article in profile.carried:
        outlets = ", ".join(article.outlets[:4]) + (" …" if len(article.outlets) > 4 else "")
        table.add_row(
            Text(article.title or article.id), Text(f"carried by {len(article.outlets)} outlets: {outlets}")
        )
    return table


def _measures(profile: Profile) -> list[tuple[str, Key]]:
    """The columns of tables of groups: stances, labels, unattributed statements."""
    total = profile.overall.counts
    out = [(s, ("stance", s)) for s, _ in ranked(total, "stance")[:3]]
    out += [(name, ("label", name)) for name, _ in ranked(total, "label")[:1]]
    return [*out, ("unattributed", ("unattributed", ""))]


def _groups(profile: Profile, console: Console, *, corrected: bool) -> object:
    """One row per outlet or period; corrected shares in a table of their own."""
    measures = _measures(profile)
    title = f"by {profile.by}, corrected (95% interval)" if corrected else f"by {profile.by}"
    if profile.annotated is None:
        title += ", not corrected"
    numbers = () if corrected else ("articles", "statements")
    table = light_table(title, (profile.by or "",), [*numbers, *(m.replace("_", " ") for m, _ in measures)])
    for column in table.columns[1:]:
        column.no_wrap = False
    table.columns[0].max_width = _OUTLETS if console.width >= WIDE else 18
    untold = 0
    for group in profile.groups:
        found = _by_key(group)
        rows = [found.get((key[0], key[1])) for _, key in measures]
        if corrected and not any(r and r.corrected and r.corrected.share is not None for r in rows):
            untold += 1
            continue
        cells = [] if corrected else [f"{group.articles:,}", _count(group.counts, "statements")]
        table.add_row(Text(group.name), *cells, *(_group_cell(r, corrected) for r in rows))
    if untold:
        table.caption = Text(f"{untold} more have too few articles to tell any of these", style="dim")
        table.caption_justify = "left"
    return table


def _group_cell(row: ShareRow | None, corrected: bool) -> str:
    if row is None or not row.total:
        return MISSING
    if not corrected:
        return percent(row.raw)
    return interval(row.corrected) if row.corrected else MISSING


def _group_sides(profile: Profile, console: Console, top: int) -> object:
    """Share of voice of the largest sides in each group."""
    columns = max(3, min(top, (console.width - _OUTLETS - 6) // 8))
    named = [s for s, _ in ranked(profile.overall.counts, "by", "statements") if s not in NO_PARTY][:columns]
    title = f"share of the statements of each side, by {profile.by}, not corrected"
    table = light_table(title, (profile.by or "",), named)
    table.columns[0].max_width = _OUTLETS if console.width >= WIDE else 18
    for group in profile.groups:
        total = group.counts["statements",]
        cells = [
            percent(group.counts["by", "statements", s] / total, 0)
            if total and group.counts["by", "statements", s]
            else MISSING
            for s in named
        ]
        table.add_row(Text(group.name), *cells)
    return table
