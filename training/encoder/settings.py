"""What of an encoder can be set."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

DEFAULT_ENCODER = "sentence-transformers/all-MiniLM-L6-v2"


class EncoderSettings(BaseModel):
    """The table `[classifier]` of a config with `kind = "encoder"`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["encoder"] = "encoder"
    encoder: str = Field(
        DEFAULT_ENCODER, description="a transformer: a name on the model hub, or a local folder"
    )
    pooling: Literal["first-last", "mean", "attention"] = Field(
        "mean", description="how a mention is read off the states of its tokens"
    )
    epochs: int = Field(8, ge=1, description="times that the training sentences are read at most")
    patience: int = Field(3, ge=1, description="epochs without gain on validation after which training stops")
    batch_size: int = Field(16, ge=1, description="sentences that one step learns from")
    learning_rate: float = Field(1e-4, gt=0, description="highest rate of the transformer's weights")
    head_learning_rate: float = Field(
        1e-3, gt=0, description="the same for the heads, which begin from nothing"
    )
    weight_decay: float = Field(0.01, ge=0, description="decay of weights")
    warmup: float = Field(0.1, ge=0, lt=1, description="share of the steps in which the rate rises")
    dropout: float = Field(
        0.1, ge=0, lt=1, description="share of the heads' inputs that is left out at random"
    )
    positive_weight: float = Field(
        1.0, gt=0, description="how much a role that holds weighs against one that does not"
    )
    focal: float = Field(0.0, ge=0, description="exponent of the focal loss (Lin et al. 2017): 0 is none")
    plain_share: float = Field(
        1.0,
        gt=0,
        le=1,
        description="share of the sentences without statement and label that an epoch reads, drawn anew each time",
    )
    frozen_layers: int = Field(
        0,
        ge=0,
        description="lowest layers, with the embeddings, that are left as they were: training is quicker",
    )
    rename: bool = Field(True, description="give names other stand-ins at random in every epoch")
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="auto: bfloat16 where the processor has it"
    )
    quantise: bool = Field(True, description="serve with weights of 8 bits")
