"""Checkpoints: interrupted training resumes from them and reaches the same weights.

Tensors are stored as safetensors, everything else as JSON. The JSON file is written last and names its file
of tensors, so that a checkpoint is never incomplete.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import fmean

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

BEST, STATE_FILE = "best", "state.json"
# The weights at the end of an epoch, which are kept while they are averaged with those of later epochs.
EPOCH = "epoch-"


@dataclass(slots=True)
class State:
    """The state of training.

    Attributes:
        epoch: the current epoch, from 0.
        step: the number of completed steps in the current epoch.
        losses, seconds: the losses of these steps, and the time that they took.
        soft_losses: the losses of the unlabelled sentences, of the steps that have some.
        best, best_epoch: the best validation score, and its epoch; -1 before the first epoch ends.
        history: `loss`, `validation` and `seconds` of each completed epoch, see `Trainer.fit`.
    """

    epoch: int = 0
    step: int = 0
    losses: list[float] = field(default_factory=list)
    soft_losses: list[float] = field(default_factory=list)
    seconds: float = 0.0
    best: float = -1.0
    best_epoch: int = -1
    history: list[dict[str, float]] = field(default_factory=list)

    def add_losses(self, losses: Mapping[str, float]) -> None:
        """Add the losses of a step: `loss`, and perhaps `soft_loss`."""
        self.losses.append(losses["loss"])
        if "soft_loss" in losses:
            self.soft_losses.append(losses["soft_loss"])

    def mean_losses(self) -> dict[str, float]:
        """`loss` of the current epoch, and `soft_loss` if there is one."""
        soft = {"soft_loss": fmean(self.soft_losses)} if self.soft_losses else {}
        return {"loss": math.fsum(self.losses) / max(1, len(self.losses)), **soft}

    def begin_next_epoch(self) -> None:
        """Set the counts of the current epoch back."""
        self.epoch, self.step, self.losses, self.soft_losses, self.seconds = self.epoch + 1, 0, [], [], 0.0


class Checkpoints:
    """The checkpoints of one training run, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _write(self, name: str, tensors: dict[str, Tensor]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f"{name}.part"
        save_file({k: v.detach().cpu().contiguous().clone() for k, v in tensors.items()}, part)
        part.replace(self.folder / f"{name}.safetensors")

    def save_best(self, network: nn.Module) -> None:
        """Save the weights of the best epoch so far."""
        self._write(BEST, network.state_dict())

    def load_best(self, network: nn.Module) -> None:
        """Load the weights of the best epoch into the network."""
        network.load_state_dict(load_file(self.folder / f"{BEST}.safetensors"))

    @contextmanager
    def averaged(self, network: nn.Module, epoch: int, epochs: int) -> Iterator[None]:
        """In this context the network has the mean of its weights at the ends of the last epochs.

        Such a mean lies in a wider minimum than the weights themselves, and often generalises better
        (Izmailov et al. 2018, "Averaging weights leads to wider optima and better generalization", UAI).

        Args:
            epoch: the epoch that has just ended, from 0.
            epochs: the number of epochs to average, with this one; 1 leaves the weights as they are.
        """
        if epochs == 1:
            yield
            return
        own = {k: v.detach().clone() for k, v in network.state_dict().items()}
        self._write(f"{EPOCH}{epoch}", own)
        network.load_state_dict(self._mean(range(max(0, epoch - epochs + 1), epoch + 1)))
        try:
            yield
        finally:
            network.load_state_dict(own)

    def _mean(self, epochs: range) -> dict[str, Tensor]:
        """The mean weights of some epochs; the files of earlier epochs are deleted."""
        for file in self.folder.glob(f"{EPOCH}*.safetensors"):
            if int(file.stem.removeprefix(EPOCH)) < epochs[0]:
                file.unlink()
        mean: dict[str, Tensor] = {}
        for epoch in epochs:  # one by one, as networks are large
            for key, value in load_file(self.folder / f"{EPOCH}{epoch}.safetensors").items():
                if value.is_floating_point():
                    share = value / len(epochs)
                    mean[key] = mean[key] + share if key in mean else share
                else:
                    mean[key] = value
        return mean

    def save(self, state: State, network: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        """Save a checkpoint, and delete the previous one."""
        names = {id(p): n for n, p in network.named_parameters()}
        moments = {
            f"{kind}|{names[id(p)]}": value
            for p, state_of in optimizer.state.items()
            for kind, value in state_of.items()
        }
        weights = {f"weights|{k}": v for k, v in network.state_dict().items()}
        at = f"{state.epoch}-{state.step}"
        self._write(f"at-{at}", {**weights, **moments})
        part = self.folder / "state.part"
        part.write_text(json.dumps({"at": at, **asdict(state)}), encoding="utf-8")
        part.replace(self.folder / STATE_FILE)
        for old in self.folder.glob("at-*.safetensors"):
            if old.stem != f"at-{at}":
                old.unlink()

    def restore(
        self, network: nn.Module, optimizer: torch.optim.Optimizer, device: torch.device
    ) -> State | None:
        """Restore the network and the optimizer from the last checkpoint.

        Returns:
            The state of training; None if there is no checkpoint.
        """
        file = self.folder / STATE_FILE
        if not file.exists():
            return None
        raw = json.loads(file.read_text(encoding="utf-8"))
        tensors = load_file(self.folder / f"at-{raw.pop('at')}.safetensors")
        parts: dict[str, dict[str, Tensor]] = {}
        for key, value in tensors.items():
            kind, _, name = key.partition("|")
            parts.setdefault(kind, {})[name] = value
        network.load_state_dict(parts.pop("weights"))
        for name, parameter in network.named_parameters():
            moments = {kind: values[name] for kind, values in parts.items() if name in values}
            if moments:
                optimizer.state[parameter] = {k: v.to(device) for k, v in moments.items()}
        return State(**raw)

    def discard(self) -> None:
        """Delete all checkpoints."""
        shutil.rmtree(self.folder, ignore_errors=True)
