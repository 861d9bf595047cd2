"""Which version was champion when, and why: one tag of the registered model per change, never overwritten."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from ..tracking.registry import CHALLENGER, CHAMPION

# The key of a change: the prefix, the time in UTC with microseconds, the version.
PREFIX = "champion."
# MLflow keeps 5,000 characters of a tag.
MAX_WHY = 4000
How = Literal["train", "import", "promote", "force", "rollback"]


@dataclass(frozen=True, slots=True)
class Change:
    """A new champion.

    Attributes:
        when: time in UTC, ISO 8601.
        version: the version that became champion.
        replaced: the champion before it; empty if there was none.
        how: `train` and `promote` by the rule, `force` against it, `import` as the first model, `rollback`.
        why: the reason.
    """

    when: str
    version: str
    replaced: str
    how: How
    why: str


def make_champion(client: Any, name: str, version: str, how: How, why: str) -> Change:
    """Give a version the alias champion, and record the change.

    Call it with the lock of the store, see `tracking.connection.lock`.

    Args:
        client: MLflow's client.
        name: the registered model.
        version: its version.
        how: see `Change`.
        why: the reason; the first 4,000 characters are kept.
    """
    model = client.get_registered_model(name)
    aliases = {alias: str(number) for alias, number in model.aliases.items()}
    client.set_registered_model_alias(name, CHAMPION, version)
    if aliases.get(CHALLENGER) == version:
        client.delete_registered_model_alias(name, CHALLENGER)
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    change = Change(now, version, aliases.get(CHAMPION, ""), how, why[:MAX_WHY])
    content = {k: v for k, v in asdict(change).items() if k != "when"}
    # Slashes, colons and plus signs are not allowed in the keys of every store.
    key = f"{PREFIX}{now.replace(':', '').replace('+0000', 'Z')}.{version}"
    client.set_registered_model_tag(name, key, json.dumps({"when": now, **content}, ensure_ascii=False))
    return change


def changes_of(client: Any, name: str) -> list[Change]:
    """All recorded changes of a registered model, oldest first."""
    tags = client.get_registered_model(name).tags
    found = []
    for key, value in tags.items():
        if key.startswith(PREFIX):
            try:
                found.append(Change(**json.loads(value)))
            except (ValueError, TypeError):  # not ours, or cut off
                continue
    return sorted(found, key=lambda c: c.when)


def former_champion(changes: Sequence[Change], current: str) -> str | None:
    """The version that a rollback restores; None if none is recorded.

    Changes are a stack: a rollback takes the top off, so that two rollbacks go back two champions.

    Args:
        changes: oldest first.
        current: the champion now.
    """
    stack: list[str] = []
    for change in changes:
        # It became champion in another way: before changes were recorded, or in MLflow itself.
        if change.replaced and stack[-1:] != [change.replaced]:
            stack.append(change.replaced)
        if change.how == "rollback" and change.version in stack:
            while stack[-1] != change.version:
                stack.pop()
        else:
            stack.append(change.version)
    while stack and stack[-1] == current:
        stack.pop()
    return stack[-1] if stack else None
