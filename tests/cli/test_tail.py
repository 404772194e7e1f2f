"""`tail`."""

import json
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from subprocess import PIPE

import pytest

from tests.conftest import Connection

from .conftest import Cli, Start

NOON = datetime(2030, 1, 31, 12, tzinfo=UTC)


def offsets(printed: str) -> list[int]:
    """The offsets of printed events."""
    return [int(line.split()[0]) for line in printed.splitlines()]


@pytest.fixture
def many(db: Connection) -> list[int]:
    """The offsets of 2,500 events in the stream `s`."""
    db.call("stream_create", "s")
    published = db.execute(
        "select minipaas.stream_publish_many('s', array(select to_jsonb(n) from generate_series(1, 2500) n))"
    )
    return [offset for (offset,) in published]


def test_it_prints_all_events_a_line_each(cli: Cli, db: Connection, db_url: str) -> None:
    db.call("stream_create", "s", partitions=4)
    db.at(NOON)
    one = db.call("stream_publish", "s", {"a": "é"})
    two = db.call("stream_publish", "s", {"b": 1.5}, "k", {"trace": "x"})
    (first, second) = db.rows("stream_consume", "s")
    done = cli("tail", "s", "--url", db_url)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f'{one}  2030-01-31 12:00:00  {first.partition}  -  {{"a": "é"}}',
        f'{two}  2030-01-31 12:00:00  {second.partition}  k  {{"b": 1.5}}  {{"trace": "x"}}',
    ]


def test_json_is_an_object_a_line_and_keeps_each_digit(cli: Cli, db: Connection, db_url: str) -> None:
    db.call("stream_create", "s")
    assert cli("tail", "s", "--json", "--url", db_url).stdout == ""
    db.at(NOON)
    db.call("stream_publish", "s", {"text": "é \n \x7f \u2028"}, 'k"\n', {"h": 1})
    db.execute("select minipaas.stream_publish('s', '[1.10, 1e400, 12345678901234567890.12]')")
    done = cli("tail", "s", "--json", "--url", db_url)
    one, two = done.stdout.split("\n")[:-1]
    first, second = (row.event_offset for row in db.rows("stream_consume", "s"))
    assert json.loads(one) == {
        "event_offset": first,
        "partition": 0,
        "key": 'k"\n',
        "payload": {"text": "é \n \x7f \u2028"},
        "headers": {"h": 1},
        "published_at": "2030-01-31T12:00:00+00:00",
    }
    assert json.loads(two, parse_float=str) == {
        "event_offset": second,
        "partition": 0,
        "key": None,
        "payload": ["1.10", 10**400, "12345678901234567890.12"],
        "headers": None,
        "published_at": "2030-01-31T12:00:00+00:00",
    }


def test_it_goes_on_over_batches(cli: Cli, many: list[int], db_url: str) -> None:
    assert offsets(cli("tail", "s", "--url", db_url).stdout) == many


def test_from_an_offset_in_a_gap_and_at_either_end(
    cli: Cli, connect: Callable[..., Connection], db: Connection, db_url: str
) -> None:
    db.call("stream_create", "s")
    one = db.call("stream_publish", "s", {})
    other = connect(autocommit=False)
    gap = other.call("stream_publish", "s", {})
    other.rollback()
    two = db.call("stream_publish", "s", {})
    for start, expected in (
        ("0", [one, two]), (f"{one}", [one, two]), (f"{gap}", [two]), (f"{two}", [two]), (f"{two + 1}", []),
        (f"{2**63 - 1}", []),
    ):  # fmt: skip
        done = cli("tail", "s", "--from", start, "--url", db_url)
        assert (done.returncode, offsets(done.stdout)) == (0, expected)


def test_from_a_time(cli: Cli, db: Connection, db_url: str) -> None:
    db.call("stream_create", "s", partitions=4)
    published = []
    for hours in range(8):
        db.at(NOON + timedelta(hours=hours))
        published.append(db.call("stream_publish", "s", {}, f"key {hours}"))
    for start, expected in (
        ("2030-01-31", 0), ("2030-01-31T12:00", 0), ("2030-01-31T14:00:00.000001", 3),
        ("2030-01-31 14:00:00", 2), ("2030-01-31T15:00+01:00", 2), ("2030-01-31T19:00Z", 7),
        ("2031-01-01", 8),
    ):  # fmt: skip
        done = cli("tail", "s", "--from", start, "--url", db_url)
        assert (done.returncode, offsets(done.stdout)) == (0, published[expected:]), start
    assert db.value("select count(*) from minipaas.consumer_stats") == 0


@pytest.mark.parametrize("start", ["yesterday", "-1", "12:00", ""])
def test_from_nonsense(cli: Cli, db_url: str, start: str) -> None:
    done = cli("tail", "s", f"--from={start}", "--url", db_url)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"--from {start}" in done.stderr


def test_follow_shows_the_last_ten_and_what_comes(
    start: Start, db: Connection, many: list[int], db_url: str
) -> None:
    following = start("tail", "s", "--follow", "--url", db_url, stdout=PIPE, stderr=PIPE)
    assert following.stdout is not None
    seen = [int(following.stdout.readline().split()[0]) for _ in range(10)]
    assert seen == many[-10:]
    for _ in range(3):
        offset = db.call("stream_publish", "s", {})
        assert following.stdout.readline().startswith(f"{offset} ")
    following.send_signal(signal.SIGINT)
    assert following.communicate(timeout=20) == ("", "")
    assert following.returncode == 0


def test_it_never_passes_what_may_still_come(
    cli: Cli, start: Start, connect: Callable[..., Connection], db: Connection, db_url: str
) -> None:
    db.call("stream_create", "s")
    one = db.call("stream_publish", "s", {})
    following = start("tail", "s", "--follow", "--from", "0", "--url", db_url, stdout=PIPE)
    assert following.stdout is not None
    assert offsets(following.stdout.readline()) == [one]
    late = connect(autocommit=False)
    two = late.call("stream_publish", "s", {})
    three = db.call("stream_publish", "s", {})
    assert offsets(cli("tail", "s", "--url", db_url).stdout) == [one]
    assert offsets(cli("tail", "s", "--from", f"{three}", "--url", db_url).stdout) == []
    late.commit()
    assert offsets(following.stdout.readline()) == [two]
    assert offsets(following.stdout.readline()) == [three]


@pytest.mark.parametrize("follow", [False, True])
def test_a_reader_that_goes_away_ends_it(start: Start, many: list[int], db_url: str, follow: bool) -> None:
    more = ["--follow"] if follow else []
    running = start("tail", "s", *more, "--url", db_url, stdout=PIPE, stderr=PIPE)
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.readline()
    running.stdout.close()
    assert running.stderr.read() == ""
    assert running.wait(20) == 0


def test_data_is_one_line_and_no_terminal_control(cli: Cli, db: Connection, db_url: str) -> None:
    db.call("stream_create", "s")
    db.call("stream_publish", "s", {"text": "\x1b]0;w\x07 \x9b2J"}, "k\n\x1b[2J", {"h": "\x7f\u202e"})
    (line,) = cli("tail", "s", "--url", db_url).stdout.splitlines()
    assert line.isprintable()


def test_a_narrow_encoding_is_no_error(cli: Cli, db: Connection, db_url: str) -> None:
    db.call("stream_create", "s")
    db.call("stream_publish", "s", {"text": "é 🐘"})
    done = cli("tail", "s", "--url", db_url, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stdout.endswith('{"text": "? ?"}\n')
    done = cli("tail", "s", "--json", "--url", db_url, PYTHONIOENCODING="ascii")
    assert json.loads(done.stdout)["payload"] == {"text": "é 🐘"}


def test_an_unknown_stream_is_named(cli: Cli, db_url: str) -> None:
    for more in ([], ["--follow"], ["--from", "2030-01-01"]):
        done = cli("tail", "no'where", *more, "--url", db_url)
        assert (done.returncode, done.stdout) == (1, "")
        assert "no'where" in done.stderr
        assert "hint: " in done.stderr


def test_another_default_of_isolation_is_no_obstacle(
    cli: Cli, db: Connection, many: list[int], db_url: str
) -> None:
    done = cli("tail", "s", "--url", db_url, PGOPTIONS="-c default_transaction_isolation=serializable")
    assert (done.returncode, offsets(done.stdout)) == (0, many)
