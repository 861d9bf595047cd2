"""Regressions are solved so far that the order of summation does not matter, as it differs by processor."""

from __future__ import annotations

import warnings
from typing import Literal

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from stancewire.training import regression
from stancewire.training.decoding.calibration import fit_sigmoid
from stancewire.training.regression import Problem, Regression, _solve, fit_regression, fit_regressions

RNG = np.random.default_rng(0)
ROWS = (RNG.random((2000, 300)) < 0.05).astype(float)
GOLD = (ROWS[:, :20].sum(axis=1) + RNG.normal(0, 1, 2000) > 2).astype(np.int8)
ORDER = RNG.permutation(2000)


@pytest.mark.parametrize("solver", ["liblinear", "lbfgs"])
def test_the_order_of_rows_does_not_matter(solver: Literal["liblinear", "lbfgs"]) -> None:
    one = fit_regression(csr_matrix(ROWS), GOLD, 0.5, solver=solver)
    other = fit_regression(csr_matrix(ROWS[ORDER]), GOLD[ORDER], 0.5, solver=solver)
    assert one.weights.shape == (1, 300) and one.intercepts.shape == (1,)
    assert np.abs(one.weights - other.weights).max() < 1e-5
    assert np.abs(one.weights).max() > 0.5


@pytest.mark.parametrize("threads", ["1", "4"])
def test_regressions_at_the_same_time_are_those_fitted_one_by_one(
    threads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", threads)
    matrix, filters = csr_matrix(ROWS), list(warnings.filters)
    problems = [
        Problem(matrix, np.roll(GOLD, k), 0.5 + k, solver, balanced=k % 2 == 0)
        for k in range(4)
        for solver in ("liblinear", "lbfgs")
    ]
    found = fit_regressions(problems)
    for p, one in zip(problems, found, strict=True):
        alone = fit_regression(p.rows, p.gold, p.regularisation, solver=p.solver, balanced=p.balanced)
        assert np.array_equal(one.weights, alone.weights) and np.array_equal(one.intercepts, alone.intercepts)
    assert len({one.weights.tobytes() for one in found}) == 8
    assert fit_regressions([]) == []
    assert list(warnings.filters) == filters


def repeated() -> csr_matrix:
    """The rows with every entry stored as two halves, in no order."""
    rows, columns = np.nonzero(ROWS)
    mixed = np.random.default_rng(1).permutation(np.repeat(np.arange(len(rows)), 2))
    mixed = mixed[np.argsort(rows[mixed], kind="stable")]
    starts = np.searchsorted(rows[mixed], np.arange(len(ROWS) + 1))
    return csr_matrix((np.full(len(mixed), 0.5), columns[mixed], starts), shape=ROWS.shape)


def test_threads_do_not_rearrange_the_rows_that_they_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """scikit-learn merges repeated entries in place: another thread then found half-changed rows."""
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    matrix, canonical = repeated(), []

    def solve(problem: Problem) -> Regression:
        canonical.append(problem.rows.has_canonical_format)
        return _solve(problem)

    monkeypatch.setattr(regression, "_solve", solve)
    found = fit_regressions([Problem(matrix, GOLD, 0.5 + k, "liblinear") for k in range(3)])
    assert canonical == [True] * 3
    alone = fit_regression(csr_matrix(ROWS), GOLD, 0.5, solver="liblinear")
    assert np.array_equal(found[0].weights, alone.weights)


def test_the_order_of_candidates_does_not_matter_to_calibration() -> None:
    logits = ROWS[:, :20].sum(axis=1) * 2 - 3
    one, other = fit_sigmoid(logits, GOLD), fit_sigmoid(logits[ORDER], GOLD[ORDER])
    assert one.slope == pytest.approx(other.slope, abs=1e-6)
    assert one.offset == pytest.approx(other.offset, abs=1e-6)
    assert one.slope < -0.3
