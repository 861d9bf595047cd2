"""How frequent each class is in what an epoch reads."""

from __future__ import annotations

import numpy as np
import pytest
from stancewire.data.codebook import Codebook
from stancewire.training.examples.alignment import RoleTargets
from stancewire.training.examples.priors import logit_adjustment


def targets_of(*roles: list[list[int]], label: int = 0) -> list[RoleTargets]:
    empty = np.zeros((0, 3), dtype=np.int64)
    return [RoleTargets(np.array(r, dtype=np.int8), np.array([label], dtype=np.int8), empty) for r in roles]


def test_the_adjustment_is_the_log_prior_of_what_an_epoch_reads(codebook: Codebook) -> None:
    rows = np.zeros((6, 2, len(codebook.roles)), dtype=int)
    rows[0, 1, 0] = 1  # of twelve mentions one has the first role; the sentences 2 to 5 are empty
    targets = [*targets_of(rows[0].tolist()), *targets_of(rows[1].tolist(), label=1)]
    targets += targets_of(*rows[2:].tolist())
    every = [[n] for n in range(6)]
    made = logit_adjustment(targets, every, codebook, negative_rate=1.0, strength=2.0)
    assert made.roles[:2] == pytest.approx(2 * np.log([1.5 / 11.5, 0.5 / 12.5]))
    assert made.labels == pytest.approx(2 * np.log([1.5 / 5.5]))
    # Each epoch reads a quarter of the negative windows: one of the four sentences, with two mentions.
    some = logit_adjustment(targets, every, codebook, negative_rate=0.25, strength=1.0)
    assert some.roles[0] == pytest.approx(np.log(1.5 / 5.5))
    assert some.labels == pytest.approx(np.log([1.5 / 2.5]))
    # In windows of three sentences only the second window is negative.
    windows = logit_adjustment(targets, [[0, 1, 2], [3, 4, 5]], codebook, negative_rate=0.25, strength=1.0)
    assert windows.labels == pytest.approx(np.log([1.5 / 3.25]))


def test_the_choice_among_stances_has_the_log_share_of_each(codebook: Codebook) -> None:
    actors = [s.actor for s in codebook.stance_roles]
    rows = np.zeros((6, 2, len(codebook.roles)), dtype=int)
    rows[:5, 0, actors[0]], rows[5, 0, actors[1]] = 1, 1
    made = logit_adjustment(targets_of(*rows.tolist()), [[n] for n in range(6)], codebook, 1.0, 1.0)
    total = 6 + len(actors) / 2
    assert made.stances[:2] == pytest.approx(np.log([5.5 / total, 1.5 / total]))
    assert np.exp(made.stances).sum() == pytest.approx(1)


def test_a_codebook_without_stances_has_priors_of_its_labels(codebook: Codebook) -> None:
    bare = codebook.model_copy(update={"stances": ()})
    made = logit_adjustment(targets_of([[]], [[]], label=1), [[0], [1]], bare, 1.0, 1.0)
    assert made.roles.shape == made.stances.shape == (0,)
    assert made.labels == pytest.approx([np.log(2.5 / 0.5)])
