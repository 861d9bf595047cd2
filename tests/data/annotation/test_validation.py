"""Checks of a corpus beyond its schema."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from stancewire.data.annotation.validation import near_duplicates, validate
from stancewire.data.codebook import Codebook

Write = Callable[..., Path]


def raw(doc_id: str, *texts: str, **fields: Any) -> dict[str, Any]:
    return {"doc_id": doc_id, "sentences": [{"text": t} for t in texts or ("Calm held.",)], **fields}


def test_a_valid_corpus_has_no_errors_and_no_warnings(write_lines: Write, codebook: Codebook) -> None:
    report = validate(
        [str(write_lines(raw("a", conflict="x", split="train"), raw("b", conflict="y", split="test")))],
        codebook,
    )
    assert report.errors == [] and report.warnings == []
    assert report.summary.startswith("2 articles, 2 sentences, 0 errors")


def test_a_conflict_in_two_splits_is_an_error(write_lines: Write, codebook: Codebook) -> None:
    path = write_lines(
        raw("a", conflict="x", split="train"),
        raw("b", conflict="x", split="test"),
        raw("c", conflict="y", split="test"),
    )
    (error,) = validate([str(path)], codebook).errors
    assert "'x'" in str(error) and "test, train" in str(error) and error.hint


def test_a_conflict_in_two_splits_of_two_files_is_an_error(write_lines: Write, codebook: Codebook) -> None:
    one = write_lines(raw("a", conflict="x", split="train"), name="one.jsonl")
    two = write_lines(raw("b", conflict="x", split="test"), name="two.jsonl")
    assert len(validate([str(one), str(two)], codebook).errors) == 1


def test_near_duplicates_are_found_with_names_masked(write_lines: Write, codebook: Codebook) -> None:
    path = write_lines(
        raw("a", "Armenia accused Azerbaijan of shelling 3 border villages on Monday, killing a farmer."),
        raw("b", "Thailand accused Cambodia of shelling 12 border villages on Monday, killing a farmer."),
        raw("c", "Brazil asked for maps of every minefield along the river and the road."),
    )
    report = validate([str(path)], codebook)
    (warning,) = report.warnings
    assert "a and b" in warning and "Thailand accused Cambodia" in warning
    assert "near-duplicates 33.33%" in report.summary
    assert report.errors == []


def test_short_sentences_are_not_duplicates() -> None:
    assert near_duplicates([("a", "Calm held on Monday."), ("b", "Calm held on Monday.")]) == []


def test_a_sentence_repeated_hundreds_of_times_is_found() -> None:
    found = near_duplicates(
        [(str(i), "The two governments have extended the truce by a month.") for i in range(250)]
    )
    assert {j for _, j, _ in found} == set(range(1, 250))


def test_every_invalid_span_is_reported_with_its_line(write_lines: Write, codebook: Codebook) -> None:
    def wrong(doc_id: str, actor: Any) -> dict[str, Any]:
        return {
            "doc_id": doc_id,
            "sentences": [
                {"text": "Iran blamed Israel.", "statements": [{"stance": "blame", "actor": actor}]}
            ],
        }

    path = write_lines(
        raw("a"), wrong("b", {"text": "Iran", "start": 1, "end": 5}), wrong("c", "Syria"), wrong("d", "Iran")
    )
    report = validate([str(path)], codebook)
    assert [e.where for e in report.errors] == [f"{path}:2", f"{path}:3"]
    assert "1-5" in str(report.errors[0]) and "'Syria'" in str(report.errors[1])
    assert report.summary.startswith("2 articles")


def test_a_short_span_that_occurs_twice_is_a_warning(write_lines: Write, codebook: Codebook) -> None:
    sentence = {
        "text": "they fired and they fled",
        "statements": [{"stance": "blame", "actor": "they", "target": None}],
    }
    path = write_lines(raw("a"), {"doc_id": "b", "sentences": [{"text": "Calm held."}, sentence]})
    report = validate([str(path)], codebook)
    (warning,) = report.warnings
    assert f"{path}:2" in warning and "actor 'they'" in warning
    assert report.errors == []


def test_a_duplicate_doc_id_is_an_error(write_lines: Write, codebook: Codebook) -> None:
    (error,) = validate([str(write_lines(raw("a"), raw("a", "Other words.")))], codebook).errors
    assert "'a'" in str(error)


def test_a_missing_file_does_not_stop_the_others(
    write_lines: Write, codebook: Codebook, tmp_path: Path
) -> None:
    empty = write_lines("", name="empty.jsonl")
    report = validate([str(tmp_path / "none.jsonl"), str(empty), str(write_lines(raw("a")))], codebook)
    assert len(report.errors) == 2
    assert report.summary.startswith("1 article,")
