"""Changes that people and tools make to exported files: new labels, other offset units, reversed links."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from stancewire.data.codebook import load_codebook, shipped_codebook
from stancewire.data.errors import InputError
from stancewire.data.formats import format_articles, read_articles, write_articles
from stancewire.data.formats.label_studio import labelling_config
from stancewire.data.formats.regions.document import region_labels
from stancewire.data.formats.scores import Prediction
from stancewire.data.schema import Article

Change = Callable[[Any], None]
ARTICLE = Article.model_validate(
    {
        "doc_id": "a-1",
        "sentences": [
            {
                "text": "🇮🇷 Iran and\nthe UN accused each other.",
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
            {"text": "They denied it.", "near_miss": "denial"},
        ],
    }
)
TEXT = ARTICLE.text


def changed(form: Any, folder: Path, change: Change) -> list[Article]:
    """Export the article, apply a change, and import it again."""
    path = folder / "x"
    text = format_articles([ARTICLE], form, shipped_codebook())
    raw = json.loads(text)
    change(raw[0] if form == "label-studio" else raw)
    path.write_text(json.dumps(raw) + "\n", encoding="utf-8")
    return read_articles([path], form)


def result(task: Any) -> list[Any]:
    found: list[Any] = task["annotations"][0]["result"]
    return found


def region(label: str, words: str, key: str = "n1", **value: Any) -> dict[str, Any]:
    start = TEXT.index(words)
    place = {"start": start, "end": start + len(words), "text": words, "labels": [label]} | value
    return {"id": key, "from_name": "label", "to_name": "text", "type": "labels", "value": place}


# Label Studio.


@pytest.mark.parametrize("name", [None, "plover", "babe"])
def test_the_labelling_config_has_every_label_of_its_codebook(name: str | None) -> None:
    codebook = load_codebook(name) if name else shipped_codebook()
    root = ElementTree.fromstring(labelling_config(codebook))
    assert [x.get("value") for x in root.iter("Label")] == region_labels(codebook)
    names = {x.get("name") for x in root.iter() if x.get("name")}
    used = {
        x[k]
        for x in result(json.loads(format_articles([ARTICLE], "label-studio", shipped_codebook()))[0])
        for k in ("from_name", "to_name")
        if k in x
    }
    assert used <= names


def test_a_new_region_with_a_typed_identity_is_a_statement(tmp_path: Path) -> None:
    def annotate(task: Any) -> None:
        typed = {
            "id": "n1",
            "from_name": "identity",
            "to_name": "text",
            "type": "textarea",
            "value": {"text": ["UN"]},
        }
        result(task).extend(
            [region("appeal:unnamed actor", "They denied"), typed, region("loaded", "denied", "n2")]
        )

    second = changed("label-studio", tmp_path, annotate)[0].sentences[1]
    assert second.labels == ("loaded",)
    assert [s.model_dump(exclude_none=True) for s in second.statements] == [
        {"stance": "appeal", "actor_id": "UN"}
    ]


def test_spans_across_line_breaks_and_utf16_offsets_are_read(tmp_path: Path) -> None:
    # The flag before these words is two characters, but four UTF-16 units.
    utf16 = {"start": TEXT.index("UN") + 2, "end": TEXT.index("UN") + 4}
    for words, value in (("Iran and\nthe UN", {"text": "Iran and\\nthe UN"}), ("UN", utf16)):
        found = changed(
            "label-studio",
            tmp_path,
            lambda task, w=words, v=value: result(task).append(region("appeal:actor", w, **v)),
        )
        span = found[0].sentences[0].statements[-1].actor
        assert span is not None and span.text == words


def test_the_direction_of_a_link_does_not_matter(tmp_path: Path) -> None:
    def turn(task: Any) -> None:
        link = result(task)[-1]
        link["from_id"], link["to_id"] = link["to_id"], link["from_id"]

    assert changed("label-studio", tmp_path, turn) == [ARTICLE]


def test_predictions_are_exported_beside_annotations_with_their_lowest_score(tmp_path: Path) -> None:
    found = ARTICLE.model_copy(
        update={
            "sentences": tuple(
                s.model_copy(update={"statements": (), "near_miss": None}) for s in ARTICLE.sentences
            )
        }
    )
    predicted = [Prediction(ARTICLE, "stancewire/1", 0.25), Prediction(ARTICLE, "stancewire/1", 0.5)]
    bare = found.model_copy(update={"doc_id": "bare"})
    text = format_articles([ARTICLE, bare], "label-studio", shipped_codebook(), predicted)
    annotated, unannotated = json.loads(text)
    assert (
        annotated["predictions"][0]["model_version"] == "stancewire/1"
        and annotated["predictions"][0]["score"] == 0.25
    )
    assert unannotated["predictions"][0]["result"][0]["value"]["labels"] == ["blame:actor"]
    assert unannotated["annotations"] == [], "to be annotated by a person"
    (tmp_path / "x.json").write_text(json.dumps([annotated]))
    assert read_articles([tmp_path / "x.json"]) == [ARTICLE]


def _twice(task: Any) -> None:
    task["annotations"] *= 2


LABEL_STUDIO_ERRORS: list[tuple[Change, str]] = [
    (lambda t: t.update(annotations=[]), "x: no task is annotated"),
    (_twice, "task 1: 2 annotations of one task"),
    (lambda t: t.pop("data"), "no field 'data' .*not as JSON-MIN"),
    (
        lambda t: result(t).append(region("blame:target", "the UN")),
        r"result\.\d: blame:target 'the UN': not linked to any actor",
    ),
    (
        lambda t: result(t).append(region("appeal:actor", "each other. They")),
        "crosses a sentence",
    ),
    (
        lambda t: result(t).append(region("praise:actor", "the UN")),
        r"result\.\d: praise:actor 'the UN': stance: unknown stance 'praise'",
    ),
    (lambda t: result(t).append(region("slanted", "the UN")), "unknown label 'slanted'"),
    (lambda t: result(t).append(region("blame:accuser", "the UN")), "not a label of a region"),
    (lambda t: result(t).append(region("loaded", "the UN", text="the EU")), "'the UN', not 'the EU'"),
    (lambda t: result(t).append({"type": "choices", "id": "c", "value": {}}), "result of type 'choices'"),
    (
        lambda t: result(t)[1]["value"].update(text=["Iran"]),
        "blame:actor 'Iran': actor_id: identity 'Iran' must be in capitals",
    ),
    (lambda t: t["data"].update(text="\ud83c Iran"), "contains an unpaired surrogate"),
]


@pytest.mark.parametrize(("change", "message"), LABEL_STUDIO_ERRORS)
def test_an_error_names_the_task_and_the_words(change: Change, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message):
        changed("label-studio", tmp_path, change)


def test_of_two_annotations_the_ground_truth_counts_and_cancelled_ones_do_not(tmp_path: Path) -> None:
    def second(task: Any, **about: Any) -> None:
        task["annotations"].append({"result": [], **about})
        task["annotations"][0]["ground_truth"] = not about

    assert changed("label-studio", tmp_path, second) == [ARTICLE]
    assert changed("label-studio", tmp_path, lambda t: second(t, was_cancelled=True)) == [ARTICLE]


# doccano.


def test_identities_are_read_from_comments(tmp_path: Path) -> None:
    def annotate(row: Any) -> None:
        start = TEXT.index("the UN")
        row["entities"].append(
            {"id": 90, "label": "appeal:actor", "start_offset": start, "end_offset": start + 6}
        )
        row["Comments"] = ["the UN = UN\nnothing of the sort"]

    statement = changed("doccano", tmp_path, annotate)[0].sentences[0].statements[-1]
    assert (statement.stance, statement.actor_id) == ("appeal", "UN")


def test_fields_beside_the_text_are_read_too(tmp_path: Path) -> None:
    assert changed("doccano", tmp_path, lambda row: row.update(row.pop("meta"))) == [ARTICLE]


# brat.


@pytest.mark.parametrize(
    ("ending", "old", "new", "message"),
    [
        (
            ".ann",
            "blame-actor",
            "praise-actor",
            r"\.ann:1: praise:actor 'Iran': stance: unknown stance 'praise'",
        ),
        (".ann", "T1\tIRN", "T1\tIran", r"\.ann:1: .*identity 'Iran' must be in capitals"),
        (".ann", "Arg1:T1", "Arg1:T9", r"\.ann: a link to 'T9'"),
        (".ann", "T1\tblame-actor", "E1\tblame-actor", r"\.ann:1: .*cannot represent"),
        (".txt", "Iran", "Iraq", r"\.ann:1: blame:actor: 3-7 is 'Iraq', not 'Iran'"),
        (".json", '"start": 0', '"start": 1', r"\.json: sentences\.0: '🇮' is between"),
    ],
)
def test_an_error_in_a_brat_folder_names_file_and_line(
    ending: str, old: str, new: str, message: str, tmp_path: Path
) -> None:
    write_articles(tmp_path / "b", [ARTICLE], "brat", shipped_codebook())
    file = next((tmp_path / "b").glob(f"*{ending}"))
    assert old in file.read_text(encoding="utf-8")
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_articles([tmp_path / "b"])


def test_a_text_without_metadata_is_split_as_for_scoring(tmp_path: Path) -> None:
    (tmp_path / "border.txt").write_text("Kenya accused Somalia. It denied it.\n")
    (tmp_path / "border.ann").write_text(
        "T1\tblame-actor 0 5\tKenya\n"
        "T2\tblame-target 14 21\tSomalia\n"
        "R1\tblame Arg1:T1 Arg2:T2\n"
        "#1\tAnnotatorNotes T1\tKEN\n"
    )
    found = read_articles([tmp_path / "border.ann"])[0]
    assert (found.doc_id, [s.text for s in found.sentences]) == (
        "border",
        ["Kenya accused Somalia.", "It denied it."],
    )
    assert found.sentences[0].statements[0].actor_id == "KEN"


def test_an_existing_brat_folder_is_not_overwritten(tmp_path: Path) -> None:
    write_articles(tmp_path / "b", [ARTICLE], "brat", shipped_codebook())
    with pytest.raises(InputError, match="already exists"):
        write_articles(tmp_path / "b", [ARTICLE], "brat", shipped_codebook())
    with pytest.raises(InputError, match=r"'blame:actor' is not in the codebook .*--codebook"):
        write_articles(tmp_path / "c", [ARTICLE], "brat", load_codebook("babe"))
    assert [p.name for p in tmp_path.iterdir()] == ["b"], "no incomplete folder is left"
