"""Training objectives of the network: find roles and labels, or choose the stance of a known pair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from ...data.codebook import Codebook
from ..classifier import Floats, Scores
from ..decoding.choice import choice_logits
from ..examples.alignment import RoleTargets
from ..examples.priors import Adjustment
from .settings import EncoderSettings


class Outputs(NamedTuple):
    """Logits of a batch.

    Attributes:
        roles: sentences x mentions x roles.
        labels: sentences x labels.
        pairs: sentences x actors x targets x stances with a target.
    """

    roles: Tensor
    labels: Tensor
    pairs: Tensor


class Objective(Protocol):
    """The loss of a batch, and the validation score by which the best epoch is chosen."""

    def loss(self, outputs: Outputs, targets: Sequence[RoleTargets]) -> Tensor:
        """The loss of a batch, a scalar; `targets` has one entry per sentence."""
        ...

    def quality(self, scores: Sequence[Scores], targets: Sequence[RoleTargets]) -> float:
        """The validation score, in [0, 1], higher is better; both arguments have one entry per sentence."""
        ...


def adjusted(logits: Tensor, adjustment: Floats | None) -> Tensor:
    """Logits (of any shape, the last axis being classes) with what the loss adds to each class."""
    if adjustment is None:
        return logits
    return logits + torch.from_numpy(adjustment).to(logits.device, logits.dtype)


def binary_loss(logits: Tensor, gold: Tensor, positive_weight: float, focal: float) -> Tensor:
    """Binary cross-entropy of each output, in the shape of `logits`.

    Args:
        gold: 0.0 or 1.0, in the same shape.
        positive_weight: the weight of positives relative to negatives, above 0.
        focal: if above 0, the exponent by which easy outputs count less (Lin et al. 2017, "Focal loss for
            dense object detection", ICCV).
    """
    loss = functional.binary_cross_entropy_with_logits(
        logits, gold, reduction="none", pos_weight=torch.tensor(positive_weight, device=logits.device)
    )
    if focal:
        p_correct = torch.sigmoid(torch.where(gold > 0, logits, -logits))
        loss = loss * (1 - p_correct) ** focal
    return loss


class RoleObjective:
    """Binary decisions with a joint loss: roles of mentions, targets of annotated actors, and labels.

    Args:
        adjustment: for rare classes, see `logit_adjustment`.
    """

    def __init__(
        self, codebook: Codebook, settings: EncoderSettings, adjustment: Adjustment | None = None
    ) -> None:
        self.codebook, self.settings, self.adjustment = codebook, settings, adjustment

    def loss(self, outputs: Outputs, targets: Sequence[RoleTargets]) -> Tensor:
        s, total = self.settings, outputs.roles.new_zeros(())
        device, adjustment = outputs.roles.device, self.adjustment
        if self.codebook.stances:
            rows = [(n, m) for n, t in enumerate(targets) for m in range(len(t.roles))]
            if rows:
                at = torch.tensor(rows, device=device)
                gold = torch.from_numpy(np.concatenate([t.roles for t in targets])).to(device, torch.float32)
                logits = adjusted(outputs.roles[at[:, 0], at[:, 1]], adjustment.roles if adjustment else None)
                total = total + binary_loss(logits, gold, s.positive_weight, s.focal).sum() / len(rows)
            total = total + s.pair_weight * self._pair_loss(outputs.pairs, targets)
        if self.codebook.labels:
            gold = torch.from_numpy(np.stack([t.labels for t in targets])).to(device, torch.float32)
            logits = adjusted(outputs.labels, adjustment.labels if adjustment else None)
            label_loss = binary_loss(logits, gold, s.positive_weight, s.focal).sum() / len(targets)
            total = total + s.label_weight * label_loss
        return total

    def _pair_loss(self, pairs: Tensor, targets: Sequence[RoleTargets]) -> Tensor:
        """The loss over pairs of an annotated actor and another mention: is that a target of the actor?"""
        indices: list[tuple[int, int, int, int]] = []
        gold: list[float] = []
        for n, t in enumerate(targets):
            for stance, actor in dict.fromkeys((int(s), int(a)) for s, a, _ in t.pairs):
                own = {int(x) for s, a, x in t.pairs if (s, a) == (stance, actor)}
                others = [m for m in range(len(t.roles)) if m != actor]
                indices += [(n, actor, m, stance) for m in others]
                gold += [float(m in own) for m in others]
        if not indices:
            return pairs.new_zeros(())
        i = torch.tensor(indices, device=pairs.device)
        logits = pairs[i[:, 0], i[:, 1], i[:, 2], i[:, 3]]
        return functional.binary_cross_entropy_with_logits(logits, torch.tensor(gold, device=pairs.device))

    def quality(self, scores: Sequence[Scores], targets: Sequence[RoleTargets]) -> float:
        """Mean average precision of the actor roles and the labels."""
        actors = [roles.actor for roles in self.codebook.stance_roles]
        roles, gold = np.concatenate([s.roles for s in scores]), np.concatenate([t.roles for t in targets])
        labels, labelled = np.stack([s.labels for s in scores]), np.stack([t.labels for t in targets])
        precisions = [
            *_average_precisions(roles[:, actors], gold[:, actors]),
            *_average_precisions(labels, labelled),
        ]
        return float(np.mean(precisions)) if precisions else 0.0


def _average_precisions(logits: Floats, gold: NDArray[np.int8]) -> list[float]:
    """The average precision of each column that has positives."""
    from sklearn.metrics import average_precision_score

    return [
        float(average_precision_score(gold[:, k], logits[:, k]))
        for k in range(gold.shape[1])
        if gold[:, k].any()
    ]


class ChoiceObjective:
    """Cross-entropy of the stances of known pairs.

    Args:
        adjustment: for rare stances, see `logit_adjustment`.
    """

    def __init__(self, codebook: Codebook, adjustment: Adjustment | None = None) -> None:
        self.codebook, self.adjustment = codebook, adjustment

    def logits(self, outputs: Outputs, has_target: Tensor) -> Tensor:
        """Logits of the stances (sentences x stances), the same sums as in `choice_logits`.

        Args:
            has_target: for each sentence 1.0 if it has a target, otherwise 0.0 (its target is padding then).
        """
        columns = []
        for stance in self.codebook.stance_roles:
            logit = outputs.roles[:, 0, stance.actor]
            if stance.target is not None and outputs.roles.shape[1] > 1:
                paired = outputs.roles[:, 1, stance.target] + outputs.pairs[:, 0, 1, stance.pair]
                logit = logit + has_target * paired
            columns.append(logit)
        return torch.stack(columns, dim=1)

    def loss(self, outputs: Outputs, targets: Sequence[RoleTargets]) -> Tensor:
        actors, device = [roles.actor for roles in self.codebook.stance_roles], outputs.roles.device
        gold = torch.tensor(
            [[t.roles[0, a] for a in actors] for t in targets], device=device, dtype=torch.float32
        )
        has_target = torch.tensor([float(len(t.roles) > 1) for t in targets], device=device)
        adjustment = self.adjustment.stances if self.adjustment else None
        logits = adjusted(self.logits(outputs, has_target), adjustment)
        return functional.cross_entropy(logits, gold / gold.sum(dim=1, keepdim=True))

    def quality(self, scores: Sequence[Scores], targets: Sequence[RoleTargets]) -> float:
        """Accuracy: the fraction of pairs whose most likely stance is annotated."""
        stances = self.codebook.stance_roles
        chosen = [stances[int(choice_logits(s, self.codebook).argmax())] for s in scores]
        correct = [bool(t.roles[0, stance.actor]) for stance, t in zip(chosen, targets, strict=True)]
        return float(np.mean(correct))
