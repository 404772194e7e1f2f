"""`queues` and `tasks`."""

import os
import pty
import re
import signal
import subprocess

from tests.conftest import Connection

from .conftest import PROGRAM, Cli, environment


def cells(printed: str) -> list[list[str]]:
    """The rows of a printed table."""
    rows = [line.strip("│┃ ") for line in printed.splitlines() if "│" in line]
    return [[cell.strip() for cell in re.split("[│┃]", row)] for row in rows]


def test_queues_counts_tasks_by_state(cli: Cli, db: Connection, db_url: str) -> None:
    assert cells(cli("queues", "--url", db_url).stdout) == []
    db.call("queue_create", "emails", lease="2 minutes", max_attempts=3)
    db.call("queue_create", "none", max_attempts=0)
    for _ in range(3):
        db.call("queue_enqueue", "emails", {})
    db.call("queue_enqueue", "emails", {}, delay="1 hour")
    db.call("queue_bury", db.one("queue_dequeue", "emails").id)
    db.one("queue_dequeue", "emails")
    db.call("queue_pause", "none")
    emails, none = cells(cli("queues", "--url", db_url).stdout)
    assert emails[:8] == ["emails", "1", "1", "1", "0", "0", "1", "0"]
    assert emails[9:11] == ["0:02:00", "3"]
    assert (none[0], none[10], none[11]) == ("none", "no limit", "paused")


def test_tasks_shows_the_oldest_of_a_state(cli: Cli, db: Connection, db_url: str) -> None:
    db.call("queue_create", "q")
    for n in range(30):
        db.call("queue_enqueue", "q", {"n": n})
    held = db.rows("queue_dequeue", "q", 2, worker="me")
    db.call("queue_bury", held[0].id, error="no luck")
    assert len(cells(cli("tasks", "q", "--url", db_url).stdout)) == 20
    assert len(cells(cli("tasks", "q", "--limit", "5", "--url", db_url).stdout)) == 5
    ((id, state, attempt, *_, error, payload),) = cells(
        cli("tasks", "q", "--state", "dead", "--url", db_url).stdout
    )
    assert (id, state, attempt, error) == (str(held[0].id), "dead", "1/10", "no luck")
    assert payload == '{"n": 0}'


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
    for done in (cli("queues", "--url", db_url), cli("tasks", name, "--url", db_url)):
        assert done.returncode == 0
        assert "\x1b" not in done.stdout
        assert "[red]a\N{REPLACEMENT CHARACTER}[2Jb" in done.stdout
    assert "[bold]x" in done.stdout


def test_watch_follows_until_interrupted(db: Connection, db_url: str) -> None:
    db.call("queue_create", "seen at once")
    terminal, its_end = pty.openpty()
    watching = subprocess.Popen(
        [PROGRAM, "queues", "--watch", "--url", db_url],
        stdin=its_end, stdout=its_end, stderr=its_end, env=environment(TERM="xterm"), start_new_session=True,
    )  # fmt: skip
    os.close(its_end)
    try:
        _read_until(terminal, "seen at once")
        db.call("queue_create", "seen later")
        _read_until(terminal, "seen later")
        watching.send_signal(signal.SIGINT)
        assert watching.wait(20) == 0
    finally:
        watching.kill()
        watching.wait()
        os.close(terminal)


def _read_until(terminal: int, text: str) -> None:
    """Read what the program shows until the text is there; the end of the program is an OSError."""
    shown = ""
    while text not in shown:
        shown += os.read(terminal, 65536).decode(errors="replace")
