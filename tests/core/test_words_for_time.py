"""Days, times and offsets as people write them: read rightly, both ways where there are two, or not at all."""

from datetime import date, time, timedelta

import pytest

from cohort_bot.core.clockwords import Reading, read_clock, read_offset
from cohort_bot.core.datewords import read_days, read_weekday
from cohort_bot.core.folding import begins, fold, odd_sign, plain

WEDNESDAY = date(2027, 1, 6)


@pytest.mark.parametrize(
    "said",
    [
        "2027-01-31", "2027–01–31", "2027—01—31", "2027‑01‑31", "2027−01−31", "2027‐01‐31", "2027ー01ー31",
        "２０２７-０１-３１",
        "２０２７／０１／３１", "2027/01/31", "2027.01.31", "2027-1-31", "20270131", " 2027-01-31 ", "2027-01-31.",
        "31 January", "31 jan", "31 Jan 2027", "31st of January", "31st January 2027", "January 31",
        "January 31st, 2027",
        "Jan 31, 2027", "Jan. 31", "JANUARY 31", "31. January 2027", "31.1.2027", "31.01.2027", "31.01.",
        "31.1.27", "31/1",
        "1/31", "31/01/2027", "01/31/2027", "31-01-2027", "31/1/27", "Sunday, 31 January 2027", "Sun 31 Jan",
        "on 31 January",
        "2027-01-\u200b31", "“2027-01-31”", "٣١/١/٢٠٢٧",
    ],
)  # fmt: skip
def test_a_day(said: str) -> None:
    assert read_days(said, WEDNESDAY) == [date(2027, 1, 31)]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("today", 6), ("Today", 6), ("tomorrow", 7), ("TOMORROW", 7), ("day after tomorrow", 8), ("yesterday", 5),
        ("in 3 days", 9), ("in a week", 13), ("in two weeks", 20), ("thursday", 7), ("on Thursday", 7), ("Mon", 11),
        ("monday", 11), ("next monday", 11), ("Next Tue", 12), ("this friday", 8), ("next wednesday", 13),
        ("5 jan 2027", 5), ("tonight", 6), ("now", 6), ("the day after tomorrow", 8), ("day before yesterday", 4),
        ("the day before yesterday", 4), ("in a day", 7), ("in one day", 7), ("in two days", 8), ("in three days", 9),
        ("in four days", 10), ("in 10 days", 16), ("in one week", 13),
        ("this wednesday", 6), ("this thursday", 7), ("monday next", 11), ("sunday coming", 10), ("the coming Tue", 12),
        ("6 January", 6),
    ],
)  # fmt: skip
def test_a_day_from_today_on(said: str, day: int) -> None:
    assert read_days(said, WEDNESDAY) == [date(2027, 1, day)]


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("3/4/2027", [date(2027, 3, 4), date(2027, 4, 3)]),
        ("03-04-2027", [date(2027, 3, 4), date(2027, 4, 3)]),
        ("3/4", [date(2027, 3, 4), date(2027, 4, 3)]),
        ("3/4/27", [date(2027, 3, 4), date(2027, 4, 3)]),
        ("wednesday", [date(2027, 1, 6), date(2027, 1, 13)]),
        ("next friday", [date(2027, 1, 8), date(2027, 1, 15)]),
        ("this monday", [date(2027, 1, 4), date(2027, 1, 11)]),
        ("next thursday", [date(2027, 1, 7), date(2027, 1, 14)]),
        ("next sunday", [date(2027, 1, 10), date(2027, 1, 17)]),
        ("3-4", [date(2027, 3, 4), date(2027, 4, 3)]),
        ("30-01-27", [date(2027, 1, 30), date(2030, 1, 27)]),
        ("24-01-27", [date(2024, 1, 27), date(2027, 1, 24)]),
    ],
)
def test_what_reads_two_ways_is_both(said: str, days: list[date]) -> None:
    assert read_days(said, WEDNESDAY) == days


@pytest.mark.parametrize("said", ["3/3/2027", "3.3.2027", "2027-03-03", "3 March", "March 3"])
def test_what_reads_the_same_both_ways_is_one(said: str) -> None:
    assert read_days(said, WEDNESDAY) == [date(2027, 3, 3)]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("9 Sept", date(2027, 9, 9)), ("3.4.2027", date(2027, 4, 3)), ("3.4.", date(2027, 4, 3)),
        ("27-01-04", date(2027, 1, 4)), ("27/01/04", date(2004, 1, 27)), ("25-01-31", date(2025, 1, 31)),
        ("31-01-27", date(2027, 1, 31)), ("23-01-27", date(2027, 1, 23)),
    ],
)  # fmt: skip
def test_dots_have_the_day_first_and_a_year_far_away_is_not_meant_if_another_is_near(said: str, day: date) -> None:
    assert read_days(said, WEDNESDAY) == [day]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("mon", 0), ("Monday", 0), ("mondays", 0), ("every Tue.", 1), ("on wednesday", 2), ("next thurs", 3),
        ("Sunday", 6), ("mo", None), ("m", None), ("someday", None), ("", None), ("mondayss", None),
    ],
)  # fmt: skip
def test_a_day_of_the_week_by_its_first_three_letters(said: str, day: int | None) -> None:
    assert read_weekday(said) == day


def test_a_text_of_more_than_60_characters_is_no_day() -> None:
    assert read_days("31 January".ljust(60, "."), WEDNESDAY) == [date(2027, 1, 31)]
    assert read_days("31 January".ljust(61, "."), WEDNESDAY) == []


def test_without_a_year_it_is_the_next_or_the_last() -> None:
    assert read_days("6 January", WEDNESDAY, past=True) == [WEDNESDAY]
    assert read_days("7 January", WEDNESDAY, past=True) == [date(2026, 1, 7)]
    assert read_days("29 February", date(2028, 3, 1)) == [date(2032, 2, 29)]
    assert read_days("29 February", date(2028, 2, 28), past=True) == [date(2024, 2, 29)]
    assert read_days("wednesday", WEDNESDAY, past=True) == [WEDNESDAY]
    assert read_days("thursday", WEDNESDAY, past=True) == [date(2026, 12, 31)]
    assert read_days("this monday", WEDNESDAY, past=True) == [date(2027, 1, 4), date(2027, 1, 11)]
    assert read_days("5 January", WEDNESDAY) == [date(2028, 1, 5)]
    assert read_days("5 January", WEDNESDAY, past=True) == [date(2027, 1, 5)]
    assert read_days("29 February", WEDNESDAY) == [date(2028, 2, 29)]
    assert read_days("tuesday", WEDNESDAY, past=True) == [date(2027, 1, 5)]


@pytest.mark.parametrize(
    "said",
    ["", "soon", "2027-02-30", "2027-13-01", "32 January", "13/13", "Monday, 5 January 2027", "2027", "1",
        "next week", "0/1",
     "2027~01~31", "x" * 1000, "9" * 1000, "31 Janember", "5 days", "२"],
)  # fmt: skip
def test_no_day(said: str) -> None:
    assert read_days(said, WEDNESDAY) == []


@pytest.mark.parametrize(
    ("said", "at", "certain"),
    [
        ("18:30", time(18, 30), True), ("18.30", time(18, 30), True), ("18h30", time(18, 30), True),
        ("18h", time(18), True),
        ("18 h", time(18), True), ("18：30", time(18, 30), True), ("１８:３０", time(18, 30), True),
        ("18∶30", time(18, 30), True),
        ("18 Uhr", time(18), True), ("18:30 Uhr", time(18, 30), True), ("6:30 pm", time(18, 30), True),
        ("6:30PM", time(18, 30), True), ("6:30 p.m.", time(18, 30), True), ("6.30pm", time(18, 30), True),
        ("6 pm", time(18), True),
        ("12 pm", time(12), True), ("12 am", time(0), True), ("12:05 AM", time(0, 5), True), ("noon", time(12), True),
        ("midnight", time(0), True), ("1830", time(18, 30), True), ("0:30", time(0, 30), True), ("9:00", time(9),
        False),
        ("09:00", time(9), False), ("12:30", time(12, 30), False), ("8h", time(8), True),
        ("it's 6:30 pm", time(18, 30), True),
        ("18:30:15", time(18, 30), True), ("9 o'clock", time(9), False), ("6:30 pm now", time(18, 30), True),
    ],
)  # fmt: skip
def test_a_time_of_day(said: str, at: time, *, certain: bool) -> None:
    found = read_clock(said)
    assert isinstance(found, Reading)
    assert (found.at, found.half) == (at, certain)


@pytest.mark.parametrize(
    ("said", "reading"),
    [
        ("18", None), ("18 Uhr", Reading(time(18), half=True, exact=False)), ("6 pm", Reading(time(18), True, False)),
        ("18:00", Reading(time(18), half=True, exact=True)), ("1830", Reading(time(18, 30), half=True, exact=True)),
        ("0930", Reading(time(9, 30), half=False, exact=True)), ("9:30", Reading(time(9, 30), half=False, exact=True)),
        ("noon", Reading(time(12), half=True, exact=False)), ("midday", Reading(time(12), half=True, exact=False)),
        ("12 noon", Reading(time(12), half=True, exact=False)), ("13:00", Reading(time(13), half=True, exact=True)),
        ("23:59", Reading(time(23, 59), half=True, exact=True)), ("13 pm", Reading(time(13), half=True, exact=False)),
    ],
)  # fmt: skip
def test_a_time_is_certain_with_its_half_of_the_day_and_exact_with_its_minutes(
    said: str, reading: Reading | None
) -> None:
    assert read_clock(said) == reading


@pytest.mark.parametrize(
    ("said", "hour"),
    [
        ("8 in the morning", 8), ("3 in the afternoon", 15), ("6 in the evening", 18), ("5 at night", 17),
        ("11 at night", 23), ("12 at night", 0), ("2 at night", 2), ("4 at night", 4), ("midnight at night", None),
    ],
)  # fmt: skip
def test_the_part_of_the_day_says_which_half_it_is(said: str, hour: int | None) -> None:
    assert read_clock(said) == (None if hour is None else Reading(time(hour), half=True, exact=False))


@pytest.mark.parametrize(
    "said", ["", "24:00", "9", "9:7", "9:60", "13 am", "0 am", "25h", "6:30 xm", "half six", "1:2:3", "99999"]
)
def test_no_time_of_day(said: str) -> None:
    assert read_clock(said) is None


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("UTC+5:30", 330), ("utc+5.5", 330), ("+5.30", 330), ("+0530", 330), ("GMT-3", -180), ("GMT−3", -180),
        ("GMT–3", -180),
        ("UTC plus 2", 120), ("gmt minus 2", -120), ("+14", 840), ("-12", -720), ("UTC+5h", 300), ("ＵＴＣ＋９", 540),
        ("2 hours behind UTC", -120), ("two hours ahead of GMT", 120), ("UTC plus five", 300),
        ("5½", None), ("+15", None), ("-13", None), ("5", None), ("+5:75", None),
        ("UTC", None),
    ],
)  # fmt: skip
def test_an_offset_has_the_sign_that_people_mean(said: str, minutes: int | None) -> None:
    assert read_offset(said) == (None if minutes is None else timedelta(minutes=minutes))


def test_writing_that_differs_only_in_its_signs_is_alike() -> None:
    assert fold("  MÜNCHEN ") == fold("Mu\u0308nchen") == "munchen"
    assert fold("Saint-Étienne") == fold("saint etienne") == "saint etienne"
    assert fold("Łódź") == "lodz"
    assert [begins("Zürich", typed) for typed in ("ZUR", "züri", "rich", "")] == [True, True, False, True]
    assert fold("ＮＥＷ　ＹＯＲＫ") == "new york"
    assert plain("2027–01—04：“x”") == '2027-01-04:"x"'


@pytest.mark.parametrize(
    ("said", "sign"),
    [
        ("2027~01~04", "~"),
        ("2027⁓01", "⁓"),
        ("18_00", "_"),
        ("2027-01-04", ""),
        ("soon", ""),
        ("１８：００", ""),
        ("18\u200b00", "\u200b"),
    ],
)
def test_the_sign_in_the_way(said: str, sign: str) -> None:
    assert odd_sign(said) == sign
