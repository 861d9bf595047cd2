"""Training of the network: one joint loss, early stopping, checkpoints from which a killed training goes on to the same result."""

from __future__ import annotations

import json
import math
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional

from ...data.codebook import Codebook
from ..classifier import Scores
from ..decoding.choice import choice_logits
from ..examples.alignment import RoleTargets
from ..examples.dataset import Analysed
from .inputs import Encoded, InputReader, by_length, cut_scores
from .network import Network
from .settings import EncoderSettings

# How often a checkpoint is written beside those at the ends of epochs.
CHECKPOINT_SECONDS = 120.0
# Sentences are sorted by length among so many batches, then batched and shuffled: little padding, and still random.
SORTED_TOGETHER = 32
SCORING_TOKENS = 4096
LABEL_WEIGHT, PAIR_WEIGHT = 0.5, 0.5


@dataclass(slots=True)
class State:
    """How far training is. `best` is the quality on validation of `best_epoch`, see `Trainer.fit`; losses and seconds are of the epoch under way."""

    epoch: int = 0
    step: int = 0
    losses: list[float] = field(default_factory=list)
    seconds: float = 0.0
    best: float = -1.0
    best_epoch: int = -1
    history: list[dict[str, float]] = field(default_factory=list)


def binary_loss(logits: Tensor, wanted: Tensor, positive_weight: float, focal: float) -> Tensor:
    """Cross-entropy of each output; with `focal` above 0 what is easy counts less (Lin et al. 2017, "Focal loss for dense object detection", ICCV)."""
    loss = functional.binary_cross_entropy_with_logits(
        logits, wanted, reduction="none", pos_weight=torch.tensor(positive_weight, device=logits.device)
    )
    if focal:
        right = torch.sigmoid(torch.where(wanted > 0, logits, -logits))
        loss = loss * (1 - right) ** focal
    return loss


class Trainer:
    """Trains a network on analysed articles.

    Args:
        given: whether source and target are given and one stance is chosen for them, see `training.given`.
        folder: where checkpoints are kept.
    """

    def __init__(
        self,
        network: Network,
        reader: InputReader,
        settings: EncoderSettings,
        seed: int,
        codebook: Codebook,
        given: bool,
        folder: Path,
    ) -> None:
        self.network, self.reader, self.settings, self.seed = network, reader, settings, seed
        self.codebook, self.stances, self.given, self.folder = codebook, codebook.columns, given, folder
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.network.to(self.device)
        on_gpu = torch.cuda.is_available()
        quick = torch.cuda.is_bf16_supported() if on_gpu else torch.ops.mkldnn._is_mkldnn_bf16_supported()
        self.bfloat16 = settings.precision == "bfloat16" or (settings.precision == "auto" and quick)
        self.state = State()

    def _precision(self) -> AbstractContextManager[Any]:
        return torch.autocast(self.device.type, dtype=torch.bfloat16) if self.bfloat16 else nullcontext()

    # What one step learns.

    def _choice(self, roles: Tensor, pairs: Tensor, paired: Tensor) -> Tensor:
        """Logits of the stances (sentences x stances), as `given.choice_logits` adds them up; `paired` says which sentences have a target."""
        columns = []
        for actor, target, pair in self.stances:
            logit = roles[:, 0, actor]
            if target >= 0 and roles.shape[1] > 1:
                logit = logit + paired * (roles[:, 1, target] + pairs[:, 0, 1, pair])
            columns.append(logit)
        return torch.stack(columns, dim=1)

    def _loss(self, encoded: Sequence[Encoded], targets: Sequence[RoleTargets]) -> Tensor:
        batch = {k: torch.from_numpy(v).to(self.device) for k, v in self.reader.batch(encoded).items()}
        with self._precision():
            roles, labels, pairs = (x.float() for x in self.network(**batch))
        s, total = self.settings, roles.new_zeros(())
        if self.given:
            wanted = torch.tensor(
                [[t.roles[0, a] for a, _, _ in self.stances] for t in targets],
                device=self.device,
                dtype=torch.float32,
            )
            paired = torch.tensor([float(len(t.roles) > 1) for t in targets], device=self.device)
            return functional.cross_entropy(
                self._choice(roles, pairs, paired), wanted / wanted.sum(dim=1, keepdim=True)
            )
        if self.stances:
            rows = [(n, m) for n, t in enumerate(targets) for m in range(len(t.roles))]
            if rows:
                places = torch.tensor(rows, device=self.device)
                wanted = torch.from_numpy(np.concatenate([t.roles for t in targets])).to(
                    self.device, torch.float32
                )
                total = total + binary_loss(
                    roles[places[:, 0], places[:, 1]], wanted, s.positive_weight, s.focal
                ).sum() / len(rows)
            total = total + PAIR_WEIGHT * self._pair_loss(pairs, targets)
        if self.codebook.labels:
            wanted = torch.from_numpy(np.stack([t.labels for t in targets])).to(self.device, torch.float32)
            total = total + LABEL_WEIGHT * binary_loss(
                labels, wanted, s.positive_weight, s.focal
            ).sum() / len(targets)
        return total

    def _pair_loss(self, pairs: Tensor, targets: Sequence[RoleTargets]) -> Tensor:
        """Of each annotated actor, which of the other mentions is its target."""
        asked: list[tuple[int, int, int, int]] = []
        wanted: list[float] = []
        for n, t in enumerate(targets):
            for stance, actor in dict.fromkeys((int(s), int(a)) for s, a, _ in t.pairs):
                own = {int(x) for s, a, x in t.pairs if (s, a) == (stance, actor)}
                others = [m for m in range(len(t.roles)) if m != actor]
                asked += [(n, actor, m, stance) for m in others]
                wanted += [float(m in own) for m in others]
        if not asked:
            return pairs.new_zeros(())
        i = torch.tensor(asked, device=self.device)
        logits = pairs[i[:, 0], i[:, 1], i[:, 2], i[:, 3]]
        return functional.binary_cross_entropy_with_logits(logits, torch.tensor(wanted, device=self.device))

    # Scores.

    def score(self, encoded: Sequence[Encoded]) -> list[Scores]:
        """Logits of sentences, in their order."""
        self.network.eval()
        out: list[Scores | None] = [None] * len(encoded)
        with torch.inference_mode(), self._precision():
            for places in by_length(encoded, SCORING_TOKENS):
                batch = {
                    k: torch.from_numpy(v).to(self.device)
                    for k, v in self.reader.batch([encoded[n] for n in places]).items()
                }
                roles, labels, pairs = (
                    x.float().cpu().numpy().astype(np.float64) for x in self.network(**batch)
                )
                for k, n in enumerate(places):
                    out[n] = cut_scores(roles[k], labels[k], pairs[k], len(encoded[n].spans), self.codebook)
        return [s for s in out if s is not None]

    def _validation(self, encoded: Sequence[Encoded], data: Analysed) -> float:
        """Mean average precision of the actor roles and the labels; with given source and target the share of right stances."""
        from sklearn.metrics import average_precision_score

        if not encoded:
            return 0.0
        scores = self.score(encoded)
        if self.given:
            chosen = [int(choice_logits(x, self.codebook).argmax()) for x in scores]
            right = [bool(t.roles[0, self.stances[k][0]]) for k, t in zip(chosen, data.targets, strict=True)]
            return float(np.mean(right))
        found = []
        roles, wanted = (
            np.concatenate([s.roles for s in scores]),
            np.concatenate([t.roles for t in data.targets]),
        )
        labels, marked = np.stack([s.labels for s in scores]), np.stack([t.labels for t in data.targets])
        for predicted, gold in (
            (roles[:, [a for a, _, _ in self.stances]], wanted[:, [a for a, _, _ in self.stances]]),
            (labels, marked),
        ):
            found += [
                float(average_precision_score(gold[:, k], predicted[:, k]))
                for k in range(gold.shape[1])
                if gold[:, k].any()
            ]
        return float(np.mean(found)) if found else 0.0

    # The order of things: drawn of seed, epoch and step alone, so that a training that goes on draws the same.

    def _epoch(self, data: Analysed) -> list[list[int]]:
        """The batches of one epoch: numbers of sentences."""
        rng = np.random.default_rng([self.seed, self.state.epoch])
        plain = np.array([not (t.roles.any() or t.labels.any()) for t in data.targets])
        kept = np.flatnonzero(~plain | (rng.random(len(plain)) < self.settings.plain_share))
        rng.shuffle(kept)
        size, batches = self.settings.batch_size, []
        for i in range(0, len(kept), size * SORTED_TOGETHER):
            near = sorted(
                kept[i : i + size * SORTED_TOGETHER].tolist(), key=lambda n: len(data.sentences[n].parse)
            )
            batches += [near[k : k + size] for k in range(0, len(near), size)]
        rng.shuffle(batches)
        return batches

    def _orders(self, n: int) -> list[list[int] | None]:
        rng = np.random.default_rng([self.seed, self.state.epoch, 1])
        return [rng.permutation(8).tolist() for _ in range(n)] if self.settings.rename else [None] * n

    def fit(
        self,
        train: Analysed,
        validation: Analysed,
        progress: Callable[[int, int], None],
        tell: Callable[[str], None],
    ) -> list[dict[str, float]]:
        """Train; the network has the weights of the best epoch on validation afterwards, of the last without validation sentences.

        Args:
            progress: told how many steps are done, and of how many.
            tell: told a line about each epoch.

        Returns:
            Of each epoch `loss`, `validation` and `seconds`.
        """
        s = self.settings
        heads = self.network.head_parameters()
        inside = {id(p) for p in heads}
        body = [p for p in self.network.parameters() if id(p) not in inside]
        groups = [{"params": body, "lr": s.learning_rate}, {"params": heads, "lr": s.head_learning_rate}]
        optimizer = torch.optim.AdamW(groups, weight_decay=s.weight_decay, fused=True)
        highest = [float(g["lr"]) for g in optimizer.param_groups]
        steps = len(self._epoch(train))
        total = steps * s.epochs
        held_out = self.reader.read(validation.sentences)
        self._resume(optimizer, tell)
        state = self.state
        while state.epoch < s.epochs and not (
            len(validation) and state.epoch - state.best_epoch > s.patience
        ):
            batches, encoded = self._epoch(train), self.reader.read(train.sentences, self._orders(len(train)))
            began = saved = time.perf_counter()
            self.network.train()
            while state.step < len(batches):
                batch = batches[state.step]
                now = state.epoch * steps + state.step
                torch.manual_seed(self.seed * 1_000_003 + now)
                share = min(1.0, (now + 1) / max(1.0, s.warmup * total)) * max(
                    0.0, 1 - max(0.0, now - s.warmup * total) / (total * (1 - s.warmup))
                )
                for group, rate in zip(optimizer.param_groups, highest, strict=True):
                    group["lr"] = rate * share
                loss = self._loss([encoded[n] for n in batch], [train.targets[n] for n in batch])
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
                optimizer.step()
                state.losses.append(float(loss.detach()))
                state.step += 1
                progress(now + 1, total)
                if time.perf_counter() - saved > CHECKPOINT_SECONDS and state.step < len(batches):
                    state.seconds += time.perf_counter() - began
                    self._checkpoint(optimizer)
                    began = saved = time.perf_counter()
            quality = self._validation(held_out, validation)
            state.seconds += time.perf_counter() - began
            mean = math.fsum(state.losses) / max(1, len(state.losses))
            state.history.append({"loss": mean, "validation": quality, "seconds": state.seconds})
            if not len(validation) or quality > state.best:
                state.best, state.best_epoch = quality, state.epoch
                self._write("best", self.network.state_dict())
            left = (s.epochs - state.epoch - 1) * state.seconds / 60
            tell(
                f"epoch {state.epoch + 1} of at most {s.epochs}: loss {mean:.4f}, validation {quality:.4f}, {state.seconds:.0f} s"
                + (f", about {left:.0f} min left" if left >= 1 else "")
            )
            state.epoch, state.step, state.losses, state.seconds = state.epoch + 1, 0, [], 0.0
            self._checkpoint(optimizer)
        self.network.load_state_dict(load_file(self.folder / "best.safetensors"))
        self.network.eval()
        return state.history

    # Checkpoints: tensors as safetensors, the rest as JSON; the JSON is written last and names what it belongs to.

    def _write(self, name: str, tensors: dict[str, Tensor]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f"{name}.part"
        save_file({k: v.detach().cpu().contiguous().clone() for k, v in tensors.items()}, part)
        part.replace(self.folder / f"{name}.safetensors")

    def _checkpoint(self, optimizer: torch.optim.Optimizer) -> None:
        names = {id(p): n for n, p in self.network.named_parameters()}
        moments = {
            f"{kind}|{names[id(p)]}": value
            for p, kept in optimizer.state.items()
            for kind, value in kept.items()
        }
        place = f"{self.state.epoch}-{self.state.step}"
        self._write(
            f"at-{place}", {**{f"weights|{k}": v for k, v in self.network.state_dict().items()}, **moments}
        )
        part = self.folder / "state.part"
        part.write_text(json.dumps({"at": place, **asdict(self.state)}), encoding="utf-8")
        part.replace(self.folder / "state.json")
        for old in self.folder.glob("at-*.safetensors"):
            if old.stem != f"at-{place}":
                old.unlink()

    def _resume(self, optimizer: torch.optim.Optimizer, tell: Callable[[str], None]) -> None:
        """Go on from a checkpoint, if there is one that is whole."""
        file = self.folder / "state.json"
        if not file.exists():
            return
        raw = json.loads(file.read_text(encoding="utf-8"))
        tensors = load_file(self.folder / f"at-{raw.pop('at')}.safetensors")
        parts: dict[str, dict[str, Tensor]] = {}
        for key, value in tensors.items():
            kind, _, name = key.partition("|")
            parts.setdefault(kind, {})[name] = value
        self.network.load_state_dict(parts.pop("weights"))
        for name, parameter in self.network.named_parameters():
            kept = {kind: found[name] for kind, found in parts.items() if name in found}
            if kept:
                optimizer.state[parameter] = {k: v.to(self.device) for k, v in kept.items()}
        self.state = State(**raw)
        tell(
            f"going on from epoch {self.state.epoch + 1}, step {self.state.step + 1}, of a training that was stopped"
        )

    def forget(self) -> None:
        """Remove the checkpoints: the training is over."""
        shutil.rmtree(self.folder, ignore_errors=True)
