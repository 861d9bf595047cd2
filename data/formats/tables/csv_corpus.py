"""A corpus as a CSV file, which can be written in a spreadsheet; import only.

There are two shapes, which differ in their columns. Both have `doc_id` and may have the other fields of an
article (`split`, `conflict`, `outlet`, `date` …); an empty field is null. Several annotators are joined
by `;`.

    doc_id,split,sentences                    one row per article, `sentences` is the JSON of the corpus
    doc_id,split,text,stance,actor,actor_id   one row per sentence, or one per statement of a sentence

In the second shape `actor` and `target` are words of the sentence; `labels` are joined by `;`, `para` is true
or false, and the columns `near_miss`, `target` and `target_id` are optional. Rows of an article with the same
text are one sentence; a column `sentence` with a number distinguishes sentences with the same words. A CSV
file with other columns is imported with `stancewire corpus import --format table`.
"""

# Not read through `datasets`: its CSV builder (pandas) guesses types ("NA" becomes null, "007" becomes 7),
# and one invalid row fails the whole file without its line number.

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...checking import duplicate_doc_id
from ...errors import InputError
from ...files.reading import load_json
from ...reporting import Report, guarded, raise_error
from ..json_fields import ARTICLE_FIELDS
from .rows import read_rows

STATEMENT = ("stance", "actor", "actor_id", "target", "target_id")
SENTENCE = ("sentence", "text", "para", "labels", "near_miss", *STATEMENT)
TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": False}


def _check_header(header: Sequence[str], where: str) -> None:
    known = {*ARTICLE_FIELDS, "sentences"} if "sentences" in header else {*ARTICLE_FIELDS, *SENTENCE}
    needed = ("doc_id", "sentences" if "sentences" in header else "text")
    for column in needed:
        if column not in header:
            raise InputError(
                f"no column {column!r}; the columns are {', '.join(map(repr, header[:20])) or 'none'}",
                where=where,
                hint="a corpus needs doc_id and text, or doc_id and sentences; for other columns use "
                "`stancewire corpus import --format table`",
            )
    for n, column in enumerate(header):
        if column not in known or column in header[:n]:
            raise InputError(
                f"{'duplicate' if column in known else 'unknown'} column {column!r}",
                where=where,
                hint=f"the columns may be {', '.join(x for x in (*ARTICLE_FIELDS, *SENTENCE) if x in known)}",
            )


def _article_fields(row: dict[str, str], where: str) -> dict[str, Any]:
    """The fields of the article, as in a JSONL corpus."""
    fields: dict[str, Any] = {k: row[k] for k in ARTICLE_FIELDS if row.get(k)}
    if "annotators" in fields:
        fields["annotators"] = [x.strip() for x in fields["annotators"].split(";") if x.strip()]
    if "doc_id" not in fields:
        raise InputError("doc_id: empty", where=where, hint="each row needs the doc_id of its article")
    return fields


def _new_sentence(row: dict[str, str], where: str) -> dict[str, Any]:
    para = row.get("para", "").strip().lower()
    if para not in TRUTH:
        raise InputError(
            f"para: {row['para'][:40]!r} is neither true nor false",
            where=where,
            hint="use true or false, or leave it empty",
        )
    return {
        "text": row["text"],
        "para": TRUTH[para],
        "labels": [x.strip() for x in row.get("labels", "").split(";") if x.strip()],
        "near_miss": row.get("near_miss") or None,
        "statements": [],
    }


class _Articles:
    """Articles, assembled row by row.

    Attributes:
        raw: the raw fields of each article by doc_id.
        where: the location of its first row.
    """

    def __init__(self) -> None:
        self.raw: dict[str, dict[str, Any]] = {}
        self.where: dict[str, str] = {}
        self._sentences: dict[tuple[str, str, str], dict[str, Any]] = {}

    def add(self, row: dict[str, str], where: str) -> None:
        fields = _article_fields(row, where)
        doc_id = fields["doc_id"]
        article = self.raw.setdefault(doc_id, {**fields, "sentences": []})
        self.where.setdefault(doc_id, where)
        if differing := [k for k in ARTICLE_FIELDS if article.get(k) != fields.get(k)]:
            raise InputError(
                f"{differing[0]}: differs from the first row of the article ({self.where[doc_id]})",
                where=where,
                hint="one value per article",
            )
        if "sentences" in row:
            self._set_sentences(article, row["sentences"], doc_id, where)
            return
        key = (doc_id, row.get("sentence", ""), row["text"])
        if key not in self._sentences:
            self._sentences[key] = _new_sentence(row, where)
            article["sentences"].append(self._sentences[key])
        if row.get("stance"):
            self._sentences[key]["statements"].append({k: row[k] for k in STATEMENT if row.get(k)})
        elif any(row.get(k) for k in STATEMENT):
            raise InputError(
                "stance: empty, but the row has an actor or a target",
                where=where,
                hint="give the stance, or empty these fields",
            )

    def _set_sentences(self, article: dict[str, Any], sentences: str, doc_id: str, where: str) -> None:
        if article["sentences"]:
            raise duplicate_doc_id(doc_id, where, f", also in {self.where[doc_id]}")
        article["sentences"] = load_json(sentences, f"{where}: sentences")


def read_csv_corpus(path: Path, report: Report = raise_error) -> list[tuple[str, dict[str, Any]]]:
    """The articles of a CSV corpus as raw fields, not yet checked.

    Args:
        report: called with each invalid row. Its article is left out: without one of its rows, a sentence
            would look as if it had no statement.

    Returns:
        The location (`FILE:LINE`) of the first row of each article, and its fields.

    Raises:
        InputError: the file cannot be read or lacks a column.
    """
    articles = _Articles()
    invalid: set[str] = set()
    for where, _, row in read_rows(path, _check_header, report=report):

        def report_row(error: InputError, doc_id: str = row["doc_id"]) -> None:
            invalid.add(doc_id)
            report(error)

        with guarded(where, report_row):
            articles.add(row, where)
    return [(articles.where[doc_id], raw) for doc_id, raw in articles.raw.items() if doc_id not in invalid]
