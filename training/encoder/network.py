"""The network: a pretrained transformer with heads for roles, sentence labels, and pairs of mentions."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from ...data.errors import InputError
from .inputs import KINDS

POOLINGS = ("first-last", "mean", "attention")
KIND_SIZE = 16
PAIR_SIZE = 64


class Network(nn.Module):  # type: ignore[misc, unused-ignore]
    """Scores a batch of sentences, read in windows, in one forward pass.

    A mention is pooled from the states of its tokens (`first-last`: the first and the last token, as in Lee
    et al. 2017, "End-to-end neural coreference resolution", EMNLP; `mean`; `attention`: weighted by a learnt
    score) and concatenated with the state of the sentence, which is the mean of all its tokens, and with an
    embedding of the mention's kind. Roles are computed from this, labels from the state of the sentence; a
    pair of actor and target is scored by a biaffine product of the two mentions (Dozat and Manning 2017,
    "Deep biaffine attention for neural dependency parsing", ICLR).

    Args:
        encoder: a model of the `transformers` library, with `config.hidden_size`.
        roles, labels, pairs: the number of outputs of each kind, see `output_sizes`; one pair per stance with
            a target.
        pooling: one of `POOLINGS`, see above.
        dropout: the fraction of the heads' inputs that is dropped in training, in [0, 1).
    """

    def __init__(
        self, encoder: nn.Module, roles: int, labels: int, pairs: int, pooling: str, dropout: float = 0.1
    ) -> None:
        super().__init__()
        size = int(encoder.config.hidden_size)
        self.encoder, self.pooling = encoder, pooling
        self.kind = nn.Embedding(len(KINDS), KIND_SIZE)
        self.attend = nn.Linear(size, 1) if pooling == "attention" else None
        mention = (2 if pooling == "first-last" else 1) * size + size + KIND_SIZE
        self.dropout = nn.Dropout(dropout)
        self.mention = nn.Sequential(nn.Linear(mention, size), nn.GELU(), nn.Dropout(dropout))
        self.sentence = nn.Sequential(nn.Linear(size, size), nn.Tanh(), nn.Dropout(dropout))
        self.roles, self.labels = nn.Linear(size, roles), nn.Linear(size, labels)
        self.pairs = pairs
        self.actor, self.target = nn.Linear(size, pairs * PAIR_SIZE), nn.Linear(size, pairs * PAIR_SIZE)
        self.pair_bias = nn.Parameter(torch.zeros(pairs))

    def head_parameters(self) -> list[nn.Parameter]:
        """All parameters except those of the transformer."""
        inside = {id(p) for p in self.encoder.parameters()}
        return [p for p in self.parameters() if id(p) not in inside]

    def _pooled(self, states: Tensor, first: Tensor, last: Tensor) -> Tensor:
        """The states of mentions: sentences x mentions x size, with `first-last` twice the size."""
        positions = torch.arange(states.shape[1], device=states.device)[None, None, :]
        if self.pooling == "first-last":
            ends = [(positions == at[:, :, None]).to(states.dtype) @ states for at in (first, last)]
            return torch.cat(ends, dim=-1)
        inside = ((positions >= first[:, :, None]) & (positions <= last[:, :, None])).to(states.dtype)
        if self.attend is not None:
            inside = inside * torch.exp(self.attend(states).clamp(-10, 10)).transpose(1, 2)
        return (inside / inside.sum(dim=-1, keepdim=True)) @ states

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        first: Tensor,
        last: Tensor,
        kind: Tensor,
        window: Tensor,
        begin: Tensor,
        end: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Score a batch.

        Args:
            input_ids, attention_mask: windows x tokens.
            first, last, kind: sentences x mentions, see `EncodedSentence`.
            window, begin, end: one per sentence, see `InputReader.batch`.

        Returns:
            Logits of roles (sentences x mentions x roles), labels (sentences x labels), and pairs (sentences
            x actors x targets x pairs).
        """
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask)[0][window]
        positions = torch.arange(states.shape[1], device=states.device)[None, None, :]
        inside = (positions >= begin[:, None, None]) & (positions <= end[:, None, None])
        weights = inside.to(states.dtype)
        whole = (weights @ states / weights.sum(dim=-1, keepdim=True))[:, 0]
        pooled = self._pooled(states, first, last)
        spread = whole[:, None, :].expand(-1, pooled.shape[1], -1)
        mentions = self.mention(self.dropout(torch.cat([pooled, spread, self.kind(kind)], dim=-1)))
        shape = (*mentions.shape[:2], self.pairs, PAIR_SIZE)
        actors, targets = self.actor(mentions).reshape(shape), self.target(mentions).reshape(shape)
        pairs = torch.einsum("bips,bjps->bijp", actors, targets) / PAIR_SIZE**0.5 + self.pair_bias
        return self.roles(mentions), self.labels(self.sentence(whole)), pairs


def transformer_layers(encoder: nn.Module, setting: str) -> nn.ModuleList:
    """The layers of a transformer, the lowest first.

    Args:
        setting: the setting that needs them, for the error.

    Raises:
        InputError: they are not in a list, as in encoders whose layers share their weights.
    """
    depth = int(getattr(encoder.config, "num_hidden_layers", 0))
    for module in encoder.modules():
        if isinstance(module, nn.ModuleList) and len(module) == depth > 0:
            return module
    raise InputError(
        "the layers of this encoder cannot be told apart",
        where=f"classifier.{setting}",
        hint="leave out this setting, or use another encoder",
    )


def layer_rates(encoder: nn.Module, rate: float, decay: float) -> list[tuple[list[nn.Parameter], float]]:
    """The parameters of a transformer in groups, each with its learning rate.

    The lower a layer, the more general is what it has learnt, and the less it should change (Howard and Ruder
    2018, "Universal language model fine-tuning for text classification", ACL; Clark et al. 2020, "ELECTRA",
    ICLR).

    Args:
        rate: the learning rate of the highest layer, above 0.
        decay: the rate of each layer relative to the layer above it, in (0, 1]. Everything outside the
            layers, such as embeddings, counts as a layer below the lowest. With 1 there is a single group.

    Raises:
        InputError: see `transformer_layers`.
    """
    if decay == 1:
        return [(list(encoder.parameters()), rate)]
    layers = transformer_layers(encoder, "layer_decay")
    groups = [list(layer.parameters()) for layer in layers]
    inside = {id(p) for group in groups for p in group}
    groups.insert(0, [p for p in encoder.parameters() if id(p) not in inside])
    return [(group, rate * decay**below) for below, group in enumerate(reversed(groups))]


def freeze(encoder: nn.Module, layers: int) -> None:
    """Exclude the lowest layers, and everything outside the layers (such as embeddings), from training.

    Little is lost, because the lowest layers change least in fine-tuning (Lee, Tang and Lin 2019, "What would
    Elsa do? Freezing layers during transformer fine-tuning", arXiv:1911.03090).

    Raises:
        InputError: the encoder has no more than `layers` layers, or see `transformer_layers`.
    """
    stack = transformer_layers(encoder, "frozen_layers")
    if layers >= len(stack):
        raise InputError(
            f"frozen_layers = {layers}, but the encoder has {len(stack)} layers",
            where="classifier.frozen_layers",
            hint=f"give a number below {len(stack)}",
        )
    trained = {id(p) for layer in stack[layers:] for p in layer.parameters()}
    for parameter in encoder.parameters():
        parameter.requires_grad_(id(parameter) in trained)


def pretrained(folder: Path) -> nn.Module:
    """The transformer in a local folder, loaded from safetensors only."""
    from transformers import AutoModel

    model: nn.Module = AutoModel.from_pretrained(
        folder, local_files_only=True, use_safetensors=True, dtype=torch.float32
    )
    if getattr(model, "pooler", None) is not None:
        model.pooler = None  # not used here
    return model
