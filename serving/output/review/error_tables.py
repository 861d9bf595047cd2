"""Errors of runs on standard output: counts by cause and kind, then each error in its sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from ....data.errors import plural
from ..console import light_table, number, stdout_console

if TYPE_CHECKING:
    from ....experiments.comparison.error_report import ErrorGroup, ErrorReport
    from ....experiments.comparison.errors import Error
    from ....training.evaluation.predictions import PartyRow, StatementRow

_MEANING = {
    "lost": "wrong in {run}, right in {against}",
    "won": "right in {run}, wrong in {against}",
    "both wrong": "wrong in both",
}


def print_errors(report: ErrorReport, limit: int, context: int) -> None:
    """Counts and over-represented words of each group, and its first errors; not those of both runs.

    Args:
        limit: the largest number of errors to list of each group.
        context: characters of the text around a sentence to show.
    """
    console = stdout_console()
    for group in report.groups:
        _print_summary(console, report, group)
    for group in report.groups:
        shown = group.errors[:limit]
        if not shown or group.title == "both wrong":
            continue
        title = f"{group.title}, {len(shown)} of {len(group.errors)}"
        console.print(Text(f"\n{title}", style="bold"))
        for error in shown:
            _print_error(console, report, error, context, group.title == "won")


def _print_summary(console: Console, report: ErrorReport, group: ErrorGroup) -> None:
    from ....experiments.comparison.errors import CAUSES, KINDS, count_errors

    sentences = len({e.where for e in group.errors})
    meaning = _MEANING.get(group.title, "{run}, {split} articles")
    about = meaning.format(run=report.run[:8], against=(report.against or "")[:8], split=report.split)
    title = f"{group.title}: {about}; {plural(len(group.errors), 'error')} in {plural(sentences, 'sentence')}"
    counts = count_errors(group.errors)
    table = light_table(title, ("cause",), (*KINDS, "all"))
    for cause in CAUSES:
        row = [counts[cause, kind] for kind in KINDS]
        if any(row):
            table.add_row(cause, *(str(n or "") for n in row), str(sum(row)))
    table.add_row("all", *(str(sum(counts[c, k] for c in CAUSES) or "") for k in KINDS), str(counts.total()))
    console.print(table)
    console.print(Text(_kinds(group.errors), style="dim"))
    if group.words:
        words = ", ".join(f"{w.word} ({w.inside} of {w.inside + w.outside})" for w in group.words)
        console.print(Text(f"over-represented words (in these sentences, of all): {words}"))
    console.print()


def _kinds(errors: Sequence[Error]) -> str:
    """The errors by kind of actor, stance and quotation, in one line."""
    parts = []
    for of in (
        Counter(e.actor_kind for e in errors),
        Counter(e.stance.replace("_", " ") for e in errors),
        Counter("quoted" if e.quoted else "not quoted" for e in errors),
    ):
        parts.append(", ".join(f"{name} {n}" for name, n in of.most_common()))
    return " · ".join(p for p in parts if p)


def _print_error(console: Console, report: ErrorReport, error: Error, context: int, swapped: bool) -> None:
    head = Text()
    head.append(f"{error.kind}: {error.stance.replace('_', ' ')}", style="bold")
    head.append(f"  {error.cause} · {error.actor_kind} · {error.doc_id}, sentence {error.sentence}")
    console.print(head)
    found = report.sentence(error, context)
    if found is None:
        where = (
            f"the text is not at hand: characters {error.start} to {error.end}; name its corpus with --corpus"
        )
        console.print(Padding(Text(where, style="dim"), (0, 0, 0, 2)))
    else:
        console.print(Padding(_marked(found, error), (0, 0, 0, 2)))
    console.print(Padding(Text("; ".join(_details(report, error, swapped))), (0, 0, 1, 2)))


def _marked(found: tuple[str, str, str], error: Error) -> Text:
    """The sentence with the actors of gold and prediction in brackets."""
    before, sentence, after = found
    spans = sorted(
        {
            (s.actor.start - error.start, s.actor.end - error.start)
            for s in (error.gold, error.predicted)
            if s is not None and s.actor.start is not None and s.actor.end is not None
        },
        reverse=True,
    )
    last = len(sentence) + 1
    for start, end in spans:
        if 0 <= start < end <= min(last, len(sentence)):
            sentence = f"{sentence[:start]}[{sentence[start:end]}]{sentence[end:]}"
            last = start
    out = Text(f"{before} " if before else "", style="dim")
    out.append(sentence, style="not dim")
    if after:
        out.append(f" {after}")
    return out


def _details(report: ErrorReport, error: Error, swapped: bool) -> Iterator[str]:
    text = report.texts.get(error.doc_id)
    yield f"gold: {_statement(error.gold, text)}"
    yield f"predicted: {_statement(error.predicted, text)}"
    scores = f"score {number(error.score, 2)}"
    if report.against is not None:
        own, other = (report.against, report.run) if swapped else (report.run, report.against)
        scores += f" in {own[:8]}, {number(error.other_score, 2)} in {other[:8]}"
    yield f"{scores}, threshold {error.threshold:.2f}"


def _statement(statement: StatementRow | None, text: str | None) -> str:
    if statement is None:
        return "none"
    targets = [t for t in statement.targets if t.start is not None or t.id is not None]
    out = _party(statement.actor, text)
    return f"{out} → {', '.join(_party(t, text) for t in targets)}" if targets else out


def _party(party: PartyRow, text: str | None) -> str:
    words = text[party.start : party.end] if text is not None and party.start is not None else ""
    identity = party.id or "?"
    return f"{words} ({identity})" if words else f"({identity})"
