"""No reader ever passes an offset that somebody may still fill: every interleaving, one by one.

The truth is the table test.made: what publishes writes the offsets there, in the same transaction.
"""

import pytest
from psycopg import IsolationLevel

from tests.conftest import Connection

from .helpers import offsets, publish, read, standing, work

ONE = "insert into test.made select minipaas.stream_publish('log', '1')"
MANY = "insert into test.made select minipaas.stream_publish_many('log', array_fill(jsonb '1', array[5]))"
DEDUP = "insert into test.made select minipaas.stream_publish('log', '1', dedup_key => 'dedup')"
OTHER = "select minipaas.stream_publish('other', '1')"
NAMESPACE = 1297088512  # of the advisory locks, as in _hold_back
TRY = "do $$ begin {}; begin {}; {}; exception when raise_exception then null; end; {}; end $$"

FIRST = {
    "one": [ONE],
    "many": [MANY],
    "many times": [ONE, MANY, ONE],
    "with a dedup key": [DEDUP],
    "in a released savepoint": ["savepoint s", ONE, "release s"],
    "before a savepoint that is rolled back": [ONE, "savepoint s", ONE, "rollback to s"],
    "after a savepoint that was rolled back": ["savepoint s", ONE, "rollback to s", ONE],
    "after a savepoint that was rolled back, and others' publishes": [
        "savepoint s", ONE, "others", "rollback to s", "others", ONE,
    ],
    "in a savepoint, again after its rollback": ["savepoint s", ONE, "rollback to s", ONE, "release s"],
    "in nested savepoints": ["savepoint s", ONE, "savepoint t", MANY, "rollback to t", "release s"],
    "before an exception block that failed": [TRY.format(ONE, ONE, "raise 'oops'", "null")],
    "after an exception block that failed": [TRY.format("null", ONE, "raise 'oops'", ONE)],
    "in an exception block": [TRY.format("null", ONE, "null", "null")],
    "through a cursor": [
        "declare c cursor for select test.publish() from generate_series(1, 9)",
        "fetch 3 from c",
    ],
    "to two streams": [OTHER, ONE, OTHER],
    "to the other stream first, long ago": [OTHER, "others", ONE],
    "in a strict transaction": ["set transaction isolation level serializable", ONE],
    "in a transaction with an old snapshot": [
        "set transaction isolation level repeatable read", "select 1 from pg_class limit 1", "others", ONE,
    ],
    "having done something else before": ["insert into test.t default values", "others", ONE],
    "in a session that published before": [ONE, "commit", "others", ONE],
    "in a session that rolled back before": [ONE, "rollback", "others", ONE],
    "having let go of what can be let go": [ONE, "select pg_advisory_unlock_all()", "reset all", "close all"],
}  # fmt: skip


@pytest.fixture
def truth(db, stream):
    """The offsets that are committed, in order."""
    db.call("stream_create", "other")
    db.execute("create table test.made (event_offset bigint); create table test.t ()")
    db.execute(f"create function test.publish() returns void language sql as $$ {ONE} $$")

    def look():
        return [
            row.event_offset for row in db.execute("select distinct event_offset from test.made order by 1")
        ]

    return look


@pytest.fixture
def poll(connect, stream, truth):
    """Read on: one event at a time, many at a time, and as a consumer; return all that was read so far."""
    reader = connect()
    reader.call("stream_subscribe", stream, "audit")
    seen = {1: [], 100: []}
    worked = []

    def read_on():
        for size, known in seen.items():
            known += read(reader, stream, known[-1] if known else 0, size)
        worked.extend(work(reader, stream, "audit", 2))
        assert seen[1] == seen[100] == worked
        return list(worked)

    return read_on


@pytest.mark.parametrize("end", ["commit", "rollback"])
@pytest.mark.parametrize("how", FIRST)
def test_no_reader_passes_what_the_first_may_still_commit(db, truth, poll, connect, how, end):
    first = connect(autocommit=False)
    db.execute(ONE)
    for statement in FIRST[how]:
        poll()
        if statement == "others":
            db.execute(MANY)
        else:
            first.execute(statement)
    before = truth()
    db.execute(ONE)
    assert poll() == before
    first.execute(ONE)
    db.execute(MANY)
    assert poll() == before
    getattr(first, end)()
    assert poll() == truth()
    assert len(truth()) >= len(before) + 6 + (end == "commit")


def test_each_of_many_publishers_holds_readers_back_until_it_ends(db, truth, poll, connect):
    publishers = [connect(autocommit=False) for _ in range(6)]
    held = []
    for publisher in publishers:
        publisher.execute(ONE)
        held.append(publisher.value("select max(event_offset) from test.made"))
        db.execute(ONE)
    for n, end in (
        (5, "commit"),
        (1, "rollback"),
        (0, "commit"),
        (3, "commit"),
        (2, "rollback"),
        (4, "commit"),
    ):
        getattr(publishers[n], end)()
        held[n] = None
        lowest = min((offset for offset in held if offset), default=2**62)
        assert poll() == [offset for offset in truth() if offset < lowest]
    assert len(truth()) == 10


def test_a_rolled_back_savepoint_holds_back_nobody(db, truth, poll, connect):
    first = connect(autocommit=False)
    first.execute("savepoint s")
    first.execute(ONE)
    db.execute(ONE)
    assert poll() == []
    first.execute("rollback to s")
    assert poll() == truth()
    db.execute(ONE)
    first.execute(ONE)
    db.execute(ONE)
    assert poll() == truth()[:2]
    first.commit()
    assert poll() == truth()


def test_an_offset_that_is_drawn_and_not_yet_written_is_not_passed(
    db, truth, poll, connect, background, waits, stream
):
    db.execute(
        "create function test.stop() returns trigger language plpgsql as "
        "$$ begin perform pg_advisory_xact_lock_shared(1); return new; end $$"
    )
    db.execute(
        "create trigger stop before insert on minipaas._event for each row "
        "when (new.payload = '\"late\"') execute function test.stop()"
    )
    try:
        gate, publisher = connect(), connect()
        gate.execute("select pg_advisory_lock(1)")
        late = background(publisher.execute, ONE.replace("'1'", "'\"late\"'"))
        waits(publisher)
        db.execute(ONE)
        assert poll() == []
        gate.execute("select pg_advisory_unlock(1)")
        late.result()
        assert poll() == truth()
    finally:
        db.execute("drop trigger stop on minipaas._event")


def test_100000_events_in_one_transaction(db, truth, poll, connect, stream):
    first = connect(autocommit=False)
    for _ in range(9):
        publish(first, stream, 10_000)
        publish(db, stream, 2)
        assert poll() == []
    first.execute("select minipaas.stream_publish('log', '1') from generate_series(1, 10000)")
    assert poll() == []
    locks = "select count(*) from pg_locks where locktype = 'advisory' and pid = %s"
    assert db.value(locks, first.info.backend_pid) == 1, "one lock, however many events"
    first.commit()
    db.execute(ONE)
    seen = read(db, stream, 0, 7000)
    assert len(seen) == 100_019
    assert seen == sorted(set(seen))
    assert work(db, stream, "audit", 20_000) == seen


def test_transactions_that_published_nothing_here_hold_back_nobody(db, truth, poll, connect, new_database):
    db.execute(ONE)
    with new_database() as url, Connection.open(url, autocommit=False) as far:
        idle = connect(autocommit=False)
        idle.execute("insert into test.t default values")
        idle.execute(OTHER)
        idle.execute("select pg_advisory_xact_lock_shared(7), pg_advisory_lock(1, 1)")
        far.call("stream_create", "log")
        publish(far, "log", 1)
        read_only = connect(autocommit=False)
        read_only.execute("set transaction isolation level repeatable read")
        assert read_only.value("select count(*) from minipaas.streams") == 2
        db.execute(MANY)
        assert poll() == truth()
        assert len(truth()) == 6
        assert standing(db).blocked_by is None


def test_a_publisher_to_a_stream_of_the_same_id_in_another_database_holds_back_nobody(new_database):
    with (
        new_database() as here,
        new_database() as there,
        Connection.open(here) as db,
        Connection.open(there, autocommit=False) as far,
    ):
        for connection in (db, far):
            connection.call("stream_create", "log")
        far.commit()
        publish(far, "log", 1)
        made = publish(db, "log", 3)
        assert read(db, "log") == made


def test_who_publishes_and_does_not_commit_is_named(db, truth, poll, connect):
    db.execute(ONE)
    idle, first = connect(autocommit=False), connect(autocommit=False)
    idle.execute("insert into test.t default values")
    first.execute(ONE)
    db.execute(ONE)
    assert poll() == truth()[:1]
    assert standing(db).blocked_by["pid"] == first.info.backend_pid
    first.rollback()
    assert poll() == truth()
    assert standing(db).blocked_by is None


def test_a_stranger_who_takes_the_lock_by_hand_delays_everybody_and_hides_nothing(
    db, truth, poll, connect, new_role, background, waits
):
    db.execute(ONE)
    stream = db.value("select id from minipaas._stream where name = 'log'")
    last = db.value("select last_value from minipaas._event_offset")
    stranger, publisher = connect(new_role()), connect()
    stranger.execute(f"select pg_advisory_lock_shared({NAMESPACE} + {stream}, 0)")
    assert poll() == []
    assert standing(db).blocked_by["pid"] == stranger.info.backend_pid
    stranger.execute("select pg_advisory_unlock_all()")
    assert poll() == truth()
    stranger.execute(f"select pg_advisory_lock({NAMESPACE} + {stream}, {last})")
    waiting = background(publisher.execute, ONE)
    waits(publisher)
    stranger.close()
    waiting.result()
    assert poll() == truth()


@pytest.mark.parametrize("end", ["tpc_commit", "tpc_rollback"])
def test_a_prepared_publish_is_not_passed(db, truth, poll, connect, prepare, end):
    db.execute(ONE)
    first = connect(autocommit=False)
    prepare(first, "late")
    first.execute(ONE)
    db.execute(ONE)
    assert poll() == truth()[:1]
    first.tpc_prepare()
    db.execute(ONE)
    assert poll() == truth()[:1]
    assert standing(db).blocked_by["prepared"] == db.value("select gid from pg_prepared_xacts")
    getattr(first, end)()
    assert poll() == truth()
    assert len(truth()) == (4 if end == "tpc_commit" else 3)


def test_what_a_finished_session_left_prepared_is_not_passed(db, truth, poll, connect, prepare):
    first = connect(autocommit=False)
    prepare(first, "left")
    first.execute(ONE)
    first.tpc_prepare()
    first.close()
    db.execute(ONE)
    assert poll() == []
    db.tpc_commit(db.tpc_recover()[0])
    assert poll() == truth()
    assert len(truth()) == 2


def test_a_publisher_whose_session_is_killed_holds_back_nobody(db, truth, poll, connect):
    first = connect(autocommit=False)
    first.execute(ONE)
    db.execute(ONE)
    assert poll() == []
    db.execute("select pg_terminate_backend(%s, 20000)", [first.info.backend_pid])
    assert poll() == truth()


VALUES = {
    "garbage": lambda last: "garbage",
    "empty": lambda last: "",
    "a space": lambda last: f" {last} ",
    "a number of another kind": lambda last: "1e3",
    "zero": lambda last: "0",
    "low": lambda last: str(last - 2),
    "very low": lambda last: str(max(last - 1_500_000_000, 0)),
    "negative": lambda last: "-1",
    "low by 2^31 and a little": lambda last: str(last - 2**31 - 10),
    "low by 2^32 less a little": lambda last: str(last - 2**32 + 50),
    "the last": lambda last: str(last),
    "high": lambda last: str(last + 1),
    "higher": lambda last: str(last + 1000),
    "high by 2^31": lambda last: str(last + 2**31),
    "high by 2^32": lambda last: str(last + 2**32 + 3),
    "the lowest": lambda last: str(-(2**63)),
    "the highest": lambda last: str(2**63 - 1),
    "beyond all numbers": lambda last: "9" * 60,
}


@pytest.mark.parametrize("value", VALUES)
def test_no_setting_of_a_publisher_makes_a_reader_pass_it(db, truth, poll, connect, value):
    (id,) = db.execute("select id from minipaas._stream where name = 'log'").fetchone()

    def interfere(local):
        last = db.value("select last_value from minipaas._event_offset")
        first.execute(f"select set_config('minipaas.bound_{id}', %s, %s)", [VALUES[value](last), local])

    db.execute(MANY)
    first = connect(autocommit=False)
    for local in (True, False):  # for the transaction, and for the session
        before = truth()
        assert poll() == before
        for publishes in (ONE, DEDUP, MANY):
            interfere(local)
            first.execute(publishes)
            interfere(local)
            db.execute(ONE)
            assert poll() == before
        first.commit()
        assert poll() == truth()


@pytest.mark.parametrize("level", list(IsolationLevel))
def test_an_ordinary_publishers_level_makes_no_difference(db, truth, poll, connect, level):
    first, second = connect(autocommit=False), connect(autocommit=False)
    first.isolation_level = second.isolation_level = level
    first.execute(ONE)
    second.execute(ONE)
    second.commit()
    assert poll() == []
    first.commit()
    assert poll() == truth()


def test_own_publishes_are_read_in_the_same_transaction(db, stream, connect):
    db.call("stream_subscribe", stream, "audit")
    own = connect(autocommit=False)
    made = publish(own, stream, 2)
    assert read(own, stream) == work(own, stream) == made
    assert own.call("stream_head", stream) >= made[-1]
    with own.transaction():
        made += publish(own, stream, 1)
        assert work(own, stream) == made[2:]
    assert read(db, stream) == work(db, stream) == []
    own.rollback()
    made = publish(db, stream, 1)
    assert read(db, stream) == work(db, stream) == made


def test_own_publishes_are_not_read_past_those_of_others(db, stream, connect):
    db.call("stream_subscribe", stream, "audit")
    other, own = connect(autocommit=False), connect(autocommit=False)
    below = publish(own, stream, 1)
    made = publish(other, stream, 1)
    above = publish(own, stream, 1)
    assert read(own, stream) == work(own, stream) == below
    other.commit()
    assert read(own, stream) == below + made + above
    assert work(own, stream) == made + above
    own.commit()
    assert read(db, stream) == below + made + above


def test_two_streams_of_one_transaction_are_both_held_back_until_it_ends(db, stream, connect):
    db.call("stream_create", "other")
    first = connect(autocommit=False)
    made = {name: publish(first, name, 2) for name in (stream, "other")}
    for name in made:
        made[name] += publish(db, name, 1)
        assert read(db, name) == []
    first.commit()
    assert {name: read(db, name) for name in made} == made


@pytest.mark.parametrize("bits", [31, 32, 33, 62])
def test_offsets_may_cross_any_power_of_two(new_database, bits):
    """What is compared has 32 bits."""
    with new_database() as url, Connection.open(url) as db, Connection.open(url, autocommit=False) as first:
        db.call("stream_create", "log")
        db.execute("select setval('minipaas._event_offset', %s)", [2**bits - 20])
        made = []
        for _ in range(8):
            late = publish(first, "log", 2)
            above = publish(db, "log", 3)
            assert read(db, "log") == made
            first.commit()
            made += late + above
            assert read(db, "log") == made
        assert made[0] < 2**bits < made[-1]


def test_a_reader_through_a_cursor_skips_nothing(db, truth, connect):
    reader, first = connect(autocommit=False), connect(autocommit=False)
    db.execute(ONE)
    first.execute(ONE)
    reader.execute("declare c cursor for select * from minipaas.stream_consume('log')")
    db.execute(ONE)
    seen = offsets(reader.execute("fetch 1 from c").fetchall())
    first.commit()
    seen += offsets(reader.execute("fetch all from c").fetchall())
    assert seen == truth()[: len(seen)]
    assert seen + read(db, "log", seen[-1]) == truth()
