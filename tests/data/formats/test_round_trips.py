"""Round trips through all formats: articles are read back unchanged or rejected, and errors are one line."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stancewire.data.annotation.corpus import read_corpus
from stancewire.data.codebook import Codebook, shipped_codebook
from stancewire.data.errors import InputError
from stancewire.data.formats import (
    FOLDERS,
    READERS,
    WRITERS,
    InputFormat,
    OutputFormat,
    format_articles,
    input_format,
    output_format,
    read_articles,
    write_articles,
)
from stancewire.data.schema import Article

FORMS = ("label-studio", "doccano", "brat", "conll")
# Reasons for which a format may reject a generated article.
REFUSALS = ("cannot be written", "byte order mark")

# fmt: off
PIECES = st.sampled_from(
    ["Iran", "they", "They", "“We", "fired”,", "e\u0301te\u0301", "👩‍🚀", "🇦🇲", "a\tb", "#2", "-", "|", "'",
     '"so-called"', "\\", "{", "<s>", "&amp;", "O", "—", "نزاع", "战争", "x;y", "[", "= 1"]
)
# fmt: on
# Without unpaired surrogates, which cannot be encoded.
WILD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
TEXTS = st.lists(st.one_of(PIECES, PIECES, WILD), min_size=1, max_size=7).map(" ".join)
LINE = st.one_of(
    st.sampled_from(["a-b", "Post: Sunday", "[x]", "# y", '"q"', "é", "- "]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)
IDENTITIES = st.sampled_from([None, "OTHER", "ARM+AZE", "M23"])


@st.composite
def statements(draw: st.DrawFn, text: str) -> dict[str, Any]:
    def span() -> dict[str, Any] | None:
        if draw(st.integers(0, 3)) == 0:
            return None
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        words = text[start:end]
        if words.strip() and draw(st.integers(0, 9)):
            start += len(words) - len(words.lstrip())
            words = words.strip()
        return {"text": words, "start": start, "end": start + len(words)}

    stance = draw(st.sampled_from(["blame", "appeal"]))
    return {
        "stance": stance,
        "actor": span(),
        "actor_id": draw(IDENTITIES),
        "target": span(),
        "target_id": draw(IDENTITIES),
    }


@st.composite
def articles(draw: st.DrawFn) -> list[Article]:
    out = []
    for n in range(draw(st.integers(1, 3))):
        sentences = []
        for _ in range(draw(st.integers(1, 3))):
            text = draw(TEXTS)
            found = draw(st.lists(statements(text), max_size=3))
            if found and draw(st.booleans()):
                # A second statement of the same actor, possibly a duplicate.
                found.append(found[0] | {"target_id": draw(IDENTITIES)})
            sentence = {
                "text": text,
                "para": draw(st.booleans()),
                "labels": draw(st.sampled_from([[], ["loaded"]])),
                "statements": found,
            }
            sentences.append(
                sentence | {"near_miss": draw(st.sampled_from([None, "denial", 'offer: "x" = y']))}
            )
        about = {
            k: draw(st.one_of(st.none(), LINE))
            for k in ("conflict", "outlet", "source", "date", "genre", "license")
        }
        about |= {
            "split": draw(st.sampled_from([None, "test"])),
            "language": draw(st.sampled_from(["en", "fr"])),
            "row": draw(st.sampled_from([None, 0, 7])),
        }
        about["annotators"] = draw(st.lists(LINE, max_size=2))
        out.append(
            Article.model_validate(
                {
                    "doc_id": draw(st.sampled_from(["a", "a/b c", "é#", '"'])) + str(n),
                    "sentences": sentences,
                    **about,
                }
            )
        )
    return out


def round_trip(form: Any, original: list[Article]) -> list[Article]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        write_articles(path, original, form, shipped_codebook())
        return read_articles([path], form)


@pytest.mark.parametrize("form", ["jsonl", "hf", *FORMS])
@given(original=articles())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_articles_survive_the_round_trip_or_are_refused(form: Any, original: list[Article]) -> None:
    try:
        again = round_trip(form, original)
    except InputError as error:
        assert any(x in str(error) for x in REFUSALS), str(error)
        return
    if form == "hf":  # one file per split
        again.sort(key=lambda a: a.doc_id[-1])
    assert again == original


@pytest.mark.parametrize("form", ["sheet", "jsonl", "hf", *FORMS])
def test_the_shipped_corpus_survives_every_round_trip(form: Any, codebook: Codebook) -> None:
    corpus = read_corpus(["shipped"], codebook)
    assert round_trip(form, corpus) == corpus


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["a:b", "a b", "Loaded", "a-b", ""])
def test_names_that_no_codebook_can_have_are_refused(form: Any, name: str) -> None:
    for raw in ({"text": "x", "labels": [name]}, {"text": "x", "statements": [{"stance": name}]}):
        with pytest.raises(InputError, match="cannot be written"):
            round_trip(form, [Article.model_validate({"doc_id": "a", "sentences": [raw]})])


@pytest.mark.parametrize("form", FORMS)
def test_a_span_without_words_is_refused(form: Any) -> None:
    raw = {
        "text": "They fired.",
        "statements": [{"stance": "blame", "actor": {"text": "", "start": 2, "end": 2}}],
    }
    with pytest.raises(InputError, match="cannot be written"):
        round_trip(form, [Article.model_validate({"doc_id": "a", "sentences": [raw]})])


# Errors: any changed file is accepted, or is rejected with one clear line.

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


# All formats.


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


def test_the_registry_has_all_formats_that_the_command_line_offers() -> None:
    assert {*READERS, "table"} == set(get_args(InputFormat))
    assert {*WRITERS, *FOLDERS, "label-studio-config"} == set(get_args(OutputFormat))


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("x.sheet", "sheet"),
        ("x.txt", "sheet"),
        ("x.JSON", "label-studio"),
        ("x.conll", "conll"),
        ("x.ann", "brat"),
        ("", "brat"),
    ],
)
def test_the_suffix_determines_the_input_format(name: str, form: str, tmp_path: Path) -> None:
    assert input_format(tmp_path / name) == form


@pytest.mark.parametrize("name", ["x.jsonl", "x.csv", "x.tsv", "x.xml"])
def test_an_ambiguous_suffix_needs_an_explicit_format(name: str) -> None:
    with pytest.raises(InputError, match="give --format"):
        input_format(Path(name))


def test_the_suffix_determines_the_output_format() -> None:
    names = {
        None: "sheet",
        "x.sheet": "sheet",
        "x": "sheet",
        "x.jsonl": "jsonl",
        "x.json": "label-studio",
        "x.xml": "label-studio-config",
        "x.conll": "conll",
    }
    assert {k: output_format(Path(k) if k else None) for k in names} == names


def test_importing_the_registry_loads_no_heavy_packages() -> None:
    import subprocess
    import sys

    code = (
        "import sys, stancewire.data.formats\n"
        "heavy = ('pydantic', 'spacy', 'numpy')\n"
        "print([m for m in sys.modules if m.split('.')[0] in heavy])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "[]\n"
    )


def test_an_article_in_two_files_is_refused(tmp_path: Path) -> None:
    for name in ("x.conll", "y.conll"):
        (tmp_path / name).write_text(valid_text("conll"))
    with pytest.raises(InputError, match=r"y\.conll: duplicate doc_id 'a-1', also in .*x\.conll"):
        read_articles([tmp_path / "x.conll", tmp_path / "y.conll"])
