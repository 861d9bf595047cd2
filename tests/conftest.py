"""Shared fixtures: caches and stores for tests only, a tiny corpus, and trained models."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import Result
from filelock import FileLock
from hypothesis import settings
from stancewire.data.annotation.corpus import read_corpus, write_corpus
from stancewire.data.codebook import Codebook, shipped_codebook
from stancewire.data.record import Label, Party, Record, ScoredSentence, ScoredStatement
from stancewire.data.schema import Article
from stancewire.data.text.analysis import AnalysedSentence, analyse
from stancewire.data.text.gazetteer import gazetteer
from stancewire.data.text.segmentation.sentences import Segment
from stancewire.data.text.spacy_parser import ParseCache
from stancewire.serving.output.article_page.shown import ShownArticle
from stancewire.training.decoding.statement_finder import StatementFinder
from stancewire.training.examples.dataset import analyse_articles
from stancewire.training.fit import fit_labeller
from stancewire.training.serialization import save_model
from stancewire.training.settings import LinearSettings

# No deadline: the time that an example takes depends on the machine and its load.
settings.register_profile("stancewire", deadline=None, max_examples=100)
settings.load_profile("stancewire")

ROOT = Path(__file__).parents[1]
TINY = {"train": 40, "validation": 8, "test": 6}
Cli = Callable[..., Result]
Parsed = Callable[[str], AnalysedSentence]


@pytest.fixture(scope="session", autouse=True)
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Isolate the tests from the user's cache, and from environment variables of the user's shell."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STANCEWIRE_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
        for name in (
            "MLFLOW_TRACKING_URI",
            "MLFLOW_EXPERIMENT_ID",
            "MLFLOW_EXPERIMENT_NAME",
            "MLFLOW_RUN_ID",
            "FORCE_COLOR",
            "COLUMNS",
        ):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real annotated articles, if they are next to the checkout."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("../shared/data does not exist: it is only available to the developers")
    return folder


# Corpora and models.


@pytest.fixture(scope="session")
def codebook() -> Codebook:
    return shipped_codebook()


@pytest.fixture(scope="session")
def shipped(codebook: Codebook) -> list[Article]:
    """The shipped corpus."""
    return read_corpus(["shipped"], codebook)


@pytest.fixture(scope="session")
def tiny(shipped: list[Article]) -> list[Article]:
    """The first articles of each split of the shipped corpus."""
    return [a for split, n in TINY.items() for a in [x for x in shipped if x.split == split][:n]]


@pytest.fixture(scope="session")
def tiny_file(tiny: list[Article], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tiny") / "tiny.jsonl"
    write_corpus(path, tiny)
    return path


def _fitted(articles: Sequence[Article], codebook: Codebook) -> StatementFinder:
    names, cached = gazetteer(), ParseCache()
    train, validation = (
        analyse_articles([a for a in articles if a.split == s], names, codebook, cached)
        for s in ("train", "validation")
    )
    labeller = fit_labeller(train, validation, codebook, names, LinearSettings(), seed=0)
    assert isinstance(labeller, StatementFinder)
    return labeller


@pytest.fixture(scope="session")
def tiny_labeller(tiny: list[Article], codebook: Codebook) -> StatementFinder:
    """A labeller trained on the tiny corpus: quick, but not accurate."""
    return _fitted(tiny, codebook)


@pytest.fixture(scope="session")
def tiny_model(tiny_labeller: StatementFinder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny labeller as a model folder."""
    folder = tmp_path_factory.mktemp("model") / "tiny"
    save_model(tiny_labeller, folder)
    return folder


@pytest.fixture(scope="session")
def champion_store(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tracking store with the default model from `stancewire train`, trained once for all workers."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    folder = shared / "champion"
    with FileLock(shared / "champion.lock"):
        if not (folder / "trained").exists():
            folder.mkdir()
            with pytest.MonkeyPatch.context() as patch:
                _copy_store(empty_store, folder, patch)
                result = _invoke("train")
            assert result.exit_code == 0, result.stderr
            (folder / "trained").touch()
    return folder / "mlflow.db"


@pytest.fixture(scope="session")
def labeller(champion_store: Path) -> StatementFinder:
    """The default model, trained on the whole shipped corpus."""
    from stancewire.experiments.tracking.registry import find_model

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(champion_store.parent)
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{champion_store}")
        return find_model("champion")[0]


@pytest.fixture(scope="session")
def parsed() -> Parsed:
    """Analyse one sentence."""
    cached = ParseCache()

    def one(text: str) -> AnalysedSentence:
        return analyse([Segment(0, len(text), text, True)], gazetteer(), cached)[0]

    return one


# Scored articles without a model.


def _party(text: str, start: int, end: int, words: str | None, identity: str | None) -> Party:
    """The party that the words between start and end name; an identity with `?` is a guess."""
    guess = identity is not None and identity.endswith("?")
    evidence = "guess" if guess else "table" if identity else None
    identity = identity.rstrip("?") if identity else None
    if not words:
        return Party(text=None, id=identity, evidence=evidence)
    at = text.index(words, start, end)
    return Party(text=words, start=at, end=at + len(words), id=identity, evidence=evidence)


@pytest.fixture(scope="session")
def shown_article() -> Callable[..., ShownArticle]:
    """Make an article for the article page.

    Its sentences end with a full stop. A claim is (stance, sentence, actor, target or None, score). Actor and
    target are `words=identity`; the words may be missing, and an identity that ends in `?` is a guess.
    """

    def make(
        text: str, claims: Sequence[Sequence[object]] = (), loaded: Sequence[int] = (), **about: object
    ) -> ShownArticle:
        spans = [m.span() for m in re.finditer(r"\S[^.]*\.?", text)]
        sentences = tuple(
            ScoredSentence(
                start=a, end=b, text=text[a:b], labels=(Label(name="loaded", score=0.8),) * (n in loaded)
            )
            for n, (a, b) in enumerate(spans)
        )
        statements = []
        for stance, n, actor, target, score in claims:
            named = [str(x).partition("=") for x in (actor, target) if x is not None]
            parties = [_party(text, *spans[int(str(n))], w, i or None) for w, _, i in named]
            statements.append(
                ScoredStatement(
                    sentence=int(str(n)), stance=str(stance), score=float(str(score)), actor=parties[0],
                    target=parties[1] if len(parties) > 1 else None,
                )
            )  # fmt: skip
        values = {"id": "a1", "model": "stancewire/1", **about}
        return ShownArticle(
            Record(sentences=sentences, statements=tuple(statements), **values),
            text,  # type: ignore[arg-type]
        )

    return make


# The command line and the tracking store.


def _invoke(*arguments: str | Path, stdin: bytes | str | None = None) -> Result:
    from stancewire.serving.cli.main import app
    from typer.testing import CliRunner

    result = CliRunner().invoke(app, [str(a) for a in arguments], input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception  # in a terminal: a traceback
    return result


@pytest.fixture(scope="session")
def cli() -> Cli:
    """Run `stancewire …` in this process; unexpected exceptions are raised."""
    return _invoke


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated MLflow database without runs, to be copied: creating one takes seconds."""
    folder = tmp_path_factory.mktemp("migrated")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder / 'mlflow.db'}")
        from stancewire.experiments.tracking.store import connect

        connect()
    return folder / "mlflow.db"


def _copy_store(database: Path, folder: Path, patch: pytest.MonkeyPatch) -> Path:
    shutil.copy(database, folder / "mlflow.db")
    patch.chdir(folder)
    patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder / 'mlflow.db'}")
    return folder


@pytest.fixture
def store(empty_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder for one test, with an empty tracking store; it is the current folder."""
    return _copy_store(empty_store, tmp_path, monkeypatch)


@pytest.fixture(scope="session")
def trained_once(
    empty_store: Path, tiny_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Result]:
    """The store and the output of `stancewire train` on the tiny corpus."""
    folder = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        _copy_store(empty_store, folder, patch)
        result = _invoke("train", "--corpus", tiny_file, "--set", "bootstrap=20")
    assert result.exit_code == 0, result.stderr
    return folder / "mlflow.db", result


@pytest.fixture
def trained_store(trained_once: tuple[Path, Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder for one test, with the run and the champion of `trained_once`."""
    return _copy_store(trained_once[0], tmp_path, monkeypatch)


@pytest.fixture(scope="session")
def one_line() -> Callable[[Result], str]:
    """Check that a command failed with exit code 1 and one line on standard error; return the line."""

    def check(result: Result) -> str:
        lines = [line for line in result.stderr.splitlines() if line.strip()]
        assert result.exit_code == 1, (result.exit_code, result.stderr)
        assert len(lines) == 1, result.stderr
        assert lines[0].startswith("error: ") and "Traceback" not in lines[0]
        return lines[0]

    return check
