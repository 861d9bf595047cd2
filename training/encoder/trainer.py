"""Training of the network, with early stopping and checkpoints.

A custom loop, because the trainers of common libraries do not resume bit-exactly within an epoch.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ...data.codebook import Codebook
from ..classifier import Scores
from ..examples.alignment import RoleTargets
from ..examples.dataset import Analysed
from ..examples.priors import negative_windows
from ..progress import Progress
from .checkpoints import Checkpoints, State
from .distillation import SoftBatches
from .inputs import Encoded, InputReader, score_batches
from .network import Network, layer_rates
from .objective import Objective, Outputs
from .settings import EncoderSettings
from .windows import random_permutations, sampled_batches

# A checkpoint is written at the end of each epoch, and within an epoch at this interval.
CHECKPOINT_SECONDS = 120.0
SCORING_TOKENS = 4096


def _learning_rate_factor(step: int, total: int, warmup: float) -> float:
    """The learning rate at a step as a fraction of the peak rate, in [0, 1].

    It rises linearly, then falls linearly to 0.

    Args:
        step: the number of completed steps.
        warmup: the fraction of the `total` steps during which the rate rises.
    """
    rise = min(1.0, (step + 1) / max(1.0, warmup * total))
    fall = max(0.0, 1 - max(0.0, step - warmup * total) / (total * (1 - warmup)))
    return rise * fall


class Trainer:
    """Trains a network on analysed articles.

    Args:
        objective: the loss and the validation score.
        checkpoints: training resumes from the last one, if there is one.
        soft: unlabelled sentences to learn from, besides the annotated ones.
    """

    def __init__(
        self,
        network: Network,
        reader: InputReader,
        settings: EncoderSettings,
        codebook: Codebook,
        objective: Objective,
        checkpoints: Checkpoints,
        seed: int = 0,
        soft: SoftBatches | None = None,
    ) -> None:
        self.network, self.reader, self.settings, self.codebook = network, reader, settings, codebook
        self.objective, self.checkpoints, self.seed, self.soft = objective, checkpoints, seed, soft
        on_gpu = torch.cuda.is_available()
        self.device = torch.device("cuda" if on_gpu else "cpu")
        self.network.to(self.device)
        fast = torch.cuda.is_bf16_supported() if on_gpu else torch.ops.mkldnn._is_mkldnn_bf16_supported()
        self.bfloat16 = settings.precision == "bfloat16" or (settings.precision == "auto" and fast)
        self.state = State()

    def _autocast(self) -> AbstractContextManager[Any]:
        return torch.autocast(self.device.type, dtype=torch.bfloat16) if self.bfloat16 else nullcontext()

    def _outputs(self, encoded: Sequence[Encoded]) -> Outputs:
        batch = {k: torch.from_numpy(v).to(self.device) for k, v in self.reader.batch(encoded).items()}
        with self._autocast():
            return Outputs(*(x.float() for x in self.network(**batch)))

    def score(self, encoded: Sequence[Encoded]) -> list[Scores]:
        """Logits of the sentences of encoded windows, in their order."""
        self.network.eval()

        def run(windows: list[Encoded]) -> list[NDArray[Any]]:
            return [x.cpu().numpy() for x in self._outputs(windows)]

        with torch.inference_mode():
            return score_batches(encoded, SCORING_TOKENS, self.codebook, run)

    # Random numbers depend only on seed and epoch, so that training after an interruption uses the same ones.

    def _batches(self, data: Analysed, windows: Sequence[Sequence[int]], epoch: int) -> list[list[int]]:
        """The batches of one epoch: indices of windows."""
        negative = negative_windows(data.targets, windows)
        lengths = [sum(len(data.sentences[n].parse) for n in w) for w in windows]
        s, rng = self.settings, np.random.default_rng([self.seed, epoch])
        return sampled_batches(windows, lengths, negative, s.negative_rate, s.batch_size, rng)

    def _permutations(self, windows: int) -> list[list[int] | None]:
        """For each window a permutation of the placeholders for names."""
        if not self.settings.rename:
            return [None] * windows
        return random_permutations(windows, np.random.default_rng([self.seed, self.state.epoch, 1]))

    # The loop.

    def fit(
        self, train: Analysed, validation: Analysed, progress: Progress, epochs: int | None = None
    ) -> list[dict[str, float]]:
        """Train. The network then has the weights of the best epoch.

        Without validation data, or with a fixed number of epochs, it has those of the last epoch.

        Args:
            epochs: stop after this many of the epochs in the settings, and do not look at validation data.
                The learning rate falls as in a training of all epochs, so that the result is like that of a
                training of which this epoch was the best.
            progress: receives the completed steps, a line about each epoch, and as metrics `step/loss` and
                `epoch/loss`, `epoch/validation` and `epoch/seconds`; `soft_loss` likewise if there is
                unlabelled text.

        Returns:
            `loss`, `soft_loss` (if there is unlabelled text), `validation` (if there is validation data to
            look at) and `seconds` of each epoch.
        """
        optimizer = self._optimizer()
        windows = self.reader.windows(train.sentences)
        steps = len(self._batches(train, windows, epoch=0))
        last = self.settings.epochs if epochs is None else min(epochs, self.settings.epochs)
        held_out = [] if epochs is not None else self.reader.read(validation.sentences)
        if (state := self.checkpoints.restore(self.network, optimizer, self.device)) is not None:
            self.state = state
            progress.line(f"resuming interrupted training at epoch {state.epoch + 1}, step {state.step + 1}")
        while self.state.epoch < last and not (held_out and self._has_stalled()):
            self._train_epoch(train, windows, optimizer, steps, progress)
            self._finish_epoch(held_out, validation, optimizer, last, progress)
        self.checkpoints.load_best(self.network)
        self.network.eval()
        return self.state.history

    def _optimizer(self) -> torch.optim.Optimizer:
        s = self.settings
        rates = layer_rates(self.network.encoder, s.learning_rate, s.layer_decay)
        rates.append((self.network.head_parameters(), s.head_learning_rate))
        groups = [{"params": parameters, "lr": rate, "highest": rate} for parameters, rate in rates]
        return torch.optim.AdamW(groups, weight_decay=s.weight_decay, fused=True)

    def _has_stalled(self) -> bool:
        """Whether validation has not improved for more epochs than the patience allows."""
        return self.state.epoch - self.state.best_epoch > self.settings.patience

    def _train_epoch(
        self,
        train: Analysed,
        windows: Sequence[Sequence[int]],
        optimizer: torch.optim.Optimizer,
        steps: int,
        progress: Progress,
    ) -> None:
        """Train the remaining steps of the current epoch: all of them, unless training was resumed.

        Args:
            steps: the number of steps of the first epoch; with a `negative_rate` below 1, other epochs may
                have slightly more or fewer.
        """
        state, total = self.state, steps * self.settings.epochs
        batches = self._batches(train, windows, state.epoch)
        encoded = self.reader.read(train.sentences, windows, self._permutations(len(windows)))
        if self.soft is not None:
            self.soft.begin_epoch(state.epoch, len(batches))
        began = time.perf_counter()
        self.network.train()
        while state.step < len(batches):
            batch, done = batches[state.step], state.epoch * steps + state.step
            torch.manual_seed(self.seed * 1_000_003 + done)
            factor = _learning_rate_factor(done, total, self.settings.warmup)
            for group in optimizer.param_groups:
                group["lr"] = group["highest"] * factor
            targets = [train.targets[n] for w in batch for n in windows[w]]
            losses = self._learn([encoded[w] for w in batch], targets, optimizer)
            state.add_losses(losses)
            state.step += 1
            progress.update(done + 1, total)
            progress.metrics({f"step/{k}": v for k, v in losses.items()}, done + 1)
            if time.perf_counter() - began > CHECKPOINT_SECONDS and state.step < len(batches):
                state.seconds += time.perf_counter() - began
                self.checkpoints.save(state, self.network, optimizer)
                began = time.perf_counter()
        state.seconds += time.perf_counter() - began

    def _learn(
        self, encoded: Sequence[Encoded], targets: Sequence[RoleTargets], optimizer: torch.optim.Optimizer
    ) -> dict[str, float]:
        """Train one step, and return its `loss`; also its `soft_loss` if it has unlabelled sentences."""
        optimizer.zero_grad(set_to_none=True)
        loss = self.objective.loss(self._outputs(encoded), targets)
        loss.backward()
        losses = {"loss": float(loss.detach())}
        soft = self.soft.of_step(self.state.step) if self.soft is not None else []
        for windows, soft_targets in soft:  # one after another, so that they need no more memory
            assert self.soft is not None
            part = self.soft.loss(self._outputs(windows), soft_targets) / len(soft)
            (self.settings.teacher_weight * part).backward()
            losses["soft_loss"] = losses.get("soft_loss", 0.0) + float(part.detach())
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        optimizer.step()
        return losses

    def _finish_epoch(
        self,
        held_out: Sequence[Encoded],
        validation: Analysed,
        optimizer: torch.optim.Optimizer,
        last: int,
        progress: Progress,
    ) -> None:
        """Measure on validation, save the weights if they are the best so far, and write a checkpoint.

        Args:
            held_out: the encoded validation sentences; empty to save the weights of every epoch.
            last: the number of epochs after which training ends, if not before.
        """
        state, began = self.state, time.perf_counter()
        with self.checkpoints.averaged(self.network, state.epoch, self.settings.averaged_epochs):
            quality = self.objective.quality(self.score(held_out), validation.targets) if held_out else 0.0
            if is_best := not held_out or quality > state.best:
                self.checkpoints.save_best(self.network)
        state.seconds += time.perf_counter() - began
        measured = {**state.mean_losses(), **({"validation": quality} if held_out else {})}
        state.history.append({**measured, "seconds": state.seconds})
        if is_best:
            state.best, state.best_epoch = quality, state.epoch
        minutes = (last - state.epoch - 1) * state.seconds / 60
        progress.metrics({f"epoch/{k}": v for k, v in state.history[-1].items()}, len(state.history))
        progress.line(
            f"epoch {state.epoch + 1} of {'at most ' if held_out else ''}{last}: "
            + ", ".join(f"{k.replace('_', ' ')} {v:.4f}" for k, v in measured.items())
            + f", {state.seconds:.0f} s"
            + (f", about {minutes:.0f} min left" if minutes >= 1 else "")
        )
        state.begin_next_epoch()
        self.checkpoints.save(state, self.network, optimizer)
