"""Logistic regressions that are solved precisely enough to give the same results on every processor.

Processors add numbers in different orders. A solver that stops early stops at a different point on each of
them, and thresholds tuned on such scores lead to a different F1: validation F1 was 0.822 or 0.826, depending
on the processor. Solved to these tolerances, results agree to four digits
(docs/decisions/0020-same-seed-same-results.md). A regression uses one thread: the matrices are so small that
more threads mostly wait for each other, which took 50% more processor time. Several regressions are solved at
the same time, one per core.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

# Of liblinear: the decrease of the gradient's norm; of lbfgs: the largest component of the gradient.
TOLERANCE = {"liblinear": 1e-6, "lbfgs": 1e-9}
MAX_ITERATIONS = {"liblinear": 1000, "lbfgs": 20_000}


class Regression(NamedTuple):
    """Weights (outputs x features) and intercepts (outputs); two classes have one output."""

    weights: NDArray[np.float64]
    intercepts: NDArray[np.float64]


class Problem(NamedTuple):
    """The arguments of `fit_regression`."""

    rows: Any
    gold: NDArray[Any]
    regularisation: float
    solver: Literal["liblinear", "lbfgs"]
    seed: int = 0
    balanced: bool = False


def fit_regressions(problems: Sequence[Problem]) -> list[Regression]:
    """Fit regressions at the same time, in as many threads as there are cores or `OMP_NUM_THREADS` says.

    liblinear runs without Python's lock, and has no state that threads share (its solver of primal problems
    draws no random numbers), so the results are those of `fit_regression`. Sparse rows, which several
    problems may share, are put into canonical form first: scikit-learn does that in place.
    """
    for problem in problems:
        if hasattr(problem.rows, "sum_duplicates"):
            problem.rows.sum_duplicates()
    with _quiet_on_one_thread(), ThreadPoolExecutor(_threads()) as threads:
        return list(threads.map(_solve, problems))


def _threads() -> int:
    chosen = os.environ.get("OMP_NUM_THREADS", "")
    if re.fullmatch("[1-9][0-9]{0,3}", chosen):
        return int(chosen)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _quiet_on_one_thread() -> Iterator[None]:
    """One thread for each solver, and no warnings about convergence; both apply to the whole process."""
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"), warnings.catch_warnings():
        # Close to the optimum the line search may find no better point; the result is as good as it gets.
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def fit_regression(
    rows: Any,
    gold: NDArray[Any],
    regularisation: float,
    *,
    solver: Literal["liblinear", "lbfgs"],
    seed: int = 0,
    balanced: bool = False,
) -> Regression:
    """Fit a logistic regression with an L2 penalty.

    Args:
        rows: a dense or sparse matrix (rows x features).
        gold: the class of each row; at least two classes.
        regularisation: inverse strength C of the penalty, above 0.
        solver: liblinear for sparse binary problems (it penalises the intercept), otherwise lbfgs.
        balanced: whether rare classes count as much as frequent ones.
    """
    with _quiet_on_one_thread():
        return _solve(Problem(rows, gold, regularisation, solver, seed, balanced))


def _solve(problem: Problem) -> Regression:
    from sklearn.linear_model import LogisticRegression

    solver = problem.solver
    model = LogisticRegression(
        C=problem.regularisation,
        solver=solver,
        tol=TOLERANCE[solver],
        max_iter=MAX_ITERATIONS[solver],
        class_weight="balanced" if problem.balanced else None,
        random_state=problem.seed,
    )
    model.fit(problem.rows, problem.gold)
    return Regression(np.asarray(model.coef_, float), np.asarray(model.intercept_, float))
