"""Corrected labels of an article as an annotation sheet, which `stancewire corpus import` reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ....data.annotation.sheet import comment, format_sheet, parse_sheet
from ....data.codebook import Codebook
from ....data.errors import InputError
from ....data.record import Party, Record
from ....data.schema import Article, occurrences
from ....data.text.segmentation.sentences import segment

HEADER = "Corrected in the page of stancewire serve. All sentences were shown with the model's labels."


@dataclass(frozen=True, slots=True)
class Row:
    """A statement or label as the form of the page shows it.

    Attributes:
        sentence: its index.
        kind: a stance or label; empty for none.
        actor, target: words of the sentence, `they#2` for the second "they"; empty for none.
        actor_id, target_id: identities; empty for none.
    """

    sentence: int
    kind: str
    actor: str = ""
    actor_id: str = ""
    target: str = ""
    target_id: str = ""

    def line(self, codebook: Codebook) -> str:
        """The line of the sheet."""
        if self.kind in codebook.label_names:
            return f"! {self.kind}"
        fields = (self.actor, self.actor_id, self.target, self.target_id)
        return " | ".join(["> " + self.kind, *(" ".join(f.split()) or "-" for f in fields)])


def sentences_of(text: str) -> list[tuple[int, str, bool]]:
    """The sentences of a text: start, words without line breaks, and whether it starts a paragraph."""
    return [(s.start, " ".join(s.text.split()), s.para) for s in segment(text)]


def rows_of(record: Record, text: str) -> list[Row] | None:
    """The rows of a record; None if its sentences are not those of the text (models of known pairs)."""
    sentences = sentences_of(text)
    if [s.start for s in record.sentences] != [start for start, _, _ in sentences]:
        return None
    rows = []
    for n, sentence in enumerate(record.sentences):
        for s in (s for s in record.statements if s.sentence == n):
            start, words, _ = sentences[n]
            actor, target = (_words(p, start, words, text) for p in (s.actor, s.target))
            ids = [(party.id or "") if party else "" for party in (s.actor, s.target)]
            rows.append(Row(n, s.stance, actor, ids[0], target, ids[1]))
        rows += [Row(n, label.name) for label in sentence.labels]
    return rows


def _words(party: Party | None, start: int, sentence: str, text: str) -> str:
    """The words of a party as a sheet has them, with a number if the sentence has them several times.

    Args:
        party: the actor or target.
        start: of the sentence in the text.
        sentence: the sentence without line breaks.
        text: the article.
    """
    if party is None or party.text is None or party.start is None:
        return ""
    words = " ".join(party.text.split())
    before = " ".join(text[start : party.start].split())
    sentence_start = len(before) + (1 if before and text[party.start - 1].isspace() else 0)
    found = occurrences(sentence, words)
    if len(found) > 1 and sentence_start in found:
        return f"{words}#{found.index(sentence_start) + 1}"
    return words


def correction_sheet(
    text: str, rows: Sequence[Row], codebook: Codebook, headers: dict[str, str | None]
) -> str:
    """The sheet of an article with corrected labels.

    Args:
        text: the article.
        rows: in any order; those without a kind are left out.
        codebook: stances and labels must be among its names.
        headers: `doc_id`, and what the sheet says of the article: `outlet`, `date`.

    Raises:
        InputError: words are not in their sentence, or a name or identity is not valid.
    """
    sentences = sentences_of(text)
    lines = [f"### {' '.join((headers.get('doc_id') or '').split()) or 'article'}", "split: train"]
    for name in ("outlet", "date"):
        if value := " ".join((headers.get(name) or "").split()):
            lines.append(f"{name}: {value}")
    of_sentence: dict[int, list[str]] = {}
    for row in rows:
        if row.kind and row.sentence >= len(sentences):
            raise InputError(f"there is no sentence {row.sentence}", where="correction")
        own = of_sentence.setdefault(row.sentence, [])
        if row.kind and (line := row.line(codebook)) not in own:
            own.append(line)
    for n, (_, words, para) in enumerate(sentences):
        lines += [f"{'¶' if para else '+'} {words}", *of_sentence.get(n, ())]
    articles: list[Article] = parse_sheet("\n".join(lines), "correction", codebook)
    return comment(HEADER) + "\n\n" + format_sheet(articles)
