"""Reduce a lock to what it adds to another one, without torch: `python .ci/encoder_lock.py BASE LOCK`.

Which build of torch is right depends on the machine: it is installed apart and brings its own packages.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

# What only torch brings.
_OF_TORCH = re.compile(r"torch|triton|nvidia-.*|cuda-.*|sympy|mpmath|networkx")


def entries(lock: str) -> list[tuple[str, str]]:
    """Package and text of each entry: a line `name==version`, and the indented lines below it.

    A package has several entries where its version depends on that of Python.
    """
    found = re.findall(r"^([A-Za-z0-9._-]+)((?:\[.*?\])?==.*\n(?:[ \t].*\n)*)", lock, re.M)
    return [(name.lower(), name + rest) for name, rest in found]


def reduced(base: str, lock: str) -> str:
    """The entries of `lock` for packages that `base` has not, without those of torch.

    Raises:
        ValueError: a package has other versions in `base`.
    """
    versions: dict[str, set[str]] = {}
    for name, text in entries(base):
        versions.setdefault(name, set()).add(text.split()[0])
    kept = []
    for name, text in entries(lock):
        if name not in versions:
            if not _OF_TORCH.fullmatch(name):
                kept.append(text)
        elif text.split()[0] not in versions[name]:
            raise ValueError(f"{text.split()[0]} is not the version of the other lock")
    return "".join(kept)


if __name__ == "__main__":
    base, lock = map(Path, sys.argv[1:3])
    lock.write_text(reduced(base.read_text("utf-8"), lock.read_text("utf-8")), encoding="utf-8")
