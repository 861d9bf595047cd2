"""Teachers label unlabelled articles: averages, the cache, what is left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from stancewire.data.codebook import Codebook
from stancewire.data.errors import InputError
from stancewire.data.files.cache import cache_folder
from stancewire.data.schema import Article
from stancewire.data.text.gazetteer import gazetteer
from stancewire.data.text.spacy_parser import ParseCache
from stancewire.training.classifier import Scores
from stancewire.training.decoding.statement_finder import StatementFinder
from stancewire.training.distillation import label_cache
from stancewire.training.distillation.articles import Selected, UnlabelledArticle
from stancewire.training.distillation.labelling import Distillation
from stancewire.training.distillation.teacher import Teacher, make_teacher
from stancewire.training.encoder.windows import runs
from stancewire.training.examples.dataset import Analysed, analyse_articles
from stancewire.training.examples.soft_labels import MIN_ACTOR, SoftlyLabelled, TeacherScores
from stancewire.training.progress import Progress

TEXT = (
    "Kenya accused Somalia of shelling a border town on Monday. The army denied it.\n\n"
    "Ethiopia urged both sides to return to the table, and said that a truce had been agreed."
)
SHORT = "Rain."


class Asked(StatementFinder):
    """Counts the sentences that it is asked about."""

    def __init__(self, finder: StatementFinder) -> None:
        super().__init__(
            finder.classifier, finder.decisions, finder.pairing, finder.codebook, finder.gazetteer, "asked"
        )
        self.asked = 0

    def probabilities(self, scores: Scores) -> np.ndarray:
        self.asked += 1
        return super().probabilities(scores)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANCEWIRE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def train(tiny: list[Article], codebook: Codebook) -> Analysed:
    return analyse_articles(tiny[:1], gazetteer(), codebook, ParseCache())


def labelled(train: Analysed, *teachers: Teacher, texts: tuple[str, ...] = (TEXT, SHORT)) -> SoftlyLabelled:
    selected = Selected([UnlabelledArticle(t) for t in texts])
    return Distillation(teachers, selected).soft_labels(train, Progress())


def test_a_teacher_gives_every_candidate_its_calibrated_probabilities(
    tiny_labeller: StatementFinder, codebook: Codebook, train: Analysed
) -> None:
    soft = labelled(train, make_teacher(tiny_labeller, "tiny", "0" * 64, codebook))
    record = tiny_labeller.label(TEXT, min_score=0.0, gate=False)
    assert [s.segment.text for s in soft.sentences] == [s.text for s in record.sentences] + [SHORT]
    targets = soft.targets(codebook)
    for n, (sentence, target) in enumerate(zip(soft.sentences, targets, strict=True)):
        assert target.roles.shape == (len(sentence.mentions), len(codebook.roles))
        spans = [sentence.span(m) for m in sentence.mentions]
        for statement in (s for s in record.statements if s.sentence == n):
            actor, start = statement.actor, sentence.segment.start
            mention = spans.index(None if actor.start is None else (actor.start - start, actor.end - start))
            role = codebook.roles.index(f"{statement.stance}:actor")
            assert target.roles[mention, role] == pytest.approx(statement.score, abs=1e-3)
    assert len(record.statements) > 5
    blame = codebook.stance_names.index("blame")
    kenya, somalia = 0, 1
    pair = codebook.stance_roles[blame].pair
    assert targets[0].pairs[kenya, somalia, pair] == targets[0].pairs[kenya, :, pair].max() > 0.5
    assert targets[0].actors[kenya, pair] == targets[0].roles[kenya, codebook.stance_roles[blame].actor]
    assert soft.about["unlabelled_sentences"] == 4 and soft.about["unlabelled_articles"] == 2
    assert soft.about["teachers"] == "tiny (SHA-256 000000000000)"


def test_labels_are_computed_once_per_teacher_and_text(
    tiny_labeller: StatementFinder, codebook: Codebook, train: Analysed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stancewire.training.distillation.labelling.PART", 1)
    asked = Asked(tiny_labeller)
    first = labelled(train, Teacher(asked, "one", "a" * 64))
    assert asked.asked == 4
    again = labelled(train, Teacher(asked, "other name", "a" * 64))
    assert asked.asked == 4
    for one, other in zip(first.by_teacher[0], again.by_teacher[0], strict=True):
        assert all(np.array_equal(getattr(one, k), getattr(other, k)) for k in ("roles", "labels", "pairs"))
    longer = labelled(train, Teacher(asked, "one", "a" * 64), texts=(TEXT, SHORT, "Kenya blamed Somalia."))
    assert asked.asked == 5 and len(longer) == 5  # what was labelled is not labelled again
    labelled(train, Teacher(asked, "two", "b" * 64))
    assert asked.asked == 9


def test_a_damaged_file_is_replaced_and_a_cache_that_cannot_be_written_is_done_without(
    tiny_labeller: StatementFinder, codebook: Codebook, train: Analysed
) -> None:
    asked = Asked(tiny_labeller)
    teacher = Teacher(asked, "one", "a" * 64)
    good = labelled(train, teacher)
    [file] = (cache_folder() / "soft-labels").iterdir()
    whole = file.read_bytes()
    np.savez_compressed(file, roles=np.zeros(3, np.float32), labels=np.zeros(3), pairs=np.zeros(3))
    wrong = file.read_bytes()
    for content in (b"", whole[: len(whole) // 2], b"x" * 300, wrong):
        file.write_bytes(content)
        asked.asked = 0
        again = labelled(train, teacher)
        assert asked.asked == 4 and np.array_equal(again.by_teacher[0][0].roles, good.by_teacher[0][0].roles)
        assert file.read_bytes() != content
    file.unlink()
    file.parent.rmdir()
    file.parent.write_text("a file instead of the folder")
    assert len(labelled(train, teacher)) == 4


def test_files_of_the_cache_are_no_pickles(
    tiny_labeller: StatementFinder, codebook: Codebook, train: Analysed
) -> None:
    labelled(train, Teacher(tiny_labeller, "one", "a" * 64))
    [file] = (cache_folder() / "soft-labels").iterdir()
    with np.load(file, allow_pickle=False) as arrays:
        assert {k: arrays[k].dtype for k in arrays} == dict.fromkeys(("roles", "labels", "pairs"), np.float32)


def test_annotated_sentences_are_left_to_the_gold_annotation(
    tiny_labeller: StatementFinder, codebook: Codebook, train: Analysed
) -> None:
    annotated = train.gold[0].text
    soft = labelled(
        train, make_teacher(tiny_labeller, "tiny", "0" * 64, codebook), texts=(f"{annotated} {TEXT}",)
    )
    texts = [s.segment.text for s in soft.sentences]
    assert len(texts) == 3 and annotated not in texts


def test_windows_do_not_reach_across_sentences_that_are_left_out(
    tiny_labeller: StatementFinder, codebook: Codebook, train: Analysed
) -> None:
    first, third = TEXT[:58], TEXT[80:]
    assert first.endswith("Monday.") and third.startswith("Ethiopia")
    annotated = next(s.text for s in train.gold if s.text.startswith("Neither version could be checked"))
    teacher = make_teacher(tiny_labeller, "tiny", "0" * 64, codebook)
    # In the second article offsets go on almost where those of the first ended, but it is another article.
    soft = labelled(train, teacher, texts=(SHORT, f"{annotated} {first} {annotated} {third}", TEXT))
    assert [len(run) for run in runs(soft.sentences)] == [1, 1, 1, 3]


def test_other_stances_or_labels_are_an_error(tiny_labeller: StatementFinder, codebook: Codebook) -> None:
    fewer = codebook.model_copy(update={"stances": codebook.stances[:2]})
    with pytest.raises(InputError) as caught:
        make_teacher(tiny_labeller, "tiny", "0" * 64, fewer)
    line = str(caught.value)
    assert (
        line.startswith("classifier.teacher: tiny: its stances and labels are blame, ") and "\n" not in line
    )
    assert "those of the student blame, " in line and "same order" in line


def one_sentence(roles: list[list[float]], target: float) -> TeacherScores:
    """Scores of a sentence with two mentions, a stance with a target, and no label."""
    pairs = np.zeros((2, 2, 1), np.float32)
    pairs[0, 1, 0] = target
    return TeacherScores(np.array(roles, np.float32), np.zeros(0, np.float32), pairs)


def test_teachers_are_averaged_and_those_that_see_no_actor_have_no_say_in_its_target(
    codebook: Codebook,
) -> None:
    blame = codebook.model_copy(update={"stances": codebook.stances[:1], "labels": ()})
    assert blame.roles == ("blame:actor", "blame:target")
    sure, unsure, blind = (
        one_sentence([[0.9, 0.1], [0.0, 0.8]], 0.8),
        one_sentence([[0.3, 0.1], [0.0, 0.2]], 0.2),
        one_sentence([[MIN_ACTOR / 2, 0.0], [0.0, 0.0]], 0.0),
    )
    [target] = SoftlyLabelled([], [[sure], [unsure], [blind]]).targets(blame)
    assert target.roles[0] == pytest.approx([(0.9 + 0.3 + MIN_ACTOR / 2) / 3, 0.2 / 3])
    assert target.actors[0, 0] == pytest.approx(0.4) and target.actors[1, 0] == 0
    assert target.pairs[0, 1, 0] == pytest.approx((0.9 * 0.8 + 0.3 * 0.2) / 1.2)
    assert target.highest == pytest.approx(target.roles.max())
    [soft] = SoftlyLabelled([], [[sure]]).targets(blame, temperature=3.0)
    assert 0.5 < soft.roles[0, 0] < 0.9 and 0.1 < soft.roles[0, 1] < 0.5 and soft.pairs[1, 0, 0] == 0
    [sharp] = SoftlyLabelled([], [[sure]]).targets(blame, temperature=0.5)
    assert sharp.roles[0, 0] > 0.98


def test_the_digest_of_a_file_depends_on_the_release(
    tiny_labeller: StatementFinder, train: Analysed, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asked(tiny_labeller)
    labelled(train, Teacher(asked, "one", "a" * 64))
    monkeypatch.setattr(label_cache, "__version__", "99.0")
    labelled(train, Teacher(asked, "one", "a" * 64))
    assert asked.asked == 8
