"""Bodies of requests and replies."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ...data.record import Record
from ..articles.source import SourceArticle
from ..articles.streams import MAX_ARTICLE_BYTES

_STRICT = ConfigDict(extra="forbid")
Text = Annotated[str, Field(min_length=1, max_length=MAX_ARTICLE_BYTES)]
Short = Annotated[str, Field(max_length=2000)]


class ArticleIn(BaseModel):
    """An article to score."""

    model_config = _STRICT
    text: Text = Field(description="The article; for models of known pairs, a sentence.")
    id: Short = Field(default="", description="Default: its number in the request, from 1.")
    title: Short | None = None
    outlet: Short | None = None
    date: Short | None = Field(default=None, description="ISO 8601, a day or a time.")
    url: Short | None = None
    author: Short | None = None
    actor: Short | None = Field(default=None, description="For models of known pairs: words of the text.")
    target: Short | None = None

    def to_article(self, number: int) -> SourceArticle:
        """The article as readers make it."""
        values = self.model_dump()
        values["id"] = self.id or str(number)
        return SourceArticle(**values, source=f"article {number}")


class Options(BaseModel):
    """What requests have in common."""

    model_config = _STRICT
    model: Short | None = Field(
        None, description="`champion` or `challenger`, see /health. Default: the first."
    )
    min_score: float | None = Field(
        None, ge=0, le=1, description="Replaces the tuned thresholds of statements."
    )
    any_language: bool = Field(
        default=False, description="Also score texts that are not detected as English."
    )


class ScoreRequest(Options):
    """A text, or several articles."""

    text: Text | None = None
    title: Short | None = None
    articles: list[ArticleIn] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _one_of_both(self) -> ScoreRequest:
        if (self.text is None) == (self.articles is None):
            raise ValueError("either text or articles is needed")
        if self.title is not None and self.text is None:
            raise ValueError("title belongs to text; articles have their own")
        return self

    def to_articles(self) -> list[SourceArticle]:
        """The articles as readers make them."""
        raw = self.articles or [ArticleIn(text=self.text or "", title=self.title)]
        return [article.to_article(n) for n, article in enumerate(raw, 1)]


class ExplainRequest(Options):
    """A text whose statements are explained."""

    text: Text
    actor: Short | None = Field(default=None, description="For models of known pairs: words of the text.")
    target: Short | None = None


class ArticleError(BaseModel):
    """An article that could not be scored."""

    index: int = Field(description="Its index in the request, from 0.")
    error: str
    hint: str | None = None


class ScoreReply(BaseModel):
    """Records in the order of the articles; null for one that could not be scored."""

    model: str
    records: list[Record | None]
    errors: list[ArticleError]


class Word(BaseModel):
    """A word of a sentence and its weight in logits; negative against the statement."""

    start: int
    end: int
    text: str
    weight: float


class Reason(BaseModel):
    """A feature of a linear model and its weight in logits."""

    name: str
    weight: float


class ExplainedStatement(BaseModel):
    """A statement with the words that support it. Offsets are characters of the sentence."""

    sentence: str
    stance: str
    score: float
    actor: str | None
    target: str | None
    words: list[Word]
    reasons: list[Reason]

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> ExplainedStatement:
        """From a `training.explanation.Explanation` as a dict."""
        sentence = raw["sentence"]
        words = [Word(start=a, end=b, text=sentence[a:b], weight=w) for a, b, w in raw["words"]]
        return cls(
            sentence=sentence,
            stance=raw["statement"]["stance"],
            score=raw["statement"]["score"],
            actor=raw["actor"],
            target=raw["target"],
            words=words,
            reasons=[Reason(name=name, weight=weight) for name, weight in raw["reasons"]],
        )


class ExplainReply(BaseModel):
    """The statements of a text, explained."""

    model: str
    statements: list[ExplainedStatement]


class ModelHealth(BaseModel):
    """A model of the service."""

    name: str
    version: str
    workers: int
    pending: int


class Health(BaseModel):
    """Whether the service works: `ok`, or `stopping` after SIGTERM."""

    status: str
    stancewire: str
    models: list[ModelHealth]


class ErrorReply(BaseModel):
    """Why a request failed."""

    error: str
    hint: str | None = None
    errors: list[ArticleError] | None = None
