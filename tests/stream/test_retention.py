"""What maintain() trims: keep, keep_events and max_lag."""

import pytest

from .helpers import after, commit, fetch, maintain, offsets, publish, read, standing, work


def hourly(db, stream, count):
    """Publish an event each hour from noon on, and return their offsets; the clock stays at the last."""
    made = []
    for hour in range(count):
        db.at(after(hours=hour))
        made += publish(db, stream, 1)
    return made


def test_nothing_is_trimmed_where_there_is_no_limit(db, stream):
    made = hourly(db, stream, 5)
    db.at(after(days=10_000))
    assert maintain(db) == 0
    assert read(db, stream) == made


def test_keep_trims_what_is_older(db):
    db.at(after())
    db.call("stream_create", "log", keep="2 hours")
    made = hourly(db, "log", 6)
    db.at(after(hours=5, seconds=1))
    assert maintain(db) == 4
    assert read(db, "log") == made[4:]
    assert maintain(db) == 0


def test_keep_events_trims_all_but_the_last(db):
    db.call("stream_create", "log", keep_events=30)
    made = publish(db, "log", 100)
    assert maintain(db) == 70
    assert read(db, "log") == made[70:]
    assert maintain(db) == 0


def test_keep_events_counts_what_is_there_and_no_gaps(db, connect):
    db.call("stream_create", "log", keep_events=5)
    db.call("stream_create", "other")
    made = []
    for _ in range(8):
        made += publish(db, "log", 1)
        publish(db, "other", 3)
        with db.transaction(force_rollback=True):
            publish(db, "log", 2)
    assert maintain(db) == 3
    assert read(db, "log") == made[3:]
    assert len(read(db, "other")) == 24


def test_keep_events_counts_over_all_partitions(db):
    db.call("stream_create", "log", 4, keep_events=30)
    made = publish(db, "log", 100)
    assert maintain(db) == 70
    assert read(db, "log") == made[70:]


def test_either_limit_trims(db):
    db.at(after())
    for name, limits in (("a", ("3 hours", 2)), ("b", ("1 hour", 4))):
        db.call("stream_create", name, 1, *limits)
    made = {name: hourly(db, name, 6) for name in ("a", "b")}
    db.at(after(hours=5, seconds=1))
    assert maintain(db) == 4 + 5
    assert read(db, "a") == made["a"][4:]
    assert read(db, "b") == made["b"][5:]


def test_upkeep_trims_many_events_in_few_calls(db):
    db.call("stream_create", "log", keep_events=100)
    made = [offset for _ in range(5) for offset in publish(db, "log", 5000)]
    calls = 0
    while maintain(db):
        calls += 1
    assert calls < 20
    assert read(db, "log") == made[-100:]


def test_upkeep_stops_before_the_slowest_consumer(db):
    db.at(after())
    db.call("stream_create", "log", keep="1 hour", keep_events=1)
    db.call("stream_subscribe", "log", "audit")
    db.call("stream_subscribe", "log", "mail")
    made = publish(db, "log", 10)
    commit(db, "log", fetch(db, "log", "audit", 3), "audit")
    commit(db, "log", fetch(db, "log", "mail", 6), "mail")
    db.at(after(days=1000))
    assert maintain(db) == 3
    assert work(db, "log", "audit") == made[3:]
    assert maintain(db) == 3
    assert work(db, "log", "mail") == made[6:]
    assert maintain(db) == 4
    assert [standing(db, consumer).events_lost for consumer in ("audit", "mail")] == [0, 0]


def test_upkeep_stops_before_what_is_fetched_and_not_committed(db):
    db.call("stream_create", "log", keep_events=1)
    db.call("stream_subscribe", "log", "audit")
    made = publish(db, "log", 10)
    rows = fetch(db, "log", batch_size=5)
    commit(db, "log", rows[:2])
    assert maintain(db) == 2
    assert commit(db, "log", rows) is True
    assert work(db, "log") == made[5:]


def test_upkeep_stops_before_the_slowest_partition(db, wide):
    db.call("stream_alter", wide, keep_events=1)
    db.call("stream_subscribe", wide, "audit")
    made = publish(db, wide, 100)
    batches = [fetch(db, wide) for _ in range(4)]
    for rows in batches[:3]:
        commit(db, wide, rows)
    slowest = batches[3][0].event_offset
    assert maintain(db) == len([offset for offset in made if offset < slowest])
    commit(db, wide, batches[3])
    assert maintain(db) > 0
    assert read(db, wide) == made[-1:]


def test_a_partition_without_events_keeps_nothing(db, wide):
    """A consumer that has read all there is does not lag, wherever it stands."""
    db.call("stream_alter", wide, keep_events=10)
    db.call("stream_subscribe", wide, "audit")
    made = publish(db, wide, 100, keys=["one"] * 100)
    assert work(db, wide) == made
    assert maintain(db) == 90


def test_max_lag_gives_up_a_consumer_that_lags_more_and_counts_what_it_lost(db):
    db.at(after())
    db.call("stream_create", "log", keep="1 hour", max_lag="1 day")
    db.call("stream_subscribe", "log", "audit")
    publish(db, "log", 10)
    commit(db, "log", fetch(db, "log", batch_size=2))
    db.at(after(hours=23, minutes=59))
    later = publish(db, "log", 3)
    assert maintain(db) == 2
    db.at(after(days=1, seconds=1))
    assert maintain(db) == 8
    assert work(db, "log") == later
    assert standing(db).events_lost == 8


def test_max_lag_gives_nobody_up_who_lags_less(db):
    db.at(after())
    db.call("stream_create", "log", keep_events=1, max_lag="1 day")
    db.call("stream_subscribe", "log", "slow")
    db.call("stream_subscribe", "log", "audit")
    made = publish(db, "log", 10)
    commit(db, "log", fetch(db, "log", "audit", 6), "audit")
    db.at(after(hours=12))
    made += publish(db, "log", 5)
    commit(db, "log", fetch(db, "log", "audit", 6), "audit")
    db.at(after(days=1, hours=1))
    assert maintain(db) == 10, "slow lost the ten that are too old, and audit lags 13 hours"
    assert work(db, "log", "audit") == made[12:]
    assert work(db, "log", "slow") == made[10:]
    assert [standing(db, consumer).events_lost for consumer in ("slow", "audit")] == [10, 0]


def test_max_lag_trims_nothing_that_keep_keeps(db):
    db.at(after())
    db.call("stream_create", "log", keep="2 days", max_lag="1 hour")
    db.call("stream_subscribe", "log", "audit")
    made = publish(db, "log", 10)
    db.at(after(days=1))
    assert maintain(db) == 0
    assert work(db, "log") == made


def test_a_lease_on_what_max_lag_gave_up_moves_on(db):
    db.at(after())
    db.call("stream_create", "log", keep="1 hour", max_lag="1 hour")
    db.call("stream_subscribe", "log", "audit")
    publish(db, "log", 10)
    rows = fetch(db, "log", batch_size=4, lease="1 year")
    db.at(after(days=1))
    assert maintain(db) == 10
    later = publish(db, "log", 2)
    assert commit(db, "log", rows) is True
    assert offsets(fetch(db, "log")) == later
    assert 6 <= standing(db).events_lost <= 10, "whether the four count that it had fetched is its own affair"


def test_upkeep_neither_waits_for_nor_passes_a_consumer_in_a_transaction(db, connect):
    db.at(after())
    db.call("stream_create", "log", keep_events=1, max_lag="1 hour")
    db.call("stream_subscribe", "log", "audit")
    made = publish(db, "log", 10)
    worker = connect(autocommit=False)
    rows = fetch(worker, "log", batch_size=4)
    db.execute("set lock_timeout = '5s'")
    assert maintain(db) == 0
    assert commit(worker, "log", rows) is True
    assert maintain(db) == 0
    worker.commit()
    assert maintain(db) == 4
    assert read(db, "log") == made[4:]


def test_upkeep_neither_waits_for_nor_passes_a_consumer_that_just_subscribes(db, connect):
    db.call("stream_create", "log", keep_events=1)
    made = publish(db, "log", 10)
    subscriber = connect(autocommit=False)
    subscriber.call("stream_subscribe", "log", "audit")
    db.execute("set lock_timeout = '5s'")
    assert maintain(db) == 0
    subscriber.commit()
    assert maintain(db) == 0
    assert work(db, "log") == made
    assert maintain(db) == 9


def test_upkeep_neither_waits_for_nor_passes_a_consumer_that_just_seeks_back(db, connect):
    db.call("stream_create", "log", keep_events=1)
    db.call("stream_subscribe", "log", "audit")
    made = publish(db, "log", 10)
    assert work(db, "log") == made
    seeker = connect(autocommit=False)
    seeker.call("stream_seek", "log", "audit", 0)
    rows = fetch(seeker, "log", batch_size=4)
    assert commit(seeker, "log", rows) is True
    db.execute("set lock_timeout = '5s'")
    assert maintain(db) == 0
    seeker.commit()
    assert work(db, "log") == made[4:]


def test_upkeep_gives_nobody_up_in_the_middle_of_a_transaction(db, connect):
    db.at(after())
    db.call("stream_create", "log", keep="1 hour", max_lag="1 hour")
    db.call("stream_subscribe", "log", "audit")
    publish(db, "log", 10)
    db.at(after(days=1))
    worker = connect(autocommit=False)
    rows = fetch(worker, "log", batch_size=4)
    db.execute("set lock_timeout = '5s'")
    assert maintain(db) == 0
    assert commit(worker, "log", rows) is True
    worker.commit()
    assert maintain(db) == 10
    assert standing(db).events_lost == 6


def test_upkeep_deletes_nothing_that_readers_could_not_read_yet(db, connect):
    db.at(after())
    db.call("stream_create", "log", keep_events=1)
    made = publish(db, "log", 3)
    other = connect(autocommit=False)
    late = publish(other, "log", 2)
    late += publish(db, "log", 2)
    assert maintain(db) <= 3
    other.commit()
    assert read(db, "log")[-4:] == late
    assert maintain(db) >= 3
    assert read(db, "log") == late[-1:]
    assert made[-1] < late[0]


def test_two_upkeeps_at_once_trim_each_event_once(db, connect, background):
    db.call("stream_create", "log", keep_events=10)
    publish(db, "log", 5000)
    sessions = [connect() for _ in range(4)]
    counts = [future.result() for future in [background(maintain, session) for session in sessions]]
    counts.append(maintain(db))
    assert sum(counts) == 4990
    assert len(read(db, "log", batch_size=1000)) == 10


@pytest.mark.parametrize("streams", [0, 3])
def test_upkeep_tells_what_it_did(db, streams):
    for n in range(streams):
        db.call("stream_create", f"log {n}", keep_events=1)
        publish(db, f"log {n}", 5)
    rows = db.rows("maintain")
    assert rows == [] or rows[0]._fields == ("what", "count")
    assert sum(row.count for row in rows if row.what == "events trimmed") == 4 * streams


def test_upkeep_trims_a_stream_with_many_cursors(db):
    db.call("stream_create", "many", 1024, keep_events=10, max_lag="1 microsecond")
    for consumer in range(5):
        db.call("stream_subscribe", "many", f"c{consumer}")
    publish(db, "many", 5000)
    assert maintain(db) == 4990


def test_upkeep_bears_the_longest_durations(db):
    db.call("stream_create", "old", keep="10000 years", max_lag="10000 years")
    publish(db, "old", 1)
    assert maintain(db) == 0
