"""A corpus in numbers."""

from __future__ import annotations

from stancewire.data.schema import Article
from stancewire.data.stats import count, describe

ONE = Article.model_validate(
    {
        "doc_id": "a",
        "conflict": "x",
        "split": "train",
        "genre": "wire story",
        "sentences": [
            {"text": "Syria blamed Iran.", "statements": [{"stance": "blame", "actor": "Syria", "target": "Iran"}]},
            {"text": "“We want a truce now.”", "labels": ["loaded"], "statements": [{"stance": "appeal", "actor": None, "actor_id": "SYR"}]},
            {"text": "They left.", "near_miss": "denial", "statements": [{"stance": "blame", "actor": "They"}, {"stance": "appeal", "actor": "They"}]},
            {"text": "Nobody came to the town hall that day."},
        ],
    }
)
TWO = Article.model_validate({"doc_id": "b", "conflict": "y", "split": "test", "sentences": [{"text": "Calm held."}]})


def test_counts_and_shares() -> None:
    found = count([ONE])
    assert {k: found[k] for k in ("articles", "conflicts", "sentences", "statements", "near_misses")} == {
        "articles": 1,
        "conflicts": 1,
        "sentences": 4,
        "statements": 4,
        "near_misses": 1,
    }
    assert found["stances"] == {"appeal": 2, "blame": 2}
    assert found["labels"] == {"loaded": 1}
    assert found["statements_per_sentence"] == 1.0
    assert found["loaded_share"] == found["quoted_share"] == found["unnamed_actors"] == found["with_target"] == 0.25
    assert found["pronoun_actors"] == 0.5
    assert (found["words_mean"], found["words_median"]) == (4.5, 4.0)


def test_no_articles_are_no_error() -> None:
    found = count([])
    assert found["articles"] == found["sentences"] == found["statements_per_sentence"] == 0


def test_the_description_stands_by_split_conflict_and_genre_and_beside_others() -> None:
    found = describe([ONE, TWO], {"real": [TWO]})
    assert list(found["columns"]) == ["all", "train", "test", "real"]
    assert found["columns"]["all"]["sentences"] == 5
    assert found["columns"]["test"] == found["columns"]["real"] == count([TWO])
    assert list(found["conflicts"]) == ["x", "y"]
    assert found["genres"]["wire story"]["articles"] == 1
