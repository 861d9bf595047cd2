"""Files of annotation tools as they come in the field: what is imported, left out and refused.

`imports/` holds exports written for this project after public reports of people who work with such tools;
`imports.jsonl` what `corpus import` makes of each of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stancewire.data.annotation.corpus import read_corpus
from stancewire.data.errors import InputError
from stancewire.data.formats import read_articles
from stancewire.data.reporting import ImportOptions, raise_error

FIELD = Path(__file__).parent
CASES = [json.loads(line) for line in (FIELD / "imports.jsonl").read_text(encoding="utf-8").splitlines()]
Cli = Callable[..., Any]


def test_every_file_has_a_case() -> None:
    assert {c["file"] for c in CASES} == {p.name for p in (FIELD / "imports").iterdir()}


@pytest.mark.parametrize("case", CASES, ids=[f"{c['file']}-{c.get('annotator')}" for c in CASES])
def test_files_are_imported_or_refused_with_the_reason(case: dict[str, Any]) -> None:
    notes: list[str] = []
    options = ImportOptions(raise_error, notes.append, case.get("annotator"))
    path = FIELD / "imports" / case["file"]
    if "error" in case:
        with pytest.raises(InputError) as error:
            read_articles([path], case["form"], options=options)
        assert case["error"] in str(error.value)
        return
    articles = read_articles([path], case["form"], options=options)
    found = [
        [s.stance, s.actor and s.actor.text, s.target and s.target.text]
        for a in articles
        for sentence in a.sentences
        for s in sentence.statements
    ]
    assert found == case["statements"]
    assert [line.rpartition(f"{case['file']}: ")[2] for line in notes] == (
        [case["note"]] if "note" in case else []
    )
    if "annotators" in case:
        assert [list(a.annotators) for a in articles] == [case["annotators"]]


def test_all_annotators_become_one_file_each_ready_for_agreement(tmp_path: Path, cli: Cli) -> None:
    source = FIELD / "imports" / "ls_two.json"
    done = cli("corpus", "import", str(source), "-o", str(tmp_path / "mine.jsonl"), "--annotator", "all")
    assert done.exit_code == 0, done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine.1.jsonl", "mine.2.jsonl"]
    assert read_corpus([tmp_path / "mine.2.jsonl"])[0].annotators == ("2",)
    files = [str(tmp_path / f"mine.{n}.jsonl") for n in (1, 2)]
    assert cli("corpus", "agreement", *files).exit_code == 0


def test_invalid_articles_are_reported_and_the_rest_is_imported(tmp_path: Path, cli: Cli) -> None:
    sheet = tmp_path / "x.sheet"
    sheet.write_text(
        "### a\n\n¶ Kenya accused Chad.\n> bl\u0430me | Kenya | KEN | Chad | TCD\n\n### b\n\n¶ Yes.\n"
    )
    done = cli("corpus", "import", str(sheet), "-o", str(tmp_path / "o.jsonl"))
    assert done.exit_code == 1
    assert "U+0430 CYRILLIC SMALL LETTER A" in done.stderr and "x.sheet:1: " in done.stderr
    assert [a.doc_id for a in read_corpus([tmp_path / "o.jsonl"])] == ["b"]


def test_nothing_is_written_if_no_article_is_valid(tmp_path: Path, cli: Cli) -> None:
    sheet, out = tmp_path / "x.sheet", tmp_path / "o.jsonl"
    sheet.write_text("### a\n\n¶ Kenya accused Chad.\n> blame | Ken\n")
    out.write_text("old\n")
    assert cli("corpus", "import", str(sheet), "-o", str(out)).exit_code == 1
    assert out.read_text() == "old\n"
