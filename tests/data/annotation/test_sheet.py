"""Annotation sheets: reading, writing, and round trips."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import stancewire.data
from hypothesis import given
from hypothesis import strategies as st
from stancewire.data.annotation import sheet
from stancewire.data.annotation.corpus import read_corpus
from stancewire.data.annotation.sheet import format_sheet, parse_sheet, read_sheet
from stancewire.data.codebook import Codebook
from stancewire.data.errors import InputError
from stancewire.data.schema import Article

SHEET = """### a-1
split: train
conflict: india-pakistan
annotators: first, second

¶ They fired and they fled, said Harun Malak.
> blame | Harun Malak | OTHER | they | IND
+ India denied it.
! loaded
? denial
"""
GUIDELINE = Path(stancewire.data.__file__).parent / "CODEBOOK.md"


def test_a_sheet_is_read() -> None:
    (one,) = parse_sheet(SHEET, "s.txt")
    assert (one.doc_id, one.split, one.conflict, one.annotators) == (
        "a-1",
        "train",
        "india-pakistan",
        ("first", "second"),
    )
    first, second = one.sentences
    assert (first.para, first.labels, first.near_miss) == (True, (), None)
    assert (second.text, second.para, second.labels, second.near_miss) == (
        "India denied it.",
        False,
        ("loaded",),
        "denial",
    )
    actor, target = first.statements[0].actor, first.statements[0].target
    assert actor is not None and target is not None
    assert (actor.text, actor.start, first.statements[0].actor_id) == ("Harun Malak", 31, "OTHER")
    assert (target.text, target.start) == ("they", 15)  # case matters: not "They"


def test_a_number_selects_one_of_several_occurrences() -> None:
    text = "### a\n¶ they fired and they fled\n> blame | they#2 | OTHER | - | -\n"
    statement = parse_sheet(text, "s")[0].sentences[0].statements[0]
    assert statement.actor is not None and statement.actor.start == 15
    assert statement.target is None and statement.target_id is None


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("¶ Nobody opened this.", 1, "before the first article"),
        ("### a\n> blame | - | - | - | -", 2, "before the first sentence"),
        ("### a\n¶ They fired.\n> blame | they | OTHER | - | -", 3, "'they' is not in the sentence"),
        ("### a\n¶ they fired, they fled\n> blame | they | OTHER | - | -", 3, "occurs 2 times"),
        ("### a\n¶ they fired, they fled\n> blame | they#3 | OTHER | - | -", 3, "occurs 2 times"),
        ("### a\n¶ They fired.\n> blame | They | OTHER", 3, "five fields, this one has 3"),
        ("### a\n¶ They fired.\nThey fled.", 3, "not a line of a sheet"),
        ("### a\ncolour: red\n¶ They fired.", 2, "not a line of a sheet"),
        (
            "### a\n¶ They fired.\n\n### b\n¶ They fled.\n> praise | They | OTHER | - | -",
            4,
            "unknown stance 'praise'",
        ),
        ("### a\n¶ They fired.\n> blame | They | Other | - | -", 1, "capitals"),
    ],
)
def test_errors_name_their_line(text: str, line: int, words: str, codebook: Codebook) -> None:
    with pytest.raises(InputError) as error:
        parse_sheet(text, "s.txt", codebook)
    assert error.value.where == f"s.txt:{line}"
    assert words in str(error.value)


def test_an_empty_or_missing_sheet_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no article"):
        parse_sheet("\n", "s.txt")
    with pytest.raises(InputError, match="cannot be read"):
        read_sheet(tmp_path / "none.txt")


def test_the_example_of_the_guideline_is_a_sheet(codebook: Codebook) -> None:
    block = re.findall(r"```\n(### .*?)```", GUIDELINE.read_text(encoding="utf-8"), re.S)
    assert len(block) == 1
    (one,) = parse_sheet(block[0], "guideline", codebook)
    assert {s.stance for x in one.sentences for s in x.statements} == set(codebook.stance_names)
    assert parse_sheet(format_sheet([one]), "again", codebook) == [one]


def test_the_example_of_the_module_is_a_sheet(codebook: Codebook) -> None:
    lines = [x.removeprefix("    ") for x in (sheet.__doc__ or "").split("\n") if x.startswith("    ")]
    (one,) = parse_sheet("\n".join(lines), "docstring", codebook)
    assert len(one.sentences) == 2


def test_the_shipped_corpus_survives_the_round_trip(codebook: Codebook) -> None:
    corpus = read_corpus(["shipped"], codebook)
    again = parse_sheet(format_sheet(corpus), "sheet", codebook)
    assert {a.doc_id: a for a in again} == {a.doc_id: a.model_copy(update={"row": None}) for a in corpus}


# Round trips of any article.

WORDS = st.sampled_from(
    [
        "they",
        "They",
        "Iran",
        "Iranian",
        "the",
        "U.S.",
        "army",
        "Unit",
        "No",
        "#2",
        "-",
        "“We",
        "fired”,",
        "Ségou",
        "¶",
        "+",
        "###",
        ">",
        "split:",
        "war,",
        "1994",
    ]
)


@st.composite
def sheets(draw: st.DrawFn) -> list[Article]:
    out = []
    for n in range(draw(st.integers(1, 3))):
        sentences = []
        for _ in range(draw(st.integers(1, 3))):
            words = draw(st.lists(WORDS, min_size=1, max_size=9))
            text = " ".join(words)

            def span(words: list[str] = words, text: str = text) -> dict[str, Any] | None:
                i = draw(st.integers(-1, len(words) - 1))
                if i < 0:
                    return None
                j = draw(st.integers(i, min(i + 2, len(words) - 1)))
                start = sum(len(w) + 1 for w in words[:i])
                found = " ".join(words[i : j + 1])
                return {"text": found, "start": start, "end": start + len(found)}

            identity = st.sampled_from([None, "OTHER", "ARM+AZE"])
            statements = [
                {
                    "stance": "blame",
                    "actor": span(),
                    "actor_id": draw(identity),
                    "target": span(),
                    "target_id": draw(identity),
                }
                for _ in range(draw(st.integers(0, 2)))
            ]
            sentences.append(
                {
                    "text": text,
                    "para": draw(st.booleans()),
                    "labels": draw(st.sampled_from([[], ["loaded"]])),
                    "statements": statements,
                    "near_miss": draw(st.sampled_from([None, "denial", "offer of a truce"])),
                }
            )
        fields = {
            k: draw(st.sampled_from([None, v]))
            for k, v in {
                "split": "test",
                "conflict": "a-b",
                "outlet": "The Harbour Post: Sunday",
                "date": "1995-02-19",
                "genre": "wire story",
            }.items()
        }
        out.append(
            Article.model_validate(
                {
                    "doc_id": f"doc-{n}",
                    "sentences": sentences,
                    "annotators": draw(st.sampled_from([[], ["first"], ["first", "second"]])),
                    "language": draw(st.sampled_from(["en", "fr"])),
                    **fields,
                }
            )
        )
    return out


@given(sheets())
def test_any_article_survives_the_round_trip(articles: list[Article]) -> None:
    assert parse_sheet(format_sheet(articles), "sheet") == articles


@pytest.mark.parametrize(
    ("text", "words", "start"),
    [
        ("Iranian army fired", "Iran", 0),
        ("Iranian jets hit Iran", "Iran", 0),
        ("they they they fled", "they they", 5),
        ("Unit #2 fired", "Unit #2", 0),
        ("All quiet - for now", "-", 10),
        ("A | B fired", "A | B", 0),
        (" They fired", "They", 1),
        ("They fired\nthey fled", "they", 11),
        ("They fired\u2028they fled", "they", 11),
    ],
    ids=[
        "part of a word",
        "part of a word, then the word",
        "overlapping",
        "a number sign",
        "a dash",
        "a bar",
        "a leading space",
        "a line break",
        "a line separator",
    ],
)
def test_a_span_reads_back_unchanged_or_is_refused(text: str, words: str, start: int) -> None:
    """A span that a sheet cannot represent may be rejected, but must not change or get lost."""
    span = {"text": words, "start": start, "end": start + len(words)}
    one = Article.model_validate(
        {"doc_id": "a", "sentences": [{"text": text, "statements": [{"stance": "blame", "actor": span}]}]}
    )
    try:
        written = format_sheet([one])
    except InputError as error:
        assert "a" in str(error)
        return
    assert parse_sheet(written, "sheet") == [one]
