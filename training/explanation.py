"""Which words carried a statement: weights of the linear classifier, occlusion for the encoder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..data.errors import InputError
from ..data.text.analysis import AnalysedSentence
from ..data.text.sentences import segment
from ..data.text.spacy_parser import ParseCache
from .classifier import Scores
from .decoding.labeller import FoundStatement, Labeller
from .encoder.classifier import EncoderClassifier
from .linear.classifier import LinearClassifier
from .linear.mention_features import SentenceView, mention_features

# Names of features hold the words they are about, or classes of words after a hash, beside marks of what kind of feature it is.
_CLASS = re.compile(r"#(\w+)")
_WORD = re.compile(r"[^|:_>+=,!]+")


@dataclass(frozen=True, slots=True)
class Explanation:
    """A statement and what each word of its sentence did for it.

    `words` are (start, end, weight) in characters of the sentence. A weight is in logits of the actor's role for the linear
    classifier, and for the encoder what the logit loses when the word is hidden; below 0 it spoke against the statement.
    `reasons` are the heaviest features, (name, weight); none for the encoder.
    """

    sentence: str
    statement: FoundStatement
    actor: str | None
    target: str | None
    words: tuple[tuple[int, int, float], ...]
    reasons: tuple[tuple[str, float], ...]


def _by_weights(
    classifier: LinearClassifier, sentence: AnalysedSentence, actor: int, role: int
) -> tuple[list[float], list[tuple[str, float]]]:
    """Weights of the tokens: each feature's goes to the words it names, in equal parts; and the features themselves."""
    view = SentenceView(sentence)
    heavy = classifier.roles.weigh(mention_features(view, sentence.mentions[actor]), role)
    places: dict[str, list[int]] = {}
    for i, lemma in enumerate(view.lemmas):
        for name in (lemma, *(f"#{c}" for c in view.classes[i])):
            places.setdefault(name, []).append(i)
    weights = [0.0] * len(sentence.parse)
    for feature, weight in heavy:
        names = [f"#{c}" for c in _CLASS.findall(feature)] + _WORD.findall(_CLASS.sub("", feature))
        named = list(dict.fromkeys(i for name in names for i in places.get(name, ())))
        for i in named:
            weights[i] += weight / len(named)
    return weights, heavy


def _by_occlusion(
    classifier: EncoderClassifier, sentence: AnalysedSentence, actor: int, role: int
) -> list[float]:
    """What the role's logit loses when a word's tokens are hidden, one word at a time, all in one go (Zeiler and Fergus 2014, ECCV)."""
    reader = classifier.reader
    [whole] = reader.read([sentence])
    hidden = next(
        (
            n
            for n in map(reader.tokenizer.token_to_id, ("[MASK]", "<mask>", "[UNK]", "<unk>"))
            if n is not None
        ),
        reader.padding,
    )
    spans = reader.words(sentence)
    variants = [
        replace(whole, ids=[hidden if k in span else n for k, n in enumerate(whole.ids)]) for span in spans
    ]
    scores: Sequence[Scores] = classifier.run([whole, *variants])
    full = scores[0].roles[actor, role]
    return [
        float(full - s.roles[actor, role]) if span else 0.0 for s, span in zip(scores[1:], spans, strict=True)
    ]


def explain(
    labeller: Labeller, text: str, min_score: float | None = None, cached: ParseCache | None = None
) -> list[Explanation]:
    """Every statement of an article with the words that carried it.

    Raises:
        InputError: the model's source and target have to be given, or its classifier does not say why.
    """
    from ..data.text.analysis import analyse

    if labeller.given or not labeller.codebook.stances:
        raise InputError(
            "statements of this model cannot be explained",
            hint="use a model that finds statements in articles",
        )
    sentences = analyse(segment(text), labeller.gazetteer, cached)
    out: list[Explanation] = []
    for sentence, scores in zip(sentences, labeller.classifier.score(sentences), strict=True):
        for statement in labeller.statements(sentence, scores, min_score):
            role = labeller.codebook.columns[labeller.codebook.stance_names.index(statement.stance)][0]
            reasons: list[tuple[str, float]] = []
            if isinstance(labeller.classifier, EncoderClassifier):
                weights = _by_occlusion(labeller.classifier, sentence, statement.actor, role)
            elif isinstance(labeller.classifier, LinearClassifier):
                weights, reasons = _by_weights(labeller.classifier, sentence, statement.actor, role)
            else:
                raise InputError("this classifier does not say why")
            named = [
                sentence.span(sentence.mentions[i]) if i is not None else None
                for i in (statement.actor, statement.target)
            ]
            actor, target = (sentence.segment.text[slice(*span)] if span else None for span in named)
            words = [(*sentence.token_span(i), round(w, 4)) for i, w in enumerate(weights) if np.isfinite(w)]
            out.append(
                Explanation(sentence.segment.text, statement, actor, target, tuple(words), tuple(reasons[:8]))
            )
    return out
