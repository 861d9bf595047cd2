"""`stancewire demo`."""

from __future__ import annotations

from pathlib import Path

import typer

from .articles.reading import Reading
from .console import ErrorCount

SAMPLE = Path(__file__).parents[1] / "samples" / "strait.txt"
NEXT_STEPS = (
    ("stancewire score ARTICLE.txt", "score an article of your own"),
    ("stancewire explain ARTICLE.txt", "see which words support each statement"),
    ("stancewire experiments list", "compare the runs so far"),
    ("stancewire corpus stats", "see what the model was trained on"),
    ("stancewire train --set classifier.regularisation=1.0", "train another model"),
    ("stancewire experiments ui", "see the runs in the browser"),
)


def demo() -> None:
    """Train on the shipped corpus and score a sample article.

    Example: stancewire demo
    """
    from ..models import open_model
    from .experiments.train import run_training
    from .scoring import Scoring, score_to

    typer.secho("1. Train on the shipped corpus and register the model", bold=True)
    run_training(None, [], [], register=True)
    typer.secho("\n2. Score an article (written for this project)", bold=True)
    labeller, _ = open_model("champion")
    errors = ErrorCount()
    score_to(None, "table", Reading().articles([str(SAMPLE)], errors), Scoring(labeller, errors))
    typer.secho("\n3. What to try next", bold=True)
    width = max(len(command) for command, _ in NEXT_STEPS)
    for command, what in NEXT_STEPS:
        typer.echo(f"  {command:<{width}}  {what}")
