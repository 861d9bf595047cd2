"""Files that a format rejects: any changed file is accepted, or is rejected with one clear line."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stancewire.data.codebook import shipped_codebook
from stancewire.data.errors import InputError
from stancewire.data.formats import READERS, format_articles, read_articles, write_articles
from stancewire.data.schema import Article

VALID = {
    "doc_id": "a-1",
    "split": "train",
    "annotators": ["first"],
    "sentences": [
        {
            "text": "Iran and the UN accused each other.",
            "para": True,
            "statements": [
                {
                    "stance": "blame",
                    "actor": "Iran",
                    "actor_id": "IRN",
                    "target": "each other",
                    "target_id": "UN",
                }
            ],
        },
        {"text": "They denied it.", "loaded": True, "near_miss": "denial"},
        {"text": "“Stop firing.”", "para": True, "statements": [{"stance": "appeal", "actor_id": "UN"}]},
    ],
}
SCORES = {
    "id": "a",
    "source": None,
    "title": "T",
    "model": "m/1",
    "sentences": [
        {"start": 0, "end": 9, "text": "A did so,", "labels": [{"name": "loaded", "score": 0.7}]},
        {"start": 11, "end": 13, "text": "B.", "labels": []},
    ],
    "statements": [
        {
            "sentence": 0,
            "stance": "blame",
            "score": 0.9,
            "actor": {"text": "A", "start": 0, "end": 1, "id": "ARM"},
            "target": None,
        }
    ],
}


def valid_text(form: Any) -> str:
    return (
        json.dumps(SCORES) + "\n"
        if form == "scores"
        else format_articles([Article.model_validate(VALID)], form, shipped_codebook())
    )


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))
        if isinstance(value, list)
        else []
    )
    return [at, *(p for k, v in inner for p in paths(v, (*at, k)))]


JUNK = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        7,
        10**12,
        1.5,
        "",
        "x",
        "blame:actor",
        "blame:target",
        "loaded",
        [],
        ["x"],
        [None],
        {},
        {"text": "x"},
        "delete",
    ]
)


def assert_read_or_one_error_line(path: Path, form: Any) -> None:
    try:
        assert read_articles([path], form)
    except InputError as error:
        assert "\n" not in str(error) and len(str(error)) < 1000
        assert path.name in str(error)


@pytest.mark.parametrize("form", ["label-studio", "doccano", "scores"])
@given(data=st.data())
@settings(max_examples=100)
def test_an_invalid_field_is_accepted_or_one_error_line(
    form: Any, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    raw = json.loads(valid_text(form))
    for _ in range(data.draw(st.integers(1, 2))):
        at = data.draw(st.sampled_from(paths(raw)))
        junk = json.loads(json.dumps(data.draw(JUNK)))
        if not at:
            raw = junk
            break
        container = raw
        for k in at[:-1]:
            container = container[k]
        if junk == "delete":
            del container[at[-1]]
        else:
            container[at[-1]] = junk
        if not isinstance(raw, dict | list):
            break
    path = tmp_path_factory.getbasetemp() / f"{form}.jsonl"
    path.write_text(json.dumps(raw) + "\n")
    assert_read_or_one_error_line(path, form)


@pytest.mark.parametrize("form", ["jsonl", "label-studio", "doccano", "scores", "conll", "sheet"])
@given(data=st.data())
@settings(max_examples=100)
def test_a_corrupt_byte_is_accepted_or_one_error_line(
    form: Any, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    raw = valid_text(form).encode()
    at = data.draw(st.integers(0, len(raw)))
    cut = data.draw(st.sampled_from([0, 1, 5]))
    raw = (
        raw[:at]
        + data.draw(st.sampled_from([b"", b"\xff", b"\n", b"\t", b'"', b"\x00", b"7", b"# ", b"\r\n"]))
        + raw[at + cut :]
    )
    path = tmp_path_factory.getbasetemp() / f"byte-{form}"
    path.write_bytes(raw)
    assert_read_or_one_error_line(path, form)


@given(data=st.data())
@settings(max_examples=100)
def test_a_corrupt_byte_of_a_brat_folder_is_accepted_or_one_error_line(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "brat-x"
        write_articles(path, [Article.model_validate(VALID)], "brat", shipped_codebook())
        file = data.draw(st.sampled_from(sorted(path.glob("0*"))))
        raw = file.read_bytes()
        at = data.draw(st.integers(0, len(raw)))
        new = (
            raw[:at]
            + data.draw(st.sampled_from([b"", b"\xff", b"\n", b"\t", b"T", b"7", b"-", b"\r\n"]))
            + raw[at + data.draw(st.sampled_from([0, 1, 9])) :]
        )
        file.write_bytes(new)
        assert_read_or_one_error_line(path, "brat")


@pytest.mark.parametrize("form", ["label-studio", "doccano", "scores", "conll"])
def test_byte_order_marks_and_windows_line_ends_are_accepted(form: Any, tmp_path: Path) -> None:
    (tmp_path / "unix").write_text(valid_text(form), encoding="utf-8", newline="")
    (tmp_path / "windows").write_text(
        valid_text(form).replace("\n", "\r\n"), encoding="utf-8-sig", newline=""
    )
    assert read_articles([tmp_path / "windows"], form) == read_articles([tmp_path / "unix"], form)


@pytest.mark.parametrize("form", [f for f in READERS if f != "sheet"])
def test_missing_empty_and_wrongly_encoded_files_are_errors(form: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none.*: (cannot be read|no such corpus)"):
        read_articles([tmp_path / "none"], form)
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "empty.ann").write_text("")
    with pytest.raises(InputError, match=r"empty\.txt"):
        read_articles([tmp_path / "empty.txt"], form)
    (tmp_path / "latin.txt").write_bytes("a\nb, S\u00e9gou".encode("latin-1"))
    with pytest.raises(InputError, match=r"latin\.txt:[12]: "):
        read_articles([tmp_path / "latin.txt"], form)


@pytest.mark.parametrize("form", ["label-studio", "doccano", "conll", "scores"])
def test_unknown_stances_and_labels_are_errors(form: Any, tmp_path: Path) -> None:
    for old, new in (("blame", "praise"), ("loaded", "slanted")):
        (tmp_path / "x").write_text(valid_text(form).replace(old, new))
        with pytest.raises(InputError, match=f"unknown (stance|label) '{new}'"):
            read_articles([tmp_path / "x"], form)


def test_an_article_in_two_files_is_refused(tmp_path: Path) -> None:
    for name in ("x.conll", "y.conll"):
        (tmp_path / name).write_text(valid_text("conll"))
    with pytest.raises(InputError, match=r"y\.conll: duplicate doc_id 'a-1', also in .*x\.conll"):
        read_articles([tmp_path / "x.conll", tmp_path / "y.conll"])
