"""`schedules`, `tick` and `maintain`."""

import os
import pty
import signal
import subprocess
from collections.abc import Callable

import pytest

from tests.conftest import Connection

from .conftest import Cli, Start, read_until
from .test_tables import rows


def due(db: Connection, name: str) -> None:
    """Let a schedule be due."""
    db.execute("update minipaas._schedule set next_at = '2020-01-01 00:00Z' where name = %s", [name])


def test_schedules_shows_when_they_are_due(cli: Cli, db: Connection, db_url: str) -> None:
    assert rows(cli("schedules", "--url", db_url).stdout) == []
    for queue in ("work", "gone"):
        db.call("queue_create", queue)
    db.call("schedule_create", "daily", "@daily", "work", missed="all")
    db.call("schedule_create", "broken", "0 12 * * *", "gone", timezone="Europe/Berlin")
    db.call("schedule_pause", "daily")
    db.call("queue_drop", "gone")
    due(db, "broken")
    db.call("schedule_tick")
    broken, daily = rows(cli("schedules", "--url", db_url).stdout)
    assert broken[:8] == ["broken", "0", "12", "*", "*", "*", "Europe/Berlin", "gone"]
    assert broken[8:11] == ["one", "2020-01-01", "00:00"]
    assert broken[11:] == ["queue", '"gone"', "does", "not", "exist"]
    assert daily == ["daily", "(paused)", "@daily", "UTC", "work", "all"]


def test_an_ordinary_schedule_is_shown_whole_in_80_columns(cli: Cli, db: Connection, db_url: str) -> None:
    db.call("queue_create", "emails")
    db.call("schedule_create", "nightly", "30 2 * * *", "emails")
    due(db, "nightly")
    db.call("schedule_tick")
    ((name, *rest),) = rows(cli("schedules", "--url", db_url, COLUMNS="80").stdout)
    assert (name, rest[:8]) == ("nightly", ["30", "2", "*", "*", "*", "UTC", "emails", "one"])


def test_it_fits_into_80_columns_and_data_is_no_terminal_control(
    cli: Cli, db: Connection, db_url: str
) -> None:
    name = "[red]a\x1b[2Jb that goes on and on " * 5
    db.call("queue_create", name)
    db.call("schedule_create", name, "@daily", name)
    printed = cli("schedules", "--url", db_url, COLUMNS="80").stdout
    assert len(rows(printed)) == 1
    assert max(map(len, printed.splitlines())) <= 80
    assert "\x1b" not in printed


def test_tick_makes_what_is_due(cli: Cli, db: Connection, db_url: str) -> None:
    db.call("queue_create", "work")
    db.call("schedule_create", "yearly", "@yearly", "work")
    due(db, "yearly")
    assert cli("tick", "--url", db_url).stdout == "tasks made: 1\n"
    assert cli("tick", "--url", db_url).stdout == "tasks made: 0\n"


def test_maintain_says_what_it_did(cli: Cli, db: Connection, db_url: str) -> None:
    db.call("stream_create", "s", keep_events=1)
    for _ in range(3):
        db.call("stream_publish", "s", {})
    done = cli("maintain", "--url", db_url)
    assert done.returncode == 0
    assert "events trimmed: 2" in done.stdout
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize("command", ["tick", "maintain"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_goes_on_until_a_signal(start: Start, db_url: str, command: str, number: signal.Signals) -> None:
    running = start(command, "--every", "0.05s", "--url", db_url, stdout=subprocess.PIPE)
    assert running.stdout is not None
    first, second = running.stdout.readline(), running.stdout.readline()
    assert first == second != ""
    running.send_signal(number)
    assert running.wait(20) == 0


@pytest.mark.parametrize(
    ("command", "table", "report"),
    [("tick", "_schedule", "tasks made: 1"), ("maintain", "_stream", "events trimmed: 1")],
)
def test_it_goes_on_after_a_lost_connection(
    start: Start, db: Connection, connect: Callable[..., Connection], db_url: str,
    command: str, table: str, report: str,
) -> None:  # fmt: skip
    db.call("queue_create", "work")
    db.call("schedule_create", "yearly", "@yearly", "work")
    db.call("stream_create", "s", keep_events=1)
    running = start(
        command, "--every", "0.05s", "--url", db_url, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert running.stdout is not None and running.stderr is not None
    assert running.stdout.readline() != ""
    gate = connect(autocommit=False)
    gate.execute(f"lock table minipaas.{table} in access exclusive mode")
    terminate = (
        "select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity "
        "where datname = current_database() and wait_event_type = 'Lock'"
    )
    while db.value(terminate) == 0:
        assert running.poll() is None
    line = running.stderr.readline()
    assert line.startswith("error: terminating connection")
    assert line.endswith("; the next round is in 0.05s\n")
    gate.close()
    due(db, "yearly")
    for _ in range(2):
        db.call("stream_publish", "s", {})
    assert any(report in line for line in iter(running.stdout.readline, ""))
    running.terminate()
    assert running.wait(20) == 0


def test_without_a_server_it_does_not_begin(cli: Cli) -> None:
    done = cli("tick", "--every", "10s", "--url", "postgresql://nobody@127.0.0.1:1/none")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ")


@pytest.mark.parametrize("every", ["0", "soon", "-1s", "1d", ""])
def test_what_is_no_duration_is_wrong_usage(cli: Cli, db_url: str, every: str) -> None:
    done = cli("tick", "--every", every, "--url", db_url)
    assert (done.returncode, done.stdout) == (2, "")
    assert "10s" in done.stderr


def test_watch_follows_until_interrupted(start: Start, db: Connection, db_url: str) -> None:
    terminal, its_end = pty.openpty()
    watching = start("schedules", "--watch", "--url", db_url, stdin=its_end, stdout=its_end, stderr=its_end)
    os.close(its_end)
    try:
        read_until(terminal, "schedule")
        db.call("queue_create", "work")
        db.call("schedule_create", "seen", "@daily", "work")
        read_until(terminal, "seen")
        watching.send_signal(signal.SIGINT)
        assert watching.wait(20) == 0
    finally:
        os.close(terminal)
