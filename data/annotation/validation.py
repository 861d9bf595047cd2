"""Checks of a corpus beyond its schema: conflicts in several splits, near-duplicates, ambiguous spans."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..checking import refuse_duplicates
from ..codebook import Codebook
from ..errors import InputError, plural
from ..files.reading import json_lines
from ..reporting import guarded
from ..schema import Article, occurrences
from ..text.gazetteer import gazetteer
from ..text.masking import mask
from .corpus import corpus_files, read_file

# Near-duplicates have at least this Jaccard similarity of word trigrams, with names masked.
MIN_SIMILARITY = 0.7
MIN_WORDS = 6


@dataclass(slots=True)
class Report:
    """The result of `validate`: errors, warnings, and one line with the counts."""

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
        For each pair the two indices and the Jaccard similarity of their trigrams, in [`MIN_SIMILARITY`, 1].
    """
    grams: list[frozenset[tuple[str, ...]]] = []
    for _, text in sentences:
        words = masked_words(text)
        grams.append(
            frozenset(zip(words, words[1:], words[2:], strict=False))
            if len(words) >= MIN_WORDS
            else frozenset()
        )
    # Equal sentences are paired only with the first of them: 1000 equal sentences make 999 pairs.
    firsts: dict[frozenset[tuple[str, ...]], int] = {}
    pairs = [(firsts[own], i, 1.0) for i, own in enumerate(grams) if own and firsts.setdefault(own, i) != i]
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for own, i in firsts.items():
        for gram in own:
            holders[gram].append(i)
    for own, i in firsts.items():
        # Very frequent trigrams carry no information and cost the most time.
        shared = Counter(j for gram in own if len(holders[gram]) < 500 for j in holders[gram] if j > i)
        for j, n in shared.items():
            if (
                n >= MIN_SIMILARITY * 0.5 * len(own)
                and (similarity := len(own & grams[j]) / len(own | grams[j])) >= MIN_SIMILARITY
            ):
                pairs.append((i, j, similarity))
    return sorted(pairs)


def _ambiguous_spans(path: Path) -> list[str]:
    """Warnings about spans in the short form whose words occur several times in the sentence."""
    out = []
    for where, raw in json_lines(path):
        for k, sentence in enumerate(raw["sentences"]):
            for s in sentence.get("statements") or ():
                for part in ("actor", "target"):
                    words = s.get(part)
                    if isinstance(words, str) and len(occurrences(sentence["text"], words)) > 1:
                        out.append(
                            f"{where}: sentences.{k}: {part} {words!r} occurs several times; "
                            "the first is used (give text, start and end)"
                        )
    return out


def _leaks(articles: Iterable[Article]) -> list[InputError]:
    """Errors about conflicts that are in several splits."""
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
    """The valid articles of all corpora; errors and warnings are added to the report."""
    articles: list[Article] = []
    seen: dict[str, Path] = {}
    for corpus in corpora:
        try:
            files = corpus_files(corpus)
        except InputError as error:
            report.errors.append(error)
            continue
        for file in files:
            with guarded(str(file), report.errors.append):
                read, errors = read_file(file, codebook)
                report.errors += errors
                if not errors and file.suffix.lower() == ".jsonl":
                    report.warnings += _ambiguous_spans(file)
                for article in read:
                    with guarded(str(file), report.errors.append):
                        refuse_duplicates([article], file, seen)
                articles += read
    return articles


def validate(corpora: Sequence[str], codebook: Codebook) -> Report:
    """Check corpora and report every problem instead of stopping at the first.

    Args:
        corpora: names or paths, see `corpus_files`.
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
