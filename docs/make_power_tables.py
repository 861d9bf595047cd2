"""Print the tables of docs/comparing.md: false alarms and power of comparisons, simulated on two real runs.

python docs/make_power_tables.py RUN RUN [SPLIT]
"""

from __future__ import annotations

import sys

from stancewire.data.errors import plural
from stancewire.experiments.comparison.counts import counts_of
from stancewire.experiments.comparison.reading import common_split, predictions_of
from stancewire.experiments.comparison.simulation import false_alarms, power_table
from stancewire.experiments.tracking.lookup import named_run


def main() -> None:
    """Read two runs of the same articles, and print both tables in Markdown."""
    runs = [named_run(name) for name in sys.argv[1:3]]
    split = common_split(runs, sys.argv[3] if len(sys.argv) > 3 else None)
    counted = [counts_of(predictions_of(run, split)) for run in runs]
    first, second = (c.measures[c.headline] for c in counted)
    found = false_alarms(first, second)
    print(f"{found.comparisons:,} swaps on {len(first)} articles\n")
    print("| method | false alarms |\n| --- | ---: |")
    print(f"| permutation test | {found.permutation:.1%} |\n| bootstrap interval | {found.bootstrap:.1%} |\n")
    print("| difference | articles | found | for the worse | more needed | undecided | in bounds |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for row in power_table(first, second):
        inside = "–" if row.bracketed is None else f"{row.bracketed:.0%}"
        points = plural(round(100 * row.true), "point")
        print(
            f"| {points} | {row.articles:,} | {row.found:.0%} | {row.reversed:.0%} | "
            f"{row.needed:,} | {row.undecided} of {row.draws} | {inside} |"
        )


if __name__ == "__main__":
    main()
