"""Settings of encoder training that are off by default: averaging, layer-wise rates, weights of losses."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stancewire.data.codebook import Codebook
from stancewire.data.errors import InputError
from stancewire.training.encoder.classifier import EncoderClassifier, EncoderPairClassifier
from stancewire.training.encoder.settings import EncoderSettings
from stancewire.training.examples.known_pairs import known_pairs
from stancewire.training.progress import Progress

from .fitting import Killed, Split, fitted

torch = pytest.importorskip("torch", reason="the extra `encoder` is not installed")

pytestmark = pytest.mark.usefixtures("own_cache")
SETTINGS: dict[str, dict[str, Any]] = {
    "averaged_epochs": {"averaged_epochs": 2},
    "layer_decay": {"layer_decay": 0.5},
    "label_weight": {"label_weight": 5.0},
    "pair_weight": {"pair_weight": 5.0},
    "logit_adjustment": {"logit_adjustment": 1.0},
}
OFF = {
    "averaged_epochs": 1,
    "layer_decay": 1.0,
    "label_weight": 0.5,
    "pair_weight": 0.5,
    "logit_adjustment": 0,
}


def weights(made: EncoderClassifier) -> bytes:
    assert isinstance(made.network, bytes)
    return made.network


@pytest.mark.parametrize("chosen", SETTINGS.values(), ids=SETTINGS)
def test_a_killed_training_resumes_to_the_same_weights_with_each_setting(
    codebook: Codebook,
    split_of: Split,
    tiny_transformer: Path,
    monkeypatch: pytest.MonkeyPatch,
    chosen: dict[str, Any],
) -> None:
    monkeypatch.setattr("stancewire.training.encoder.trainer.CHECKPOINT_SECONDS", 0.0)
    settings = {
        "encoder": str(tiny_transformer),
        "quantise": False,
        "epochs": 3,
        "weight_decay": 0.02,
        **chosen,
    }
    whole = fitted(codebook, split_of, **settings)
    plain = fitted(codebook, split_of, **{**settings, **{k: OFF[k] for k in chosen}})
    assert weights(whole) != weights(plain), "the setting has no effect"

    def kill(done: int, total: int) -> None:
        if done in kills:
            kills.remove(done)
            raise Killed

    kills = {17, 29}  # in the second and the third of three epochs of twelve steps
    while kills:
        with pytest.raises(Killed):
            fitted(codebook, split_of, Progress(update=kill), **settings)
    assert weights(fitted(codebook, split_of, **settings)) == weights(whole)


def test_the_settings_are_off_by_default() -> None:
    defaults = EncoderSettings.model_validate({})
    assert {name: getattr(defaults, name) for name in OFF} == OFF


def test_the_averaged_weights_are_the_mean_of_the_last_epochs(
    codebook: Codebook, split_of: Split, tiny_transformer: Path
) -> None:
    from stancewire.training.encoder.checkpoints import Checkpoints

    checkpoints = Checkpoints(tiny_transformer.parent / "averaged")
    network = torch.nn.Sequential(torch.nn.Linear(2, 1, bias=False), torch.nn.BatchNorm1d(1))
    means = []
    for epoch, value in enumerate((1.0, 2.0, 6.0, 7.0)):
        with torch.no_grad():
            network[0].weight.fill_(value)
        network[1].num_batches_tracked.fill_(epoch)  # an integer, which has no mean
        with checkpoints.averaged(network, epoch, 3):
            means.append(network[0].weight.detach()[0, 0].item())
            assert int(network[1].num_batches_tracked) == epoch
        assert network[0].weight.detach()[0, 0].item() == value, "training must go on from its own weights"
    assert means == pytest.approx([1.0, 1.5, 3.0, 5.0])
    assert len(list(checkpoints.folder.glob("epoch-*"))) == 3
    checkpoints.discard()


def test_averaged_weights_are_validated(codebook: Codebook, split_of: Split, tiny_transformer: Path) -> None:
    """Losses are those of the plain training, as averaging does not change it; validation is another one."""
    settings = {"encoder": str(tiny_transformer), "epochs": 4, "patience": 4}
    plain, averaged = (fitted(codebook, split_of, averaged_epochs=n, **settings) for n in (1, 3))
    assert [e["loss"] for e in averaged.history] == [e["loss"] for e in plain.history]
    assert averaged.history[0]["validation"] == plain.history[0]["validation"]
    assert averaged.history[3]["validation"] != plain.history[3]["validation"]
    assert averaged.about["best_epoch"] == 1 + int(np.argmax([e["validation"] for e in averaged.history]))


def test_lower_layers_get_lower_learning_rates(tiny_transformer: Path) -> None:
    from stancewire.training.encoder.network import layer_rates, pretrained

    encoder = pretrained(tiny_transformer)
    names = {id(p): n for n, p in encoder.named_parameters()}
    rate_of = {names[id(p)]: rate for group, rate in layer_rates(encoder, 1e-3, 0.5) for p in group}
    assert set(rate_of) == set(names.values())
    for name, rate in rate_of.items():
        expected = 1e-3 if ".layer.1." in name else 5e-4 if ".layer.0." in name else 2.5e-4
        assert rate == pytest.approx(expected), name
    assert len(layer_rates(encoder, 1e-3, 1.0)) == 1


def test_layers_change_in_proportion_to_their_rates(
    codebook: Codebook, split_of: Split, tiny_transformer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Adam's first steps are about as long as the rate, whatever the gradient."""
    from stancewire.training.encoder import fit
    from stancewire.training.encoder.network import Network, pretrained

    trained: list[Network] = []
    original = fit._network
    monkeypatch.setattr(fit, "_network", lambda *a: trained.append(original(*a)) or trained[-1])
    fitted(codebook, split_of, encoder=str(tiny_transformer), epochs=1, weight_decay=0, layer_decay=0.1)
    before, moved = dict(pretrained(tiny_transformer).named_parameters()), {}
    for name, parameter in trained[0].encoder.named_parameters():
        if name.endswith("intermediate.dense.weight"):
            moved[name.split(".layer.")[1][0]] = float((parameter - before[name]).detach().abs().mean())
    assert moved["1"] > 5 * moved["0"] > 0


def test_an_encoder_with_shared_layers_has_no_layer_rates(tokenizer: Any, tiny_transformer: Path) -> None:
    from stancewire.training.encoder.network import freeze, layer_rates
    from transformers import AlbertConfig, AlbertModel

    config = AlbertConfig(
        vocab_size=20, hidden_size=8, embedding_size=8, num_attention_heads=1, intermediate_size=8
    )
    encoder = AlbertModel(config)
    for setting, use in (
        ("layer_decay", lambda: layer_rates(encoder, 1e-3, 0.9)),
        ("frozen_layers", lambda: freeze(encoder, 1)),
    ):
        with pytest.raises(InputError, match=rf"classifier\.{setting}: the layers of this encoder cannot be"):
            use()


def test_a_window_longer_than_the_encoder_reads_is_one_error_line(
    codebook: Codebook, split_of: Split, tiny_transformer: Path, tmp_path: Path
) -> None:
    from transformers import BertConfig, BertModel

    config = BertConfig.from_pretrained(tiny_transformer, max_position_embeddings=200)
    BertModel(config).save_pretrained(tmp_path)
    shutil.copy(tiny_transformer / "tokenizer.json", tmp_path)
    with pytest.raises(InputError, match=r"classifier\.window: .* reads at most 200 \(give 200 or fewer\)"):
        fitted(codebook, split_of, encoder=str(tmp_path), window=201)
    assert fitted(codebook, split_of, encoder=str(tmp_path), window=200, epochs=1).history


def test_the_weights_of_the_heads_scale_their_part_of_the_loss(codebook: Codebook, split_of: Split) -> None:
    from stancewire.training.encoder.objective import Outputs, RoleObjective

    targets = [t for t in split_of["train"].targets if len(t.pairs)][:4]
    mentions, rng = max(len(t.roles) for t in targets), torch.manual_seed(0)
    outputs = Outputs(
        torch.randn(4, mentions, len(codebook.roles), generator=rng),
        torch.randn(4, len(codebook.labels), generator=rng),
        torch.randn(4, mentions, mentions, sum(s.has_target for s in codebook.stances), generator=rng),
    )

    def loss(**settings: float) -> float:
        return float(RoleObjective(codebook, EncoderSettings.model_validate(settings)).loss(outputs, targets))

    base = loss()
    labels, pairs = loss(label_weight=1.5) - base, loss(pair_weight=1.5) - base
    assert labels > 0 and pairs > 0
    assert loss(label_weight=2.5, pair_weight=2.5) == pytest.approx(base + 2 * labels + 2 * pairs, rel=1e-5)
    roles = base - 0.5 * labels - 0.5 * pairs
    assert loss(label_weight=1e-3, pair_weight=1e-3) == pytest.approx(
        roles + 1e-3 * (labels + pairs), rel=1e-4
    )


def test_rare_stances_of_known_pairs_are_chosen_more_often(
    codebook: Codebook, split_of: Split, tiny_transformer: Path
) -> None:
    """A learner that sees nothing chooses the most frequent stance, but not with the adjustment."""
    stances = [s.actor for s in codebook.stance_roles]
    pairs = {k: known_pairs(v, codebook) for k, v in split_of.items()}
    of = np.array([[t.roles[0, a] for a in stances].index(1) for t in pairs["train"].targets])
    common, rare = np.bincount(of, minlength=len(stances)).argmax(), np.bincount(of).argmin()
    keep = np.flatnonzero((of == common) | ((of == rare) & (np.cumsum(of == rare) <= 4)))
    assert (of[keep] == rare).sum() == 4 < (of[keep] == common).sum()
    train = replace(
        pairs["train"],
        sentences=[pairs["train"].sentences[n] for n in keep],
        targets=[pairs["train"].targets[n] for n in keep],
    )
    from stancewire.training.decoding.choice import choice_logits

    margins = []
    for strength in (0.0, 1.0):
        made = fitted(
            codebook,
            {**pairs, "train": train},
            kind=EncoderPairClassifier,
            encoder=str(tiny_transformer),
            logit_adjustment=strength,
            epochs=8,
            patience=8,
        )
        logits = np.stack([choice_logits(s, codebook) for s in made.score(pairs["validation"].sentences)])
        margins.append(float((logits[:, rare] - logits[:, common]).mean()))
    assert margins[1] > margins[0] + 0.5
