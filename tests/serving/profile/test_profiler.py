"""What is counted: statements by side, pairs, copies, dates and outlets."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest
from stancewire.data.annotation.summary import ArticleSummary
from stancewire.data.record import Record
from stancewire.serving.articles.source import ReadOptions
from stancewire.serving.profile.appearances import period_of, suitable_period
from stancewire.serving.profile.counts import counts
from stancewire.serving.profile.profile import Group
from stancewire.serving.profile.profiler import Profiler, profile_of

sys.path.insert(0, str(Path(__file__).parent))

from records import record

KEN = ("blame", "KEN", "SOM")
SOM = ("appeal", "SOM", "UN")


def summary(*args: object, **kwargs: object) -> ArticleSummary:
    return ArticleSummary.of_record(Record.from_dict(record(*args, **kwargs)))  # type: ignore[arg-type]


def raw(group: Group, measure: str, of: str) -> float:
    return next(r.raw for r in group.shares if (r.share.measure, r.share.of) == (measure, of))


def test_shares_are_of_all_statements_and_sentences() -> None:
    profile = profile_of([summary("a", [KEN, KEN, SOM], loaded=2), summary("b", [KEN])])
    assert raw(profile.overall, "statements", "KEN") == 3 / 4
    assert raw(profile.overall, "blame of", "SOM") == 1
    assert raw(profile.overall, "stance", "appeal") == 1 / 4
    assert raw(profile.overall, "label", "loaded") == 2 / 20


def test_labelled_sentences_count_only_where_all_sentences_are_known() -> None:
    known = summary("a", [KEN], loaded=2)
    table = known.model_copy(update={"id": "b", "sentences": None, "text_sha256": "b"})
    profile = profile_of([known, table])
    assert raw(profile.overall, "label", "loaded") == 2 / 10
    assert profile.overall.counts["statements",] == 2


def test_a_statement_by_two_parties_counts_half_for_each() -> None:
    found = counts(summary("a", [("blame", "ERI+ETH", "SDN+SSD")]))
    assert found["by", "statements", "ERI"] == found["by", "statements", "ETH"] == 0.5
    assert found["pair", "blame", "ERI", "SDN"] == 0.25 and found["pairs", "blame"] == 1


def test_targets_of_one_statement_are_pairs_but_one_statement() -> None:
    raw_record = record("a", [KEN])
    first = raw_record["statements"][0]
    raw_record["statements"].append({**first, "target": {**first["target"], "id": "ETH"}})
    found = counts(ArticleSummary.of_record(Record.from_dict(raw_record)))
    assert found["statements",] == 1 and found["pairs", "blame"] == 2


def test_a_statement_without_a_word_of_saying_is_unattributed() -> None:
    article = summary("a", [("ceasefire_claim", "KEN", None)], text="{actor} has extended the truce.")
    profile = profile_of([article, summary("b", [KEN])])
    assert raw(profile.overall, "unattributed", "ceasefire_claim") == 1
    assert raw(profile.overall, "unattributed", "blame") == 0
    assert raw(profile.overall, "unattributed", "") == 1 / 2


def test_without_sentences_it_is_not_known_who_is_quoted() -> None:
    without = Record.from_dict(record("a", [KEN])).without_text()
    profile = profile_of([ArticleSummary.of_record(without)])
    assert not [r for r in profile.overall.shares if r.share.measure.startswith("unattributed")]
    assert raw(profile.overall, "statements", "KEN") == 1


def test_wire_copy_is_counted_once_overall_and_once_for_each_outlet() -> None:
    article = summary(
        "a", [KEN], also_in=[("Courier", "2024-05-02"), ("Tribune", "2024-05-02"), ("Daily", "")]
    )
    profile = profile_of([article, summary("b", [SOM])], by="outlet")
    assert (profile.overall.articles, profile.copies) == (2, 3)
    assert {g.name: g.articles for g in profile.groups} == {"Daily": 2, "Courier": 1, "Tribune": 1}
    assert profile.carried[0].outlets == ("Daily", "Courier", "Tribune")


def test_the_same_text_again_is_a_copy() -> None:
    first, again = record("a", [KEN]), record("a", [KEN], outlet="Courier")
    articles = [ArticleSummary.of_record(Record.from_dict(r)) for r in (first, again, first)]
    profile = profile_of(articles, by="outlet")
    assert (profile.overall.articles, profile.copies) == (1, 2)
    assert [(g.name, g.articles) for g in profile.groups] == [("Courier", 1), ("Daily", 1)]


@pytest.mark.parametrize(
    ("options", "counted"),
    [
        (ReadOptions(since="2024-06"), ["b"]),
        (ReadOptions(until="2024-05-01"), ["a"]),
        (ReadOptions(outlets=("cour*",)), ["a", "b"]),
        (ReadOptions(outlets=("daily",)), ["a", "c"]),
    ],
)
def test_dates_and_outlets_choose_where_an_article_appeared(options: ReadOptions, counted: list[str]) -> None:
    articles = [
        summary("a", [KEN], also_in=[("Courier", "2024-05-02")]),
        summary("b", [KEN], outlet="Courier", date="2024-06-03"),
        summary("c", [KEN], date=None),
    ]
    profiler = Profiler(options)
    assert [a.id for a in articles if profiler.add(a)] == counted
    assert profiler.left_out == 3 - len(counted)
    assert profiler.articles == len(counted)


def test_groups_by_date_are_in_order_and_undated_articles_last() -> None:
    days = ["2024-05-03", None, "2024-05-01", "2024-05-03"]
    profile = profile_of([summary(str(n), [KEN], date=d) for n, d in enumerate(days)], by="date")
    assert [(g.name, g.articles) for g in profile.groups] == [
        ("2024-05-01", 1), ("2024-05-03", 2), ("(not known)", 1),
    ]  # fmt: skip
    assert list(profile.timeline) == ["2024-05-01", "2024-05-02", "2024-05-03"]
    assert profile.timeline["2024-05-02"]["statements",] == 0


@pytest.mark.parametrize(
    ("last", "period", "name"),
    [
        (date(2024, 1, 20), "day", "2024-01-20"),
        (date(2024, 5, 1), "week", "2024-W18"),
        (date(2026, 1, 1), "month", "2026-01"),
        (date(2044, 1, 1), "year", "2044"),
    ],
)
def test_the_period_suits_the_dates(last: date, period: str, name: str) -> None:
    found = suitable_period(date(2024, 1, 1), last)
    assert found == period and period_of(last, found) == name


def test_records_and_annotations_have_the_same_summary(tiny: list) -> None:  # type: ignore[type-arg]
    from stancewire.data.annotation.counting import annotated_segments

    article = next(a for a in tiny if any(s.statements for s in a.sentences))
    rows, statements = [], []
    for n, (s, segment) in enumerate(zip(article.sentences, annotated_segments(article), strict=True)):
        rows.append(
            {
                "start": segment.start, "end": segment.end, "text": s.text,
                "labels": [{"name": x, "score": 1.0} for x in s.labels],
            }
        )  # fmt: skip
        for x in s.statements:
            sides = {}
            for role, span, identity in (("actor", x.actor, x.actor_id), ("target", x.target, x.target_id)):
                place = (segment.start + span.start, segment.start + span.end) if span else (None, None)
                sides[role] = {"text": span and span.text, "start": place[0], "end": place[1], "id": identity}
            if x.target is None and x.target_id is None:
                sides["target"] = None  # type: ignore[assignment]
            statements.append({"sentence": n, "stance": x.stance, "score": 1.0, **sides})
    scored = Record.from_dict({"id": article.doc_id, "sentences": rows, "statements": statements})
    assert counts(ArticleSummary.of_record(scored)) == counts(ArticleSummary.of_article(article))
