"""Label Studio: a JSON list of tasks, one per article, and the labelling config of a project.

    [{"data": {"text": …, "doc_id": …, "split": …, "sentences": [{"start", "end", "para"}]},
      "annotations": [{"result": [
          {"id", "type": "labels", "value": {"start", "end", "text", "labels": ["blame:actor"]}}, …]}],
      "predictions": [{"model_version", "score", "result": […]}]}]

To set up a project: `corpus export --format label-studio-config -o config.xml` writes its labelling config,
`corpus export mine.jsonl -o tasks.json` its tasks, and `corpus import` reads the JSON (not JSON-MIN) that
Label Studio exports. An annotator marks the words of a party with `blame:actor` or `blame:target`, types its
identity (ARM) into the field of the region, and draws a relation from the actor to the target. `loaded`,
`near miss` (with its kind in the field) and `blame:unnamed actor` can mark any words of the sentence. See
`regions`.

Everything in an article is kept. A model's statements become `predictions`; the score of a prediction is the
lowest score of its statements, so that sorting by it shows the most uncertain articles first. Of each task,
the annotation marked as ground truth is read, or the only one that was not cancelled. Offsets are in
characters, or in UTF-16 units if only those match the text of the region. A task that nobody annotated is
rejected, because it would look like an article without statements. Fields of `data` that an article does not
have are ignored.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from ..codebook import Codebook
from ..errors import InputError, plural
from ..files.reading import load_json, read_text
from ..schema import Article
from .json_fields import objects, optional, required, typed
from .regions import Document, Region, article_from, document_of, region_labels
from .scores import Prediction

COLOURS = (
    "#d62728",
    "#2ca02c",
    "#1f77b4",
    "#ff7f0e",
    "#9467bd",
    "#8c564b",
    "#e377c2",
    "#17becf",
    "#bcbd22",
    "#7f7f7f",
)


def labelling_config(codebook: Codebook) -> str:
    """The labelling config (XML) of a project for this codebook, with the definitions as hints."""
    hints = {s.name: f"{s.title}: {s.definition}" for s in codebook.stances} | {
        x.name: f"{x.title}: {x.definition}" for x in codebook.labels
    }
    families = list(hints)
    rows = []
    for label in region_labels(codebook):
        family = label.partition(":")[0]
        colour = COLOURS[families.index(family) % len(COLOURS)] if family in hints else "#999999"
        hint = hints.get(family, "A sentence that could be mistaken for a statement; give its kind.")
        rows.append(
            f"    <Label value={quoteattr(label)} background={quoteattr(colour)} hint={quoteattr(hint)}/>"
        )
    return "\n".join(
        [
            "<View>",
            '  <Header value="$doc_id"/>',
            '  <Labels name="label" toName="text">',
            *rows,
            "  </Labels>",
            "  <Relations>",
            '    <Relation value="towards"/>',
            "  </Relations>",
            '  <Text name="text" value="$text" saveTextResult="yes"/>',
            '  <TextArea name="identity" toName="text" perRegion="true" maxSubmissions="1" editable="true"',
            '    placeholder="identity (ARM, UN, ARM+AZE) or kind of near miss"/>',
            "</View>",
            "",
        ]
    )


def _result(document: Document) -> list[dict[str, Any]]:
    """The regions and links of a document as the `result` of an annotation or prediction."""
    out: list[dict[str, Any]] = []
    for r in document.regions:
        offsets = {"start": r.start, "end": r.end}
        words = {"text": document.text[r.start : r.end], "labels": [r.label]}
        out.append(
            {"id": r.key, "from_name": "label", "to_name": "text", "type": "labels", "value": offsets | words}
        )
        if r.note:
            out.append(
                {
                    "id": r.key,
                    "from_name": "identity",
                    "to_name": "text",
                    "type": "textarea",
                    "value": offsets | {"text": [r.note]},
                }
            )
    return out + [
        {"type": "relation", "from_id": a, "to_id": b, "direction": "right", "labels": ["towards"]}
        for a, b in document.links
    ]


def format_label_studio(articles: Iterable[Article], predicted: Sequence[Prediction] | None = None) -> str:
    """Write articles as Label Studio tasks.

    Args:
        predicted: predictions for each article, to be corrected in Label Studio. An article without any
            annotation then becomes a task that is not yet annotated.
    """
    tasks = []
    for n, article in enumerate(articles):
        document = document_of(article)
        task: dict[str, Any] = {
            "data": {"text": document.text, **document.fields},
            "annotations": [{"result": _result(document)}],
        }
        if predicted is not None:
            prediction = predicted[n]
            score = {} if prediction.score is None else {"score": prediction.score}
            result = _result(document_of(prediction.article, "p"))
            task["predictions"] = [{"model_version": prediction.model, **score, "result": result}]
            if not document.regions:
                task["annotations"] = []
        tasks.append(json.dumps(task, ensure_ascii=False))
    return "[\n" + ",\n".join(tasks) + "\n]\n"


def _in_characters(text: str, start: int, end: int, words: str | None, where: str) -> tuple[int, int]:
    """Offsets in characters, converted from UTF-16 units if they match the words only as such."""
    if words is None or _letters(text[start:end]) == _letters(words):
        return start, end
    utf16 = text.encode("utf-16-le")
    if 0 <= start <= end <= len(utf16) // 2:
        before, inside = (
            utf16[2 * a : 2 * b].decode("utf-16-le", "ignore") for a, b in ((0, start), (start, end))
        )
        if _letters(inside) == _letters(words):
            return len(before), len(before) + len(inside)
    raise InputError(
        f"{start}-{end} is {text[start:end][:60]!r}, not {words[:60]!r}",
        where=where,
        hint="leave the text as it was exported",
    )


def _letters(words: str) -> str:
    """Words without spaces and line breaks, which Label Studio escapes or merges."""
    return re.sub(r"\\n|\s+", "", words)


def _one_note(value: Any, where: str) -> str:
    """The text typed for a region, which must be a single entry."""
    lines = [typed(x, str, where, "text").strip() for x in (value if isinstance(value, list) else [value])]
    if len(lines) > 1:
        raise InputError(
            f"{len(lines)} entries for one region",
            where=where,
            hint="keep one; join several parties by +",
        )
    return lines[0] if lines else ""


def _read_result(annotation: Mapping[str, Any], document: Document, where: str) -> None:
    notes: dict[str, str] = {}
    for at, item in objects(annotation, "result", where):
        kind = required(item, "type", str, at)
        if kind == "relation":
            document.links.append((required(item, "from_id", str, at), required(item, "to_id", str, at)))
            continue
        key, value = required(item, "id", str, at), required(item, "value", dict, at)
        if kind == "textarea":
            notes[key] = _one_note(value.get("text") or [], at)
        elif kind == "labels":
            labels = required(value, "labels", list, at)
            if len(labels) != 1:
                raise InputError(
                    f"a region with {plural(len(labels), 'label')}",
                    where=at,
                    hint="mark the words once per label",
                )
            start, end = required(value, "start", int, at), required(value, "end", int, at)
            start, end = _in_characters(document.text, start, end, optional(value, "text", str, at), at)
            meta = optional(item, "meta", dict, at) or {}
            if meta.get("text"):
                notes.setdefault(key, _one_note(meta["text"], at))
            document.regions.append(Region(key, typed(labels[0], str, at, "labels.0"), start, end, where=at))
        else:
            raise InputError(
                f"a corpus cannot represent a result of type {kind!r}",
                where=at,
                hint="use the config of `corpus export --format label-studio-config`",
            )
    document.add_notes(notes)


def _annotation(task: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The annotation of a task to read: its ground truth, or its only one that was not cancelled."""
    annotations = [a for _, a in objects(task, "annotations", where) if not a.get("was_cancelled")]
    ground_truth = [a for a in annotations if a.get("ground_truth")]
    if len(ground_truth) == 1:
        return ground_truth[0]
    if not annotations:
        raise InputError("this task is not annotated", where=where, hint="submit it, or do not export it")
    if len(annotations) > 1:
        raise InputError(
            f"{len(annotations)} annotations of one task",
            where=where,
            hint="mark one of them as ground truth",
        )
    return annotations[0]


def read_label_studio(path: Path, codebook: Codebook | None = None) -> list[Article]:
    """Read a Label Studio JSON export.

    Raises:
        InputError: the first invalid task.
    """
    raw = load_json(read_text(path), str(path))
    tasks = [raw] if isinstance(raw, dict) else typed(raw, list, str(path), "the file")
    if not tasks:
        raise InputError("no tasks", where=str(path), hint="export a project with annotated tasks")
    articles = []
    for n, one in enumerate(tasks, 1):
        where = f"{path}: task {n}"
        task = typed(one, dict, where, "a task")
        if "data" not in task:
            raise InputError("no field 'data'", where=where, hint="export as JSON, not as JSON-MIN")
        data, annotation = required(task, "data", dict, where), _annotation(task, where)
        document = Document(
            required(data, "text", str, where), {"doc_id": f"task-{task.get('id') or n}", **data}
        )
        person = annotation.get("completed_by")
        if person and not data.get("annotators"):
            document.fields["annotators"] = [
                str(person.get("email") or person.get("id") or "unknown")
                if isinstance(person, dict)
                else str(person)
            ]
        _read_result(annotation, document, where)
        articles.append(article_from(document, where, codebook))
    return articles
