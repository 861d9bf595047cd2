"""Settings of a training run: the content of a config file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag

from .encoder.settings import EncoderSettings

MAX_SEED = 2**32 - 1  # the limit of NumPy and scikit-learn
MAX_BOOTSTRAP = 100_000
# MLflow accepts names of runs and experiments of up to 500 characters. They must be a single, non-blank line.
_NO_CONTROLS = r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]*"
_ONE_LINE = rf"^{_NO_CONTROLS}[^\s\x00-\x1f\x7f-\x9f]{_NO_CONTROLS}$"
Name = Annotated[str, Field(min_length=1, max_length=500, pattern=_ONE_LINE)]
PathOrName = Annotated[str, Field(min_length=1, max_length=4096, pattern=_ONE_LINE)]


# What `shares` may be, for messages.
SHARES_ALLOWED = "the shares of train, validation and test, which add up to 1: [0.8, 0.1, 0.1]"


def _check_shares(shares: tuple[float, float, float]) -> tuple[float, float, float]:
    if min(shares) < 0 or not (shares[0] and shares[1]) or abs(sum(shares) - 1) > 1e-6:
        raise ValueError("train and validation have no articles, or the shares do not add up to 1")
    return shares


Shares = Annotated[tuple[float, float, float], AfterValidator(_check_shares)]


class LinearSettings(BaseModel):
    """The table `[classifier]` of a config with `kind = "linear"`."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    kind: Literal["linear"] = "linear"
    regularisation: float = Field(
        0.5, ge=1e-6, le=1e6, description="inverse strength of the L2 penalty on role weights"
    )
    label_regularisation: float = Field(
        2.0, ge=1e-6, le=1e6, description="inverse strength of the L2 penalty for sentence labels"
    )
    sentence_regularisation: float = Field(
        0.1,
        ge=1e-6,
        le=1e6,
        description="inverse strength of the L2 penalty for stances predicted from all words of a sentence",
    )
    context_regularisation: float = Field(
        0.02,
        ge=1e-6,
        le=1e6,
        description="inverse strength of the L2 penalty for the second stage, which compares mentions",
    )
    choice_regularisation: float = Field(
        40.0, ge=1e-6, le=1e6, description="inverse strength of the L2 penalty for the stances of known pairs"
    )
    min_count: int = Field(
        2, ge=1, le=10_000, description="features that occur in fewer mentions are ignored"
    )


def _kind(raw: object) -> str:
    return str(raw.get("kind", "linear")) if isinstance(raw, dict) else str(getattr(raw, "kind", "linear"))


ClassifierSettings = Annotated[
    Annotated[LinearSettings, Tag("linear")] | Annotated[EncoderSettings, Tag("encoder")],
    Discriminator(_kind),
]


class TrainingSettings(BaseModel):
    """One training run: the content of a config file."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    name: Name = Field("linear", description="name of the run")
    experiment: Name = Field("stancewire", description="MLflow experiment that the run belongs to")
    corpus: tuple[PathOrName, ...] = Field(
        ("shipped",),
        min_length=1,
        max_length=1000,
        description="corpus files or folders; 'shipped' is the corpus that comes with stancewire",
    )
    codebook: PathOrName = Field("shipped", description="codebook TOML, or 'shipped'")
    mentions: Literal["found", "known"] = Field(
        "found",
        description="found: find statements in articles; known: choose the stance for a known pair",
    )
    shares: Shares | None = Field(
        None,
        description="shares of train, validation and test in a corpus without splits; 0.7, 0.15, 0.15",
    )
    seed: int = Field(0, ge=0, le=MAX_SEED, description="the same seed gives the same results")
    bootstrap: int = Field(
        1000, ge=0, le=MAX_BOOTSTRAP, description="bootstrap resamples for the 95% confidence intervals"
    )
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


def allowed_values(table: type[BaseModel], key: str) -> str:
    """The values that a setting accepts, for messages: "a number from 0 to 1", for example."""
    if key == "shares":
        return SHARES_ALLOWED
    schema = table.model_json_schema()["properties"].get(key, {})
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    kind = schema.get("type")
    if kind in ("number", "integer"):
        low = schema.get("minimum", schema.get("exclusiveMinimum"))
        high = schema.get("maximum", schema.get("exclusiveMaximum"))
        noun = "an integer" if kind == "integer" else "a number"
        start = f"above {low:g}" if "exclusiveMinimum" in schema else f"from {low:.10g}"
        end = f"below {high:g}" if "exclusiveMaximum" in schema else f"to {high:.10g}"
        return f"{noun} {start} {end}"
    if kind == "string":
        return f"text of 1 to {schema['maxLength']} characters on one line"
    return {"boolean": "true or false", "array": "a list of at most 1000 names or paths"}.get(
        str(kind), "a table"
    )
