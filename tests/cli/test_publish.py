"""`publish`."""

import os
import pty
import re
import signal
import time
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import pytest

from tests.conftest import Connection

from .conftest import Cli, Start, read_until


@pytest.fixture(autouse=True)
def stream(db: Connection) -> None:
    db.call("stream_create", "s", partitions=4)


def payloads(db: Connection) -> list[Any]:
    return [event.payload for event in db.rows("stream_consume", "s", 0, 10_000)]


def test_each_line_is_an_event(cli: Cli, db: Connection, db_url: str) -> None:
    done = cli("publish", "s", "--url", db_url, input='{"a": 1}\n\n  \n[2]\r\nnull\n"é"')
    assert (done.returncode, done.stdout, done.stderr) == (0, "events published: 4\n", "")
    assert payloads(db) == [{"a": 1}, [2], None, "é"]


def test_nothing_is_published_from_nothing(cli: Cli, db: Connection, db_url: str) -> None:
    done = cli("publish", "s", "--url", db_url, input="")
    assert (done.returncode, done.stdout) == (0, "events published: 0\n")
    assert payloads(db) == []


def test_numbers_keep_each_digit(cli: Cli, db: Connection, db_url: str) -> None:
    cli("publish", "s", "--url", db_url, input="12345678901234567890.10\n")
    assert db.value("select payload::text from minipaas.stream_consume('s')") == "12345678901234567890.10"


def test_a_mark_of_the_byte_order_is_no_part_of_the_first_line(cli: Cli, db: Connection, db_url: str) -> None:
    assert cli("publish", "s", "--url", db_url, input="\ufeff1\n2\n").returncode == 0
    assert payloads(db) == [1, 2]


def test_a_member_of_the_document_is_the_key(cli: Cli, db: Connection, db_url: str) -> None:
    lines = ['{"user": "ann"}', '{"user": 7}', '{"user": null}', "{}", "3", '{"user": "ann", "n": 2}']
    assert cli("publish", "s", "--key-field", "user", "--url", db_url, input="\n".join(lines)).returncode == 0
    events = db.rows("stream_consume", "s")
    assert [event.key for event in events] == ["ann", "7", None, None, None, "ann"]
    assert events[0].partition == events[5].partition


@pytest.mark.parametrize(
    "malformed",
    [
        '{"a": 1', "{'a': 1}", "1 2", "NaN", '"\\u0000"', '"\\ud800"', '"\x00"', '"\udcff"', "1e999999",
        "[" * 100_000, "\x1b[2J",
    ],
    ids=[
        "open", "quotes", "two", "NaN", "\\u0000", "surrogate", "NUL", "no UTF-8", "huge", "deep", "control",
    ],
)  # fmt: skip
def test_a_malformed_line_stops_it(cli: Cli, db: Connection, db_url: str, malformed: str) -> None:
    lines = ["1", "", "2", "3", "4", malformed, "6", "oops"]
    done = cli("publish", "s", "--batch-size", "2", "--url", db_url, input="\n".join(lines))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: line 6: ")
    assert done.stderr.endswith("\nevents published before: 4\n")
    assert "\x1b" not in done.stderr
    assert payloads(db) == [1, 2, 3, 4]


def test_nothing_of_the_batch_of_a_malformed_line_is_published(cli: Cli, db: Connection, db_url: str) -> None:
    lines = [*map(str, range(1, 9)), "oops", "10", "oops"]
    done = cli("publish", "s", "--batch-size", "5", "--url", db_url, input="\n".join(lines))
    assert done.returncode == 1
    assert done.stderr.startswith("error: line 9: ")
    assert "events published before: 5\n" in done.stderr
    assert payloads(db) == [1, 2, 3, 4, 5]


def test_an_unknown_stream_is_named_before_anything_is_read(start: Start, db_url: str) -> None:
    running = start("publish", "no'where", "--url", db_url, stdin=PIPE, stderr=PIPE)
    assert running.stderr is not None
    said = running.stderr.read()  # it ends, though its input does not
    assert running.wait(20) == 1
    assert "no'where" in said
    assert "hint: " in said


def test_what_the_database_refuses_is_no_fault_of_a_line(start: Start, db: Connection, db_url: str) -> None:
    running = start("publish", "s", "--batch-size", "1", "--url", db_url, stdin=PIPE, stderr=PIPE)
    say(running, "1\n")
    until(db, [1])
    db.call("stream_drop", "s", force=True)
    _, said = running.communicate("2\n", timeout=20)
    assert running.returncode == 1
    assert "line" not in said
    assert "hint: " in said
    assert said.endswith("\nevents published before: 1\n")


def test_batches_of_one_are_published_as_they_are_read(start: Start, db: Connection, db_url: str) -> None:
    running = start("publish", "s", "--batch-size", "1", "--url", db_url, stdin=PIPE, stderr=PIPE)
    for n in range(1, 4):
        say(running, f"{n}\n")
        until(db, list(range(1, n + 1)))
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=20)
    assert running.returncode == 1
    assert re.fullmatch(r"error: interrupted\nevents published before: [23] or one batch more\n", said)


def test_long_input_shows_a_bar_on_a_terminal_and_nothing_elsewhere(
    cli: Cli, start: Start, db: Connection, db_url: str, tmp_path: Path
) -> None:
    lines = tmp_path / "lines"
    lines.write_text("1\n" * 2500)
    assert cli("publish", "s", "--url", db_url, input=lines.read_text()).stderr == ""
    terminal, its_end = pty.openpty()
    with lines.open() as file:
        running = start("publish", "s", "--url", db_url, stdin=file, stdout=PIPE, stderr=its_end)
    os.close(its_end)
    try:
        read_until(terminal, "1,000 events")
        assert running.communicate(timeout=20)[0] == "events published: 2500\n"
    finally:
        os.close(terminal)
    assert payloads(db) == [1] * 5000


def say(running: Popen[str], line: str) -> None:
    assert running.stdin is not None
    running.stdin.write(line)
    running.stdin.flush()


def until(db: Connection, expected: list[Any]) -> None:
    """Return when the stream has these payloads."""
    deadline = time.monotonic() + 20
    while payloads(db) != expected:
        assert time.monotonic() < deadline, payloads(db)
