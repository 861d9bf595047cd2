"""Reading and writing corpora: error locations, the digest, and the same files in `datasets`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stancewire.data.annotation.corpus import (
    SHIPPED_CORPUS,
    corpus_digest,
    corpus_files,
    dump_article,
    parse_article,
    read_corpus,
    read_file,
    write_corpus,
)
from stancewire.data.codebook import Codebook
from stancewire.data.errors import InputError
from stancewire.data.files.atomic import atomic_write
from stancewire.data.schema import Article

Write = Callable[..., Path]


def raw(doc_id: str, **fields: Any) -> dict[str, Any]:
    return {"doc_id": doc_id, "sentences": [{"text": "Syria blamed Iran."}], **fields}


def article(doc_id: str, **fields: Any) -> Article:
    return Article.model_validate(raw(doc_id, **fields))


# Reading.


def test_every_invalid_line_of_a_file_is_reported(write_lines: Write, codebook: Codebook) -> None:
    path = write_lines(raw("a"), "{not json", "", raw("b", split="dev"), raw("c"))
    articles, errors = read_file(path, codebook)
    assert [a.doc_id for a in articles] == ["a", "c"]
    assert [e.where for e in errors] == [f"{path}:2", f"{path}:4"]
    assert "JSON" in str(errors[0]) and "column 2" in str(errors[0])
    assert "split: unknown split 'dev'" in str(errors[1])
    assert all(e.hint and e.hint in str(e) for e in errors)


def test_reading_a_corpus_reports_the_first_error_and_counts_the_rest(write_lines: Write) -> None:
    path = write_lines("{", "{", raw("c"))
    with pytest.raises(InputError, match=r"; 1 more error$") as error:
        read_corpus([path])
    assert str(error.value).startswith(f"{path}:1: ")


def test_bytes_that_are_not_utf8_are_an_error_with_a_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.jsonl"
    path.write_bytes(b'{"doc_id": "a", "sentences": [{"text": "x"}]}\n{"doc_id": "\xe9"}\n')
    articles, errors = read_file(path)
    assert [a.doc_id for a in articles] == ["a"]
    assert [e.where for e in errors] == [f"{path}:2"] and "not UTF-8" in str(errors[0])
    path.write_bytes(b"\xe9\n" + path.read_bytes())
    with pytest.raises(InputError, match=r"latin\.jsonl:1: not UTF-8"):
        read_file(path)


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    path = tmp_path / "windows.jsonl"
    path.write_bytes(
        b"\xef\xbb\xbf"
        + dump_article(article("a")).encode()
        + b"\r\n"
        + dump_article(article("b")).encode()
        + b"\r\n"
    )
    articles, errors = read_file(path)
    assert [a.doc_id for a in articles] == ["a", "b"] and not errors


def test_a_line_separator_inside_a_sentence_does_not_end_the_line(write_lines: Write) -> None:
    path = write_lines({"doc_id": "a", "sentences": [{"text": "One\u2028two\x85three."}]}, "{")
    articles, errors = read_file(path)
    assert articles[0].sentences[0].text == "One\u2028two\x85three."
    assert errors[0].where == f"{path}:2"


def test_an_empty_file_is_an_error(write_lines: Write) -> None:
    with pytest.raises(InputError, match="no articles"):
        read_file(write_lines("", " "))


def test_a_folder_means_all_corpus_files_in_it(write_lines: Write, tmp_path: Path) -> None:
    write_lines(raw("b"), name="b.jsonl")
    write_lines(raw("a"), name="a.jsonl")
    write_lines("no corpus", name="notes.txt")
    assert [a.doc_id for a in read_corpus([tmp_path])] == ["a", "b"]


def test_a_folder_without_corpora_and_a_missing_file_are_errors(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no \.jsonl, \.csv or \.parquet"):
        corpus_files(tmp_path)
    with pytest.raises(InputError, match="no such corpus"):
        corpus_files(tmp_path / "none.jsonl")


def test_shipped_is_the_corpus_of_the_package() -> None:
    assert {p.name for p in corpus_files("shipped")} == {"train.jsonl", "validation.jsonl", "test.jsonl"}


def test_a_duplicate_doc_id_is_refused(write_lines: Write) -> None:
    one, two = write_lines(raw("a"), name="one.jsonl"), write_lines(raw("a"), name="two.jsonl")
    with pytest.raises(InputError, match=r"duplicate doc_id 'a', also in .*one\.jsonl") as error:
        read_corpus([one, two])
    assert error.value.where == str(two)


# Writing.

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


@st.composite
def articles(draw: st.DrawFn) -> Article:
    sentences = []
    for text in draw(st.lists(words, min_size=1, max_size=4)):
        a = draw(st.integers(0, len(text) - 1))
        b = draw(st.integers(a + 1, len(text)))
        span = draw(st.sampled_from([None, {"text": text[a:b], "start": a, "end": b}]))
        one = {"stance": "blame", "actor": span, "actor_id": draw(st.sampled_from([None, "UN", "ARM+AZE"]))}
        sentences.append(
            {
                "text": text,
                "para": draw(st.booleans()),
                "labels": draw(st.sampled_from([(), ("loaded",)])),
                "statements": draw(st.sampled_from([(), (one,), (one, one)])),
                "near_miss": draw(st.sampled_from([None, "denial"])),
            }
        )
    return Article.model_validate(
        {
            "doc_id": draw(words),
            "sentences": sentences,
            "outlet": draw(st.none() | words),
            "split": draw(st.sampled_from([None, "test"])),
            "annotators": draw(st.lists(words, max_size=2)),
            "row": draw(st.none() | st.integers(0, 9)),
        }
    )


@given(articles())
def test_an_article_survives_the_round_trip(one: Article) -> None:
    line = dump_article(one)
    assert "\n" not in line
    assert parse_article(line, "f:1") == one


def test_a_corpus_survives_the_round_trip(tmp_path: Path) -> None:
    corpus = read_corpus([SHIPPED_CORPUS / "test.jsonl"])
    write_corpus(tmp_path / "new" / "copy.jsonl", corpus)
    assert read_corpus([tmp_path / "new" / "copy.jsonl"]) == corpus


def test_a_file_is_written_atomically(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text("before")
    with pytest.raises(RuntimeError), atomic_write(path) as out:
        out.write("half")
        raise RuntimeError
    assert path.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["x.jsonl"]


# The digest.


def test_the_digest_depends_on_content_not_on_order() -> None:
    corpus = [article("a"), article("b", split="test"), article("c")]
    assert corpus_digest(corpus) == corpus_digest(corpus[::-1])
    assert len(corpus_digest(corpus)) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"doc_id": "z"},
        {"split": "test"},
        {"outlet": "BBC"},
        {"sentences": article("b", sentences=[{"text": "x"}]).sentences},
    ],
)
def test_the_digest_changes_with_any_field(change: dict[str, Any]) -> None:
    corpus = [article("a"), article("b")]
    assert corpus_digest(corpus) != corpus_digest([corpus[0].model_copy(update=change), corpus[1]])


# The same files, read by `datasets`.


def test_datasets_loads_the_shipped_corpus_unchanged(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    files = {p.stem: str(p) for p in corpus_files("shipped")}
    loaded = datasets.load_dataset("json", data_files=files, cache_dir=str(tmp_path))
    for split, file in files.items():
        ours = read_corpus([file])
        rows = loaded[split]
        assert rows["doc_id"] == [a.doc_id for a in ours]
        assert {
            "doc_id",
            "split",
            "conflict",
            "outlet",
            "date",
            "language",
            "license",
            "annotators",
            "sentences",
        } <= set(rows.column_names)
        for row, one in zip(rows, ours, strict=True):
            found = {k: v for k, v in row.items() if v is not None}
            found["date"] = str(found["date"])[:10]  # `datasets` reads it as a timestamp
            assert Article.model_validate(found) == one


def test_datasets_loads_what_we_write(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    minimal, full = (
        article("a"),
        article(
            "b",
            outlet="BBC",
            sentences=[
                {
                    "text": "Syria blamed Iran.",
                    "statements": [{"stance": "blame", "actor": "Syria", "actor_id": "SYR", "target": None}],
                }
            ],
        ),
    )
    write_corpus(tmp_path / "x.jsonl", [minimal, full])
    rows = datasets.load_dataset(
        "json", data_files=str(tmp_path / "x.jsonl"), split="train", cache_dir=str(tmp_path / "cache")
    )
    assert [len(r["sentences"][0]["statements"]) for r in rows] == [0, 1]
    assert rows[1]["sentences"][0]["statements"][0]["actor"] == {"text": "Syria", "start": 0, "end": 5}
