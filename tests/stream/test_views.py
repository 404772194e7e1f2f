from datetime import timedelta

import pytest

from .helpers import NOON, after, commit, fetch, keys_of, publish, standing, stats, work

COLUMNS = {
    "streams": "stream partitions keep keep_events max_lag created_at",
    "stream_stats": "stream head events events_estimated bytes oldest oldest_offset",
    "consumer_stats": "stream consumer partition committed_offset lag_events lag_estimated lag_time lease_id "
    "worker lease_until events_lost blocked_by",
}


@pytest.mark.parametrize("view", COLUMNS)
def test_the_views_have_the_columns_of_the_contract(db, view):
    description = db.execute(f"select * from minipaas.{view}").description
    assert [column.name for column in description] == COLUMNS[view].split()


def test_stream_stats_of_a_stream_without_events(db, stream):
    row = stats(db, stream)
    assert (row.events, row.events_estimated, row.oldest, row.oldest_offset) == (0, False, None, None)
    assert row.head == db.call("stream_head", stream)


def test_stream_stats_count_events(db, stream):
    db.call("stream_create", "other")
    made = publish(db, stream, 3)
    db.at(after(minutes=1))
    made += publish(db, stream, 4)
    row = stats(db, stream)
    assert (row.events, row.events_estimated) == (7, False)
    assert (row.oldest, row.oldest_offset) == (NOON, made[0])
    assert (row.head, row.bytes > 0) == (made[-1], True)
    db.call("stream_trim", stream, made[3])
    row = stats(db, stream)
    assert (row.events, row.oldest, row.oldest_offset) == (4, after(minutes=1), made[3])
    assert stats(db, "other").events == 0


def test_counts_are_exact_up_to_10000_and_estimated_above(db, stream, audit):
    publish(db, stream, 10_000)
    assert (stats(db, stream).events, stats(db, stream).events_estimated) == (10_000, False)
    assert (standing(db).lag_events, standing(db).lag_estimated) == (10_000, False)
    publish(db, stream, 10_000)
    assert (stats(db, stream).events_estimated, standing(db).lag_estimated) == (True, True)
    assert 10_000 < stats(db, stream).events < 40_000
    assert 10_000 < standing(db).lag_events < 40_000


def test_the_head_in_the_stats_stays_below_what_is_in_flight(db, stream, connect):
    made = publish(db, stream, 2)
    other = connect(autocommit=False)
    (late,) = publish(other, stream, 1)
    publish(db, stream, 2)
    assert made[-1] <= stats(db, stream).head < late


def test_consumer_stats_have_a_row_for_each_partition(db, wide):
    db.call("stream_subscribe", wide, "audit")
    db.call("stream_subscribe", wide, "mail")
    rows = db.execute(
        "select stream, consumer, partition from minipaas.consumer_stats order by 2, 3"
    ).fetchall()
    assert rows == [(wide, consumer, n) for consumer in ("audit", "mail") for n in range(4)]


def test_a_consumer_that_has_read_everything_does_not_lag(db, stream, audit):
    made = publish(db, stream, 5)
    work(db, stream)
    db.at(after(minutes=1))
    row = standing(db)
    assert (row.stream, row.consumer, row.partition, row.committed_offset) == (stream, audit, 0, made[-1])
    assert (row.lag_events, row.lag_estimated, row.lag_time) == (0, False, None)
    assert (row.lease_id, row.worker, row.lease_until, row.events_lost) == (None, None, None, 0)
    assert row.blocked_by is None


def test_lag_is_what_is_not_committed_and_how_long_it_waits(db, stream, audit):
    publish(db, stream, 2)
    db.at(after(minutes=1))
    publish(db, stream, 3)
    db.at(after(minutes=5))
    assert (standing(db).lag_events, standing(db).lag_time) == (5, timedelta(minutes=5))
    rows = fetch(db, stream)
    assert standing(db).lag_events == 5
    commit(db, stream, rows[:2])
    assert (standing(db).lag_events, standing(db).lag_time) == (3, timedelta(minutes=4))
    commit(db, stream, rows)
    assert (standing(db).lag_events, standing(db).lag_time) == (0, None)


def test_lag_is_by_partition(db, wide):
    keys = keys_of(db, wide)
    db.call("stream_subscribe", wide, "audit", from_latest=True)
    publish(db, wide, 6, keys=[keys[n] for n in (0, 1, 1, 2, 2, 2)])
    assert [standing(db, partition=n).lag_events for n in range(4)] == [1, 2, 3, 0]
    assert [standing(db, partition=n).lag_time is None for n in range(4)] == [False, False, False, True]


def test_a_lease_is_shown_with_its_holder(db, stream, audit):
    publish(db, stream, 1)
    (row,) = fetch(db, stream, worker="host-1")
    shown = standing(db)
    assert (shown.lease_id, shown.worker, shown.lease_until) == (row.lease_id, "host-1", after(minutes=1))


def test_blocked_by_names_who_publishes_and_has_not_committed(db, wide, connect):
    db.call("stream_subscribe", wide, "audit")
    assert standing(db).blocked_by is None
    publisher, idle = connect(autocommit=False), connect(autocommit=False)
    publisher.execute("set application_name = 'billing'")
    publisher.commit()
    publish(publisher, wide, 1)
    idle.execute("create table test.elsewhere ()")
    for partition in range(4):
        blocked_by = standing(db, partition=partition).blocked_by
        assert set(blocked_by) == {"pid", "application", "age"}
        assert (blocked_by["pid"], blocked_by["application"]) == (publisher.info.backend_pid, "billing")
        assert db.value("select (%s)::text::interval between '0' and '1 minute'", str(blocked_by["age"]))
    publisher.commit()
    assert standing(db).blocked_by is None


def test_blocked_by_names_the_one_that_holds_readers_back_most(db, stream, audit, connect):
    publishers = [connect(autocommit=False) for _ in range(3)]
    for publisher in publishers:
        publish(publisher, stream, 1)
    publish(publishers[0], stream, 1)
    for publisher in publishers:
        assert standing(db).blocked_by["pid"] == publisher.info.backend_pid
        publisher.commit()


def test_nobody_is_blocked_by_a_publisher_of_another_stream(db, stream, audit, connect):
    db.call("stream_create", "other")
    publisher = connect(autocommit=False)
    publish(publisher, "other", 1)
    assert standing(db).blocked_by is None


def test_ones_own_publishes_block_nobody_in_ones_own_view(stream, audit, connect):
    publisher = connect(autocommit=False)
    publish(publisher, stream, 1)
    assert standing(publisher).blocked_by is None


def test_blocked_by_names_a_prepared_transaction(db, stream, audit, connect, prepare):
    publisher = connect(autocommit=False)
    prepare(publisher, "late")
    publish(publisher, stream, 1)
    publisher.tpc_prepare()
    blocked_by = standing(db).blocked_by
    assert set(blocked_by) == {"pid", "prepared", "age"}
    assert blocked_by["pid"] is None
    assert blocked_by["prepared"] == db.value("select gid from pg_prepared_xacts")
    publisher.tpc_rollback()
    assert standing(db).blocked_by is None


def test_blocked_by_tells_an_ordinary_observer_too(db, stream, audit, connect, new_role):
    role = new_role()
    db.call("access_grant", role, ["observe"])
    publisher = connect(autocommit=False)
    publish(publisher, stream, 1)
    blocked_by = standing(connect(role)).blocked_by
    assert blocked_by["pid"] == publisher.info.backend_pid
    assert blocked_by["age"] is not None


@pytest.mark.parametrize("view", COLUMNS)
def test_views_show_nothing_to_who_may_not_observe(db, stream, audit, connect, new_role, view):
    publish(db, stream, 1)
    role = new_role()
    db.call("access_grant", role, ["publish", "consume"])
    assert connect(role).execute(f"select * from minipaas.{view}").fetchall() == []
    db.call("access_grant", role, ["observe"])
    assert len(connect(role).execute(f"select * from minipaas.{view}").fetchall()) == 1


def test_views_change_nothing(db, stream, audit):
    publish(db, stream, 3)
    with db.transaction():
        db.execute("set transaction read only")
        for view in COLUMNS:
            assert len(db.execute(f"select * from minipaas.{view}").fetchall()) == 1
