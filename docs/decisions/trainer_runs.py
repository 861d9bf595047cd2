"""One training for trainer_comparison.py: with our loop or with `transformers.Trainer`, perhaps killed.

python docs/decisions/trainer_runs.py ours FOLDER/name --steps 100
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from stancewire.data.codebook import codebook_named
from stancewire.data.text.gazetteer import gazetteer
from stancewire.data.text.spacy_parser import ParseCache
from stancewire.experiments.config import load_config
from stancewire.training.encoder import checkpoints, fit, trainer
from stancewire.training.encoder.inputs import InputReader
from stancewire.training.encoder.objective import Outputs, RoleObjective
from stancewire.training.encoder.pretrained import find_encoder
from stancewire.training.encoder.settings import EncoderSettings
from stancewire.training.examples.dataset import Analysed, analyse_articles, subset
from stancewire.training.pipeline import load_articles
from stancewire.training.progress import Progress
from tokenizers import Tokenizer

EPOCHS, BATCH, SEED = 3, 16, 0


@dataclass(slots=True)
class Run:
    """A training: when to interrupt it, and when its steps ended.

    Attributes:
        path: the start of the paths of its results.
        save_at, kill_at: after these steps a checkpoint is written, and this process is killed.
        kill: "no"; "between" two steps; or while "saving" another checkpoint.
        seeded: whether `Trainer` takes its random numbers from the step, as our loop does.
        wall, processor: the times of the ends of steps, in seconds.
    """

    path: Path
    save_at: int
    kill_at: int
    kill: str
    seeded: bool
    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    @property
    def checkpoints(self) -> Path:
        return self.path.with_name(f"{self.path.name}-checkpoints")

    def step_ended(self, done: int) -> None:
        """Record the time; kill this process if it is due."""
        self.wall.append(time.perf_counter())
        self.processor.append(time.process_time())
        if done == self.kill_at and self.kill == "between":
            die()

    def dies_saving(self, done: int) -> bool:
        return done == self.kill_at and self.kill == "saving"

    def finish(self, network: torch.nn.Module) -> None:
        """Write the final weights, and the seconds of each step."""
        save_file({k: v.contiguous() for k, v in network.state_dict().items()}, f"{self.path}.safetensors")
        seconds = {"wall": np.diff(self.wall).tolist(), "processor": np.diff(self.processor).tolist()}
        Path(f"{self.path}.json").write_text(json.dumps(seconds), encoding="utf-8")


def die(*_: object) -> None:
    """Kill this process, without a chance to clean up."""
    os.kill(os.getpid(), signal.SIGKILL)


def prepared(run: Run, options: argparse.Namespace) -> tuple[trainer.Trainer, Analysed, Analysed]:
    """Our trainer with the network of the config `encoder`, and sentences to train on, none to validate."""
    config, codebook = load_config("encoder"), codebook_named("shipped")
    values = {"epochs": EPOCHS, "batch_size": BATCH, "precision": options.precision}
    values |= {"negative_rate": options.negative_rate}
    settings = EncoderSettings.model_validate(config.classifier.model_dump() | values)
    articles, count = load_articles(config, codebook)[0]["train"], options.steps * BATCH
    ends = np.cumsum([len(a.sentences) for a in articles])
    articles = articles[: int(np.searchsorted(ends, count)) + 1]
    data = analyse_articles(articles, gazetteer(), codebook, ParseCache())
    folder = find_encoder(settings.encoder)
    reader = InputReader(Tokenizer.from_file(str(folder / "tokenizer.json")))
    network, objective = fit._network(settings, codebook, folder, SEED), RoleObjective(codebook, settings)
    saved = checkpoints.Checkpoints(run.checkpoints)
    made = trainer.Trainer(network, reader, settings, codebook, objective, saved, SEED)
    return made, subset(data, np.arange(count)), subset(data, np.arange(0))


def train_ours(run: Run, options: argparse.Namespace) -> None:
    """Train with our loop."""
    made, train, none = prepared(run, options)

    def write(tensors: dict[str, torch.Tensor], file: Path) -> None:
        save_file(tensors, file)
        die()

    def update(done: int, total: int) -> None:
        run.step_ended(done)
        # Our checkpoints are written when enough time has passed.
        due = done == run.save_at or run.dies_saving(done)
        trainer.CHECKPOINT_SECONDS = 0.0 if due else float("inf")
        if run.dies_saving(done):
            setattr(checkpoints, "save_file", write)  # noqa: B010

    made.fit(train, none, Progress(update=update))
    run.finish(made.network)


class Batches(torch.utils.data.Dataset[Any]):  # type: ignore[misc, unused-ignore]
    """The batches of our loop as a data set: one item is a batch."""

    def __init__(self, ours: trainer.Trainer, train: Analysed) -> None:
        self.ours, self.train = ours, train
        self.windows = ours.reader.windows(train.sentences)
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Draw the batches of an epoch; called by `Trainer`."""
        self.ours.state.epoch = epoch
        self.batches = self.ours._batches(self.train, self.windows, epoch)
        orders = self.ours._permutations(len(self.windows))
        self.encoded = self.ours.reader.read(self.train.sentences, self.windows, orders)

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, index: int) -> list[int]:
        return list(self.batches[index])

    def collated(self, items: list[list[int]]) -> dict[str, Any]:
        """The inputs of the network for one batch, and its targets."""
        [batch] = items
        arrays = self.ours.reader.batch([self.encoded[w] for w in batch])
        targets = [self.train.targets[n] for w in batch for n in self.windows[w]]
        return {**{k: torch.from_numpy(v) for k, v in arrays.items()}, "targets": targets}


def train_theirs(run: Run, options: argparse.Namespace) -> None:
    """Train with `transformers.Trainer`."""
    from transformers import Trainer, TrainerCallback

    ours, train, _ = prepared(run, options)
    data = Batches(ours, train)

    class Callback(TrainerCallback):  # type: ignore[misc, unused-ignore]
        def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            if run.seeded:
                torch.manual_seed(SEED * 1_000_003 + state.global_step)

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            run.step_ended(state.global_step)
            control.should_save = state.global_step == run.save_at or run.dies_saving(state.global_step)
            if run.dies_saving(state.global_step):
                made._save_optimizer_and_scheduler = die

    class Theirs(Trainer):  # type: ignore[misc, unused-ignore]
        def compute_loss(self, model: Any, inputs: dict[str, Any], *_: Any, **__: Any) -> torch.Tensor:
            targets = inputs.pop("targets")
            return ours.objective.loss(Outputs(*(x.float() for x in model(**inputs))), targets)

    made = Theirs(
        model=ours.network,
        args=arguments(run, ours.bfloat16),
        train_dataset=data,
        data_collator=data.collated,
        optimizers=optimizers(ours, len(data)),
        callbacks=[Callback()],
    )
    made.train(resume_from_checkpoint=any(run.checkpoints.glob("checkpoint-*")))
    run.finish(ours.network)


def optimizers(ours: trainer.Trainer, steps: int) -> tuple[torch.optim.Optimizer, Any]:
    """Our optimizer, and our learning rates as a scheduler; `steps` is the number of steps per epoch."""
    optimizer, total, warmup = ours._optimizer(), steps * EPOCHS, ours.settings.warmup
    return optimizer, torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: trainer._learning_rate_factor(step, total, warmup)
    )


def arguments(run: Run, bfloat16: bool) -> Any:
    """The `TrainingArguments` that do what our loop does."""
    from transformers import TrainingArguments

    return TrainingArguments(
        output_dir=str(run.checkpoints),
        num_train_epochs=EPOCHS,
        per_device_train_batch_size=1,  # one item of `Batches`
        train_sampling_strategy="sequential",
        bf16=bfloat16,
        use_cpu=not torch.cuda.is_available(),
        max_grad_norm=1.0,
        save_strategy="no",  # but see the callback
        logging_steps=10,
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
        seed=SEED,
    )


def main() -> None:
    """Train as the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("loop", choices=["ours", "theirs"])
    parser.add_argument("path", type=Path)
    parser.add_argument("--steps", type=int, default=100, help="steps per epoch")
    parser.add_argument("--kill", choices=["no", "between", "saving"], default="no")
    parser.add_argument("--seeded", action="store_true")
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--negative-rate", type=float, default=1.0)
    parser.add_argument("--threads", type=int, default=0, help="0: as many as torch takes")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    total = options.steps * EPOCHS
    run = Run(options.path, round(0.43 * total), round(0.5 * total), options.kill, options.seeded)
    (train_ours if options.loop == "ours" else train_theirs)(run, options)


if __name__ == "__main__":
    main()
