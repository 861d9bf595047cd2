"""`stancewire explain`: which words carried a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from .console import exit_on_input_error, fault, note

if TYPE_CHECKING:
    from rich.text import Text

    from ...training.explanation import Explanation

MOST_WORDS = 6


def _shaded(found: Explanation) -> Text:
    """The sentence, what spoke for the statement green, what spoke against it red, the heavier the stronger."""
    from rich.text import Text

    text, most = Text(found.sentence), max((abs(w) for *_, w in found.words), default=0.0) or 1.0
    for start, end, weight in found.words:
        share = abs(weight) / most
        if share >= 0.15:
            text.stylize(f"{'bold ' if share > 0.6 else ''}{'green' if weight > 0 else 'red'}", start, end)
    return text


def _listed(found: Explanation, sign: int) -> str:
    """The heaviest words of one side with their weights."""
    words = sorted(
        ((w, found.sentence[a:b]) for a, b, w in found.words if w * sign > 0.005), key=lambda x: -abs(x[0])
    )
    return "  ".join(f"{word} {weight:+.2f}" for weight, word in words[:MOST_WORDS])


def explain(
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="A text file, or - for standard input.")],
    model: Annotated[
        str, typer.Option("--model", help="champion, challenger, a version, a run id, or a model folder.")
    ] = "champion",
    min_score: Annotated[
        float | None,
        typer.Option(
            "--min-score",
            min=0,
            max=1,
            help="Explain statements of this score or higher, in place of the tuned thresholds.",
        ),
    ] = None,
    sentence: Annotated[
        str | None, typer.Option("--sentence", help="Only statements of sentences that contain this.")
    ] = None,
    format_: Annotated[
        Literal["text", "json"], typer.Option("--format", help="To read, or one statement a line as JSON.")
    ] = "text",
) -> None:
    """Say which words carried each statement of an article.

    The linear classifier tells the weights of its features, shared out to the words they name; for an encoder each word is
    hidden in turn, and what the statement's logit loses is the word's weight.

    Example: stancewire explain article.txt --sentence accused
    """
    with exit_on_input_error():
        import json
        from dataclasses import asdict

        from rich.text import Text

        from ...data.errors import InputError
        from ...data.files.cache import cache_folder
        from ...data.text.spacy_parser import ParseCache
        from ...experiments.tracking.registry import find_model
        from ...training.explanation import explain as explained
        from ..articles.readers import read_articles
        from ..output.metric_tables import stdout_console

        labeller, _ = find_model(model)
        faults: list[InputError] = []

        def count(error: InputError) -> None:
            faults.append(error)
            fault(error)

        console, shown = stdout_console(), 0
        for one in read_articles([article], any_language=True, fault=count, note=note):
            for found in explained(labeller, one.text, min_score, ParseCache(cache_folder())):
                if sentence is not None and sentence not in found.sentence:
                    continue
                shown += 1
                if format_ == "json":
                    typer.echo(json.dumps({"id": one.id, **asdict(found)}, ensure_ascii=False))
                    continue
                who = (
                    f"{found.actor or '(unnamed speaker)'} → {found.target}"
                    if found.target
                    else found.actor or "(unnamed speaker)"
                )
                console.print(
                    Text(
                        f"{found.statement.stance.replace('_', ' ')}  {who}  {found.statement.score:.2f}",
                        style="bold",
                    )
                )
                console.print(_shaded(found))
                for title, line in (("for", _listed(found, 1)), ("against", _listed(found, -1))):
                    if line:
                        console.print(Text(f"  {title}: {line}"))
                if found.reasons:
                    console.print(
                        Text(
                            "  features: "
                            + "  ".join(f"{name} {weight:+.2f}" for name, weight in found.reasons),
                            style="dim",
                        )
                    )
                console.print()
        if faults:
            raise typer.Exit(1)
        if not shown and format_ == "text":
            typer.echo("no statements" + (f" in sentences with {sentence!r}" if sentence else ""))
