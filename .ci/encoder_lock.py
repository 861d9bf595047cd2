"""Reduce a lock to what it adds to another one, without torch: `python .ci/encoder_lock.py BASE LOCK`.

Which build of torch is right depends on the machine, so it is installed apart and brings its own CUDA packages.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

# What only torch brings.
_OF_TORCH = re.compile(r"torch|triton|nvidia-.*|cuda-.*|sympy|mpmath")


def entries(lock: str) -> dict[str, str]:
    """The entries of a lock by package: a line `name==version`, and the indented lines below it."""
    found = re.findall(r"^([A-Za-z0-9._-]+)((?:\[.*?\])?==.*\n(?:[ \t].*\n)*)", lock, re.M)
    return {name.lower(): name + rest for name, rest in found}


def reduced(base: str, lock: str) -> str:
    """The entries of `lock` for packages that `base` has not, without those of torch.

    Raises:
        ValueError: a package has different versions in the two.
    """
    before, after = entries(base), entries(lock)
    for name in before.keys() & after.keys():
        versions = {text.split()[0] for text in (before[name], after[name])}
        if len({v.partition("==")[2] for v in versions}) > 1:
            raise ValueError(f"{name} differs: {', '.join(sorted(versions))}")
    return "".join(t for name, t in after.items() if name not in before and not _OF_TORCH.fullmatch(name))


if __name__ == "__main__":
    base, lock = map(Path, sys.argv[1:3])
    lock.write_text(reduced(base.read_text("utf-8"), lock.read_text("utf-8")), encoding="utf-8")
