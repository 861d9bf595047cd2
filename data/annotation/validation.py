"""Checks of a corpus beyond its schema: leaks between splits, near-duplicates, ambiguous spans."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..checking import refuse_duplicates
from ..codebook import Codebook
from ..errors import InputError, plural
from ..schema import Article, occurrences
from ..text.gazetteer import gazetteer
from ..text.masking import mask
from .corpus import corpus_files, read_file

# Sentences that share this proportion of their word trigrams, with names masked, are near-duplicates.
DUPLICATE = 0.7
MIN_WORDS = 6


@dataclass(slots=True)
class Report:
    """Everything that `validate` found: errors, warnings, and one line with the counts."""

    errors: list[InputError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    summary: str = ""


def masked_words(text: str) -> list[str]:
    """The words of a sentence, with names and numbers replaced by placeholders."""
    hidden = re.sub(r"\b\d[\d.,]*\b", "0", mask(text, gazetteer().find(text)).text)
    words = re.findall(r"\w+", hidden)
    return [w.lower() if i == 0 or not w[0].isupper() else "Name" for i, w in enumerate(words)]


def near_duplicates(sentences: Sequence[tuple[str, str]]) -> list[tuple[int, int, float]]:
    """Find pairs of near-duplicate sentences.

    Args:
        sentences: the doc_id and text of each.

    Returns:
        For each pair the two indices and the Jaccard similarity of their word trigrams, from `DUPLICATE` to
        1.
    """
    grams: list[frozenset[tuple[str, ...]]] = []
    for _, text in sentences:
        words = masked_words(text)
        grams.append(
            frozenset(zip(words, words[1:], words[2:], strict=False))
            if len(words) >= MIN_WORDS
            else frozenset()
        )
    # Equal sentences are paired with the first of them only: one that occurs 1000 times makes 999 pairs.
    firsts: dict[frozenset[tuple[str, ...]], int] = {}
    found = [(firsts[own], i, 1.0) for i, own in enumerate(grams) if own and firsts.setdefault(own, i) != i]
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for own, i in firsts.items():
        for gram in own:
            holders[gram].append(i)
    for own, i in firsts.items():
        # Very frequent trigrams carry no information and cost the most time.
        shared = Counter(j for gram in own if len(holders[gram]) < 500 for j in holders[gram] if j > i)
        for j, n in shared.items():
            if (
                n >= DUPLICATE * 0.5 * len(own)
                and (part := len(own & grams[j]) / len(own | grams[j])) >= DUPLICATE
            ):
                found.append((i, j, part))
    return sorted(found)


def _ambiguous_spans(path: Path) -> list[str]:
    """Warnings about short-form spans that occur several times in their sentence."""
    out = []
    for n, line in enumerate(path.read_text(encoding="utf-8-sig").split("\n"), 1):
        if not line.strip():
            continue
        raw: Any = json.loads(line)
        for k, sentence in enumerate(raw["sentences"]):
            for s in sentence.get("statements") or ():
                for part in ("actor", "target"):
                    words = s.get(part)
                    if isinstance(words, str) and len(occurrences(sentence["text"], words)) > 1:
                        out.append(
                            f"{path}:{n}: sentences.{k}: {part} {words!r} occurs several times; "
                            "the first is used (give text, start and end)"
                        )
    return out


def _leaks(articles: Iterable[Article]) -> list[InputError]:
    splits: dict[str, set[str]] = defaultdict(set)
    for a in articles:
        if a.conflict and a.split:
            splits[a.conflict].add(a.split)
    return [
        InputError(
            f"conflict {c!r} is in several splits: {', '.join(sorted(s))}",
            hint="keep each conflict in one split",
        )
        for c, s in sorted(splits.items())
        if len(s) > 1
    ]


def _read_all(corpora: Sequence[str], codebook: Codebook, report: Report) -> list[Article]:
    """The valid articles of all corpora; everything invalid goes into the report."""
    articles: list[Article] = []
    seen: dict[str, Path] = {}
    for corpus in corpora:
        try:
            files = corpus_files(corpus)
        except InputError as error:
            report.errors.append(error)
            continue
        for file in files:
            try:
                found, errors = read_file(file, codebook)
            except InputError as error:
                report.errors.append(error)
                continue
            report.errors += errors
            if not errors and file.suffix.lower() == ".jsonl":
                report.warnings += _ambiguous_spans(file)
            for article in found:
                try:
                    refuse_duplicates([article], file, seen)
                except InputError as error:
                    report.errors.append(error)
            articles += found
    return articles


def validate(corpora: Sequence[str], codebook: Codebook) -> Report:
    """Check corpora and report every problem instead of stopping at the first.

    Args:
        corpora: as `read_corpus` takes them.
        codebook: stances and labels must be among its names.
    """
    report = Report()
    articles = _read_all(corpora, codebook, report)
    report.errors += _leaks(articles)
    sentences = [(a.doc_id, s.text) for a in articles for s in a.sentences]
    pairs = near_duplicates(sentences)
    report.warnings += [
        f"near-duplicates in {sentences[i][0]} and {sentences[j][0]}: "
        f"{sentences[i][1]!r} ~ {sentences[j][1]!r}"
        for i, j, _ in pairs
    ]
    share = len({j for _, j, _ in pairs}) / len(sentences) if sentences else 0.0
    counts = (
        plural(len(articles), "article"),
        plural(len(sentences), "sentence"),
        plural(len(report.errors), "error"),
    )
    report.summary = f"{', '.join(counts)}, near-duplicates {share:.2%}"
    return report
