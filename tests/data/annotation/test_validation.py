"""Checks of a corpus beyond its form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from stancewire.data.annotation.validation import near_duplicates, validate
from stancewire.data.codebook import Codebook

Write = Callable[..., Path]


def raw(doc_id: str, *texts: str, **fields: Any) -> dict[str, Any]:
    return {"doc_id": doc_id, "sentences": [{"text": t} for t in texts or ("Calm held.",)], **fields}


def test_a_sound_corpus_has_no_findings(write_lines: Write, codebook: Codebook) -> None:
    report = validate(
        [str(write_lines(raw("a", conflict="x", split="train"), raw("b", conflict="y", split="test")))],
        codebook,
    )
    assert report.faults == [] and report.warnings == []
    assert report.summary.startswith("2 articles, 2 sentences, 0 faults")


def test_a_conflict_in_two_splits_is_a_fault(write_lines: Write, codebook: Codebook) -> None:
    path = write_lines(
        raw("a", conflict="x", split="train"),
        raw("b", conflict="x", split="test"),
        raw("c", conflict="y", split="test"),
    )
    (fault,) = validate([str(path)], codebook).faults
    assert "'x'" in str(fault) and "test, train" in str(fault) and fault.hint


def test_a_conflict_in_two_splits_of_two_files_is_a_fault(write_lines: Write, codebook: Codebook) -> None:
    one = write_lines(raw("a", conflict="x", split="train"), name="one.jsonl")
    two = write_lines(raw("b", conflict="x", split="test"), name="two.jsonl")
    assert len(validate([str(one), str(two)], codebook).faults) == 1


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
    assert report.faults == []


def test_short_sentences_are_no_duplicates() -> None:
    assert near_duplicates([("a", "Calm held on Monday."), ("b", "Calm held on Monday.")]) == []


def test_a_sentence_repeated_hundreds_of_times_is_found() -> None:
    found = near_duplicates(
        [(str(i), "The two governments have extended the truce by a month.") for i in range(250)]
    )
    assert {j for _, j, _ in found} == set(range(1, 250))


def test_wrong_spans_are_faults_with_their_line_and_nothing_stops_at_the_first(
    write_lines: Write, codebook: Codebook
) -> None:
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
    assert [f.where for f in report.faults] == [f"{path}:2", f"{path}:3"]
    assert "1-5" in str(report.faults[0]) and "'Syria'" in str(report.faults[1])
    assert report.summary.startswith("2 articles")


def test_a_short_span_that_stands_twice_is_a_warning(write_lines: Write, codebook: Codebook) -> None:
    sentence = {
        "text": "they fired and they fled",
        "statements": [{"stance": "blame", "actor": "they", "target": None}],
    }
    path = write_lines(raw("a"), {"doc_id": "b", "sentences": [{"text": "Calm held."}, sentence]})
    report = validate([str(path)], codebook)
    (warning,) = report.warnings
    assert f"{path}:2" in warning and "actor 'they'" in warning
    assert report.faults == []


def test_a_doc_id_that_stands_twice_is_a_fault(write_lines: Write, codebook: Codebook) -> None:
    (fault,) = validate([str(write_lines(raw("a"), raw("a", "Other words.")))], codebook).faults
    assert "'a'" in str(fault)


def test_a_missing_file_does_not_stop_the_others(
    write_lines: Write, codebook: Codebook, tmp_path: Path
) -> None:
    empty = write_lines("", name="empty.jsonl")
    report = validate([str(tmp_path / "none.jsonl"), str(empty), str(write_lines(raw("a")))], codebook)
    assert len(report.faults) == 2
    assert report.summary.startswith("1 articles")
