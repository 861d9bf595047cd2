"""The sentences of an annotated text, and which of them contains a region."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from ...errors import InputError
from ...text.segmentation.sentences import segment
from ..json_fields import objects, optional, required


def read_outline(text: str, fields: Mapping[str, Any], where: str) -> list[dict[str, Any]]:
    """The `start`, `end` and `para` of each sentence: from `fields["sentences"]`, else split as for scoring.

    Raises:
        InputError: the sentences do not cover the text, or overlap.
    """
    if fields.get("sentences") is None:
        return [{"start": s.start, "end": s.end, "para": s.para} for s in segment(text)]
    out: list[dict[str, Any]] = []
    last = 0
    for at, raw in objects(fields, "sentences", where):
        start, end = required(raw, "start", int, at), required(raw, "end", int, at)
        if not last <= start < end <= len(text):
            raise InputError(
                f"{start}-{end} is outside the text or overlaps the previous sentence",
                where=at,
                hint="give the sentences in order",
            )
        if text[last:start].strip():
            raise InputError(
                f"{text[last:start].strip()[:40]!r} is between two sentences",
                where=at,
                hint="leave the text as it was exported",
            )
        out.append({"start": start, "end": end, "para": optional(raw, "para", bool, at) or False})
        last = end
    if text[last:].strip():
        raise InputError(
            f"{text[last:].strip()[:40]!r} is after the last sentence",
            where=where,
            hint="leave the text as it was exported",
        )
    return out


def locate(
    text: str, start: int, end: int, outline: Sequence[Mapping[str, Any]], where: str
) -> tuple[int, dict[str, Any]]:
    """Find the sentence that `text[start:end]` is in.

    Returns:
        The index of the sentence, and the span within it, without spaces outside the sentence.

    Raises:
        InputError: the offsets are outside the text or cross a sentence boundary.
    """
    if not 0 <= start < end <= len(text):
        raise InputError(
            f"{start}-{end} is outside the text of {len(text)} characters",
            where=where,
            hint="offsets count characters of the text as it was exported",
        )
    i = max(0, bisect_right([s["start"] for s in outline], start) - 1)
    if (
        i + 1 < len(outline)
        and start >= outline[i]["end"]
        and not text[start : outline[i + 1]["start"]].strip()
    ):
        i += 1
    first, last = outline[i]["start"], outline[i]["end"]
    if (
        text[start : max(start, first)].strip()
        or text[min(end, last) : end].strip()
        or not (first < end and start < last)
    ):
        raise InputError("crosses a sentence boundary", where=where, hint="keep it within one sentence")
    start, end = max(start, first), min(end, last)
    return i, {"text": text[start:end], "start": start - first, "end": end - first}
