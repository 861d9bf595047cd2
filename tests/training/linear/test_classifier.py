"""The linear classifier: its files, its weights as explanations, and training."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from scipy.sparse import csr_matrix
from stancewire.data.codebook import Codebook, codebook_named, shipped_codebook
from stancewire.data.errors import InputError
from stancewire.data.schema import Article
from stancewire.data.text.analysis import AnalysedSentence
from stancewire.data.text.gazetteer import gazetteer
from stancewire.data.text.spacy_parser import ParseCache
from stancewire.training.decoding.statement_finder import StatementFinder
from stancewire.training.examples.dataset import analyse_articles
from stancewire.training.linear.classifier import LinearClassifier
from stancewire.training.linear.head import LinearHead
from stancewire.training.linear.mention_features import SentenceView, mention_features
from stancewire.training.linear.vocabulary import unit_rows
from stancewire.training.linear.weights import ARRAYS, FEATURES
from stancewire.training.progress import Progress

Parsed = Callable[[str], AnalysedSentence]
TEXTS = (
    "Armenia accused Azerbaijan of shelling the town.",
    "“You must stop the shelling,” he said.",
    "The truce is holding, Georgia said.",
    "It rained.",
)


def test_a_saved_classifier_gives_the_same_scores(
    tiny_labeller: StatementFinder, parsed: Parsed, tmp_path: Path
) -> None:
    sentences = [parsed(t) for t in TEXTS]
    tiny_labeller.classifier.save(tmp_path)
    before, after = (
        tiny_labeller.classifier.score(sentences),
        LinearClassifier.load(tmp_path, shipped_codebook()).score(sentences),
    )
    assert max(float(np.abs(s.roles).max()) for s in before) > 1
    for a, b in zip(before, after, strict=True):
        assert a.roles.shape == b.roles.shape
        assert b.roles == pytest.approx(a.roles, abs=1e-4) and b.labels == pytest.approx(a.labels, abs=1e-4)


def test_a_sentence_scores_the_same_alone_and_in_a_batch(
    tiny_labeller: StatementFinder, parsed: Parsed
) -> None:
    sentences = [parsed(t) for t in TEXTS]
    together = tiny_labeller.classifier.score(sentences)
    for sentence, expected in zip(sentences, together, strict=True):
        [alone] = tiny_labeller.classifier.score([sentence])
        assert alone.roles == pytest.approx(expected.roles) and alone.labels == pytest.approx(expected.labels)
    assert tiny_labeller.classifier.score([]) == []


def test_the_files_are_data_only(tiny_model: Path) -> None:
    arrays = load_file(tiny_model / ARRAYS)
    assert {a.dtype for a in arrays.values()} <= {np.dtype(t) for t in (np.float32, np.float64, np.bool_)}
    features = json.loads((tiny_model / FEATURES).read_text(encoding="utf-8"))
    assert set(features) == {"roles", "labels", "sentence_roles"}
    for part, names in features.items():
        assert names == sorted(set(names)) and arrays[f"{part}.weights"].shape[1] == len(names)


def test_loading_and_saving_writes_the_same_bytes(tiny_model: Path, tmp_path: Path) -> None:
    LinearClassifier.load(tiny_model, shipped_codebook()).save(tmp_path)
    for name in (ARRAYS, FEATURES):
        assert (tmp_path / name).read_bytes() == (tiny_model / name).read_bytes()


def damage_name(folder: Path) -> None:
    arrays = load_file(folder / ARRAYS)
    save_file({k: v for k, v in arrays.items() if k != "labels.intercepts"}, folder / ARRAYS)


def damage_shape(folder: Path) -> None:
    arrays = load_file(folder / ARRAYS)
    save_file(arrays | {"roles.weights": arrays["roles.weights"][:, 1:].copy()}, folder / ARRAYS)


def truncate(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:500])


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / ARRAYS).unlink(), f"{ARRAYS} is missing"),
        (lambda folder: (folder / FEATURES).unlink(), f"{FEATURES} is missing"),
        (truncate(ARRAYS), f"{ARRAYS} cannot be read"),
        (truncate(FEATURES), f"{FEATURES} cannot be read"),
        (damage_name, f"{ARRAYS} cannot be read: labels.intercepts is missing"),
        (damage_shape, f"{ARRAYS} cannot be read: roles.weights has the wrong shape"),
        (lambda folder: (folder / FEATURES).write_text('{"roles": [1]}'), "no list of features for roles"),
        (lambda folder: (folder / FEATURES).write_text("[]"), "no list of features for roles"),
        (lambda folder: (folder / FEATURES).write_bytes(b"\xff\xfe"), f"{FEATURES} cannot be read"),
    ],
)
def test_missing_and_damaged_files_are_one_error_line(
    tmp_path: Path, tiny_model: Path, damage: Callable[[Path], object], message: str
) -> None:
    folder = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    damage(folder)
    with pytest.raises(InputError) as caught:
        LinearClassifier.load(folder, shipped_codebook())
    line = str(caught.value)
    assert message in line and line.startswith(f"{folder}: ") and "train the model again" in line
    assert "\n" not in line


def test_weights_of_another_codebook_are_rejected(tiny_model: Path) -> None:
    with pytest.raises(InputError, match="wrong shape"):
        LinearClassifier.load(tiny_model, codebook_named("babe"))


def test_scoring_does_not_import_scikit_learn(tiny_model: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from stancewire.data.codebook import shipped_codebook\n"
        "from stancewire.data.text.analysis import analyse\n"
        "from stancewire.data.text.gazetteer import gazetteer\n"
        "from stancewire.data.text.segmentation.sentences import segment\n"
        "from stancewire.training.linear.classifier import LinearClassifier\n"
        "classifier = LinearClassifier.load(Path(sys.argv[1]), shipped_codebook())\n"
        "[scores] = classifier.score(analyse(segment('Armenia accused Azerbaijan.'), gazetteer()))\n"
        "assert scores.roles.shape == (2, 6)\n"
        "print(*(name for name in ('sklearn', 'skops') if name in sys.modules))\n"
    )
    command = [sys.executable, "-c", code, str(tiny_model)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert run.stdout == "\n"


def test_the_verb_has_the_heaviest_weights(
    tiny_labeller: StatementFinder, parsed: Parsed, codebook: object
) -> None:
    classifier = tiny_labeller.classifier
    assert isinstance(classifier, LinearClassifier)
    sentence = parsed(TEXTS[0])
    view = SentenceView(sentence)
    row = mention_features(view, sentence.mentions[0])
    output = tiny_labeller.codebook.roles.index("blame:actor")
    weights = classifier.roles.weigh(row, output)
    assert [abs(w) for _, w in weights] == sorted((abs(w) for _, w in weights), reverse=True)
    assert any("blame_verb" in f or "accuse" in f for f, w in weights[:20] if w > 0)
    # The weights of its features and the intercept add up to the logit of the first stage.
    logit = classifier.roles.logits([row])[0, output]
    assert sum(w for _, w in weights) + classifier.roles.intercepts[output] == pytest.approx(logit, abs=1e-4)


def test_constant_outputs_get_constant_logits() -> None:
    head = LinearHead(regularisation=1.0, min_count=1)
    rows = [["a"], ["b"], ["a", "b"], ["c"]]
    head.fit(rows, np.array([[0, 1, 1], [0, 1, 0], [0, 1, 1], [0, 1, 0]], dtype=np.int8), seed=0)
    logits = head.logits([["a"], ["never seen"]])
    assert (logits[:, 0] < -5).all() and (logits[:, 1] > 5).all()
    assert logits[0, 2] > logits[1, 2]


def test_rare_features_are_dropped() -> None:
    head = LinearHead(regularisation=1.0, min_count=2)
    head.fit(
        [["often", "once"], ["often"], ["other"], ["other"]],
        np.array([[1], [1], [0], [0]], dtype=np.int8),
        seed=0,
    )
    assert set(head.vocabulary.features) == {"often", "other"}


def test_a_vocabulary_needs_a_repeated_feature() -> None:
    head = LinearHead(regularisation=1.0, min_count=2)
    with pytest.raises(InputError, match=r"no feature occurs 2 times \(.*min_count\)"):
        head.fit([["a"], ["b"]], np.array([[1], [0]], dtype=np.int8), seed=0)


def test_a_training_set_without_statements_and_labels_is_an_error(codebook: Codebook) -> None:
    sentences = [{"text": "It rained."}, {"text": "It snowed."}]
    article = Article.model_validate({"doc_id": "d", "sentences": sentences})
    data = analyse_articles([article], gazetteer(), codebook, ParseCache())
    with pytest.raises(InputError, match=r"^training articles: no sentence has a statement or a label"):
        LinearClassifier().fit(data, data, Progress())


def test_unit_rows_are_those_of_scikit_learn() -> None:
    from sklearn.preprocessing import normalize

    matrix = csr_matrix(np.array([[3.0, 0.0, 4.0], [0.0, 0.0, 0.0], [0.0, 0.5, 0.0]]))
    assert unit_rows(matrix).toarray() == pytest.approx(normalize(matrix).toarray())
    assert matrix[0, 0] == 3.0, "the matrix itself is unchanged"
