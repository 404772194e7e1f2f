"""Whatever is done to the server, to connections, to clocks: nothing is lost, and nothing happens twice."""

import random
from datetime import UTC, datetime, timedelta

from psycopg import sql
from sqlalchemy import make_url

from tests.conftest import Connection

from . import load, proxy

OTHERS = "from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"


def test_crashes_of_the_server(sturdy, load_url, still, record_property):
    with load.running(load_url) as under:
        while still():
            sturdy.stop("immediate")
            sturdy.start()
            under.faults += 1
            under.goes_on()
    record_property("summary", "crashes: " + load.verify(under))


def test_backends_that_are_terminated(load_url, still, record_property):
    with load.running(load_url) as under, Connection.open(load_url) as admin:
        while still():
            under.faults += admin.value(
                "select count(pg_terminate_backend(pid)) "
                f"from (select pid {OTHERS} and backend_type = 'client backend' order by random() limit 3) p"
            )
            under.goes_on(5)
    record_property("summary", "terminated backends: " + load.verify(under))


def test_connections_that_are_cut(sturdy, load_url, still, record_property):
    with proxy.running(f"{sturdy.home}/.s.PGSQL.5432") as between:
        database = make_url(load_url).database
        with load.running(f"postgresql://postgres@127.0.0.1:{between.port}/{database}") as under:
            while still():
                under.faults += between.cut()
                under.goes_on(5)
        record_property("summary", "cut connections: " + load.verify(under))


def test_clocks_that_jump_both_ways(load_url, still, record_property):
    offsets = [0, 0, 0.5, -0.5, 5, -5, 3600, -3600, 10**6, -(10**6), 10**8]

    def jump(db: Connection, rng: random.Random) -> None:
        ahead = 10**9 if under.produced.is_set() else rng.choice(offsets)
        under.faults += 1
        db.at(datetime.now(UTC) + timedelta(seconds=ahead))

    with load.running(load_url) as under:
        under.each = jump
        while still():
            under.goes_on()
    record_property("summary", "jumping clocks: " + load.verify(under))


def test_timeouts_that_fire_anywhere(load_url, still, record_property):
    names = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"]

    def limit(db: Connection, rng: random.Random) -> None:
        db.execute("reset all")
        if not under.produced.is_set() and rng.random() < 0.5:
            limit = sql.SQL("set {} = {}").format(sql.Identifier(rng.choice(names)), rng.randint(1, 20))
            db.execute(limit)

    with load.running(load_url, expected=("57014", "55P03", "25P03")) as under:
        under.each = limit
        while still():
            under.goes_on()
    under.faults = sum(under.errors[state] for state in under.expected)
    assert under.faults > 0
    record_property("summary", "timeouts: " + load.verify(under))
