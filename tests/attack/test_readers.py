"""Attacks on the readers of corpora, exports, layers and configs, and mutations of valid files."""

from __future__ import annotations

import gzip
import json
import os
import tempfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stancewire.data.annotation.corpus import dump_article, read_file
from stancewire.data.annotation.validation import validate
from stancewire.data.codebook import load_codebook, shipped_codebook
from stancewire.data.errors import InputError
from stancewire.data.files import reading
from stancewire.data.formats import READERS, format_articles, read_articles
from stancewire.data.formats.tables.forms import load_form
from stancewire.data.layers.layer import read_layer
from stancewire.data.layers.registry import layer_source
from stancewire.data.layers.texts import MAX_ARTICLE_BYTES, texts
from stancewire.data.reporting import ImportOptions
from stancewire.data.schema import Article
from stancewire.serving.articles.registry import READERS as ARTICLE_READERS
from stancewire.serving.articles.registry import read_source, reader_of
from stancewire.serving.articles.source import ReadOptions, ReadReport, Source
from stancewire.serving.articles.tables.hub import HubDataset
from stancewire.serving.articles.web.links import UrlList
from stancewire.tests.attack.mutations import Result, read_mutation
from stancewire.tests.attack.targets import SAMPLES, TABLE_FORM, Target, targets

Cli = Callable[..., Any]
GOOD = '{"doc_id": "good", "sentences": [{"text": "Kenya accused Somalia."}]}'
DEEP = "[" * 10_000 + "]" * 10_000
LONG = "9" * 5000


def _all_targets() -> list[Target]:
    folder = Path(tempfile.mkdtemp())
    (folder / "table-form.toml").write_text(TABLE_FORM)
    return targets(folder / "table-form.toml")


TARGETS = _all_targets()


def test_every_importer_has_a_sample() -> None:
    assert {*READERS, "table"} <= {t.name for t in TARGETS}


def test_every_reader_of_articles_has_a_valid_sample() -> None:
    read_by = set()
    for path in SAMPLES.iterdir():
        source, report = Source(str(path), path=path), ReadReport(str(path))
        if isinstance(reader_of(source), UrlList):
            continue
        assert list(read_source(source, ReadOptions(), report)) and not report.errors, path.name
        read_by.add(type(reader_of(source)))
    # Lists of URLs and datasets of the hub have their articles elsewhere.
    elsewhere = {UrlList, HubDataset}
    assert {type(reader) for reader in ARTICLE_READERS} - elsewhere <= read_by


# Readers of articles have tests of their own.
@pytest.mark.parametrize(
    "target", [t for t in TARGETS if not t.name.startswith("articles-")], ids=lambda t: t.name
)
@given(random=st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_a_mutation_is_read_or_refused_and_the_rest_is_kept(target: Target, random: Random) -> None:
    result = Result()
    with tempfile.TemporaryDirectory() as folder:
        read_mutation(target, Path(folder), random, result)
    assert set(result.counts) == {"mutations"}, result.examples


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (DEEP, "nested too deeply"),
        (f'{{"doc_id": "x", "row": {LONG}}}', "too long"),
        ('{"doc_id": "d", "outlet": "\\ud800", "sentences": [{"text": "x y z"}]}', "unpaired surrogate"),
        ('{"doc_id": "d\\ud800", "sentences": [{"text": "x y z"}]}', "unpaired surrogate"),
        ('{"doc_id": "d", "row": NaN, "sentences": [{"text": "x y z"}]}', "row: "),
        ('{"doc_id": "d", "row": 1e999, "sentences": [{"text": "x y z"}]}', "row: "),
        ('{"doc_id": null, "sentences": [{"text": "x y z"}]}', "doc_id: "),
    ],
)
def test_one_invalid_row_of_a_corpus_is_one_line_and_the_rest_is_read(
    row: str, what: str, tmp_path: Path
) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text(f"{row}\n{GOOD}\n")
    articles, errors = read_file(path)
    assert [a.doc_id for a in articles] == ["good"]
    (error,) = errors
    assert error.where == f"{path}:1" and what in str(error) and "\n" not in str(error)
    assert len(validate([str(path)], shipped_codebook()).errors) == 1
    reported: list[InputError] = []
    assert read_articles([path], "jsonl", options=ImportOptions(reported.append)) == articles
    assert len(reported) == 1


@pytest.mark.parametrize(
    ("name", "what"), [("deep", "nested too deeply"), ("long", "too long"), ("nul", "invalid TOML")]
)
@pytest.mark.parametrize("load", [load_codebook, load_form])
def test_toml_that_cannot_be_read_is_one_line(
    name: str, what: str, load: Callable[[Path], object], tmp_path: Path
) -> None:
    content = {"deep": "x = " + "[" * 3000, "long": "x = " + LONG, "nul": "\0"}
    path = tmp_path / "x.toml"
    path.write_text(content[name])
    with pytest.raises(InputError, match=what):
        load(path)


def test_a_long_number_after_words_of_a_sheet_is_part_of_the_words(tmp_path: Path) -> None:
    path = tmp_path / "x.sheet"
    path.write_text(f"### a\n\n¶ They said they would.\n> blame | they#{LONG} | - | - | -\n### b\n\n¶ Yes.\n")
    reported: list[InputError] = []
    assert [a.doc_id for a in read_articles([path], options=ImportOptions(reported.append))] == ["b"]
    assert ":4: 'they#9999" in str(reported[0]) and "is not in the sentence" in str(reported[0])


def test_deep_json_in_layers_and_in_files_to_compare_with(tmp_path: Path, cli: Cli) -> None:
    path = tmp_path / "l.jsonl"
    path.write_text(DEEP + "\n")
    with pytest.raises(InputError, match=r"l\.jsonl:1: nested too deeply"):
        read_layer(path)
    done = cli("corpus", "stats", "--against", str(path))
    assert done.exit_code == 1 and done.stderr.count("\n") == 1 and "nested too deeply" in done.stderr


# Bounds.


@pytest.mark.parametrize("form", ["jsonl", "sheet", "label-studio", "doccano", "conll", "scores", "babe"])
def test_a_device_without_end_is_refused(form: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_LINE_BYTES", 100_000)
    monkeypatch.setattr(reading.read_bytes, "__defaults__", (100_000,))
    with pytest.raises(InputError, match=r"/dev/zero.*: .*(larger than|more than) 0 MB"):
        read_articles([Path("/dev/zero")], form)


def test_a_codebook_without_end_is_refused() -> None:
    with pytest.raises(InputError, match="/dev/zero: larger than 1 MB"):
        load_codebook(Path("/dev/zero"))


@pytest.mark.parametrize("form", ["jsonl", "sheet", "label-studio", "babe"])
def test_a_sparse_file_is_refused_before_it_is_read(form: Any, tmp_path: Path) -> None:
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        os.truncate(file.fileno(), 100_000_000_000)
    with pytest.raises(InputError, match="larger than"):
        read_articles([path], form)


def test_a_pipe_is_read_and_bounded(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=lambda: path.write_text(GOOD + "\n"))
    writer.start()
    assert [a.doc_id for a in read_file(path)[0]] == ["good"]
    writer.join()


# Texts of layers.


def _published(path: Path, rows: list[str]) -> Path:
    path.write_text("\n".join(rows) + "\n")
    return path


def test_texts_with_odd_rows_are_read_around_them(tmp_path: Path) -> None:
    source = layer_source("news")
    field = source.text_fields[0]
    rows = [
        json.dumps({source.id_field: ["a"], field: "x"}),
        json.dumps({source.id_field: "a", field: "lone \ud800"}),
        DEEP,
        "5",
        json.dumps({source.id_field: "b", field: "Text."}),
    ]
    reported: list[InputError] = []
    found = dict(texts(_published(tmp_path / "t.jsonl", rows), source, {"a", "b"}, reported.append))
    assert found == {"b": "Text."}
    assert [str(e.where).rpartition(":")[2] for e in reported] == ["2", "3"]


def test_an_unpacked_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_LINE_BYTES", 100_000)
    path = tmp_path / "t.jsonl.gz"
    path.write_bytes(gzip.compress(b"x" * 3_000_000))
    with pytest.raises(InputError, match=r"t\.jsonl\.gz:1: a line of more than"):
        dict(texts(path, layer_source("news"), {"a"}))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED])
def test_a_member_that_unpacks_to_too_much_is_refused(method: int, tmp_path: Path) -> None:
    source = layer_source("news")
    path = tmp_path / "t.zip"
    folder = source.members.rpartition("/")[0].replace("*", "x")
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr(f"{folder}/a.json", b" " * (MAX_ARTICLE_BYTES + 1))
    reported: list[InputError] = []
    assert not dict(texts(path, source, {"a"}, reported.append))
    assert "unusual compression" in str(reported[0]) or "more than 5 MB" in str(reported[0])


@pytest.mark.parametrize("suffix", [".zip", ".jsonl.gz"])
def test_a_damaged_archive_is_one_line(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"t{suffix}"
    target = next(t for t in TARGETS if t.name == f"texts{suffix}")
    for n in range(200):
        raw = bytearray(target.content[""])
        raw[Random(n).randrange(len(raw))] ^= 1 << n % 8
        path.write_bytes(bytes(raw))
        errors: list[InputError] = []
        try:
            dict(texts(path, layer_source("news"), {"first-1", "second-2"}, errors.append))
        except InputError as error:
            errors.append(error)
        assert all("\n" not in str(e) for e in errors)


# What is accepted can be written and read back.


@pytest.mark.parametrize("field", ["doc_id", "outlet", "near_miss", "labels", "annotators", "stance"])
@pytest.mark.parametrize("value", ["a\n### b\nsplit: test", "x\n", " x", "a\r\nb"])
def test_line_breaks_in_ids_and_fields_are_refused_or_survive(field: str, value: str, tmp_path: Path) -> None:
    raw: dict[str, Any] = {
        "doc_id": "d",
        "sentences": [{"text": "x y z", "statements": [{"stance": "blame"}]}],
    }
    within = raw["sentences"][0] if field in ("near_miss", "labels") else raw
    within = raw["sentences"][0]["statements"][0] if field == "stance" else within
    within[field] = [value] if field in ("labels", "annotators") else value
    article = Article.model_validate(raw)
    for form in ("sheet", "conll", "doccano", "label-studio", "jsonl"):
        path = tmp_path / form
        try:
            path.write_text(format_articles([article], form, shipped_codebook()), newline="")
        except InputError as error:
            assert "cannot be written" in str(error) and "\n" not in str(error)
            continue
        if field == "near_miss":  # a person types it in Label Studio: without outer spaces
            assert next(a.sentences[0].near_miss for a in read_articles([path], form)) in (
                value,
                value.strip(),
            )
        elif field not in ("labels", "stance"):
            assert read_articles([path], form) == [article]


def test_an_empty_near_miss_is_none() -> None:
    raw = {"doc_id": "d", "sentences": [{"text": "x y z", "near_miss": ""}]}
    article = Article.model_validate(raw)
    assert article.sentences[0].near_miss is None
    assert Article.model_validate_json(dump_article(article)) == article


def test_an_identity_may_not_end_in_a_line_break() -> None:
    with pytest.raises(ValueError, match=r"identity 'KEN\\n' must be in capitals"):
        Article.model_validate(
            {
                "doc_id": "d",
                "sentences": [{"text": "x", "statements": [{"stance": "s", "actor_id": "KEN\n"}]}],
            }
        )
