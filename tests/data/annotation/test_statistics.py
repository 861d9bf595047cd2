"""Statistics of a corpus."""

from __future__ import annotations

import pytest
from stancewire.data.annotation.statistics import actor_kind, count, describe, parsed_shares
from stancewire.data.schema import Article

ONE = Article.model_validate(
    {
        "doc_id": "a",
        "conflict": "x",
        "split": "train",
        "genre": "wire story",
        "sentences": [
            {
                "text": "Syria blamed Iran.",
                "statements": [{"stance": "blame", "actor": "Syria", "target": "Iran"}],
            },
            {
                "text": "“We want a truce now.”",
                "labels": ["loaded"],
                "statements": [{"stance": "appeal", "actor": None, "actor_id": "SYR"}],
            },
            {
                "text": "They left.",
                "near_miss": "denial",
                "statements": [{"stance": "blame", "actor": "They"}, {"stance": "appeal", "actor": "They"}],
            },
            {"text": "Nobody came to the town hall that day."},
        ],
    }
)
TWO = Article.model_validate(
    {"doc_id": "b", "conflict": "y", "split": "test", "sentences": [{"text": "Calm held."}]}
)


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
    assert (
        found["loaded_share"]
        == found["quoted_share"]
        == found["unnamed_actors"]
        == found["with_target"]
        == 0.25
    )
    assert found["pronoun_actors"] == 0.5
    assert (found["words_mean"], found["words_median"]) == (4.5, 4.0)


def test_an_empty_corpus_is_not_an_error() -> None:
    found = count([])
    assert found["articles"] == found["sentences"] == found["statements_per_sentence"] == 0


def test_a_description_has_columns_by_split_conflict_genre_and_other_corpora() -> None:
    found = describe([ONE, TWO], {"real": [TWO]})
    assert list(found["columns"]) == ["all", "train", "test", "real"]
    assert found["columns"]["all"]["sentences"] == 5
    assert found["columns"]["test"] == count([TWO])
    assert found["columns"]["real"]["sentences"] == 1
    assert list(found["conflicts"]) == ["x", "y"]
    assert found["genres"]["wire story"]["articles"] == 1


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("he", "pronoun"),
        ("which", "pronoun"),
        ("Nikol Aramian", "name"),
        ("Baku", "name"),
        ("Hamas", "name"),
        ("Brussels", "name"),
        ("Houthis", "name"),
        ("Armenia’s Defense Ministry", "name"),
        ("the army of Sudan", "name"),
        ("the rebels", "common noun"),
        ("The ministry", "common noun"),
        ("Officials", "common noun"),
        ("a senior commander", "common noun"),
        ("both sides", "common noun"),
    ],
)
def test_actors_are_classified_as_names_common_nouns_or_pronouns(text: str, kind: str) -> None:
    assert actor_kind(text) == kind


def test_unannotated_articles_have_no_annotation_counts() -> None:
    assert describe([ONE], {"unannotated": [TWO]})["columns"]["unannotated"]["statements"] is None


def test_clauses_and_subjects_are_counted_from_the_parse() -> None:
    def shares(text: str) -> dict[str, float]:
        return parsed_shares([Article.model_validate({"doc_id": "c", "sentences": [{"text": text}]})])

    assert shares("Rain fell.")["clause_depth_mean"] == 0
    deep = shares("The minister said that he believed that the rebels had fled.")
    assert deep["clause_depth_mean"] == 2 and deep["clauses_mean"] == 3
    assert deep["pronoun_subjects"] == pytest.approx(1 / 3, abs=0.01)


def test_quantiles_are_interpolated() -> None:
    """The 90th percentile of two sentences is not the shorter one."""
    two = Article.model_validate({"doc_id": "a", "sentences": [{"text": "One two."}, {"text": "word " * 12}]})
    assert count([two])["words_p90"] == 11.0
