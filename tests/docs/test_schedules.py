"""The times in the tables of docs/schedules.md are those that `cron_next` gives."""

import re

import pytest

from tests.docs.pages import read

PAGE = read("docs/schedules.md")
TIME = r"(\d{4}-\d\d-\d\d \d\d:\d\d)"
SYNTAX = re.findall(rf"^\| (`[^|]*`) \| [^|]+ \| {TIME} \|$", PAGE, re.M)
CLOCKS = re.findall(rf"^\| `([^|]*)` \| {TIME} \| {TIME} \| [^|]+ \|$", PAGE, re.M)


@pytest.mark.parametrize(
    ("cron", "expected"), [(cron, at) for cell, at in SYNTAX for cron in re.findall(r"`(.*?)`", cell)]
)
def test_the_syntax_means_what_the_table_says(db, cron, expected):
    next_at = "select to_char(minipaas.cron_next(%s, '2030-01-01 12:00+00') at time zone 'UTC', %s)"
    assert db.value(next_at, cron, "YYYY-MM-DD HH24:MI") == expected


@pytest.mark.parametrize(("cron", "after", "expected"), CLOCKS)
def test_changes_of_clocks_do_what_the_table_says(db, cron, after, expected):
    next_at = "select to_char(minipaas.cron_next(%s, %s, 'Europe/Berlin') at time zone 'UTC', %s)"
    assert db.value(next_at, cron, f"{after}+00", "YYYY-MM-DD HH24:MI") == expected


def test_all_rows_are_read():
    assert (len(SYNTAX), len(CLOCKS)) == (12, 7)
