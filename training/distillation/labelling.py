"""Teachers label unlabelled articles, part by part: what was labelled is not labelled again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from ...data.text.analysis import AnalysedSentence, analyse
from ...data.text.gazetteer import gazetteer
from ...data.text.segmentation.sentences import segment
from ...data.text.spacy_parser import ParseCache
from ..examples.dataset import Analysed
from ..examples.soft_labels import SoftlyLabelled, TeacherScores
from ..progress import Progress
from .articles import Selected
from .label_cache import LabelCache, Part
from .teacher import Teacher

# Articles that are labelled, and kept, together: a killed training loses at most this many per teacher.
PART = 32


@dataclass(frozen=True, slots=True)
class Distillation:
    """What a student learns from besides its corpus.

    Attributes:
        teachers: at least one.
        selected: the articles that they label.
    """

    teachers: Sequence[Teacher]
    selected: Selected

    @property
    def about(self) -> dict[str, str | int]:
        """Provenance, for the files and the card of the student."""
        return {
            "teachers": ", ".join(f"{t.name} (SHA-256 {t.digest[:12]})" for t in self.teachers),
            "unlabelled_articles": len(self.selected.articles),
            "unlabelled_held_out": self.selected.held_out,
            "unlabelled_sha256": self.selected.digest,
        }

    def soft_labels(self, train: Analysed, progress: Progress) -> SoftlyLabelled:
        """Label the articles, or take the labels from the cache.

        Args:
            train: the training sentences; where they occur in the articles, the gold annotation is learnt
                instead.
            progress: receives the number of labelled articles, over all teachers.
        """
        progress.step("analysing unlabelled articles")
        parts = self._parts(progress)
        annotated = {_words(s.text) for s in train.gold}
        sentences = [s for part in parts for article in part.sentences for s in article]
        learnt = [_words(s.segment.text) not in annotated for s in sentences]
        kept = [n for n, own in enumerate(learnt) if own]
        by_teacher = []
        for n, teacher in enumerate(self.teachers):
            progress.step(f"labelling with teacher {n + 1} of {len(self.teachers)}")
            scores = _labelled(teacher, parts, progress)
            by_teacher.append([scores[i] for i in kept])
        about = {**self.about, "unlabelled_sentences": len(kept)}
        return SoftlyLabelled(_kept(sentences, learnt), by_teacher, about)

    def _parts(self, progress: Progress) -> list[Part]:
        """The articles with their analyses, `PART` by `PART`."""
        names, cached, out = gazetteer(), ParseCache(), []
        articles = self.selected.articles
        for i in range(0, len(articles), PART):
            texts = [a.text for a in articles[i : i + PART]]
            segments = [segment(text) for text in texts]
            analysed = iter(analyse([s for own in segments for s in own], names, cached))
            out.append(Part(texts, [list(islice(analysed, len(own))) for own in segments]))
            progress.update(min(i + PART, len(articles)), len(articles))
        return out


def _kept(sentences: Sequence[AnalysedSentence], learnt: Sequence[bool]) -> list[AnalysedSentence]:
    """The sentences that are learnt. None is read together with one before a sentence that was left out."""
    out = []
    for n, sentence in enumerate(sentences):
        if learnt[n]:
            after = n > 0 and not learnt[n - 1] and sentences[n - 1].segment.start < sentence.segment.start
            out.append(replace(sentence, after_unread=True) if after else sentence)
    return out


def _words(text: str) -> str:
    return " ".join(text.split())


def _labelled(teacher: Teacher, parts: Sequence[Part], progress: Progress) -> list[TeacherScores]:
    """What a teacher says about each sentence."""
    cache, out = LabelCache(teacher), []
    total = sum(len(p.texts) for p in parts)
    done = 0
    for part in parts:
        scores = cache.get(part)
        if scores is None:
            # Article by article, as `score` does: the scores of an 8-bit encoder depend on the batch.
            scores = [x for sentences in part.sentences for x in _scores(teacher, sentences)]
            cache.put(part, scores)
        out += scores
        done += len(part.texts)
        progress.update(done, total)
    return out


def _scores(teacher: Teacher, sentences: list[AnalysedSentence]) -> list[TeacherScores]:
    return teacher.scores(sentences) if sentences else []
