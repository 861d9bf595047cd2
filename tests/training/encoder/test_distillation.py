"""Students: batches of unlabelled sentences, the loss of soft labels, and trainings that use them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result
from scipy.special import expit
from stancewire.data.codebook import Codebook
from stancewire.data.errors import InputError
from stancewire.data.files.cache import cache_folder
from stancewire.data.schema import Article
from stancewire.experiments.tracking.lookup import search
from stancewire.training.encoder.classifier import EncoderClassifier
from stancewire.training.encoder.inputs import InputReader
from stancewire.training.encoder.settings import EncoderSettings
from stancewire.training.examples.dataset import Analysed, subset
from stancewire.training.examples.priors import Adjustment
from stancewire.training.examples.soft_labels import SoftlyLabelled, SoftTargets, TeacherScores
from stancewire.training.progress import Progress
from stancewire.training.serialization import load_model
from tokenizers import Tokenizer

torch = pytest.importorskip("torch", reason="the extra `encoder` is not installed")
from stancewire.training.encoder.distillation import SoftBatches  # noqa: E402
from stancewire.training.encoder.objective import Outputs, RoleObjective  # noqa: E402

Split = dict[str, Analysed]
Cli = Callable[..., Result]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A separate cache for each test, so that it has only its own checkpoints."""
    monkeypatch.setenv("STANCEWIRE_CACHE", str(tmp_path / "cache"))


def teacher_of(data: Analysed, codebook: Codebook, right: float = 0.9) -> list[TeacherScores]:
    """A teacher that gives what is annotated the probability `right`, and everything else the rest."""
    stances = sum(s.has_target for s in codebook.stances)
    out = []
    for t in data.targets:
        pairs = np.zeros((len(t.roles), len(t.roles), stances), np.float32)
        for stance, actor, target in t.pairs:
            pairs[actor, :, stance] = 1 - right
            if target >= 0:
                pairs[actor, target, stance] = right
        roles, labels = (np.where(x > 0, right, 1 - right).astype(np.float32) for x in (t.roles, t.labels))
        out.append(TeacherScores(roles, labels, pairs))
    return out


@pytest.fixture
def soft(split_of: Split, codebook: Codebook) -> SoftlyLabelled:
    """The validation sentences, as if nobody had annotated them."""
    about = {
        "teachers": "t", "unlabelled_articles": 8, "unlabelled_held_out": 0, "unlabelled_sha256": "0" * 64,
        "unlabelled_sentences": 40,
    }  # fmt: skip
    data = split_of["validation"]
    return SoftlyLabelled(data.sentences, [teacher_of(data, codebook)], about)


def fitted(
    codebook: Codebook,
    split_of: Split,
    soft: SoftlyLabelled | None,
    progress: Progress | None = None,
    **settings: Any,
) -> EncoderClassifier:
    raw = {"epochs": 2, "batch_size": 8, "head_learning_rate": 5e-3, **settings}
    made = EncoderClassifier(EncoderSettings.model_validate(raw), codebook, soft=soft)
    made.fit(split_of["train"], split_of["validation"], progress or Progress())
    made.discard_checkpoints()
    return made


# Batches.


def batches_of(
    soft: SoftlyLabelled, tokenizer: Tokenizer, codebook: Codebook, **settings: Any
) -> SoftBatches:
    chosen = EncoderSettings.model_validate({"batch_size": 4, **settings})
    reader = InputReader(Tokenizer.from_str(tokenizer.to_str()), window=chosen.window)
    return SoftBatches(soft, reader, chosen, codebook)


def read_in(batches: SoftBatches, epoch: int, steps: int) -> list[list[tuple[int, ...]]]:
    """By step the sentences of each batch, as the identities of their targets."""
    batches.begin_epoch(epoch, steps)
    at = {id(t): n for n, t in enumerate(batches.targets)}
    return [[tuple(at[id(t)] for t in targets) for _, targets in batches.of_step(i)] for i in range(steps)]


@pytest.mark.parametrize("window", [0, 64])
def test_every_sentence_is_read_once_per_epoch_spread_over_the_steps(
    soft: SoftlyLabelled, tokenizer: Tokenizer, codebook: Codebook, window: int
) -> None:
    batches = batches_of(soft, tokenizer, codebook, window=window)
    first, second = read_in(batches, 0, 6), read_in(batches, 1, 6)
    assert first != second and first == read_in(batches, 0, 6)
    for epoch in (first, second):
        assert sorted(chain.from_iterable(chain.from_iterable(epoch))) == list(range(40))
        sizes = [len(step) for step in epoch]
        assert max(sizes) - min(sizes) <= 1
    batches.begin_epoch(0, 6)
    for step in range(6):
        for windows, targets in batches.of_step(step):
            spans = [len(s.spans) for w in windows for s in w.sentences]
            assert spans == [len(t.roles) for t in targets], "targets belong to other sentences"


def test_more_unlabelled_text_than_the_ratio_allows_is_sampled_anew_in_every_epoch(
    soft: SoftlyLabelled, tokenizer: Tokenizer, codebook: Codebook
) -> None:
    batches = batches_of(soft, tokenizer, codebook, unlabelled_ratio=1.0)
    epochs = [read_in(batches, epoch, 3) for epoch in range(4)]
    assert all([len(step) for step in epoch] == [1, 1, 1] for epoch in epochs)
    assert len(set(chain.from_iterable(chain.from_iterable(chain.from_iterable(epochs))))) > 12


def test_with_fewer_batches_than_steps_some_steps_have_none(
    soft: SoftlyLabelled, tokenizer: Tokenizer, codebook: Codebook
) -> None:
    few = SoftlyLabelled(soft.sentences[:4], [soft.by_teacher[0][:4]])
    assert [len(step) for step in read_in(batches_of(few, tokenizer, codebook), 0, 5)].count(1) == 1


def test_sentences_without_candidates_are_sampled_at_the_negative_rate(
    split_of: Split, tokenizer: Tokenizer, codebook: Codebook
) -> None:
    data = split_of["validation"]
    soft = SoftlyLabelled(data.sentences, [teacher_of(data, codebook, right=0.95)])
    empty = {n for n, t in enumerate(data.targets) if not (t.roles.any() or t.labels.any())}
    batches = batches_of(soft, tokenizer, codebook, negative_rate=0.3)
    counts = np.zeros(40)
    for epoch in range(60):
        for n in chain.from_iterable(chain.from_iterable(read_in(batches, epoch, 10))):
            counts[n] += 1
    assert 5 < len(empty) < 35
    assert all(counts[n] == 60 for n in set(range(40)) - empty)
    assert counts[sorted(empty)].mean() / 60 == pytest.approx(0.3, abs=0.05)


# The loss.


def outputs_for(targets: list[Any], codebook: Codebook) -> Outputs:
    """Random logits."""
    rng, mentions = np.random.default_rng(0), max(len(t.roles) for t in targets)
    stances = sum(s.has_target for s in codebook.stances)
    shapes = (
        (len(targets), mentions, len(codebook.roles)),
        (len(targets), len(codebook.labels)),
        (len(targets), mentions, mentions, stances),
    )
    return Outputs(*(torch.tensor(rng.normal(size=s), dtype=torch.float32) for s in shapes))


def random_adjustment(codebook: Codebook) -> Adjustment:
    rng = np.random.default_rng(1)
    sizes = (len(codebook.roles), len(codebook.labels), len(codebook.stances))
    return Adjustment(*(rng.normal(size=n) for n in sizes))


@pytest.mark.parametrize(
    ("weights", "adjusted"),
    [
        ({}, False),
        ({"positive_weight": 3.0}, False),
        ({"pair_weight": 2.0, "label_weight": 3.0}, False),
        ({}, True),
    ],
)
def test_the_loss_of_a_certain_teacher_is_that_of_the_gold_annotation(
    split_of: Split, tokenizer: Tokenizer, codebook: Codebook, weights: dict[str, float], adjusted: bool
) -> None:
    data = split_of["train"]
    gold = [t for t in data.targets if len(t.pairs)][:6]
    settings = EncoderSettings.model_validate(weights)
    adjustment = random_adjustment(codebook) if adjusted else None
    stances = [r for r in codebook.stance_roles if r.pair is not None]
    soft = []
    for t in gold:
        n = len(t.roles)
        actors, pairs = np.zeros((n, len(stances)), np.float32), np.zeros((n, n, len(stances)), np.float32)
        for stance, actor, target in t.pairs:
            actors[actor, stance] = 1
            if target >= 0:
                pairs[actor, target, stance] = 1
        soft.append(SoftTargets(t.roles.astype(np.float32), t.labels.astype(np.float32), actors, pairs))
    outputs = outputs_for(gold, codebook)
    nothing = SoftlyLabelled([], [[]])
    reader = InputReader(Tokenizer.from_str(tokenizer.to_str()))
    found = SoftBatches(nothing, reader, settings, codebook, adjustment=adjustment).loss(outputs, soft)
    expected = RoleObjective(codebook, settings, adjustment).loss(outputs, gold)
    assert float(found) == pytest.approx(float(expected), rel=1e-5)
    if adjusted:
        assert float(RoleObjective(codebook, settings).loss(outputs, gold)) != pytest.approx(float(expected))


def test_the_loss_is_least_where_the_student_agrees_with_its_teachers(
    soft: SoftlyLabelled, tokenizer: Tokenizer, codebook: Codebook
) -> None:
    soft = SoftlyLabelled(soft.sentences[:5], [soft.by_teacher[0][:5]])
    for temperature in (1.0, 4.0):
        batches = batches_of(soft, tokenizer, codebook, temperature=temperature)
        outputs = outputs_for(batches.targets, codebook)
        parts = [x.clone().requires_grad_() for x in outputs]
        optimizer = torch.optim.Adam(parts, lr=0.2)
        for _ in range(400):
            optimizer.zero_grad()
            batches.loss(Outputs(*parts), batches.targets).backward()
            optimizer.step()
        target, scores = batches.targets[0], soft.by_teacher[0][0]
        # What the student says without temperature is what the teacher said without it.
        roles = expit(parts[0][0, : len(target.roles)].detach().numpy())
        assert roles == pytest.approx(scores.roles, abs=0.02), temperature


# Trainings.


def test_a_student_learns_what_its_teacher_knows(
    codebook: Codebook, split_of: Split, soft: SoftlyLabelled, tiny_transformer: Path
) -> None:
    # The annotation of train says nothing about such probabilities: only the teacher does.
    soft = SoftlyLabelled(soft.sentences, [teacher_of(split_of["validation"], codebook, 0.7)], soft.about)
    metrics: list[dict[str, float]] = []
    progress = Progress(metrics=lambda values, step: metrics.append(dict(values)))
    settings: dict[str, Any] = {"encoder": str(tiny_transformer), "epochs": 12, "patience": 12}
    few = {**split_of, "train": subset(split_of["train"], np.arange(24))}  # every step has unlabelled text
    taught = fitted(codebook, few, soft, progress, **settings, teacher_weight=20.0)
    alone = fitted(codebook, few, None, **settings)
    losses = [e["soft_loss"] for e in taught.history]
    assert losses[-1] < 0.9 * losses[0] and all("soft_loss" not in e for e in alone.history)
    assert any("step/soft_loss" in m for m in metrics) and any("epoch/soft_loss" in m for m in metrics)
    assert taught.about["teachers"] == "t" and "teachers" not in alone.about
    said = np.concatenate([s.roles.ravel() for s in soft.by_teacher[0]])
    wrong = [
        np.abs(expit(np.concatenate([s.roles.ravel() for s in c.score(soft.sentences)])) - said).mean()
        for c in (taught, alone)
    ]
    assert wrong[0] < 0.5 * wrong[1]


class Killed(Exception):
    pass


@pytest.mark.parametrize(
    ("at", "further"), [(5, {}), (17, {}), (17, {"averaged_epochs": 2, "logit_adjustment": 0.5})]
)
def test_a_killed_student_resumes_to_the_same_weights(
    codebook: Codebook,
    split_of: Split,
    soft: SoftlyLabelled,
    tiny_transformer: Path,
    monkeypatch: pytest.MonkeyPatch,
    at: int,
    further: dict[str, Any],
) -> None:
    monkeypatch.setattr("stancewire.training.encoder.trainer.CHECKPOINT_SECONDS", 0.0)
    settings: dict[str, Any] = {
        "encoder": str(tiny_transformer),
        "negative_rate": 0.7,
        "window": 64,
        **further,
    }
    whole = fitted(codebook, split_of, soft, **settings)

    def kill(done: int, total: int) -> None:
        if done == at:
            raise Killed

    with pytest.raises(Killed):
        fitted(codebook, split_of, soft, Progress(update=kill), **settings)
    lines: list[str] = []
    resumed = fitted(codebook, split_of, soft, Progress(line=lines.append), **settings)
    assert any("resuming interrupted training" in line for line in lines)
    assert any("soft loss" in line for line in lines)
    assert [{k: v for k, v in e.items() if k != "seconds"} for e in resumed.history] == [
        {k: v for k, v in e.items() if k != "seconds"} for e in whole.history
    ]
    assert resumed.network == whole.network


def test_another_teacher_is_another_training(
    codebook: Codebook, split_of: Split, soft: SoftlyLabelled, tiny_transformer: Path
) -> None:
    def kill(done: int, total: int) -> None:
        if done == 13:  # after the first epoch, at whose end a checkpoint is written
            raise Killed

    settings: dict[str, Any] = {"encoder": str(tiny_transformer)}
    with pytest.raises(Killed):
        fitted(codebook, split_of, soft, Progress(update=kill), **settings)
    other = SoftlyLabelled(soft.sentences, [teacher_of(split_of["validation"], codebook, 0.8)], soft.about)
    lines: list[str] = []
    fitted(codebook, split_of, other, Progress(line=lines.append), **settings)
    assert not any("resuming" in line for line in lines)
    assert len(list((cache_folder() / "checkpoints").iterdir())) == 1


def test_settings_with_teachers_need_soft_labels(
    codebook: Codebook, split_of: Split, tiny_transformer: Path
) -> None:
    with pytest.raises(InputError, match="teachers cannot be used here"):
        fitted(codebook, split_of, None, encoder=str(tiny_transformer), teacher=["a"], unlabelled=["b"])


def test_averaged_weights_and_logit_adjustment_work_with_teachers(
    codebook: Codebook, split_of: Split, soft: SoftlyLabelled, tiny_transformer: Path
) -> None:
    settings: dict[str, Any] = {"encoder": str(tiny_transformer), "quantise": False}
    plain, averaged, adjusted = (
        fitted(codebook, split_of, soft, **settings, **further)
        for further in ({}, {"averaged_epochs": 2}, {"logit_adjustment": 1.0})
    )
    # Averaging does not change what is learnt in a step, only what is measured and served.
    assert [e["soft_loss"] for e in averaged.history] == [e["soft_loss"] for e in plain.history]
    assert [e["validation"] for e in averaged.history] != [e["validation"] for e in plain.history]
    assert adjusted.history[0]["soft_loss"] != plain.history[0]["soft_loss"]
    assert len({c.network for c in (plain, averaged, adjusted)}) == 3


def test_one_command_trains_a_student_and_a_second_one_reuses_the_labels(
    cli: Cli,
    store: Path,
    tiny: list[Article],
    tiny_file: Path,
    tiny_model: Path,
    gated_model: Path,
    tiny_transformer: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = store / "texts"
    texts.mkdir()
    held_out = next(a for a in tiny if a.split == "test")
    (texts / "held_out.txt").write_text(held_out.text, encoding="utf-8")
    for n in range(4):
        (texts / f"{n}.txt").write_text(story(n), encoding="utf-8")
    settings = {"encoder": str(tiny_transformer), "epochs": 1, "head_learning_rate": 5e-3}
    command = ["train", "encoder", "--corpus", tiny_file, "--no-register", "--set", "bootstrap=0"]
    command += [x for k, v in settings.items() for x in ("--set", f"classifier.{k}={v}")]
    command += ["--teacher", tiny_model, "--teacher", gated_model, "--unlabelled", texts]
    result = cli(*command)
    assert result.exit_code == 0, result.stderr
    assert "unlabelled articles; left out: 1 held out" in result.stderr
    from mlflow import MlflowClient

    [experiment] = [e for e in MlflowClient().search_experiments() if e.name == "stancewire"]
    [run] = MlflowClient().search_runs([experiment.experiment_id])
    params = run.data.params
    assert params["classifier.teacher"] == str((str(tiny_model), str(gated_model)))
    assert params["encoder.teachers"].startswith(f"{tiny_model} (SHA-256 ")
    assert params["encoder.unlabelled_held_out"] == "1" and len(params["encoder.unlabelled_sha256"]) == 64
    assert run.data.metrics["epoch/soft_loss"] > 0
    folder = Path(run.info.artifact_uri.removeprefix("file://"))
    card = (folder / "model_card.md").read_text(encoding="utf-8")
    assert "It also learnt from the soft labels of" in card
    assert "Copies of validation or test articles that were left out of these: 1." in card
    model = next(p.parent for p in store.rglob("encoder.json"))
    about = load_model(model).classifier.about
    assert about["unlabelled_sha256"] == params["encoder.unlabelled_sha256"]

    def asked(*_: object) -> None:
        raise AssertionError("labels were computed again")

    monkeypatch.setattr("stancewire.training.distillation.teacher._probabilities", asked)
    assert cli(*command, "--set", "classifier.teacher_weight=0.5").exit_code == 0


def story(number: int) -> str:
    text = "Kenya accused Somalia of shelling a border town. Ethiopia urged both to return to talks."
    return f"{text} The rain of {number} days did not stop."


def test_a_final_student_inherits_figures_and_is_repeatable(
    cli: Cli, store: Path, tiny: list[Article], tiny_file: Path, tiny_model: Path, tiny_transformer: Path
) -> None:
    texts = store / "texts"
    texts.mkdir()
    for split in ("train", "test"):
        own = next(a for a in tiny if a.split == split)
        (texts / f"{split}.txt").write_text(own.text, encoding="utf-8")
    for n in range(4):
        (texts / f"{n}.txt").write_text(story(n), encoding="utf-8")
    options = [f"--set=classifier.{x}" for x in (f"encoder={tiny_transformer}", "epochs=1")]
    options += ["--set=bootstrap=0", "--no-register", "--corpus", str(tiny_file)]
    options += ["--teacher", str(tiny_model), "--unlabelled", str(texts)]
    measured, final = (cli("train", "encoder", *options, *more) for more in ((), ("--final", "--folds", 2)))
    assert (measured.exit_code, final.exit_code) == (0, 0), measured.stderr + final.stderr
    # A copy of a training article is unlabelled text for the first, and held out in a fold of the other.
    assert "left out: 1 held out" in measured.stderr and "left out: 2 held out" in final.stderr
    assert "whose figures the model inherits" in final.stderr
    run = search()[0]
    assert run.data.params["encoder.teachers"].startswith(f"{tiny_model} (SHA-256 ")
    assert run.data.metrics["epoch/soft_loss"] > 0 and "inherited/f1" in run.data.metrics
    card = (Path(run.info.artifact_uri.removeprefix("file://")) / "model_card.md").read_text("utf-8")
    assert "Copies of annotated articles that were left out of these: 2." in card
    again = cli("experiments", "rerun", run.info.run_id, "--allow-dirty")
    assert again.exit_code == 0, again.stderr
    digests = [r.data.params["encoder.unlabelled_sha256"] for r in (search()[0], run)]
    assert digests[0] == digests[1] and search()[0].info.run_id != run.info.run_id
