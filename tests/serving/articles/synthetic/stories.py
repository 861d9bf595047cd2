"""Articles written for the tests; outlets and persons are invented."""

from __future__ import annotations

from dataclasses import dataclass

_PLACES = "Ashford Brackwater Calder Dunmere Eastholm Farrow Glenmoor Harbour Inverlay Juniper".split()
_TOPICS = (
    "ferry line",
    "grain depot",
    "border bridge",
    "water plant",
    "rail yard",
    "market hall",
    "radio mast",
)
_AUTHORS = ("Ana Test", "Bo Muster", "Chidi Sample", "Dora Beispiel", "", "Emre Deneme")


@dataclass(frozen=True)
class Story:
    """What a reader has to find."""

    title: str
    outlet: str
    day: str
    author: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)


def stories(n: int = 24) -> list[Story]:
    """`n` different articles."""
    return [_story(i) for i in range(n)]


def _story(i: int) -> Story:
    place, topic = _PLACES[i % len(_PLACES)], _TOPICS[i % len(_TOPICS)]
    title = f"{place} council reopens the {topic} after talks, round {i + 1}"
    if i % 6 == 1:
        title = f"{i}. Regiment leaves “{place}” – the {topic} is next"
    return Story(
        title=title,
        outlet=f"{place} Gazette",
        day=f"2021-{i % 12 + 1:02}-{i % 27 + 1:02}",
        author=_AUTHORS[i % len(_AUTHORS)],
        paragraphs=(
            f"The council of {place} said on Monday that the {topic} would open again, number {i + 1}.",
            "“We blame nobody for the delay,” said Mayor Rita Exempel. “The Body of the bridge held.”",
            f"Her deputy wrote in a Document that the {topic} cost {i + 2},400 crowns: too much, he said.",
            "The ministry called on both sides to keep the agreement and to meet again in the spring.",
        ),
    )


def words(day: str, style: str = "us") -> str:
    """A day as exports write it."""
    from datetime import date

    when = date.fromisoformat(day)
    if style == "us":
        return f"{when:%B} {when.day}, {when.year} {when:%A}"
    return f"{when.day} {when:%B} {when.year}"
