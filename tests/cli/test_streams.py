"""`streams` and `consumers`."""

import os
import pty
import signal
from collections.abc import Callable

import pytest

from tests.conftest import Connection

from .conftest import Cli, Start, read_until
from .test_tables import rows


def test_streams_shows_what_they_hold(cli: Cli, db: Connection, db_url: str) -> None:
    assert rows(cli("streams", "--url", db_url).stdout) == []
    db.call("stream_create", "none")
    db.call("stream_create", "orders", partitions=4)
    *_, last = (db.call("stream_publish", "orders", {"n": n}) for n in range(3))
    none, orders = rows(cli("streams", "--url", db_url).stdout)
    assert none[:4] == ["none", "1", "0", "0"]
    assert orders[:3] == ["orders", "4", "3"]
    assert orders[-1] == str(last)


def test_large_counts_are_marked_as_estimates(cli: Cli, db: Connection, db_url: str) -> None:
    db.call("stream_create", "s")
    db.call("stream_subscribe", "s", "c")
    db.execute("select minipaas.stream_publish_many('s', array_fill('1'::jsonb, array[10001]))")
    (stream,) = rows(cli("streams", "--url", db_url).stdout)
    (consumer,) = rows(cli("consumers", "--url", db_url).stdout)
    assert stream[2] == consumer[4] == "~10001"


def test_consumers_shows_each_partition(cli: Cli, db: Connection, db_url: str) -> None:
    assert rows(cli("consumers", "--url", db_url).stdout) == []
    db.call("stream_create", "a", partitions=2)
    db.call("stream_create", "b")
    db.call("stream_subscribe", "a", "audit")
    db.call("stream_subscribe", "b", "billing")
    db.call("stream_publish", "b", {})
    last = db.call("stream_publish", "b", {})
    first, _ = db.rows("stream_fetch", "b", "billing", worker="me")
    db.call("stream_commit", "b", "billing", 0, first.event_offset)
    zero, one, billing = rows(cli("consumers", "--url", db_url).stdout)
    assert zero[:3] == ["a", "audit", "0"]
    assert one[:3] == ["a", "audit", "1"]
    assert billing[:5] == ["b", "billing", "0", str(first.event_offset), "1"]
    assert billing[5].startswith("0:00:")
    assert billing[6:] == ["0", "me"]
    db.call("stream_trim", "b", last + 1)
    (billing,) = rows(cli("consumers", "b", "--url", db_url).stdout)
    assert billing == ["b", "billing", "0", str(last), "0", "1", "me"]


def test_consumers_names_what_readers_wait_for(
    cli: Cli, connect: Callable[..., Connection], db: Connection, db_url: str
) -> None:
    db.call("stream_create", "s")
    db.call("stream_subscribe", "s", "c")
    publisher = connect(autocommit=False)
    publisher.execute("set application_name = 'importer'")
    publisher.call("stream_publish", "s", {})
    (shown,) = rows(cli("consumers", "--url", db_url).stdout)
    assert shown[-3:-1] == [str(publisher.info.backend_pid), "importer"]
    if db.value("show max_prepared_transactions") != "0":
        publisher.rollback()
        publisher.tpc_begin("a prepared one")
        publisher.call("stream_publish", "s", {})
        publisher.tpc_prepare()
        (shown,) = rows(cli("consumers", "--url", db_url).stdout)
        assert shown[-5:-1] == ["prepared", "a", "prepared", "one"]
        publisher.tpc_rollback()
    publisher.rollback()
    (shown,) = rows(cli("consumers", "--url", db_url).stdout)
    assert "importer" not in shown


def test_tables_fit_into_80_columns(cli: Cli, db: Connection, db_url: str) -> None:
    name = "a name that goes on " * 9
    db.call("stream_create", name)
    db.call("stream_subscribe", name, name)
    db.call("stream_publish", name, {})
    db.rows("stream_fetch", name, name, worker=name)
    for command in ("streams", "consumers"):
        printed = cli(command, "--url", db_url, COLUMNS="80").stdout
        assert len(rows(printed)) == 1
        assert max(map(len, printed.splitlines())) <= 80


def test_an_unknown_stream_is_named(cli: Cli, db_url: str) -> None:
    done = cli("consumers", "no'where", "--url", db_url)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no'where" in done.stderr
    assert "hint: minipaas-sql streams" in done.stderr


def test_data_is_neither_markup_nor_terminal_control(cli: Cli, db: Connection, db_url: str) -> None:
    name = "[red]a\x1b[2Jb"
    db.call("stream_create", name)
    db.call("stream_subscribe", name, name)
    db.call("stream_publish", name, {})
    db.rows("stream_fetch", name, name, worker=name)
    for command in ("streams", "consumers"):
        done = cli(command, "--url", db_url)
        assert done.returncode == 0
        assert "\x1b" not in done.stdout
        assert "[red]a\N{REPLACEMENT CHARACTER}[2Jb" in done.stdout


@pytest.mark.parametrize("command", ["streams", "consumers"])
def test_watch_follows_until_interrupted(start: Start, db: Connection, db_url: str, command: str) -> None:
    terminal, its_end = pty.openpty()
    watching = start(command, "--watch", "--url", db_url, stdin=its_end, stdout=its_end, stderr=its_end)
    os.close(its_end)
    try:
        read_until(terminal, "stream")
        db.call("stream_create", "seen")
        db.call("stream_subscribe", "seen", "later")
        read_until(terminal, "seen")
        watching.send_signal(signal.SIGINT)
        assert watching.wait(20) == 0
    finally:
        os.close(terminal)
