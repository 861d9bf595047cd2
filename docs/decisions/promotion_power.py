"""Print the power table of the rules of promotion, as in 0021-promotion-rule.md.

    python docs/decisions/promotion_power.py

`promotion_counts.json` has, for each validation article of the shipped corpus and then of the news layer, the
numbers of matched, predicted and gold statements of real models.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from stancewire.experiments.champion.power import (
    CHOSEN,
    RULES,
    Pair,
    Power,
    meets,
    simulate,
    with_disagreement,
)
from stancewire.experiments.tracking.card.markdown import markdown_table

DIFFERENCES = (-4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0)
DRAWS = 10_000


def pairs(articles: slice) -> list[Pair]:
    """The pairs of models to simulate, on some of the articles."""
    data = json.loads((Path(__file__).parent / "promotion_counts.json").read_text(encoding="utf-8"))
    counts = {name: np.array(rows)[articles] for name, rows in data["models"].items()}
    news = Pair("other training articles (linear, linear-news)", counts["linear"], counts["linear-news"])
    return [
        Pair("another seed (linear)", counts["linear"], counts["linear, seed 1"]),
        news,
        with_disagreement(news, "the same, and one statement in ten moved at random", 0.1),
    ]


def table(power: Power) -> str:
    """The rules by true difference."""
    head = [f"{power.articles} articles", *(f"{d:+g}" for d in power.differences), "meets both"]
    rows = []
    for rule in RULES:
        name, shares = f"**{rule}**" if rule == CHOSEN else rule, power.promoted[rule]
        rows.append([name, *(f"{100 * p:.1f}%" for p in shares), "yes" if meets(power, rule) else "no"])
    text: str = markdown_table(head, rows)
    return text


def main(sizes: Sequence[tuple[int, slice]] = ((46, slice(0, 46)), (172, slice(None)))) -> None:
    """Print one table per pair and number of articles."""
    for articles, part in sizes:
        for pair in pairs(part):
            power = simulate(pair, articles, DIFFERENCES, DRAWS)
            print(f"{pair.name}; mean standard error {power.error:.2f} points\n\n{table(power)}")


if __name__ == "__main__":
    main()
