"""Corpora through `datasets`: Parquet files, and folders to share."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from stancewire.data.annotation.corpus import read_corpus, read_file
from stancewire.data.annotation.validation import validate
from stancewire.data.codebook import Codebook
from stancewire.data.errors import InputError
from stancewire.data.formats import input_format, write_articles
from stancewire.data.formats.hugging_face import corpus_features, write_dataset
from stancewire.data.schema import Article

SENTENCE = {
    "text": "Chad blamed Libya.",
    "statements": [
        {"stance": "blame", "actor": "Chad", "actor_id": "TCD", "target": "Libya", "target_id": "LBY"}
    ],
}


def article(doc_id: str, **fields: Any) -> Article:
    return Article.model_validate({"doc_id": doc_id, "sentences": [SENTENCE], **fields})


def parquet(path: Path, *rows: dict[str, Any]) -> Path:
    from datasets import Dataset

    Dataset.from_list(list(rows)).to_parquet(path)
    return path


def test_load_dataset_reads_the_folder_with_typed_features(shipped: list[Article], tmp_path: Path) -> None:
    import datasets

    write_dataset(tmp_path / "out", shipped)
    loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert {k: len(v) for k, v in loaded.items()} == Counter(a.split for a in shipped)
    assert all(rows.features == corpus_features() for rows in loaded.values())
    first = next(a for a in shipped if a.split == "train")
    assert loaded["train"][0]["date"] == first.date and isinstance(first.date, str)
    assert Article.model_validate(loaded["train"][0]) == first


def test_the_card_declares_features_licence_and_files(tmp_path: Path) -> None:
    from huggingface_hub import DatasetCard

    write_dataset(
        tmp_path / "x", [article("a", license="CC-BY-4.0", split="test"), article("b", license="CC-BY-4.0")]
    )
    data = DatasetCard.load(tmp_path / "x" / "README.md").data.to_dict()
    assert data["license"] == "cc-by-4.0" and data["language"] == "en"
    assert data["configs"][0]["data_files"] == [
        {"split": "test", "path": "test.parquet"},
        {"split": "unassigned", "path": "unassigned.parquet"},
    ]
    assert [f["name"] for f in data["dataset_info"]["features"]][-1] == "sentences"


def test_a_folder_with_content_is_not_overwritten(tmp_path: Path, codebook: Codebook) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="already exists"):
        write_articles(tmp_path / "x", [article("a")], "hf", codebook)
    assert [p.name for p in tmp_path.rglob("*")] == ["x", "notes.txt"]


def test_an_unpaired_surrogate_is_refused(tmp_path: Path, codebook: Codebook) -> None:
    with pytest.raises(ValueError, match="contains an unpaired surrogate"):
        article("a", outlet="\ud800")
    unchecked = article("a").model_copy(update={"outlet": "\ud800"})
    with pytest.raises(InputError, match="contains an unpaired surrogate"):
        write_articles(tmp_path / "x", [unchecked], "hf", codebook)
    assert not list(tmp_path.iterdir())


def test_a_parquet_file_may_lack_columns_and_use_short_forms(tmp_path: Path) -> None:
    path = parquet(tmp_path / "x.parquet", {"doc_id": "a", "sentences": [SENTENCE]})
    assert read_corpus([path]) == [article("a")]
    assert input_format(path) == input_format(tmp_path) == "hf"


def test_invalid_rows_of_a_parquet_file_are_reported_with_their_numbers(
    tmp_path: Path, codebook: Codebook
) -> None:
    rows = [
        {"doc_id": d, "split": s, "sentences": [SENTENCE]}
        for d, s in (("a", "dev"), ("b", "test"), ("", None))
    ]
    path = parquet(tmp_path / "x.parquet", *rows)
    articles, errors = read_file(path)
    assert [a.doc_id for a in articles] == ["b"]
    assert [e.where for e in errors] == [f"{path}: row 1", f"{path}: row 3"]
    assert "split: unknown split 'dev'" in str(errors[0]) and "doc_id: " in str(errors[1])
    assert len(validate([str(path)], codebook).errors) == 2


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no Parquet at all", b"PAR1" + b"\x00" * 99 + b"PAR1"])
def test_a_file_that_is_not_parquet_is_one_error(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_bytes(content)
    with pytest.raises(InputError, match=r"x\.parquet: cannot be read: ") as error:
        read_corpus([tmp_path / "x.parquet"])
    assert "\n" not in str(error.value)


def test_a_folder_may_mix_the_three_kinds_of_files(tmp_path: Path) -> None:
    parquet(tmp_path / "c.parquet", {"doc_id": "c", "sentences": [SENTENCE]})
    (tmp_path / "a.jsonl").write_text(json.dumps({"doc_id": "a", "sentences": [SENTENCE]}))
    (tmp_path / "b.csv").write_text("doc_id,text\nb,Nobody fired.\n")
    assert [a.doc_id for a in read_corpus([tmp_path])] == ["a", "b", "c"]
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "data").mkdir()
    parquet(
        tmp_path / "d" / "data" / "train-00000-of-00001.parquet", {"doc_id": "d", "sentences": [SENTENCE]}
    )
    assert [a.doc_id for a in read_corpus([tmp_path / "d"])] == ["d"], "the layout of a clone of the hub"
