"""CoNLL columns: one token per line, one column per statement, as for semantic roles.

    # doc_id = a-1
    # split = train
    # newpar
    # text = Iran accused the UN of bias.
    # labels = loaded
    # near_miss = denial
    # statement = blame IRN UN
    1	Iran	0	4	B-ACTOR
    2	accused	5	12	O
    3	the	13	16	B-TARGET
    4	UN	17	19	I-TARGET

A line has number, token, start, end (in characters of the sentence) and one column for each `# statement` of
the sentence, which gives stance, actor_id and target_id, or `-` for none. A party that is not named has an
identity but no token. A token of both parties has `B-ACTOR|B-TARGET`. `# doc_id` begins an article,
`# newpar` marks a sentence that begins a paragraph, and a blank line ends a sentence; other comments are
fields of the article. A value that is not a plain line of text is written as JSON, in double quotes.

Everything in an article is kept; tokens are split where spans begin and end. A span with spaces at either end
is refused. The text is taken from `# text`; tokens are only checked against it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..checking import checked
from ..codebook import Codebook
from ..errors import InputError
from ..files.reading import load_json, read_text
from ..schema import Article, Sentence, Statement
from .json_fields import ABOUT, known_label, typed
from .regions import NAME

TOKEN = re.compile(r"\w[\w\u0300-\u036f\u200c\u200d]*|\S")
PARTIES = ("actor", "target")


def _value(text: str) -> str:
    """A value as it is written in a comment."""
    plain = text and text == text.strip() and text.isprintable() and not text.startswith('"')
    return text if plain else json.dumps(text, ensure_ascii=not text.isprintable())


def _tokens(sentence: Sentence, where: str) -> list[tuple[int, int]]:
    """The offsets of the tokens, split where spans begin and end."""
    cuts: set[int] = set()
    for span in [x for s in sentence.statements for x in (s.actor, s.target) if x]:
        if not span.text or span.text != span.text.strip():
            raise InputError(
                f"span {span.text!r} cannot be written in columns",
                where=where,
                hint="a span needs words, and no spaces at either end",
            )
        cuts |= {span.start, span.end}
    out: list[tuple[int, int]] = []
    for found in TOKEN.finditer(sentence.text):
        edges = [found.start(), *sorted(c for c in cuts if found.start() < c < found.end()), found.end()]
        out += pairwise(edges)
    return out


def _column(statement: Statement, tokens: Iterable[tuple[int, int]]) -> list[str]:
    out = []
    for a, b in tokens:
        marks = [
            f"{'B' if a == span.start else 'I'}-{p.upper()}"
            for p in PARTIES
            if (span := getattr(statement, p)) and span.start <= a and b <= span.end
        ]
        out.append("|".join(marks) or "O")
    return out


def format_conll(articles: Iterable[Article]) -> str:
    """Write articles as columns; `read_conll` reads the same articles from it.

    Raises:
        InputError: an article that columns cannot represent.
    """
    lines: list[str] = []
    for article in articles:
        about = article.model_dump(mode="json", exclude={"sentences"}, exclude_defaults=True)
        for key, value in about.items():
            lines.append(f"# {key} = {_value(value) if isinstance(value, str) else json.dumps(value)}")
        for sentence in article.sentences:
            for name in (*sentence.labels, *(s.stance for s in sentence.statements)):
                if not NAME.fullmatch(name):
                    raise InputError(
                        f"{name!r} cannot be written",
                        where=article.doc_id,
                        hint="use lower-case letters, digits and _, as in a codebook",
                    )
            lines += ["# newpar"] if sentence.para else []
            lines.append(f"# text = {_value(sentence.text)}")
            lines += [f"# labels = {' '.join(sentence.labels)}"] if sentence.labels else []
            lines += [f"# near_miss = {_value(sentence.near_miss)}"] if sentence.near_miss else []
            lines += [
                f"# statement = {s.stance} {s.actor_id or '-'} {s.target_id or '-'}"
                for s in sentence.statements
            ]
            tokens = _tokens(sentence, article.doc_id)
            columns = [_column(s, tokens) for s in sentence.statements]
            for n, (a, b) in enumerate(tokens):
                lines.append(
                    "\t".join([str(n + 1), sentence.text[a:b], str(a), str(b), *(c[n] for c in columns)])
                )
            lines.append("")
    return "".join(line + "\n" for line in lines)


def _comment(
    article: dict[str, Any],
    sentence: dict[str, Any],
    key: str,
    value: str,
    where: str,
    codebook: Codebook | None,
) -> None:
    """Add a comment to the sentence that follows, or to the article."""
    said = load_json(value, where) if value.startswith('"') or key == "annotators" else value
    if key == "newpar":
        sentence["para"] = True
    elif key in ("text", "near_miss"):
        sentence[key] = typed(said, str, where, key)
    elif key == "labels":
        sentence["labels"] = value.split()
        for label in sentence["labels"]:
            known_label(label, where, codebook)
    elif key == "statement":
        if len(fields := value.split()) != 3:
            raise InputError(
                f"a statement has three fields, this one has {len(fields)}",
                where=where,
                hint="# statement = stance actor_id target_id, with - for none",
            )
        ids = [None if x == "-" else x for x in fields[1:]]
        statement = {"stance": fields[0], "actor_id": ids[0], "target_id": ids[1]}
        checked(Statement, statement, where, codebook)
        sentence.setdefault("statements", []).append(statement)
    elif key not in ABOUT:
        raise InputError(
            f"unknown field {key!r}",
            where=where,
            hint=f"use {', '.join(ABOUT)}; newpar, text, labels, near_miss, statement",
        )
    elif article["sentences"]:
        raise InputError(
            f"{key} after the article's first sentence",
            where=where,
            hint="begin the article with '# doc_id = …'",
        )
    else:
        article[key] = said


def _token(sentence: dict[str, Any], line: str, where: str) -> None:
    """Read one token: begin or extend the spans that its columns mark."""
    text, statements = sentence.get("text"), sentence.get("statements", [])
    if text is None:
        raise InputError(
            "a token before '# text = …'", where=where, hint="give the sentence's text above its tokens"
        )
    fields = line.split("\t")
    if len(fields) != 4 + len(statements):
        raise InputError(
            f"{len(fields)} columns instead of {4 + len(statements)}",
            where=where,
            hint="number, token, start, end and one for each '# statement'",
        )
    if not (re.fullmatch(r"\d{1,12}", fields[2]) and re.fullmatch(r"\d{1,12}", fields[3])):
        raise InputError(
            "start and end must be whole numbers", where=where, hint="characters of the sentence"
        )
    start, end = int(fields[2]), int(fields[3])
    if not fields[1] or text[start:end] != fields[1]:
        raise InputError(
            f"{start}-{end} is {text[start:end][:60]!r}, not {fields[1][:60]!r}",
            where=where,
            hint="the token must match the text",
        )
    for statement, cell in zip(statements, fields[4:], strict=True):
        for mark in cell.split("|") if cell != "O" else ():
            found = re.fullmatch(r"([BI])-(ACTOR|TARGET)", mark)
            party = found[2].lower() if found else ""
            if not found or (found[1] == "B") is (party in statement):
                raise InputError(
                    f"{mark!r} is not allowed here",
                    where=where,
                    hint="O, or B- once and I- after it, with ACTOR or TARGET",
                )
            first = statement[party]["start"] if party in statement else start
            if party in statement and (
                start < statement[party]["end"] or text[statement[party]["end"] : start].strip()
            ):
                raise InputError(
                    f"{mark!r} does not go on from the token before", where=where, hint="a span is one piece"
                )
            statement[party] = {"text": text[first:end], "start": first, "end": end}


def read_conll(path: Path, codebook: Codebook | None = None) -> list[Article]:
    """Read a file of columns.

    Raises:
        InputError: the first invalid line.
    """
    found: list[tuple[int, dict[str, Any]]] = []
    sentence: dict[str, Any] = {}

    def close(where: str) -> None:
        nonlocal sentence
        if sentence:
            if "text" not in sentence:
                raise InputError(
                    "a sentence without '# text = …'", where=where, hint="give its text above its tokens"
                )
            found[-1][1]["sentences"].append(sentence)
            sentence = {}

    for n, raw in enumerate(read_text(path).split("\n"), 1):
        where, line = f"{path}:{n}", raw.removesuffix("\r")
        comment = re.fullmatch(r"#\s*(\w+)\s*(?:=\s*(.*?)\s*)?", line)
        if comment and comment[1] == "doc_id":
            close(where)
            found.append((n, {"sentences": []}))
        if not line.strip():
            close(where)
        elif not found:
            raise InputError(
                "text before the first article", where=where, hint="begin it with '# doc_id = …'"
            )
        elif comment:
            if comment[1] in ("newpar", "text") and "text" in sentence:
                close(where)
            _comment(found[-1][1], sentence, comment[1], comment[2] or "", where, codebook)
        elif line.startswith("#"):
            raise InputError(
                f"not a comment in this format: {line[:60]!r}", where=where, hint="# name = value"
            )
        else:
            _token(sentence, line, where)
    close(str(path))
    if not found:
        raise InputError("no articles", where=str(path), hint="begin one with '# doc_id = …'")
    return [
        checked(Article, _with_sentences(raw, f"{path}:{n}"), f"{path}:{n}", codebook) for n, raw in found
    ]


def _with_sentences(raw: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    if not raw["sentences"]:
        raise InputError(
            "an article without sentences", where=where, hint="give them below it, each with '# text = …'"
        )
    return raw
