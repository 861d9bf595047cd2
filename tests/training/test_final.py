"""Training on all articles: none is held out, and nothing is chosen on scores of articles that were seen."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from stancewire.data.codebook import Codebook
from stancewire.data.errors import InputError
from stancewire.data.schema import Article
from stancewire.data.text.analysis import AnalysedSentence
from stancewire.data.text.gazetteer import gazetteer
from stancewire.data.text.spacy_parser import ParseCache
from stancewire.training.classifier import Scores
from stancewire.training.decoding.statement_finder import StatementFinder
from stancewire.training.examples.dataset import Analysed, analyse_articles
from stancewire.training.examples.known_pairs import known_pairs
from stancewire.training.final import fit_final
from stancewire.training.gate import fitting
from stancewire.training.linear.classifier import LinearClassifier
from stancewire.training.settings import TrainingSettings

FOLDS = 3
SETTINGS = TrainingSettings()


@pytest.fixture(scope="module")
def everything(tiny: list[Article], codebook: Codebook) -> Analysed:
    """Some articles of each split, from several conflicts."""
    chosen = [
        a for split in ("train", "validation", "test") for a in [x for x in tiny if x.split == split][:7]
    ]
    return analyse_articles(chosen, gazetteer(), codebook, ParseCache())


class Recorder:
    """Notes which articles each linear classifier is trained on and scores, by the ids of their segments."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.trained: dict[int, set[int]] = {}
        self.scored: list[tuple[int, set[int]]] = []
        # Kept, so that no other classifier gets the id of one of them.
        self.classifiers: list[LinearClassifier] = []
        fit, score = LinearClassifier.fit, LinearClassifier.score

        def noted_fit(classifier: LinearClassifier, train: Analysed, *rest: object) -> object:
            self.classifiers.append(classifier)
            self.trained[id(classifier)] = {id(s.segment) for s in train.sentences}
            return fit(classifier, train, *rest)  # type: ignore[arg-type]

        def noted_score(classifier: LinearClassifier, sentences: Sequence[AnalysedSentence]) -> list[Scores]:
            self.scored.append((id(classifier), {id(s.segment) for s in sentences}))
            return score(classifier, sentences)

        monkeypatch.setattr(LinearClassifier, "fit", noted_fit)
        monkeypatch.setattr(LinearClassifier, "score", noted_score)


@pytest.fixture(scope="module")
def final(everything: Analysed, codebook: Codebook) -> tuple[StatementFinder, Recorder]:
    """A final labeller, and what its classifiers were trained on and scored."""
    with pytest.MonkeyPatch.context() as patch:
        recorder = Recorder(patch)
        patch.setattr(fitting, "MIN_POSITIVES", 3)
        labeller = fit_final(SETTINGS, everything, codebook, FOLDS).labeller
    assert isinstance(labeller, StatementFinder)
    return labeller, recorder


def test_the_model_is_trained_on_all_articles(
    final: tuple[StatementFinder, Recorder], everything: Analysed
) -> None:
    labeller, recorder = final
    whole = {id(s.segment) for s in everything.sentences}
    assert recorder.trained[id(labeller.classifier)] == whole
    assert [c for c in recorder.classifiers if recorder.trained[id(c)] == whole] == [labeller.classifier]
    assert len(recorder.classifiers) == FOLDS + 1


def test_no_classifier_scores_articles_that_it_was_trained_on(
    final: tuple[StatementFinder, Recorder], everything: Analysed
) -> None:
    _, recorder = final
    scored = [(one, sentences) for one, sentences in recorder.scored if sentences]
    assert all(not recorder.trained[one] & sentences for one, sentences in scored)
    # Once for calibration, and again for the gate, which changes what is known about a sentence's neighbours.
    assert set.union(*(s for _, s in scored)) == {id(s.segment) for s in everything.sentences}
    assert len(scored) > FOLDS


def test_calibration_differs_from_one_on_articles_that_were_seen(
    final: tuple[StatementFinder, Recorder], everything: Analysed
) -> None:
    labeller, _ = final
    before = labeller.decisions
    labeller.calibrate(everything, labeller.classifier.score(everything.sentences), SETTINGS.seed)
    seen, labeller.decisions = labeller.decisions, before
    # Scores of articles that were seen are overconfident, so that they would be made more extreme.
    assert seen.calibration["blame:actor"].slope < before.calibration["blame:actor"].slope
    assert set(before.thresholds) == set(seen.thresholds) and before.thresholds != seen.thresholds


def test_the_gate_is_measured_on_all_articles_out_of_fold(final: tuple[StatementFinder, Recorder]) -> None:
    about = final[0].gate.about  # type: ignore[union-attr]
    assert about.recall >= fitting.RECALL and 0 < about.read <= 1
    assert all(about.f1_without[name] - about.f1[name] <= fitting.MAX_LOSS for name in about.f1)


def test_the_same_seed_gives_the_same_model(
    final: tuple[StatementFinder, Recorder], everything: Analysed, codebook: Codebook
) -> None:
    again = fit_final(SETTINGS, everything, codebook, FOLDS).labeller
    assert again.decisions == final[0].decisions
    assert isinstance(again, StatementFinder) and again.pairing.weights == final[0].pairing.weights


def test_known_pairs_are_calibrated_out_of_fold_too(everything: Analysed, codebook: Codebook) -> None:
    settings = SETTINGS.model_copy(update={"mentions": "known"})
    pairs = known_pairs(everything, codebook)
    result = fit_final(settings, pairs, codebook, FOLDS)
    labeller = result.labeller
    assert labeller.mentions == "known" and labeller.gate is None and result.metrics == {}
    before = labeller.decisions.calibration["choice"].slope
    labeller.calibrate(pairs, labeller.classifier.score(pairs.sentences), 0)
    assert abs(labeller.decisions.calibration["choice"].slope) > abs(before), "seen: lower temperature"


def test_more_folds_than_articles_are_an_error(everything: Analysed, codebook: Codebook) -> None:
    with pytest.raises(InputError, match="20 articles cannot be split into 21 folds"):
        fit_final(SETTINGS, everything, codebook, len(everything.articles) + 1)
