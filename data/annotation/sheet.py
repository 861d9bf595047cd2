"""Annotation sheets: the corpus in a form that people can write, read and compare line by line.

    ### doc-id
    split: train
    conflict: india-pakistan

    ¶ “They started it,” said Harun Malak, a shopkeeper.
    > blame | Harun Malak | OTHER | They | IND
    + India denied the charge.
    ? denial

`###` opens an article, `key: value` lines tell of it; `¶` is a sentence that starts a paragraph, `+` one that
continues it; below a sentence stand `! label`, `? kind of near miss` and `> stance | actor | ID | target | ID`.
`-` is null; `they#2` is the second "they" of its sentence. Lines that start with `# ` are comments: they are not read, and
belong to no sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..codebook import Codebook
from ..errors import InputError, validated
from ..files.reading import read_text
from ..schema import Article, Span, occurrences

HEADERS = ("split", "conflict", "outlet", "source", "date", "genre", "language", "license", "annotators")


def _read_span(field: str, text: str, where: str) -> dict[str, Any] | None:
    if field == "-":
        return None
    words, number = field, ""
    # "they#2", unless the sentence itself holds it: "Unit #2".
    if (found := re.fullmatch(r"(.+)#(\d+)", field)) and not occurrences(text, field):
        words, number = found.groups()
    starts = occurrences(text, words)
    if not starts:
        raise InputError(
            f"{words!r} is not in the sentence", where=where, hint="copy the span from the sentence"
        )
    if not number and len(starts) > 1:
        raise InputError(
            f"{words!r} stands {len(starts)} times in the sentence",
            where=where,
            hint=f"write {words}#1, {words}#2 …",
        )
    if number and not 1 <= int(number) <= len(starts):
        raise InputError(f"{field!r}: the sentence has {len(starts)} of them", where=where)
    start = starts[int(number or 1) - 1]
    return {"text": words, "start": start, "end": start + len(words)}


def parse_sheet(text: str, name: str, codebook: Codebook | None = None) -> list[Article]:
    """The articles of a sheet.

    Raises:
        InputError: the first fault, with `name` and its line.
    """
    raw: list[tuple[int, dict[str, Any]]] = []
    for n, line in enumerate(text.split("\n"), 1):
        where, line = f"{name}:{n}", line.rstrip()
        mark, rest = line[:2], line[2:].strip()
        if not line or line == "#" or line.startswith("# "):
            continue
        if line.startswith("### "):
            raw.append((n, {"doc_id": line[4:].strip(), "sentences": []}))
            continue
        if not raw:
            raise InputError("text before the first article", where=where, hint="open it with '### doc-id'")
        article, sentences = raw[-1][1], raw[-1][1]["sentences"]
        if mark in ("¶ ", "+ "):
            sentences.append({"text": rest, "para": mark == "¶ ", "labels": [], "statements": []})
        elif mark in ("! ", "? ", "> ") and not sentences:
            raise InputError("an annotation before the first sentence", where=where)
        elif mark == "! ":
            sentences[-1]["labels"].append(rest)
        elif mark == "? ":
            sentences[-1]["near_miss"] = rest
        elif mark == "> ":
            fields = [field.strip() for field in rest.split(" | ")]
            if len(fields) != 5:
                raise InputError(
                    f"a statement has five fields, here {len(fields)}",
                    where=where,
                    hint="stance | actor | ID | target | ID",
                )
            stance, actor, actor_id, target, target_id = fields
            sentences[-1]["statements"].append(
                {
                    "stance": stance,
                    "actor": _read_span(actor, sentences[-1]["text"], where),
                    "actor_id": None if actor_id == "-" else actor_id,
                    "target": _read_span(target, sentences[-1]["text"], where),
                    "target_id": None if target_id == "-" else target_id,
                }
            )
        elif not sentences and (found := re.fullmatch(r"(\w+): (.*)", line)) and found[1] in HEADERS:
            article[found[1]] = found[2].split(", ") if found[1] == "annotators" else found[2]
        else:
            raise InputError(
                f"not a line of a sheet: {line[:60]!r}",
                where=where,
                hint="start it with ¶, +, !, ? or >; a comment with '# '",
            )
    context = {"stances": codebook.stance_names, "labels": codebook.label_names} if codebook else {}
    articles = [
        validated(Article, one, where=f"{name}:{n}", within=one["doc_id"], context=context) for n, one in raw
    ]
    if not articles:
        raise InputError("holds no article", where=name, hint="open one with '### doc-id'")
    return articles


def read_sheet(path: Path, codebook: Codebook | None = None) -> list[Article]:
    """The articles of a sheet file. See `parse_sheet`."""
    return parse_sheet(read_text(path), str(path), codebook)


def _write_span(span: Span | None, text: str, where: str) -> str:
    """The span as a field that reads back as the same; a span that no field can say is refused."""
    if span is None:
        return "-"
    starts = occurrences(text, span.text)
    if span.start in starts and " | " not in span.text and "\n" not in span.text:
        numbered = f"{span.text}#{starts.index(span.start) + 1}"
        # Written as it will be read back: "-" alone is null, so a dash that is a span has its number.
        for field in (span.text, numbered):
            try:
                if _read_span(field, text, where) == span.model_dump():
                    return field
            except InputError:
                continue
    raise InputError(
        f"span {span.text!r} at {span.start} cannot be written in a sheet",
        where=where,
        hint="a sheet's spans are whole words without ' | '",
    )


def comment(text: str) -> str:
    """One comment line, whatever line breaks the text has."""
    return f"# {' '.join(text.split())}".rstrip()


def format_sheet(
    articles: Iterable[Article], comments: Mapping[tuple[str, int], Sequence[str]] | None = None
) -> str:
    """The articles as a sheet; `parse_sheet` reads the same articles from it.

    Args:
        comments: texts to stand as comment lines above a sentence, by doc_id and number of the sentence from 0; those of the
            number after the last sentence stand at the article's end.

    Raises:
        InputError: a sentence or span that a sheet cannot say.
    """
    lines: list[str] = []
    comments = comments or {}
    for article in articles:
        lines.append(f"### {article.doc_id}")
        for key in HEADERS:
            value = getattr(article, key)
            if value and (key, value) != ("language", "en"):
                lines.append(f"{key}: {', '.join(value) if isinstance(value, tuple) else value}")
        lines.append("")
        for n, sentence in enumerate(article.sentences):
            lines += [comment(text) for text in comments.get((article.doc_id, n), ())]
            if sentence.text != sentence.text.strip() or "\n" in sentence.text or "\r" in sentence.text:
                raise InputError(
                    "a sentence with line breaks or outer spaces cannot be written in a sheet",
                    where=article.doc_id,
                )
            lines.append(f"{'¶' if sentence.para else '+'} {sentence.text}")
            lines += [f"! {label}" for label in sentence.labels]
            if sentence.near_miss:
                lines.append(f"? {sentence.near_miss}")
            for s in sentence.statements:
                actor, target = (_write_span(x, sentence.text, article.doc_id) for x in (s.actor, s.target))
                lines.append(
                    f"> {s.stance} | {actor} | {s.actor_id or '-'} | {target} | {s.target_id or '-'}"
                )
        lines += [comment(text) for text in comments.get((article.doc_id, len(article.sentences)), ())]
        lines.append("")
    return "\n".join(lines)
