"""Metrics in MLflow: about fifty by name, to compare runs, and all of them in a JSON artifact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...data.codebook import Codebook

# The artifact with every metric, nested by split, then by stance, label or role.
ARTIFACT = "metrics.json"
# The key of the behavioural tests there, and the start of their names in MLflow.
BEHAVIOUR = "behaviour"
PRECISION_RECALL_F1 = ("precision", "recall", "f1")
# With more stances, only F1 is logged per stance: other metrics would crowd MLflow's tables.
MAX_STANCES = 5
# MLflow has only floating point numbers.
COUNTS = frozenset({"support", "predicted", "articles"})
# Metrics of a whole split: names in `training.evaluation.metrics`, and in MLflow.
_SINGLE = {
    "macro_f1": "macro_f1",
    "id": "identity_accuracy",
    "identity_accuracy": "identity_accuracy",
    "candidate_recall": "candidate_recall",
    "trained_f1": "trained_f1",
    "name_flips": "name_flips",
}


def main_metrics(prefix: str, metrics: Mapping[str, Any], codebook: Codebook) -> dict[str, float]:
    """The metrics for comparing runs: `validation/blame/f1`.

    Args:
        prefix: the split, or another name for the articles: `evaluation`, `pooled`.
        metrics: nested, as `training.evaluation.metrics.measure` returns them.
        codebook: the label set; other stances and labels are left out.

    Returns:
        Values by MLflow name. Counts (except the support of all statements), intervals and roles are only in
        the artifact.
    """
    out: dict[str, float] = {}

    def add(name: str, *keys: str) -> None:
        found = metrics.get(name, {})
        out.update({f"{prefix}/{name}/{k}": float(found[k]) for k in keys if k in found})

    if codebook.stances:
        add("statements", *PRECISION_RECALL_F1, "support")
        for key, name in _SINGLE.items():
            if isinstance(metrics.get(key), int | float):
                out[f"{prefix}/{name}"] = float(metrics[key])
        if "ece" in metrics.get("roles", {}):
            out[f"{prefix}/calibration_error"] = float(metrics["roles"]["ece"])
    by_stance = PRECISION_RECALL_F1 if len(codebook.stances) <= MAX_STANCES else ("f1",)
    for stance in codebook.stance_names:
        add(stance, *by_stance)
    for label in codebook.label_names:
        add(label, *PRECISION_RECALL_F1)
        if not codebook.stances:  # the metric that papers on labelled sentences report
            add(label, "support")
            out[f"{prefix}/{label}/weighted_f1"] = float(metrics["weighted_f1"][label])
    return out


def behaviour_metrics(found: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """The share of right items by category: `behaviour/roles`.

    Args:
        found: as `training.evaluation.behaviour.summarise_behaviour` returns it.
    """
    return {f"{BEHAVIOUR}/{category}": float(m["share"]) for category, m in found.items()}


def nested_metrics(flat: Mapping[str, float]) -> dict[str, Any]:
    """Metrics of a run without the artifact, nested again by the parts of their names.

    Runs of earlier releases have all metrics by name, with `p`, `r` and `gold` for precision, recall and
    support.
    """
    earlier = {"p": "precision", "r": "recall", "gold": "support"}
    out: dict[str, Any] = {}
    for name, value in sorted(flat.items()):
        *parents, last = name.split("/")
        table = out
        for parent in parents:
            inner = table.setdefault(parent, {})
            if not isinstance(inner, dict):  # a number and a table of the same name
                break
            table = inner
        else:
            key = earlier.get(last, last) if parents else last
            table[key] = int(value) if key in COUNTS else value
    return out
