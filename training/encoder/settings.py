"""Settings of an encoder."""

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
        "mean", description="how a mention is pooled from the states of its tokens"
    )
    epochs: int = Field(8, ge=1, description="the most passes over the training sentences")
    patience: int = Field(
        3, ge=1, description="epochs without improvement on validation until training stops"
    )
    batch_size: int = Field(16, ge=1, description="sentences per training step")
    learning_rate: float = Field(1e-4, gt=0, description="highest learning rate of the transformer")
    head_learning_rate: float = Field(1e-3, gt=0, description="the same for the heads, which start untrained")
    weight_decay: float = Field(0.01, ge=0, description="weight decay")
    warmup: float = Field(0.1, ge=0, lt=1, description="share of the steps in which the learning rate rises")
    dropout: float = Field(
        0.1, ge=0, lt=1, description="share of the heads' inputs that is left out at random in training"
    )
    positive_weight: float = Field(1.0, gt=0, description="weight of positives against negatives in the loss")
    focal: float = Field(
        0.0, ge=0, description="exponent of the focal loss (Lin et al. 2017); 0: cross-entropy"
    )
    negative_rate: float = Field(
        1.0,
        gt=0,
        le=1,
        description="share of the sentences without statement or label used in an epoch, drawn anew",
    )
    frozen_layers: int = Field(
        0,
        ge=0,
        description="lowest layers that are not trained, nor are the embeddings: training is faster",
    )
    rename: bool = Field(True, description="replace names by other stand-ins at random in every epoch")
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="number format in training; auto: bfloat16 where the processor supports it"
    )
    quantise: bool = Field(
        True,
        description="serve with 8-bit weights where scores stay close to those of the trained network",
    )
