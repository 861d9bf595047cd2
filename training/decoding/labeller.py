"""The base of both kinds of labeller: from texts to records."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import ClassVar, Literal

import numpy as np

from ...data.codebook import Codebook
from ...data.identities.resolver import IdentityResolver
from ...data.record import Label, Party, Record, ScoredSentence, ScoredStatement, text_sha256
from ...data.text.analysis import AnalysedSentence, UnparsedSentence, analyse_prepared, prepare
from ...data.text.gazetteer import Gazetteer
from ...data.text.segmentation.sentences import Segment
from ...data.text.spacy_parser import ParseCache
from ..classifier import Classifier, Floats, Scores, SentenceGate
from ..examples.dataset import Analysed
from .calibration import Sigmoid, best_threshold, fit_sigmoid
from .decisions import Decisions, FoundStatement
from .document import Document
from .pairing import Pairing
from .parties import party_of, scored_statement

Mentions = Literal["found", "known"]


class Labeller(ABC):
    """Labels texts: a classifier with its decisions, codebook and gazetteer.

    `StatementFinder` finds the statements of an article; `StanceChooser` chooses the stance of a known pair.

    Args:
        name: the value of `Record.model`, such as `stancewire/1`.

    Attributes:
        gate: can decide which sentences of a text are read; None if the model has none.
        use_gate: whether it does, unless a call says otherwise.
        mentions: `found` or `known`, as in the training settings.
        pairing: assigns targets to actors; None if the pairs are known.
    """

    mentions: ClassVar[Mentions]
    pairing: Pairing | None = None

    def __init__(
        self,
        classifier: Classifier,
        decisions: Decisions,
        codebook: Codebook,
        gazetteer: Gazetteer,
        name: str | None = None,
    ) -> None:
        self.classifier, self.decisions = classifier, decisions
        self.codebook, self.gazetteer, self.name = codebook, gazetteer, name
        self.gate: SentenceGate | None = None
        self.use_gate = False

    # Implemented by the two kinds.

    @abstractmethod
    def probabilities(self, scores: Scores) -> Floats:
        """Calibrated probabilities in [0, 1] of the roles of a sentence's mentions (mentions x roles)."""

    @abstractmethod
    def statements(
        self, sentence: AnalysedSentence, scores: Scores, min_score: float | None = None
    ) -> list[FoundStatement]:
        """The statements of one sentence.

        Args:
            min_score: replaces the tuned thresholds of actors.
        """

    @abstractmethod
    def examples(self, data: Analysed) -> Analysed:
        """Annotated articles in the form on which this labeller is trained and evaluated."""

    @abstractmethod
    def _calibrate_statements(self, validation: Analysed, scores: Sequence[Scores], seed: int) -> None:
        """Set the calibrations and thresholds of roles."""

    @abstractmethod
    def _segments(self, document: Document) -> list[Segment]:
        """The sentences of a text.

        Raises:
            InputError: the text cannot be labelled by this kind of labeller.
        """

    def _prepared(self, document: Document, sentences: list[AnalysedSentence]) -> list[AnalysedSentence]:
        """The analysed sentences of a text with the mentions to score."""
        return sentences

    def _distinct(
        self, statements: list[FoundStatement], parties: Mapping[int, Party]
    ) -> list[FoundStatement]:
        """The statements of a sentence without duplicates by the same party."""
        return statements

    # Texts to records.

    def label(
        self,
        text: str,
        *,
        id: str = "",
        source: str | None = None,
        title: str | None = None,
        actor: str | None = None,
        target: str | None = None,
        min_score: float | None = None,
        cache: ParseCache | None = None,
        advance: Callable[[int], None] | None = None,
        gate: bool | None = None,
    ) -> Record:
        """Label one text.

        Args:
            text: an article; for a `StanceChooser` one sentence.
            id, source, title: copied to the record.
            actor, target: the known pair of a `StanceChooser`, words of the text; ignored by a
                `StatementFinder`.
            min_score: replaces the tuned thresholds of statements, in [0, 1]; a `StanceChooser` ignores it.
            cache: parses of earlier texts; None parses everything.
            advance: called with the number of sentences done since the last call.
            gate: whether the gate, if there is one, decides which sentences are read; None is `use_gate`.

        Returns:
            The record; its offsets are characters of `text`.

        Raises:
            InputError: a `StanceChooser` has no known pair, or its words are not in the text.
        """
        document = Document(text, id, source, title, actor, target)
        sentences, scores = self.read(document, cache, advance, gate=gate)
        return self._record_of(document, sentences, scores, min_score)

    def pipe(
        self,
        texts: Iterable[str | Document],
        batch_size: int = 32,
        *,
        min_score: float | None = None,
        cache: ParseCache | None = None,
        gate: bool | None = None,
    ) -> Iterator[Record]:
        """Label many texts; the records are the same as those of `label`.

        Args:
            texts: texts, or documents with an id and other metadata; read lazily.
            batch_size: the number of texts whose sentences are parsed together, 1 or more.
            min_score, cache, gate: see `label`.

        Raises:
            InputError: see `label`; the iteration then ends.
        """
        rest = (Document(t) if isinstance(t, str) else t for t in texts)
        while batch := list(islice(rest, batch_size)):
            for document, (sentences, scores) in zip(
                batch, self._read(batch, cache, None, gate), strict=True
            ):
                yield self._record_of(document, sentences, scores, min_score)

    def analyse(
        self,
        document: Document,
        cache: ParseCache | None = None,
        advance: Callable[[int], None] | None = None,
    ) -> list[AnalysedSentence]:
        """The sentences of a text with the mentions to score; for arguments and errors see `label`."""
        prepared = prepare(self._segments(document), self.gazetteer)
        return self._prepared(document, analyse_prepared(prepared, cache, advance))

    def read(
        self,
        document: Document,
        cache: ParseCache | None = None,
        advance: Callable[[int], None] | None = None,
        *,
        gate: bool | None = None,
    ) -> tuple[list[AnalysedSentence], list[Scores]]:
        """The sentences of a text with their scores; for arguments and errors see `label`.

        A sentence that the gate leaves out has no scores of roles and labels.
        """
        return next(self._read([document], cache, advance, gate))

    def _read(
        self,
        documents: Sequence[Document],
        cache: ParseCache | None,
        advance: Callable[[int], None] | None,
        gate: bool | None,
    ) -> Iterator[tuple[list[AnalysedSentence], list[Scores]]]:
        """The sentences of texts, parsed together, with their scores."""
        segments = [self._segments(document) for document in documents]
        prepared = prepare([s for one in segments for s in one], self.gazetteer)
        gate_ = self.gate if (self.use_gate if gate is None else gate) else None
        read = gate_.judge(prepared).tolist() if gate_ is not None else None
        sentences = iter(analyse_prepared(prepared, cache, advance, read))
        for document, own in zip(documents, segments, strict=True):
            # Articles are scored one by one, because the scores of an 8-bit encoder depend on the batch.
            mine = self._prepared(document, list(islice(sentences, len(own))))
            scores = iter(self.classifier.score([s for s in mine if not isinstance(s, UnparsedSentence)]))
            none = Scores(np.zeros((0, len(self.codebook.roles))), np.zeros(0))
            yield mine, [none if isinstance(s, UnparsedSentence) else next(scores) for s in mine]

    def _record_of(
        self,
        document: Document,
        sentences: Sequence[AnalysedSentence],
        scores: Sequence[Scores],
        min_score: float | None,
    ) -> Record:
        _, id, source, title, *_ = document
        record = self.record(sentences, scores, id=id, source=source, title=title, min_score=min_score)
        return record.model_copy(update={"text_sha256": text_sha256(document.text)})

    # Scores to a record.

    def labels(self, scores: Scores) -> tuple[Label, ...]:
        """The labels of one sentence that reach their thresholds; none if it was not read."""
        out: list[Label] = []
        for k, name in enumerate(self.codebook.label_names if len(scores.labels) else ()):
            p = float(self.decisions.calibration.get(name, Sigmoid())(scores.labels[k : k + 1])[0])
            if p >= self.decisions.thresholds.get(name, 0.5):
                out.append(Label(name=name, score=round(p, 4)))
        return tuple(out)

    def record(
        self,
        sentences: Sequence[AnalysedSentence],
        scores: Sequence[Scores],
        *,
        id: str = "",
        source: str | None = None,
        title: str | None = None,
        min_score: float | None = None,
    ) -> Record:
        """The record of one article from the scores of its sentences.

        Args:
            sentences: in order; for a `StanceChooser` one per known pair, so that a sentence may be repeated.
            scores: one per sentence.
            id, source, title, min_score: see `label`.
        """
        resolver = IdentityResolver(sentences, self.gazetteer)
        rows: list[ScoredSentence] = []
        row_of: list[int] = []
        statements: list[ScoredStatement] = []
        for sentence, score in zip(sentences, scores, strict=True):
            if not rows or rows[-1].start != sentence.segment.start:
                rows.append(self._scored_sentence(sentence, score))
            row_of.append(len(rows) - 1)
        for n, (sentence, score) in enumerate(zip(sentences, scores, strict=True)):
            # A sentence without scores of roles is not read; asking for its mentions would parse it.
            found = self.statements(sentence, score, min_score) if len(score.roles) else []
            mentions = {i for s in found for i in (s.actor, s.target) if i is not None}
            parties = {i: party_of(sentence.mentions[i], n, resolver, row_of) for i in sorted(mentions)}
            statements += [scored_statement(s, row_of[n], parties) for s in self._distinct(found, parties)]
        return Record(
            id=id,
            source=source,
            title=title,
            model=self.name,
            sentences=tuple(rows),
            statements=tuple(statements),
        )

    def _scored_sentence(self, sentence: AnalysedSentence, scores: Scores) -> ScoredSentence:
        segment = sentence.segment
        return ScoredSentence(
            start=segment.start, end=segment.end, text=segment.text, labels=self.labels(scores)
        )

    # Decisions.

    def calibrate(self, validation: Analysed, scores: Sequence[Scores], seed: int) -> None:
        """Fit calibrations and thresholds on the validation split; if it is empty, use the defaults.

        Args:
            validation: in the form of `examples`.
            scores: one per sentence.
            seed: for the resamples over which thresholds are averaged.
        """
        self.decisions = Decisions()
        if not len(validation):
            return
        logits = np.stack([s.labels for s in scores])
        gold = np.stack([t.labels for t in validation.targets])
        for k, name in enumerate(self.codebook.label_names):
            sigmoid = fit_sigmoid(logits[:, k], gold[:, k])
            self.decisions.calibration[name] = sigmoid
            self.decisions.thresholds[name] = best_threshold(
                sigmoid(logits[:, k]), gold[:, k], validation.article_of, seed=seed, balanced=True
            )
        self._calibrate_statements(validation, scores, seed)
