"""Checks of a corpus beyond its schema: split leaks, near-duplicates once names are masked, ambiguous short spans."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..codebook import Codebook
from ..errors import InputError
from ..schema import Article, occurrences
from ..text.gazetteer import gazetteer
from ..text.masking import mask
from .corpus import corpus_files, read_file

# Sentences that share this part of their word trigrams, names masked, are near-duplicates.
DUPLICATE = 0.7
MIN_WORDS = 6


@dataclass(slots=True)
class Report:
    """What a check found."""

    faults: list[InputError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    summary: str = ""


def masked_words(text: str) -> list[str]:
    """The words of a sentence, names and numbers replaced by their kind."""
    hidden = re.sub(r"\b\d[\d.,]*\b", "0", mask(text, gazetteer().find(text)).text)
    words = re.findall(r"\w+", hidden)
    return [w.lower() if i == 0 or not w[0].isupper() else "Name" for i, w in enumerate(words)]


def near_duplicates(sentences: Sequence[tuple[str, str]]) -> list[tuple[int, int, float]]:
    """Pairs of near-duplicate sentences.

    Args:
        sentences: (article, text) of each.

    Returns:
        Their numbers and the share of trigrams that they have in common, at least `DUPLICATE`.
    """
    grams: list[frozenset[tuple[str, ...]]] = []
    for _, text in sentences:
        words = masked_words(text)
        grams.append(
            frozenset(zip(words, words[1:], words[2:], strict=False))
            if len(words) >= MIN_WORDS
            else frozenset()
        )
    # Equal ones are paired with their first, so that a sentence repeated a thousand times makes a thousand pairs.
    firsts: dict[frozenset[tuple[str, ...]], int] = {}
    found = [(firsts[own], i, 1.0) for i, own in enumerate(grams) if own and firsts.setdefault(own, i) != i]
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for own, i in firsts.items():
        for gram in own:
            holders[gram].append(i)
    for own, i in firsts.items():
        # Trigrams that stand everywhere tell nothing and cost most.
        shared = Counter(j for gram in own if len(holders[gram]) < 500 for j in holders[gram] if j > i)
        for j, n in shared.items():
            if (
                n >= DUPLICATE * 0.5 * len(own)
                and (part := len(own & grams[j]) / len(own | grams[j])) >= DUPLICATE
            ):
                found.append((i, j, part))
    return sorted(found)


def _ambiguous_spans(path: Path) -> list[str]:
    """Short-form spans that stand several times in their sentence, of which the first is taken."""
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
                            f"{path}:{n}: sentences.{k}: {part} {words!r} stands several times; the first is taken (give it as text, start, end)"
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


def validate(corpora: Sequence[str], codebook: Codebook) -> Report:
    """Check corpora file by file; nothing stops at the first fault."""
    report = Report()
    articles: list[Article] = []
    home: dict[str, Path] = {}
    for corpus in corpora:
        try:
            files = corpus_files(corpus)
        except InputError as error:
            report.faults.append(error)
            continue
        for file in files:
            try:
                found, faults = read_file(file, codebook)
            except InputError as error:
                report.faults.append(error)
                continue
            report.faults += faults
            if not faults:
                report.warnings += _ambiguous_spans(file)
            for a in found:
                if a.doc_id in home:
                    report.faults.append(
                        InputError(
                            f"doc_id {a.doc_id!r} stands in {home[a.doc_id]} too",
                            where=str(file),
                            hint="give each article its own doc_id",
                        )
                    )
                home[a.doc_id] = file
            articles += found
    report.faults += _leaks(articles)
    sentences = [(a.doc_id, s.text) for a in articles for s in a.sentences]
    pairs = near_duplicates(sentences)
    repeated = {j for _, j, _ in pairs}
    report.warnings += [
        f"near-duplicates in {sentences[i][0]} and {sentences[j][0]}: {sentences[i][1]!r} ~ {sentences[j][1]!r}"
        for i, j, _ in pairs
    ]
    share = len(repeated) / len(sentences) if sentences else 0.0
    report.summary = f"{len(articles)} articles, {len(sentences)} sentences, {len(report.faults)} faults, near-duplicates {share:.2%}"
    return report
