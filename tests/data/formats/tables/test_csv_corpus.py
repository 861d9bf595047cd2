"""A corpus as a CSV file: one row per article, or one per sentence or statement."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from stancewire.data.annotation.corpus import dump_article, read_corpus
from stancewire.data.errors import InputError
from stancewire.data.schema import Article

ROWS = """doc_id,split,outlet,annotators,sentence,text,para,labels,\
near_miss,stance,actor,actor_id,target,target_id
a,train,"Post, The",x; y,1,"Chad, it said, blamed Libya and Mali.",true,loaded,,blame,Chad,TCD,Libya,LBY
a,train,"Post, The",x; y,1,"Chad, it said, blamed Libya and Mali.",true,loaded,,blame,Chad,TCD,Mali,MLI
a,train,"Post, The",x; y,2,Nobody fired.,,,denial,,,,,

b,,,,1,NA,,,,appeal,,TCD,,
b,,,,2,NA,,,,,,,,
"""


def test_a_row_per_statement(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(ROWS)
    a, b = read_corpus([tmp_path / "x.csv"])
    assert (a.split, a.outlet, a.annotators) == ("train", "Post, The", ("x", "y"))
    assert [(s.para, s.labels, s.near_miss) for s in a.sentences] == [
        (True, ("loaded",), None),
        (False, (), "denial"),
    ]
    assert [s.target.text for s in a.sentences[0].statements if s.target] == ["Libya", "Mali"]
    assert [s.text for s in b.sentences] == ["NA", "NA"], "not read as a missing value"
    assert b.sentences[0].statements[0].actor is None and b.sentences[0].statements[0].actor_id == "TCD"


def test_a_row_per_article_with_sentences_as_json(tiny: list[Article], tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [json.loads(dump_article(a)) for a in tiny]
    with (tmp_path / "x.csv").open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        for row in rows:
            out.writerow(
                row | {"sentences": json.dumps(row["sentences"]), "annotators": ";".join(row["annotators"])}
            )
    assert read_corpus([tmp_path / "x.csv"]) == tiny


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("doc_id,split", "id,split", r"x\.csv:1: no column 'doc_id'; the columns are 'id', 'split'"),
        ("near_miss", "nearmiss", r"x\.csv:1: unknown column 'nearmiss'"),
        ("outlet", "split", r"x\.csv:1: duplicate column 'split'"),
        ("a,train", "a,test", r"x\.csv:3: split: differs from the first row of the article \(.*x\.csv:2\)"),
        ("b,,,,1", ",,,,1", r"x\.csv:6: doc_id: empty"),
        (",true,", ",maybe,", r"x\.csv:2: para: 'maybe' is neither true nor false"),
        ("appeal,,TCD", ",,TCD", r"x\.csv:6: stance: empty, but the row has an actor or a target"),
        ("Chad,TCD,Mali", "Niger,TCD,Mali", r"x\.csv:2: .*span 'Niger' is not in"),
        ("b,,,,2,NA,,,,,,,,", "b,,,,2,NA", r"x\.csv:7: 6 fields, but the header has 14"),
    ],
)
def test_an_error_names_its_line(old: str, new: str, error: str, tmp_path: Path) -> None:
    changed = (
        ROWS.replace(old, new, 1)
        if old != "a,train"
        else ROWS.replace("a,train", "a,test", 2).replace("a,test", "a,train", 1)
    )
    (tmp_path / "x.csv").write_text(changed)
    with pytest.raises(InputError, match=error):
        read_corpus([tmp_path / "x.csv"])


def test_sentences_that_are_not_json_are_one_error(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text('doc_id,sentences\na,"[{""text"": ""x""}]"\nb,[\n')
    with pytest.raises(InputError, match=r"x\.csv:3: sentences: .*JSON"):
        read_corpus([tmp_path / "x.csv"])
