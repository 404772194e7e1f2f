"""`cron_next` by example: the syntax, the days, the changes of clocks, and what it refuses."""

from datetime import UTC, datetime

import pytest


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "after", "expected"),
    [
        ("* * * * *", "2030-01-01 12:00:00", "2030-01-01 12:01"),
        ("* * * * *", "2030-01-01 11:59:59.999999", "2030-01-01 12:00"),
        ("\t*/20  3-5/2 * * * \n", "2030-01-01 12:00", "2030-01-02 03:00"),
        ("5/20 * * * *", "2030-01-01 12:25", "2030-01-01 12:45"),
        ("0 0 * FEB,jul Mon-Fri", "2030-01-01", "2030-02-01"),
        ("0 0 * * 7", "2030-01-01", "2030-01-06"),
        ("0 0 * * 0", "2030-01-01", "2030-01-06"),
        ("0 0 * * 5-7", "2030-01-05", "2030-01-06"),
        ("0 0 13 * FRI", "2030-01-01", "2030-01-04"),
        ("0 0 */2 * MON", "2030-01-01", "2030-01-07"),
        ("0 0 29 2 *", "2030-01-01", "2032-02-29"),
        ("0 0 29 2 *", "2096-03-01", "2104-02-29"),
        ("0 0 31 * *", "2030-01-31", "2030-03-31"),
        ("@hourly", "2030-01-01 12:00", "2030-01-01 13:00"),
        ("@Daily", "2030-01-01 12:00", "2030-01-02"),
        ("@midnight", "2030-01-01 12:00", "2030-01-02"),
        ("@weekly", "2030-01-01", "2030-01-06"),
        ("@monthly", "2030-01-01", "2030-02-01"),
        ("@yearly", "2030-01-01", "2031-01-01"),
        ("@annually", "2030-01-01", "2031-01-01"),
    ],
)
def test_the_next_time(db, cron, after, expected):
    assert db.call("cron_next", cron, moment(after)) == moment(expected)
    assert db.call("cron_next", cron, moment(after), None) == moment(expected)


@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        ("30 2 * * *", "Europe/Berlin", "2030-03-30 12:00", "2030-03-31 01:00"),  # skipped: right after
        ("15,45 2 * * *", "Europe/Berlin", "2030-03-31 01:00", "2030-04-01 00:15"),  # and once
        ("*/30 2 * * *", "Europe/Berlin", "2030-03-30 12:00", "2030-04-01 00:00"),  # elapsed: never came
        ("30 2 * * *", "Europe/Berlin", "2030-10-26 12:00", "2030-10-27 00:30"),  # twice: the first
        ("30 2 * * *", "Europe/Berlin", "2030-10-27 00:30", "2030-10-28 01:30"),
        ("*/30 2 * * *", "Europe/Berlin", "2030-10-27 00:30", "2030-10-27 01:00"),  # elapsed: both
        ("30 * * * *", "Europe/Berlin", "2030-10-27 00:30", "2030-10-27 01:30"),
        ("30 12 * * *", "Pacific/Apia", "2011-12-30 00:00", "2011-12-30 10:00"),  # a day that never was
        ("0 9 * * *", "Asia/Kolkata", "2030-01-01 12:00", "2030-01-02 03:30"),
    ],
)
def test_when_clocks_change(db, cron, zone, after, expected):
    assert db.call("cron_next", cron, moment(after), zone) == moment(expected)
    db.execute("set timezone = 'America/New_York'")
    assert db.call("cron_next", cron, moment(after), zone) == moment(expected)


@pytest.mark.parametrize(
    ("cron", "named"),
    [
        ("60 * * * *", ("minute", "60")),
        ("* 24 * * *", ("hour", "24")),
        ("* * 0 * *", ("day-of-month", "0")),
        ("* * * 13 *", ("month", "13")),
        ("* * * * 8", ("day-of-week", "8")),
        ("* * * FOO *", ("month", "FOO")),
        ("* * * * FRI-SUN", ("day-of-week", "FRI-SUN")),
        ("*/0 * * * *", ("minute", "*/0")),
        ("1,,2 * * * *", ("minute",)),
        ("-5 * * * *", ("minute", "-5")),
        ("*-5 * * * *", ("minute", "*-5")),
        ("1-2-3 * * * *", ("minute", "1-2-3")),
        ("30 2 30 2 *", ("day-of-month", "30")),
        ("0 0 31 4,jun *", ("day-of-month", "31")),
        ("0 0 * * * *", ("cron", "0 0 * * * *")),
        ("* * * *", ("cron",)),
        ("@reboot", ("cron", "@reboot")),
        ("", ("cron",)),
        (None, ("cron",)),
    ],
)
def test_a_wrong_expression_is_refused_by_field_and_value(db, refused, cron, named):
    with refused("MP006", *named):
        db.call("cron_next", cron, moment("2030-01-01"))


def test_a_time_that_the_clocks_always_skip_is_refused(db, refused):
    with refused("MP006", "cron"):
        db.call("cron_next", "* 2 8-14 3 */7", moment("2030-01-01"), "America/New_York")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "Europe/Berlin2", "CET", "+03", "foo3", "x'; --"])
def test_an_unknown_time_zone_is_refused(db, refused, zone):
    with refused("MP006", "timezone", zone.replace("'", "''")):
        db.call("cron_next", "* * * * *", moment("2030-01-01"), zone)


def test_no_setting_of_the_session_changes_what_an_expression_means(db):
    db.execute("set standard_conforming_strings = off")
    expected = moment("2030-01-01 12:35")
    assert db.call("cron_next", "5-40/15 * * JAN *", moment("2030-01-01 12:20"), "Etc/GMT") == expected


@pytest.mark.parametrize("after", [None, "infinity", "-infinity"])
def test_the_moment_is_finite(db, refused, after):
    with refused("MP006", "after"):
        db.call("cron_next", "* * * * *", after)
