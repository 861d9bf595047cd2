"""Forms: what the columns of a table of labelled sentences mean.

A form is a TOML file, given with `--format table --form FILE`:

    name = "mine"                 # doc_ids are mine-1, mine-2, …
    delimiter = ";"               # default: a comma
    quotes = false                # quotation marks are ordinary characters; default: they enclose a field
    encoding = "utf-8"            # the default
    text = "Sentence"             # the column of the sentence
    value = "Code"                # the column of its label, and what the values mean:
    stances = {ACCUSE = "blame"}  # … a statement of this stance,
    labels = {Biased = "loaded"}  # … a label of the sentence,
    neither = ["", "Neutral"]     # … nothing
    actor = "Source"              # the column of the actor's words: they occur once in the sentence; or empty
    target = "Target"             # the same for the target
    actor_id = "SourceCode"       # the columns of their identities
    target_id = "TargetCode"
    marks = {actor = ["<s>", "</s>"], target = ["<t>", "</t>"]}   # markup in the text instead
    group = "Article"             # rows with the same value are one article; default: one article per row
    outlet = "Outlet"             # also split, conflict, source, date, genre, language: fields of the article

Rows of an article with the same sentence become one sentence with several statements. If a party is marked
several times, the first mark counts; a party without marks is not named in its sentence. Spaces around
sentences and parties are removed; other columns are ignored. The forms `plover` and `babe` are included, each
with its codebook.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from ...codebook import Codebook
from ...errors import InputError, validated
from ...files.reading import read_toml

ARTICLE_COLUMNS = ("split", "conflict", "outlet", "source", "date", "genre", "language")


class TableForm(BaseModel):
    """A description of the columns of a table, see the module."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(default="table", min_length=1)
    delimiter: str = Field(default=",", min_length=1, max_length=1, pattern=r'[^\r\n"]')
    quotes: bool = True
    encoding: str = "utf-8"
    text: str
    value: str
    stances: dict[str, str] = {}
    labels: dict[str, str] = {}
    neither: tuple[str, ...] = ()
    actor: str | None = None
    target: str | None = None
    actor_id: str | None = None
    target_id: str | None = None
    marks: dict[str, tuple[str, str]] = {}
    group: str | None = None
    split: str | None = None
    conflict: str | None = None
    outlet: str | None = None
    source: str | None = None
    date: str | None = None
    genre: str | None = None
    language: str | None = None

    @property
    def columns(self) -> list[str]:
        """The columns that a table of this form must have."""
        named = (
            self.actor,
            self.target,
            self.actor_id,
            self.target_id,
            self.group,
            *(getattr(self, k) for k in ARTICLE_COLUMNS),
        )
        return list(dict.fromkeys([self.text, self.value, *(x for x in named if x)]))


_ROOTS = (
    "ACCUSE AGREE AID ASSAULT COERCE CONSULT COOPERATE MOBILIZE PROTEST REJECT REQUEST SANCTION SUPPORT "
    "THREATEN YIELD"
).split()
PLOVER = TableForm(
    name="plover",
    delimiter="\t",
    text="marked_sentence",
    value="gold_root",
    stances={root: root.lower() for root in _ROOTS},
    marks={"actor": ("<s>", "</s>"), "target": ("<t>", "</t>")},
    group="sentence_id",
)
BABE = TableForm(
    name="babe",
    text="text",
    value="label_bias",
    labels={"Biased": "loaded"},
    neither=("Non-biased",),
    outlet="outlet",
)


def load_form(path: Path) -> TableForm:
    """Read a form from its TOML file.

    Raises:
        InputError: the file cannot be read, is not TOML, or a field is missing or invalid.
    """
    form = validated(TableForm, read_toml(path), where=str(path), hint="name the columns of the table")
    try:
        # Encoding text refuses codecs that are not for text, such as base64.
        "".encode(form.encoding)
    except (LookupError, ValueError):
        raise InputError(
            "encoding: unknown encoding", where=str(path), hint="for example utf-8 or cp1252"
        ) from None
    marks = [mark for pair in form.marks.values() for mark in pair]
    if not set(form.marks) <= {"actor", "target"} or not all(marks) or len(set(marks)) < len(marks):
        raise InputError(
            "marks: give an opening and a closing mark for the actor or the target",
            where=str(path),
            hint="all marks must differ",
        )
    return form


def check_names(form: TableForm, codebook: Codebook) -> None:
    """Reject a form with stances or labels that are not in the codebook.

    Raises:
        InputError: there is one.
    """
    for kind, mapping, known in (
        ("stance", form.stances, codebook.stance_names),
        ("label", form.labels, codebook.label_names),
    ):
        if unknown := [name for name in mapping.values() if name not in known]:
            what = f"{kind}s: unknown {kind} {unknown[0]!r}; the codebook has {', '.join(known) or 'none'}"
            raise InputError(
                what,
                where=f"form {form.name!r}",
                hint="use names of the codebook in the form, or give another codebook with --codebook",
            )
