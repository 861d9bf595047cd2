"""Dates in ISO 8601, and never guessed."""

from __future__ import annotations

import pytest
from stancewire.serving.articles.dates import date_fields, parse_date

UNDERSTOOD = {
    "2021-05-03": "2021-05-03",
    "2021-05-03T09:05:00Z": "2021-05-03T09:05:00+00:00",
    "2021-05-03 09:05:00": "2021-05-03T09:05:00",
    "20210503T091500Z": "2021-05-03T09:15:00+00:00",
    "D:20210503091500+02'00'": "2021-05-03T09:15:00+02:00",
    "20210503": "2021-05-03",
    "Mon, 3 May 2021 09:05:00 +0200": "2021-05-03T09:05:00+02:00",
    "Mon, 3 May 2021 09:05:00 +0000 (UTC)": "2021-05-03T09:05:00+00:00",
    "May 3, 2019 Friday 15:43 EST": "2019-05-03T15:43:00-05:00",
    "3 May 2021 11:21:59": "2021-05-03T11:21:59",
    "8. März 2001": "2001-03-08",
    "mardi 3 juillet 2018": "2018-07-03",
    "3 julio 2018 martes": "2018-07-03",
    "3 Julho 2018 Terça-feira 10:27 AM GMT": "2018-07-03T10:27:00+00:00",
    "3 luglio 2018 martedì": "2018-07-03",
    "3 mei 2019 vrijdag": "2019-05-03",
    "29 décembre 2011": "2011-12-29",
    "2018 年 10 月 7 日 17:04": "2018-10-07T17:04:00",
    "25/04/2026": "2026-04-25",
    "04/25/2026": "2026-04-25",
    "Sept. 9, 2021": "2021-09-09",
    "May 3, 2021 12:05 AM": "2021-05-03T00:05:00",
}


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_a_date_is_written_in_iso_8601(text: str) -> None:
    assert parse_date(text) == UNDERSTOOD[text]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "None",
        "03/04/2026",
        "3.4.2026",
        "31 February 2021",
        "May 2021",
        "03/04/21",
        "3 Smarch 2021",
        "May 3, 2021 was a good day",
        "Harbour Gazette",
    ],
)
def test_what_has_two_readings_or_none_is_not_understood(text: str) -> None:
    assert parse_date(text) is None
    assert date_fields(text) == (None, text or None)


def test_the_order_of_the_source_decides() -> None:
    assert parse_date("03/04/2026", order="day-first") == "2026-04-03"
    assert parse_date("03/04/2026", order="month-first") == "2026-03-04"


def test_an_edition_may_follow() -> None:
    assert parse_date("April 6, 2018 Friday, Late Edition - Final", rest=True) == "2018-04-06"
    assert parse_date("March 12, 2002, Tuesday,, FINAL EDITION", rest=True) == "2002-03-12"
    broadcast = "May 3, 2021 Monday 17:00:00 - 18:00:00 Eastern Time"
    assert parse_date(broadcast, rest=True) == "2021-05-03T17:00:00"
