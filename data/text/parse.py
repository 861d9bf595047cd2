"""The parse of one sentence as plain lists: what the rest of the house reads instead of a spaCy Doc."""

from __future__ import annotations

import json
from dataclasses import dataclass, field


@dataclass(slots=True)
class Parse:
    """Token lists of one masked sentence. Offsets are characters of the masked text; `heads` are token indexes."""

    words: list[str]
    lemmas: list[str]
    pos: list[str]
    tags: list[str]
    deps: list[str]
    heads: list[int]
    starts: list[int]
    children: list[list[int]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.children = [[] for _ in self.words]
        for i, head in enumerate(self.heads):
            if head != i:
                self.children[head].append(i)

    def __len__(self) -> int:
        return len(self.words)

    def end(self, i: int) -> int:
        return self.starts[i] + len(self.words[i])

    def root(self) -> int:
        return next((i for i, h in enumerate(self.heads) if h == i), 0)

    def subtree(self, i: int) -> list[int]:
        """Token indexes under `i`, itself included, in order."""
        out, stack = [], [i]
        while stack:
            j = stack.pop()
            out.append(j)
            stack += self.children[j]
        return sorted(out)

    def ancestors(self, i: int) -> list[int]:
        out: list[int] = []
        while self.heads[i] != i and len(out) < len(self.words):
            i = self.heads[i]
            out.append(i)
        return out

    def dumps(self) -> str:
        return json.dumps(
            [self.words, self.lemmas, self.pos, self.tags, self.deps, self.heads, self.starts],
            ensure_ascii=False,
            separators=(",", ":"),
        )

    @classmethod
    def loads(cls, line: str) -> Parse:
        return cls(*json.loads(line))
