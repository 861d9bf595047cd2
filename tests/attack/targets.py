"""Every reader, importer and config, each with a valid sample that mutations start from.

The importers come from the registry of formats. The readers of articles are covered by the files in
`samples/`: a new reader needs a valid file there, and nothing else.
"""

from __future__ import annotations

import gzip
import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from stancewire.data.annotation.corpus import dump_article, read_file
from stancewire.data.annotation.validation import validate
from stancewire.data.codebook import SHIPPED_CODEBOOK, load_codebook, shipped_codebook
from stancewire.data.errors import InputError
from stancewire.data.formats import (
    READERS,
    WRITERS,
    InputFormat,
    format_articles,
    read_articles,
    write_articles,
)
from stancewire.data.formats.tables.forms import load_form
from stancewire.data.layers.layer import detach, read_layer
from stancewire.data.layers.registry import layer_source
from stancewire.data.layers.texts import texts
from stancewire.data.reporting import ImportOptions
from stancewire.data.schema import Article
from stancewire.data.text.gazetteer import read_actors
from stancewire.experiments.config import DEFAULT, load_config
from stancewire.serving.articles.registry import read_articles as read_plain_articles
from stancewire.serving.articles.source import ReadOptions

SAMPLES = Path(__file__).parent / "samples"
IDS = ("first-1", "second-2", "third-3")
Report = Callable[[InputError], None]
# What a reader gives: the ids of the records that it read.
Read = Callable[[Path, Report], list[str]]


@dataclass(frozen=True, slots=True)
class Target:
    """A reader with a valid sample of three records.

    Attributes:
        name: its name, which is also that of its file.
        content: the sample, by path within a folder; the path "" is a single file.
        read: reads a file, and reports invalid records.
        middle: the text of the second record, in a format in which damage to it leaves the others readable;
            empty if there is no such text.
        kind: `json`, `toml` or `text`, for mutations of the structure.
    """

    name: str
    content: dict[str, bytes]
    read: Read
    middle: bytes = b""
    kind: str = "text"


def articles() -> list[Article]:
    """Three small articles, with everything that an article may have."""
    return [
        Article.model_validate(
            {
                "doc_id": doc_id,
                "split": "train",
                "conflict": "iran-un",
                "annotators": ["anna"],
                "sentences": [
                    {
                        "text": f"Iran 🔥 and the UN accused each other {n} times.",
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
                    {"text": "They denied it.", "labels": ["loaded"], "near_miss": "denial"},
                    {"text": "“Stop.”", "para": True, "statements": [{"stance": "appeal", "actor_id": "UN"}]},
                ],
            }
        )
        for n, doc_id in enumerate(IDS, 1)
    ]


TABLE_FORM = """name = "mine"
delimiter = ";"
text = "Sentence"
value = "Code"
stances = {ACCUSE = "blame"}
labels = {Biased = "loaded"}
neither = ["", "Neutral"]
actor = "Source"
target = "Target"
actor_id = "SourceCode"
target_id = "TargetCode"
group = "Article"
"""
TABLE = (
    "Article;Sentence;Code;Source;Target;SourceCode;TargetCode\n"
    "first-1;Iran accused Iraq of it.;ACCUSE;Iran;Iraq;IRN;IRQ\n"
    "second-2;Chad accused Sudan of it.;ACCUSE;Chad;Sudan;TCD;SDN\n"
    "third-3;Nobody did anything.;Neutral;;;;\n"
)
TABLES = {
    "plover": "sentence_id\tmarked_sentence\tgold_root\n"
    "first-1\t<s>Iran</s> accused <t>Iraq</t>.\tACCUSE\n"
    "second-2\t<s>Chad</s> helped <t>Sudan</t>.\tAID\n"
    "third-3\t<s>Mali</s> met <t>Niger</t>.\tCONSULT\n",
    "babe": "text,label_bias,outlet\nThe regime lies.,Biased,X\nIt rained a bit.,Non-biased,Y\n"
    "They met in Cairo.,Non-biased,Z\n",
}
CSV = (
    "doc_id,split,text,para,labels,stance,actor,actor_id,target,target_id\n"
    "first-1,train,Iran accused Iraq of it.,true,loaded,blame,Iran,IRN,Iraq,IRQ\n"
    "second-2,train,Chad accused Sudan of it.,true,,blame,Chad,TCD,Sudan,SDN\n"
    "third-3,train,Nobody did anything.,true,,,,,,\n"
)


def _record(article: Article) -> dict[str, Any]:
    """A record, as `score` writes it."""
    text = article.sentences[0].text
    party = {"text": "Iran", "start": 0, "end": 4, "id": "IRN"}
    return {
        "id": article.doc_id,
        "source": "x.txt",
        "title": None,
        "model": "m/1",
        "sentences": [
            {"start": 0, "end": len(text), "text": text, "labels": [{"name": "loaded", "score": 1}]}
        ],
        "statements": [{"sentence": 0, "stance": "blame", "score": 0.9, "actor": party, "target": None}],
    }


def importer(form: str, table_form: Path | None = None) -> Read:
    """Reads a format as `corpus import` does, and checks that what was accepted can be written."""

    def read(path: Path, report: Report) -> list[str]:
        options = ImportOptions(report, note=lambda line: None)
        found = read_articles([path], cast("InputFormat", form), None, table_form, options)
        for name in WRITERS:
            try:
                text = format_articles(found, cast("Any", name), shipped_codebook())
            except InputError:
                continue
            text.encode()
        for article in found:
            assert Article.model_validate(json.loads(dump_article(article))) == article
        return [a.doc_id for a in found]

    return read


def _corpus(path: Path, report: Report) -> list[str]:
    found, errors = read_file(path, shipped_codebook())
    for error in errors:
        report(error)
    checked = validate([str(path)], shipped_codebook())
    assert len(checked.errors) >= len(errors)
    return [a.doc_id for a in found]


def _texts(path: Path, report: Report) -> list[str]:
    return [doc_id for doc_id, text in texts(path, layer_source("news"), set(IDS), report) if text.encode()]


def _plain(path: Path, report: Report) -> list[str]:
    options = ReadOptions(any_language=True)
    found = read_plain_articles([str(path)], options, report_error=report, note=lambda line: None)
    return [a.id for a in found]


def _single(load: Callable[[Path], object]) -> Read:
    def read(path: Path, report: Report) -> list[str]:
        load(path)
        return []

    return read


def _files_of(form: str) -> dict[str, bytes]:
    """The files that a format writes for the three articles."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        write_articles(path, articles(), cast("Any", form), shipped_codebook())
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
        return {str(p.relative_to(path)) if path.is_dir() else "": p.read_bytes() for p in files}


def _importers(form_file: Path) -> list[Target]:
    """The importers of the registry, and tables with a form."""
    out = []
    for form in READERS:
        if form in TABLES:
            raw = TABLES[form].encode()
            out.append(Target(form, {"": raw}, importer(form), raw.split(b"\n")[2]))
        elif form == "scores":
            lines = [json.dumps(_record(a), ensure_ascii=False).encode() for a in articles()]
            out.append(Target(form, {"": b"\n".join(lines) + b"\n"}, importer(form), lines[1], "json"))
        else:
            content = _files_of(form)
            middle = b""
            if form in ("jsonl", "doccano", "label-studio"):
                middle = content[""].split(b"\n")[2 if form == "label-studio" else 1].rstrip(b",")
            elif form in ("sheet", "conll"):
                block = content[""].partition(b"second-2")[2].partition(b"\n")[2]
                middle = block[: block.index(b"# doc_id" if form == "conll" else b"### ")].rstrip(b"\n")
            kind = "json" if form in ("jsonl", "doccano", "label-studio") else "text"
            out.append(Target(form, content, importer(form), middle, kind))
    table = TABLE.encode()
    return [*out, Target("table", {"": table}, importer("table", form_file), table.split(b"\n")[2])]


def _archive(rows: list[dict[str, str]]) -> bytes:
    raw = io.BytesIO()
    folder = layer_source("news").members.rpartition("/")[0].replace("*", "x")
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for row in rows:
            archive.writestr(f"{folder}/{row['id']}.json", json.dumps(row))
    return raw.getvalue()


def _layers() -> list[Target]:
    """A layer file, and the texts that it annotates in all forms."""
    source = layer_source("news")
    rows = [{"id": a.doc_id, source.id_field: a.doc_id, source.text_fields[0]: a.text} for a in articles()]
    lines = [json.dumps(row).encode() for row in rows]
    joined = b"\n".join(lines) + b"\n"
    layer = [
        json.dumps(detach(a, a.text).model_dump(mode="json", exclude_defaults=True)).encode()
        for a in articles()
    ]

    def read(path: Path, report: Report) -> list[str]:
        return [a.doc_id for a in read_layer(path, report)]

    return [
        Target("layer.jsonl", {"": b"\n".join(layer) + b"\n"}, read, layer[1], "json"),
        Target("texts.jsonl", {"": joined}, _texts, lines[1], "json"),
        Target("texts.jsonl.gz", {"": gzip.compress(joined, mtime=0)}, _texts),
        Target("texts.zip", {"": _archive(rows)}, _texts),
        Target("texts", {f"{r['id']}.json": x for r, x in zip(rows, lines, strict=True)}, _texts),
    ]


def _article_target(path: Path) -> Target:
    """A sample of `samples/`; damage to one line of a JSONL file leaves the others readable."""
    raw = path.read_bytes()
    rows = path.suffix == ".jsonl"
    middle, kind = (raw.split(b"\n")[1], "json") if rows else (b"", "text")
    return Target(f"articles-{path.name}", {"": raw}, _plain, middle, kind)


def targets(form_file: Path) -> list[Target]:
    """All targets.

    Args:
        form_file: a file with `TABLE_FORM`.
    """
    corpus = "".join(dump_article(a) + "\n" for a in articles()).encode()
    csv = CSV.encode()
    actors = b"id,kind,names,demonyms,places,home\nKEN,state,Kenya,Kenyan,Nairobi,\n"
    return [
        *_importers(form_file),
        *_layers(),
        Target("corpus.jsonl", {"": corpus}, _corpus, corpus.split(b"\n")[1], "json"),
        Target("corpus.csv", {"": csv}, _corpus, csv.split(b"\n")[2]),
        Target("corpus.parquet", {"": next(iter(_parquet().values()))}, _corpus),
        Target("codebook.toml", {"": SHIPPED_CODEBOOK.read_bytes()}, _single(load_codebook), kind="toml"),
        Target("form.toml", {"": TABLE_FORM.encode()}, _single(load_form), kind="toml"),
        Target(
            "config.toml", {"": DEFAULT.read_bytes()}, _single(lambda p: load_config(str(p))), kind="toml"
        ),
        Target("actors.csv", {"": actors}, _single(read_actors)),
        *(_article_target(p) for p in sorted(SAMPLES.iterdir()) if p.is_file()),
    ]


def _parquet() -> dict[str, bytes]:
    return {k: v for k, v in _files_of("hf").items() if k.endswith(".parquet")}
