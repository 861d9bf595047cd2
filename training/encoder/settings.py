"""Settings for training an encoder."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ...data.errors import InputError

DEFAULT_ENCODER = "sentence-transformers/all-MiniLM-L6-v2"
_ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f]+$"
_Names = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=4096, pattern=_ONE_LINE)], ...],
    Field(max_length=1000),
]


class EncoderSettings(BaseModel):
    """The table `[classifier]` of a config with `kind = "encoder"`."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    kind: Literal["encoder"] = "encoder"
    encoder: str = Field(
        DEFAULT_ENCODER,
        min_length=1,
        max_length=4096,
        pattern=_ONE_LINE,
        description="a transformer: a name on the model hub, or a local folder",
    )
    pooling: Literal["first-last", "mean", "attention"] = Field(
        "mean", description="how a mention is pooled from the states of its tokens"
    )
    epochs: int = Field(8, ge=1, le=1000, description="maximum number of passes over the training sentences")
    patience: int = Field(
        3, ge=1, le=1000, description="epochs without improvement on validation after which training stops"
    )
    averaged_epochs: int = Field(
        1, ge=1, le=1000, description="the weights are averaged over this many last epochs; 1: not averaged"
    )
    batch_size: int = Field(16, ge=1, le=4096, description="sentences per training step")
    learning_rate: float = Field(1e-4, gt=0, le=1, description="peak learning rate of the transformer")
    head_learning_rate: float = Field(
        1e-3, gt=0, le=1, description="peak learning rate of the heads, which are trained from scratch"
    )
    layer_decay: float = Field(
        1.0,
        ge=0.1,
        le=1,
        description="learning rate of each layer relative to the layer above it; 1: the same for all layers",
    )
    weight_decay: float = Field(0.01, ge=0, le=10, description="weight decay")
    warmup: float = Field(
        0.1, ge=0, lt=1, description="fraction of the steps during which the learning rate rises"
    )
    dropout: float = Field(
        0.1, ge=0, lt=1, description="fraction of the heads' inputs that is randomly dropped in training"
    )
    positive_weight: float = Field(
        1.0, ge=1e-3, le=1000, description="weight of positives relative to negatives in the loss"
    )
    focal: float = Field(
        0.0, ge=0, le=10, description="exponent of the focal loss (Lin et al. 2017); 0: cross-entropy"
    )
    label_weight: float = Field(
        0.5, ge=1e-3, le=1000, description="weight of sentence labels in the loss, relative to roles"
    )
    pair_weight: float = Field(
        0.5,
        ge=1e-3,
        le=1000,
        description="weight of pairs of actor and target in the loss, relative to roles",
    )
    logit_adjustment: float = Field(
        0.0,
        ge=0,
        le=10,
        description="multiple of each class's log prior in the loss (Menon et al. 2021); 0: no adjustment",
    )
    negative_rate: float = Field(
        1.0,
        ge=1e-3,
        le=1,
        description="fraction of the sentences or windows without a statement or label that each epoch reads",
    )
    window: int = Field(
        0,
        ge=0,
        le=512,
        description="consecutive sentences are read together, up to this many tokens; 0: one by one",
    )
    frozen_layers: int = Field(
        0,
        ge=0,
        le=1000,
        description="number of lowest layers to freeze, with the embeddings, for faster training",
    )
    rename: bool = Field(True, description="randomly permute the placeholders for names in every epoch")
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="number format in training; auto: bfloat16 if the processor supports it"
    )
    quantise: bool = Field(
        True,
        description="serve with 8-bit weights if the scores stay close to those of the trained network",
    )
    teacher: _Names = Field(
        (),
        description="trained models that label the unlabelled text: names, versions, run ids or folders",
    )
    unlabelled: _Names = Field(
        (), description="articles that the teachers label: files, folders and patterns that `score` reads"
    )
    held_out: _Names = Field(
        (),
        description="corpora whose articles, train aside, are left out of the unlabelled text; those of the "
        "own corpora always are",
    )
    teacher_weight: float = Field(
        1.0,
        ge=1e-3,
        le=1000,
        description="weight of the soft labels relative to the gold annotation in the loss",
    )
    temperature: float = Field(
        1.0,
        ge=0.1,
        le=100,
        description="temperature of the soft labels: their logits and those of the student are divided by it",
    )
    unlabelled_ratio: float = Field(
        2.0,
        ge=1e-3,
        le=1000,
        description="the most training steps' worth of unlabelled text per step of annotated text",
    )


def refuse_teachers(settings: BaseModel, what: str, allowed: bool = False) -> None:
    """Check that there are no teachers where no soft labels are made.

    Args:
        settings: the settings of any classifier.
        what: where they cannot be used: "in a cross-validation".
        allowed: whether there are soft labels.

    Raises:
        InputError: the settings name teachers, and there are none.
    """
    if getattr(settings, "teacher", ()) and not allowed:
        raise InputError(
            f"teachers cannot be used {what}",
            where="classifier.teacher",
            hint="leave the setting out, or use `stancewire train`",
        )
