"""Annotation sheets: a corpus as a text that people can write, read and compare line by line.

    ### doc-id
    split: train
    conflict: india-pakistan

    ¶ “They started it,” said Harun Malak, a shopkeeper.
    > blame | Harun Malak | OTHER | They | IND
    + India denied the charge.
    ? denial

`###` begins an article; `key: value` lines describe it. `¶` begins a sentence that starts a paragraph, `+`
one that continues it. The annotations of a sentence are below it: `! label`, `? kind of near miss` and
`> stance | actor | ID | target | ID`. `-` is null; `they#2` is the second "they" in the sentence. Lines that
start with `# ` are comments; they are not part of any sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..checking import checked
from ..codebook import Codebook
from ..errors import InputError, plural
from ..files.reading import read_text, refuse_invalid
from ..reporting import STOP_AT_FIRST, ImportOptions, guarded
from ..schema import Article, Sentence, Span, occurrences, span_fields

HEADERS = ("split", "conflict", "outlet", "source", "date", "genre", "language", "license", "annotators")


def _read_span(field: str, text: str, where: str) -> dict[str, Any] | None:
    if field == "-":
        return None
    words, number = field, ""
    # A "#2" at the end is a number, unless the sentence contains exactly these words ("Unit #2").
    if (numbered := re.fullmatch(r"(.+)#([0-9]{1,9})", field)) and not occurrences(text, field):
        words, number = numbered.groups()
    starts = occurrences(text, words)
    if not starts:
        raise InputError(
            f"{words!r} is not in the sentence", where=where, hint="copy the span from the sentence"
        )
    if not number and len(starts) > 1:
        raise InputError(
            f"{words!r} occurs {len(starts)} times in the sentence",
            where=where,
            hint=f"write {words}#1, {words}#2 …",
        )
    if number and not 1 <= int(number) <= len(starts):
        raise InputError(
            f"{field!r}: {words!r} occurs {plural(len(starts), 'time')}",
            where=where,
            hint=f"give a number from 1 to {len(starts)}",
        )
    start = starts[int(number or 1) - 1]
    return span_fields(words, start)


def _read_statement(line: str, sentence: str, where: str) -> dict[str, Any]:
    fields = [field.strip() for field in line.split(" | ")]
    if len(fields) != 5:
        raise InputError(
            f"a statement has five fields, this one has {len(fields)}",
            where=where,
            hint="stance | actor | ID | target | ID",
        )
    stance, actor, actor_id, target, target_id = fields
    return {
        "stance": stance,
        "actor": _read_span(actor, sentence, where),
        "actor_id": None if actor_id == "-" else actor_id,
        "target": _read_span(target, sentence, where),
        "target_id": None if target_id == "-" else target_id,
    }


def _read_line(article: dict[str, Any], line: str, where: str) -> None:
    """Add one line to the article that it belongs to."""
    sentences, mark, rest = article["sentences"], line[:2], line[2:].strip()
    if mark in ("¶ ", "+ "):
        sentences.append({"text": rest, "para": mark == "¶ ", "labels": [], "statements": []})
    elif mark in ("! ", "? ", "> ") and not sentences:
        raise InputError(
            "an annotation before the first sentence", where=where, hint="put it below its sentence"
        )
    elif mark == "! ":
        sentences[-1]["labels"].append(rest)
    elif mark == "? ":
        sentences[-1]["near_miss"] = rest
    elif mark == "> ":
        sentences[-1]["statements"].append(_read_statement(rest, sentences[-1]["text"], where))
    elif not sentences and (header := re.fullmatch(r"(\w+): (.*)", line)) and header[1] in HEADERS:
        article[header[1]] = header[2].split(", ") if header[1] == "annotators" else header[2]
    else:
        raise InputError(
            f"not a line of a sheet: {line[:60]!r}",
            where=where,
            hint="start it with ¶, +, !, ? or >; a comment with '# '",
        )


def parse_sheet(
    text: str, name: str, codebook: Codebook | None = None, options: ImportOptions = STOP_AT_FIRST
) -> list[Article]:
    """Parse a sheet.

    Args:
        name: the name of the file, for error messages.
        codebook: if given, stances and labels must be among its names.
        options: what happens to an article that has an invalid line.

    Raises:
        InputError: the first invalid line, as `NAME:LINE`, unless the options report errors differently.
    """
    articles: list[Article] = []
    blocks = _blocks(text)
    if len(blocks) == 1 and not any(True for _ in _lines(blocks[0])):
        raise InputError("no articles", where=name, hint="begin one with '### doc-id'")
    for block in blocks:
        with guarded(name, options.report):
            if article := _read_block(block, name, codebook):
                articles.append(article)
    return articles


# Lines with their numbers, from 1.
_Block = list[tuple[int, str]]


def _blocks(text: str) -> list[_Block]:
    """The lines of each article; before them, those above the first article."""
    blocks: list[_Block] = [[]]
    for n, line in enumerate(text.split("\n"), 1):
        # A byte order mark within the file: several sheets were concatenated.
        line = line.removeprefix("\ufeff").rstrip()
        if line.startswith("### "):
            blocks.append([])
        blocks[-1].append((n, line))
    return blocks


def _lines(block: _Block) -> Iterator[tuple[int, str]]:
    """The lines of a block without comments and empty lines."""
    return ((n, x) for n, x in block if x and x != "#" and not x.startswith("# "))


def _read_block(block: _Block, name: str, codebook: Codebook | None) -> Article | None:
    """The article of one block; None for an empty block above the first article."""
    lines = list(_lines(block))
    if not lines:
        return None
    where = f"{name}:{lines[0][0]}"
    if not lines[0][1].startswith("### "):
        raise InputError("text before the first article", where=where, hint="begin with '### doc-id'")
    refuse_invalid(lines[0][1], where)
    raw: dict[str, Any] = {"doc_id": lines[0][1][4:].strip(), "sentences": []}
    for n, line in lines[1:]:
        refuse_invalid(line, f"{name}:{n}")
        _read_line(raw, line, f"{name}:{n}")
    return checked(Article, raw, where, codebook)


def read_sheet(
    path: Path, codebook: Codebook | None = None, options: ImportOptions = STOP_AT_FIRST
) -> list[Article]:
    """Read a sheet file. See `parse_sheet`."""
    return parse_sheet(read_text(path, keep_invalid=True), str(path), codebook, options)


def _write_span(span: Span | None, text: str, where: str) -> str:
    """The field of a statement that is read as this span."""
    if span is None:
        return "-"
    starts = occurrences(text, span.text)
    if span.start in starts and " | " not in span.text and "\n" not in span.text:
        numbered = f"{span.text}#{starts.index(span.start) + 1}"
        # Check with `_read_span`: "-" alone would be read as null, so a dash as a span needs its number.
        for field in (span.text, numbered):
            try:
                if _read_span(field, text, where) == span.model_dump():
                    return field
            except InputError:
                continue
    raise InputError(
        f"span {span.text!r} at {span.start} cannot be written in a sheet",
        where=where,
        hint="spans in a sheet are whole words without ' | '",
    )


def comment(text: str) -> str:
    """The text as one comment line."""
    return f"# {' '.join(text.split())}".rstrip()


def _reject_unwritable(article: Article) -> None:
    """Reject an article whose ids or fields a sheet would read back differently.

    Raises:
        InputError: one of them has line breaks, or is empty or has spaces at either end.
    """
    fields = [("doc_id", article.doc_id), *((k, getattr(article, k)) for k in HEADERS if k != "annotators")]
    fields += [("annotators", x) for x in article.annotators]
    for sentence in article.sentences:
        fields += [("labels", x) for x in sentence.labels]
        fields += [("stance", x.stance) for x in sentence.statements]
        fields.append(("near_miss", sentence.near_miss))
    for name, value in fields:
        # An empty field is not written, like a missing one: in a corpus, the two mean the same.
        if value and (value != value.strip() or "\n" in value):
            raise InputError(
                f"{name} {value[:60]!r} cannot be written in a sheet",
                where=" ".join(article.doc_id.split()),
                hint="remove its line breaks, and spaces at either end",
            )
        if value and ((name == "stance" and " | " in value) or (name == "annotators" and ", " in value)):
            raise InputError(
                f"{name} {value[:60]!r} cannot be written in a sheet",
                where=article.doc_id,
                hint="a sheet separates fields by ' | ' and annotators by ', '",
            )


def _write_sentence(sentence: Sentence, where: str) -> list[str]:
    if sentence.text != sentence.text.strip() or "\n" in sentence.text or "\r" in sentence.text:
        raise InputError(
            "a sentence with line breaks, or spaces at either end, cannot be written in a sheet",
            where=where,
            hint="remove them",
        )
    lines = [f"{'¶' if sentence.para else '+'} {sentence.text}"]
    lines += [f"! {label}" for label in sentence.labels]
    lines += [f"? {sentence.near_miss}"] if sentence.near_miss else []
    for s in sentence.statements:
        actor, target = (_write_span(x, sentence.text, where) for x in (s.actor, s.target))
        lines.append(f"> {s.stance} | {actor} | {s.actor_id or '-'} | {target} | {s.target_id or '-'}")
    return lines


def format_sheet(
    articles: Iterable[Article], comments: Mapping[tuple[str, int], Sequence[str]] | None = None
) -> str:
    """Write articles as a sheet; `parse_sheet` reads the same articles from it.

    Args:
        comments: comment lines by doc_id and index of the sentence above which they are written (at the end
            of the article, the number of sentences).

    Raises:
        InputError: a sentence or a span that a sheet cannot represent.
    """
    lines: list[str] = []
    comments = comments or {}
    for article in articles:
        _reject_unwritable(article)
        lines.append(f"### {article.doc_id}")
        for key in HEADERS:
            value = getattr(article, key)
            if value and (key, value) != ("language", "en"):
                lines.append(f"{key}: {', '.join(value) if isinstance(value, tuple) else value}")
        lines.append("")
        for n, sentence in enumerate(article.sentences):
            lines += [comment(text) for text in comments.get((article.doc_id, n), ())]
            lines += _write_sentence(sentence, article.doc_id)
        lines += [comment(text) for text in comments.get((article.doc_id, len(article.sentences)), ())]
        lines.append("")
    return "\n".join(lines)
