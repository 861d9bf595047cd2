"""What the outputs of a profile show of shares and pairs at the edges."""

from __future__ import annotations

import sys
from pathlib import Path

from stancewire.data.annotation.summary import ArticleSummary
from stancewire.data.record import Record
from stancewire.experiments.pages.plots import WIDE
from stancewire.serving.profile.correction import Estimate
from stancewire.serving.profile.counts import STATEMENTS, Share, counts
from stancewire.serving.profile.output.plots import draw_shares
from stancewire.serving.profile.output.terminal import matrix_stances
from stancewire.serving.profile.profile import ShareRow

sys.path.insert(0, str(Path(__file__).parent))

from records import record


def test_a_corrected_share_of_zero_is_drawn_and_one_that_is_not_estimated_is_not() -> None:
    share = Share("statements", "KEN", ("by", "statements", "KEN"), STATEMENTS)
    rows = [ShareRow(share, 1, 20, e) for e in (Estimate(0.0, 0.0, 0.04), Estimate(), None)]
    [axes] = draw_shares(rows, ["a", "b", "c"])(WIDE).axes
    drawn = [[float(x) for x in line.get_xdata()] for line in axes.lines]
    assert drawn == [[0.0, 4.0], [0.0], [5.0, 5.0, 5.0]]


def test_a_stance_towards_nobody_known_has_no_matrix() -> None:
    def stances(*said: tuple[str, str, str]) -> list[str]:
        return matrix_stances(counts(ArticleSummary.of_record(Record.from_dict(record("a", said)))))

    assert stances(("blame", "KEN", "OTHER")) == []
    assert stances(("appeal", "KEN", "UN"), ("blame", "KEN", "OTHER"), ("blame", "?", "SOM")) == [
        "blame",
        "appeal",
    ]
