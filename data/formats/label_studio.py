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
the annotation marked as ground truth is read, or the only one that was not cancelled; where there are
several, an annotator must be chosen. Offsets are in characters, or in UTF-16 code units if only these fit
(see `offsets`). Tasks that were skipped or that nobody annotated are left out: they would look like articles
without statements. Fields of `data` that an article does not have are ignored.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from ..codebook import Codebook
from ..errors import InputError, plural
from ..files.reading import load_json, read_text, refuse_surrogates
from ..reporting import STOP_AT_FIRST, ImportOptions, guarded
from ..schema import Article
from .json_fields import objects, optional, required, typed, unknown_annotator
from .regions.document import Document, Region, region_labels
from .regions.reading import article_from
from .regions.writing import document_of
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
            label, words = typed(labels[0], str, at, "labels.0"), optional(value, "text", str, at)
            meta = optional(item, "meta", dict, at) or {}
            if meta.get("text"):
                notes.setdefault(key, _one_note(meta["text"], at))
            document.regions.append(Region(key, label, start, end, where=at, words=words))
        else:
            raise InputError(
                f"a corpus cannot represent a result of type {kind!r}",
                where=at,
                hint="use the config of `corpus export --format label-studio-config`",
            )
    document.convert_offsets(where)
    document.add_notes(notes)


def _annotations(task: Mapping[str, Any], where: str) -> list[dict[str, Any]]:
    """The annotations of a task that were not cancelled."""
    return [a for _, a in objects(task, "annotations", where) if not a.get("was_cancelled")]


def _names(annotation: Mapping[str, Any]) -> list[str]:
    """The names of its annotator: e-mail address and number, as far as the export has them."""
    person = annotation.get("completed_by")
    names = [person.get("email"), person.get("id")] if isinstance(person, dict) else [person]
    return [str(x) for x in names if x]


def _annotation(task: Mapping[str, Any], annotator: str | None, where: str) -> dict[str, Any] | None:
    """The annotation of a task to read: its ground truth, or its only one; None if there is none.

    Args:
        annotator: only annotations by this person count.
    """
    annotations = _annotations(task, where)
    if annotator is not None:
        annotations = [a for a in annotations if annotator in _names(a)]
    ground_truth = [a for a in annotations if a.get("ground_truth")]
    if len(ground_truth) == 1:
        return ground_truth[0]
    if len(annotations) > 1:
        people = sorted({(_names(a) or ["unknown"])[0] for a in annotations})
        raise InputError(
            f"{len(annotations)} annotations of one task, by {' and '.join(people)}",
            where=where,
            hint="choose with --annotator NAME or all, or mark one of them as ground truth",
        )
    return annotations[0] if annotations else None


def _tasks(path: Path) -> list[Any]:
    """The tasks of an export, not yet checked."""
    raw = load_json(read_text(path), str(path), allow_surrogates=True)
    tasks = [raw] if isinstance(raw, dict) else typed(raw, list, str(path), "the file")
    if not tasks:
        raise InputError("no tasks", where=str(path), hint="export a project with annotated tasks")
    if any(isinstance(x, dict) and "completions" in x and "annotations" not in x for x in tasks):
        raise InputError(
            "an export of Label Studio before version 1.0, with 'completions' instead of 'annotations'",
            where=str(path),
            hint="open the project in a newer version, and export it as JSON",
        )
    return tasks


def label_studio_annotators(path: Path) -> list[str]:
    """The annotators of an export, as `--annotator` takes them: e-mail addresses, or numbers."""
    found = {
        _names(annotation)[0]
        for n, task in enumerate(_tasks(path), 1)
        if isinstance(task, dict)
        for annotation in _annotations(task, f"{path}: task {n}")
        if _names(annotation)
    }
    return sorted(found)


def read_label_studio(
    path: Path, codebook: Codebook | None = None, options: ImportOptions = STOP_AT_FIRST
) -> list[Article]:
    """Read a Label Studio JSON export. Tasks without annotation are left out, and reported as a note.

    Raises:
        InputError: the first invalid task, unless the options have another report; no task is annotated, or
            none by the annotator of the options.
    """
    articles: list[Article] = []
    left_out: list[int] = []
    tasks = _tasks(path)
    for n, task in enumerate(tasks, 1):
        with guarded(f"{path}: task {n}", options.report):
            if article := _read_task(task, n, path, codebook, options.annotator):
                articles.append(article)
            else:
                left_out.append(n)
    if len(left_out) == len(tasks):
        if options.annotator is not None:
            raise unknown_annotator(options.annotator, label_studio_annotators(path), str(path))
        raise InputError("no task is annotated", where=str(path), hint="submit the tasks, then export them")
    if left_out:
        numbers = ", ".join(map(str, left_out[:10])) + (" …" if len(left_out) > 10 else "")
        who = (
            f"without an annotation by {options.annotator}"
            if options.annotator
            else "skipped or not annotated"
        )
        options.note(f"{path}: {plural(len(left_out), 'task')} left out: {who} ({numbers})")
    return articles


def _read_task(
    one: Any, n: int, path: Path, codebook: Codebook | None, annotator: str | None
) -> Article | None:
    """The article of a task; None if it is not annotated."""
    where = f"{path}: task {n}"
    task = typed(one, dict, where, "a task")
    refuse_surrogates(task, where)
    if "data" not in task:
        raise InputError("no field 'data'", where=where, hint="export as JSON, not as JSON-MIN")
    data, annotation = required(task, "data", dict, where), _annotation(task, annotator, where)
    if annotation is None:
        return None
    document = Document(required(data, "text", str, where), {"doc_id": f"task-{task.get('id') or n}", **data})
    names = _names(annotation)
    if annotator is not None:
        document.fields["annotators"] = [annotator]
    elif names and not data.get("annotators"):
        document.fields["annotators"] = names[:1]
    _read_result(annotation, document, where)
    return article_from(document, where, codebook)
