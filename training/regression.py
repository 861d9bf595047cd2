"""Logistic regressions that are solved precisely enough to give the same results on every processor.

Processors add numbers in different orders. A solver that stops early stops at a different point on each of
them, and thresholds tuned on such scores lead to a different F1: validation F1 was 0.822 or 0.826, depending
on the processor. Solved to these tolerances, results agree to four digits
(docs/decisions/0020-same-seed-same-results.md). Only one thread is used: the matrices are so small that more
threads mostly wait for each other, which took 50% more processor time.
"""

from __future__ import annotations

import warnings
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
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    model = LogisticRegression(
        C=regularisation,
        solver=solver,
        tol=TOLERANCE[solver],
        max_iter=MAX_ITERATIONS[solver],
        class_weight="balanced" if balanced else None,
        random_state=seed,
    )
    with threadpool_limits(1, user_api="blas"), warnings.catch_warnings():
        # Close to the optimum the line search may find no better point; the result is as good as it gets.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(rows, gold)
    return Regression(np.asarray(model.coef_, float), np.asarray(model.intercept_, float))
