"""The parse of one sentence as plain lists, which all other code uses instead of a spaCy Doc."""

from __future__ import annotations

import json
from dataclasses import dataclass, field


@dataclass(slots=True)
class Parse:
    """The tokens of one masked sentence, as lists with one item per token.

    Attributes:
        words: the text.
        lemmas: lemmas in lower case.
        pos, tags: coarse and fine parts of speech, as spaCy names them.
        deps: dependency labels, as spaCy names them.
        heads: the index of the head; a root is its own head.
        starts: the offset in the masked text, in characters.
        children: the indices of the dependents, in order.
    """

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
        """The offset in the masked text at which token `i` ends."""
        return self.starts[i] + len(self.words[i])

    def root(self) -> int:
        """The index of the first root; 0 if there is none."""
        return next((i for i, h in enumerate(self.heads) if h == i), 0)

    def subtree(self, i: int) -> list[int]:
        """The indices of token `i` and everything below it, in order."""
        out, stack = [], [i]
        while stack:
            j = stack.pop()
            out.append(j)
            stack += self.children[j]
        return sorted(out)

    def ancestors(self, i: int) -> list[int]:
        """The indices of the tokens above token `i`, nearest first."""
        out: list[int] = []
        while self.heads[i] != i and len(out) < len(self.words):
            i = self.heads[i]
            out.append(i)
        return out

    def dumps(self) -> str:
        """The parse as JSON; the inverse of `loads`."""
        return json.dumps(
            [self.words, self.lemmas, self.pos, self.tags, self.deps, self.heads, self.starts],
            ensure_ascii=False,
            separators=(",", ":"),
        )

    @classmethod
    def loads(cls, line: str) -> Parse:
        """The parse from JSON; the inverse of `dumps`.

        Raises:
            ValueError: it is not what `dumps` writes.
            RecursionError: it is nested too deeply.
        """
        lists = json.loads(line)
        if not isinstance(lists, list) or len(lists) != 7 or not all(isinstance(x, list) for x in lists):
            raise ValueError("not a parse")
        n, (*texts, heads, starts) = len(lists[0]), lists
        if any(len(x) != n for x in lists):
            raise ValueError("lists of different lengths")
        if not all(type(x) is str for part in texts for x in part):
            raise ValueError("something other than text")
        if not all(type(h) is int and 0 <= h < n for h in heads):
            raise ValueError("a head outside of the sentence")
        if not all(type(x) is int and x >= 0 for x in starts):
            raise ValueError("an invalid offset")
        return cls(*lists)
