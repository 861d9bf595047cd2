"""What a student learns from unlabelled sentences: batches beside the annotated ones, and their loss.

See Hinton, Vinyals and Dean 2015, "Distilling the knowledge in a neural network", arXiv:1503.02531.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ...data.codebook import Codebook
from ..examples.priors import Adjustment
from ..examples.soft_labels import Probabilities, SoftlyLabelled, SoftTargets
from .inputs import Encoded, InputReader
from .objective import Outputs, adjusted
from .settings import EncoderSettings
from .windows import random_permutations, sampled_batches

# A window in which no role or label reaches this probability is a negative one, see `negative_rate`.
CANDIDATE = 0.1


class SoftBatches:
    """The unlabelled sentences of a training, spread evenly over the steps of each epoch.

    The number of steps is that of the annotated sentences. Each step has about as many unlabelled sentences
    as any other, and none is read twice in an epoch.

    Args:
        soft: the sentences, with the probabilities of the teachers.
        reader: encodes them.
        seed: batches depend only on it and on the epoch, so that an interrupted training can be resumed.
        adjustment: what the loss of the gold annotation adds to the logits. The teachers give probabilities
            at the frequency that each class has, so it has to be added before logits are compared with them.
    """

    def __init__(
        self,
        soft: SoftlyLabelled,
        reader: InputReader,
        settings: EncoderSettings,
        codebook: Codebook,
        seed: int = 0,
        adjustment: Adjustment | None = None,
    ) -> None:
        self.reader, self.settings, self.codebook, self.seed = reader, settings, codebook, seed
        self.adjustment = adjustment
        self.sentences = soft.sentences
        self.targets = soft.targets(codebook, settings.temperature)
        self.windows = reader.windows(soft.sentences)
        # Whether there is a candidate does not depend on the temperature.
        probable = [t.highest >= CANDIDATE for t in soft.targets(codebook)]
        self._negative = np.array([not any(probable[n] for n in w) for w in self.windows], dtype=bool)
        self._steps: list[list[list[int]]] = []
        self._encoded: dict[int, Encoded] = {}

    def begin_epoch(self, epoch: int, steps: int) -> None:
        """Choose and encode the windows of an epoch.

        Args:
            epoch: its number, from 0.
            steps: its number of steps.
        """
        rng = np.random.default_rng([self.seed, epoch, 2])
        lengths = [sum(len(self.sentences[n].parse) for n in w) for w in self.windows]
        s = self.settings
        batches = sampled_batches(self.windows, lengths, self._negative, s.negative_rate, s.batch_size, rng)
        batches = batches[: max(1, round(s.unlabelled_ratio * steps))]
        n = len(batches)
        self._steps = [batches[i * n // steps : (i + 1) * n // steps] for i in range(steps)]
        chosen = sorted(w for batch in batches for w in batch)
        orders = random_permutations(len(chosen), rng) if s.rename else None
        encoded = self.reader.read(self.sentences, [self.windows[w] for w in chosen], orders)
        self._encoded = dict(zip(chosen, encoded, strict=True))

    def of_step(self, step: int) -> list[tuple[list[Encoded], list[SoftTargets]]]:
        """The batches of a step of the current epoch, from 0: windows, and a target per sentence in them."""
        return [
            ([self._encoded[w] for w in batch], [self.targets[n] for w in batch for n in self.windows[w]])
            for batch in self._steps[step]
        ]

    def loss(self, outputs: Outputs, targets: Sequence[SoftTargets]) -> Tensor:
        """The cross-entropy to the soft labels, a scalar: a sum like that of `RoleObjective`, never focal.

        Both sides have the temperature of the settings, by whose square the loss is multiplied, so that the
        size of its gradient does not depend on it.
        """
        s, adjustment, total = self.settings, self.adjustment, outputs.roles.new_zeros(())
        if self.codebook.stances:
            rows = [(n, m) for n, t in enumerate(targets) for m in range(len(t.roles))]
            if rows:
                at = torch.tensor(rows, device=total.device)
                logits = adjusted(outputs.roles[at[:, 0], at[:, 1]], adjustment.roles if adjustment else None)
                total = total + self._cross_entropy(logits, [t.roles for t in targets]).sum() / len(rows)
            total = total + s.pair_weight * self._pair_loss(outputs.pairs, targets)
        if self.codebook.labels:
            logits = adjusted(outputs.labels, adjustment.labels if adjustment else None)
            loss = self._cross_entropy(logits, [t.labels[None, :] for t in targets]).sum()
            total = total + s.label_weight * loss / len(targets)
        return total * s.temperature**2

    def _cross_entropy(self, logits: Tensor, soft: Sequence[Probabilities]) -> Tensor:
        """Binary cross-entropies, in the shape of `logits`."""
        return functional.binary_cross_entropy_with_logits(
            logits / self.settings.temperature,
            torch.from_numpy(np.concatenate(soft)).to(logits.device),
            reduction="none",
            pos_weight=torch.tensor(self.settings.positive_weight, device=logits.device),
        )

    def _pair_loss(self, pairs: Tensor, targets: Sequence[SoftTargets]) -> Tensor:
        """The mean loss over pairs of an actor and another mention, weighted by how probable the actor is."""
        indices: list[tuple[int, int, int, int]] = []
        soft: list[float] = []
        weights: list[float] = []
        for n, t in enumerate(targets):
            for actor, stance in zip(*(x.tolist() for x in np.nonzero(t.actors)), strict=True):
                others = [m for m in range(len(t.roles)) if m != actor]
                indices += [(n, actor, m, stance) for m in others]
                soft += t.pairs[actor, others, stance].tolist()
                weights += [float(t.actors[actor, stance])] * len(others)
        if not indices:
            return pairs.new_zeros(())
        i = torch.tensor(indices, device=pairs.device)
        loss = functional.binary_cross_entropy_with_logits(
            pairs[i[:, 0], i[:, 1], i[:, 2], i[:, 3]] / self.settings.temperature,
            torch.tensor(soft, device=pairs.device),
            weight=torch.tensor(weights, device=pairs.device),
            reduction="sum",
        )
        # A few improbable actors must not count as much as several certain ones.
        return loss / max(1.0, sum(weights))
