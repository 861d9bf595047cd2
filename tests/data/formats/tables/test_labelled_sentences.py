"""Tables of labelled sentences: custom forms, the two included forms, and the lines of errors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from stancewire.data.errors import InputError
from stancewire.data.formats import read_articles
from stancewire.data.schema import Article

Read = Callable[..., list[Article]]
FORM = """
name = "mine"
delimiter = ";"
text = "Sentence"
value = "Code"
stances = {ACCUSE = "blame", URGE = "appeal"}
labels = {Biased = "loaded"}
neither = ["", "Neutral"]
actor = "Source"
target = "Target"
actor_id = "SourceCode"
group = "Article"
outlet = "Outlet"
"""
TABLE = """Article;Sentence;Code;Source;Target;SourceCode;Outlet;Extra
1;"Iran accused; the UN
 of bias.";ACCUSE;Iran;the UN;IRN;Wire;x
1;"Iran accused; the UN
 of bias.";Biased;;;;Wire;x
1;They urged restraint.;URGE;They;;IRN;Wire;x
2;Nothing happened.;;;;;Wire;x
"""


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def one(table: str = TABLE, form: str = FORM) -> list[Article]:
        (tmp_path / "mine.csv").write_text(table, encoding="utf-8")
        (tmp_path / "mine.toml").write_text(form, encoding="utf-8")
        return read_articles([tmp_path / "mine.csv"], "table", None, tmp_path / "mine.toml")

    return one


def test_a_form_describes_the_columns(read: Read) -> None:
    first, second = read()
    assert (first.doc_id, second.doc_id, first.outlet) == ("mine-1", "mine-2", "Wire")
    accused, urged = first.sentences
    assert accused.text == "Iran accused; the UN\n of bias." and accused.labels == ("loaded",), (
        "rows of one sentence are one sentence"
    )
    [statement] = accused.statements
    assert (statement.stance, statement.actor.text, statement.actor_id, statement.target.text) == (
        "blame",
        "Iran",
        "IRN",
        "the UN",
    )
    assert urged.statements[0].target is None and not second.sentences[0].statements


def test_marks_and_unquoted_text(read: Read) -> None:
    form = """
delimiter = "\\t"
quotes = false
text = "t"
value = "v"
stances = {A = "blame"}
marks = {actor = ["[[", "]]"]}
"""
    [article] = read('t\tv\n"[[Iran ]]accused it.\tA\n', form)
    assert article.sentences[0].text == '"Iran accused it.'
    assert article.sentences[0].statements[0].actor.model_dump() == {"text": "Iran", "start": 1, "end": 5}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Iran;the UN;IRN", "Iraq;the UN;IRN", r"mine\.csv:2: Source: 'Iraq' occurs 0 times"),
        ("They;;IRN", "They;;irn", r"mine\.csv:6: actor_id: identity 'irn'"),
        ("URGE", "PLEAD", r"mine\.csv:6: Code: unknown value 'PLEAD' \(use ACCUSE"),
        (
            "They;;IRN;Wire",
            "They;;IRN;Post",
            r"mine\.csv:6: Outlet: differs from the first row of the article",
        ),
        ("They urged restraint.", " ", r"mine\.csv:6: Sentence: no text"),
        ("2;Nothing", ";Nothing", r"mine\.csv:7: Article: empty"),
        ("IRN;Wire;x\n2", "IRN;Wire\n2", r"mine\.csv:6: 7 fields, but the header has 8"),
        ('bias.";Biased', 'bias."x;Biased', r"mine\.csv:5: invalid CSV"),
        ("Sentence", "Satz", r"mine\.csv:1: no column 'Sentence'"),
        ("Extra", "Code", r"mine\.csv:1: 2 columns 'Code'"),
        (TABLE.split("\n", 1)[1], "", r"mine\.csv: no rows"),
    ],
)
def test_an_error_names_line_and_column(old: str, new: str, message: str, read: Read) -> None:
    assert old in TABLE
    with pytest.raises(InputError, match=message):
        read(TABLE.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"blame"', '"blam"', r"form 'mine': stances: unknown stance 'blam'; the codebook has blame"),
        ('"loaded"', '"slanted"', r"form 'mine': labels: unknown label 'slanted'"),
        ("text =", "txt =", r"mine\.toml: text: Field required"),
        ("group", "groop", r"mine\.toml: groop: Extra inputs"),
        ('";"', '";;"', r"mine\.toml: delimiter"),
        ("name =", "name", r"mine\.toml: invalid TOML"),
        ("group =", 'encoding = "klingon"\ngroup =', r"mine\.toml: encoding: unknown encoding"),
        (
            "group =",
            'marks = {actor = ["<", ">"], target = ["{", ">"]}\ngroup =',
            r"mine\.toml: marks: .*all marks must differ",
        ),
    ],
)
def test_an_invalid_form_is_one_error(old: str, new: str, message: str, read: Read) -> None:
    with pytest.raises(InputError, match=message):
        read(form=FORM.replace(old, new, 1))


def test_the_table_format_needs_a_form(tmp_path: Path) -> None:
    for form, table_form in (
        ("table", None),
        ("plover", tmp_path / "mine.toml"),
        (None, tmp_path / "mine.toml"),
    ):
        with pytest.raises(InputError, match=r"--format table and --form FILE\.toml belong together"):
            read_articles([tmp_path / "mine.csv"], form, None, table_form)  # type: ignore[arg-type]


def test_plover_rows_of_one_sentence_are_one_article(tmp_path: Path) -> None:
    rows = [
        "7\tx\t<s>Iran</s> told <t>the UN</t> to act.\tIran\tthe UN\t3\tREQUEST",
        "7\tx\tIran told <s>the UN</s> to act.\tthe UN\ta recipient\t0\tAGREE",
    ]
    (tmp_path / "x.tsv").write_text(
        "\n".join(["sentence_id\tsentence\tmarked_sentence\tsource\ttarget\tgold_penta\tgold_root", *rows])
        + "\n"
    )
    [article] = read_articles([tmp_path / "x.tsv"], "plover")
    [sentence] = article.sentences
    found = [(s.stance, s.actor and s.actor.text, s.target and s.target.text) for s in sentence.statements]
    assert found == [("request", "Iran", "the UN"), ("agree", "the UN", None)]


def test_the_real_tables(shared_data: Path) -> None:
    plover = read_articles([shared_data / "plv" / "train.tsv"], "plover")
    assert len(plover) == 1044 and sum(len(s.statements) for a in plover for s in a.sentences) == 1050
    babe = read_articles([shared_data / "babe" / "sg2.csv"], "babe")
    assert len(babe) == 3673 and sum("loaded" in s.labels for a in babe for s in a.sentences) == 1810
