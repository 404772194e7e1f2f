"""`queues` and `tasks`."""

import os
import pty
import signal

from tests.conftest import Connection

from .conftest import Cli, Start, read_until


def rows(printed: str) -> list[list[str]]:
    """The words of each row of a printed table."""
    body = printed.rpartition("──")[2]
    return [line.split() for line in body.splitlines() if line.strip()]


def test_queues_counts_tasks_by_state(cli: Cli, db: Connection, db_url: str) -> None:
    assert rows(cli("queues", "--url", db_url).stdout) == []
    db.call("queue_create", "emails")
    db.call("queue_create", "none")
    for _ in range(3):
        db.call("queue_enqueue", "emails", {})
    db.call("queue_enqueue", "emails", {}, delay="1 hour")
    db.call("queue_bury", db.one("queue_dequeue", "emails").id)
    db.one("queue_dequeue", "emails")
    db.call("queue_pause", "none")
    emails, none = rows(cli("queues", "--url", db_url).stdout)
    assert emails[:8] == ["emails", "1", "1", "1", "0", "0", "1", "0"]
    assert emails[8].startswith("0:00:")
    assert none == ["none", "(paused)", *"0000000"]


def test_tasks_shows_the_oldest_of_a_state(cli: Cli, db: Connection, db_url: str) -> None:
    db.call("queue_create", "q")
    for n in range(30):
        db.call("queue_enqueue", "q", {"n": n})
    held = db.rows("queue_dequeue", "q", 2, worker="me")
    db.call("queue_bury", held[0].id, error="no luck")
    assert len(rows(cli("tasks", "q", "--url", db_url).stdout)) == 20
    assert len(rows(cli("tasks", "q", "--limit", "5", "--url", db_url).stdout)) == 5
    (dead,) = rows(cli("tasks", "q", "--state", "dead", "--url", db_url).stdout)
    assert dead[:4] == [str(held[0].id), "dead", "1/10", "0"]
    assert dead[-4:] == ["no", "luck", '{"n":', "0}"]
    (leased,) = rows(cli("tasks", "q", "--state", "leased", "--url", db_url).stdout)
    assert leased[:4] == [str(held[1].id), "leased", "1/10", "0"]
    assert leased[-3:] == ["me", '{"n":', "1}"]


def test_tables_fit_into_80_columns(cli: Cli, db: Connection, db_url: str) -> None:
    name = "a queue with a name that goes on " * 5
    db.call("queue_create", name)
    db.call("queue_enqueue", name, {"payload": "that goes on and on " * 9})
    task = db.one("queue_dequeue", name, worker="w" * 99)
    db.call("queue_nack", task.id, error="e" * 99)
    for arguments in (("queues",), ("tasks", name)):
        printed = cli(*arguments, "--url", db_url, COLUMNS="80").stdout
        assert len(rows(printed)) == 1
        assert max(map(len, printed.splitlines())) <= 80


def test_an_unknown_queue_is_named(cli: Cli, db_url: str) -> None:
    done = cli("tasks", "no'where", "--url", db_url)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no'where" in done.stderr
    assert "hint: " in done.stderr


def test_data_is_neither_markup_nor_terminal_control(cli: Cli, db: Connection, db_url: str) -> None:
    name = "[red]a\x1b[2Jb"
    db.call("queue_create", name)
    db.call("queue_enqueue", name, {"text": "[bold]x"})
    task = db.one("queue_dequeue", name, worker="\x1b]0;w\x07")
    db.call("queue_nack", task.id, error="\x1b[31m[/]")
    queues, tasks = cli("queues", "--url", db_url), cli("tasks", name, "--url", db_url)
    assert (queues.returncode, tasks.returncode) == (0, 0)
    assert "\x1b" not in queues.stdout + tasks.stdout
    assert "[red]a\N{REPLACEMENT CHARACTER}[2Jb" in queues.stdout
    assert "[31m[/]" in tasks.stdout
    assert "[bold]x" in tasks.stdout


def test_watch_follows_until_interrupted(start: Start, db: Connection, db_url: str) -> None:
    db.call("queue_create", "seen at once")
    terminal, its_end = pty.openpty()
    watching = start("queues", "--watch", "--url", db_url, stdin=its_end, stdout=its_end, stderr=its_end)
    os.close(its_end)
    try:
        read_until(terminal, "seen at once")
        db.call("queue_create", "seen later")
        read_until(terminal, "seen later")
        watching.send_signal(signal.SIGINT)
        assert watching.wait(20) == 0
    finally:
        os.close(terminal)
