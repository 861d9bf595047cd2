"""Settings of a training run: the content of a config file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from .encoder.settings import EncoderSettings


class LinearSettings(BaseModel):
    """The table `[classifier]` of a config with `kind = "linear"`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["linear"] = "linear"
    regularisation: float = Field(0.5, gt=0, description="inverse strength of the L2 penalty on role weights")
    label_regularisation: float = Field(
        2.0, gt=0, description="inverse strength of the L2 penalty for sentence labels"
    )
    sentence_regularisation: float = Field(
        0.1, gt=0, description="inverse strength of the L2 penalty for the stances of a sentence by its words"
    )
    context_regularisation: float = Field(
        0.02,
        gt=0,
        description="inverse strength of the L2 penalty for the second stage, which compares mentions",
    )
    choice_regularisation: float = Field(
        40.0, gt=0, description="inverse strength of the L2 penalty for the stances of known pairs"
    )
    min_count: int = Field(2, ge=1, description="features that occur in fewer mentions are ignored")


def _kind(raw: object) -> str:
    return str(raw.get("kind", "linear")) if isinstance(raw, dict) else str(getattr(raw, "kind", "linear"))


ClassifierSettings = Annotated[
    Annotated[LinearSettings, Tag("linear")] | Annotated[EncoderSettings, Tag("encoder")],
    Discriminator(_kind),
]


class TrainingSettings(BaseModel):
    """One training run: the content of a config file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field("linear", description="name of the run")
    experiment: str = Field("stancewire", description="MLflow experiment that the run belongs to")
    corpus: tuple[str, ...] = Field(
        ("shipped",),
        min_length=1,
        description="corpus files or folders; 'shipped' is the corpus that comes with stancewire",
    )
    codebook: str = Field("shipped", description="codebook TOML, or 'shipped'")
    mentions: Literal["found", "known"] = Field(
        "found",
        description="found: find statements in articles; known: choose the stance for a known pair",
    )
    seed: int = Field(0, ge=0, description="the same seed gives the same results")
    bootstrap: int = Field(1000, ge=0, description="bootstrap resamples for the 95 % confidence intervals")
    classifier: ClassifierSettings = Field(
        default_factory=lambda: LinearSettings.model_validate({}),
        description="the classifier's settings",
    )


def setting_names(kind: str) -> list[str]:
    """The keys that `--set` accepts, for a run with this kind of classifier (`linear` or `encoder`)."""
    table = EncoderSettings if kind == "encoder" else LinearSettings
    return [
        *(k for k in TrainingSettings.model_fields if k != "classifier"),
        *(f"classifier.{k}" for k in table.model_fields),
    ]
