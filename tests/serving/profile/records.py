"""Synthetic records: scored articles of two sides, KEN and SOM, in several outlets."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Said = tuple[str, str | None, str | None]


def party(text: str | None, identity: str | None, sentence: str) -> dict[str, Any]:
    start = sentence.find(text) if text else None
    return {
        "text": text,
        "start": start,
        "end": None if start is None or text is None else start + len(text),
        "id": identity,
        "evidence": "table" if identity else None,
    }


def record(
    id: str,
    said: Iterable[Said] = (),
    *,
    sentences: int = 10,
    loaded: int = 0,
    outlet: str | None = "Daily",
    date: str | None = "2024-05-01",
    also_in: Iterable[tuple[str, str]] = (),
    text: str = "{actor} accused {target} of shelling, report {n}.",
    **more: Any,
) -> dict[str, Any]:
    """A record; each statement (stance, actor's identity, target's identity) has a sentence of its own."""
    statements, rows = [], []
    for n, (stance, actor, target) in enumerate(said):
        sentence = text.format(n=n, actor=actor or "He", target=target or "nobody")
        rows.append(sentence)
        statements.append(
            {
                "sentence": n, "stance": stance, "score": 0.9,
                "actor": party(actor or "He", actor, sentence),
                "target": party(target, target, sentence) if target else None,
            }
        )  # fmt: skip
    rows += [f"Nothing new in {id}."] * (sentences - len(rows))
    return {
        "id": id, "source": f"{id}.txt", "title": f"Title of {id}", "model": "stancewire/1",
        "sentences": [
            {
                "start": 0, "end": len(t), "text": t,
                "labels": [{"name": "loaded", "score": 0.9}] if n < loaded else [],
            }
            for n, t in enumerate(rows)
        ],
        "statements": statements,
        "text_sha256": hashlib.sha256((id + "".join(rows)).encode()).hexdigest(),
        "also_in": [{"id": f"{id}-{k}", "outlet": o, "date": d} for k, (o, d) in enumerate(also_in)],
        "outlet": outlet, "date": date, **more,
    }  # fmt: skip


def write(path: Path, records: Iterable[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
    return path
