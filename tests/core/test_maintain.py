"""What `maintain` does, by its own account and by what is there afterwards."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def maintain(db):
    """Call it, and return what it did as a dict without what was nothing."""
    return lambda: {row.what: row.count for row in db.rows("maintain") if row.count}


def test_a_schema_with_nothing_to_do_is_left_alone(maintain):
    maintain()
    assert maintain() == {}


def test_tasks_that_died_by_expiry_are_buried(db, maintain):
    db.at(NOON)
    db.call("queue_create", "work", max_attempts=1)
    db.call("queue_enqueue", "work", {}, dedup_key="d")
    (held,) = db.rows("queue_dequeue", "work")
    assert maintain() == {}
    db.at(NOON + timedelta(minutes=2))
    assert maintain() == {"tasks buried": 1}
    assert db.value("select count(*) from minipaas._dead where id = %s", held.id) == 1
    assert db.call("queue_enqueue", "work", {}, dedup_key="d") != held.id


def test_a_key_that_was_left_idle_goes_on(db, maintain, connect):
    db.call("queue_create", "work")
    db.call("queue_enqueue", "work", {"n": 0}, key="k")
    (held,) = db.rows("queue_dequeue", "work")
    producer = connect(autocommit=False)
    producer.call("queue_enqueue", "work", {"n": 1}, key="k")
    assert db.call("queue_ack", held.id) is True
    producer.commit()
    assert db.value("select state from minipaas.queue_tasks") == "blocked"
    assert maintain() == {"tasks made ready": 1}
    assert db.value("select state from minipaas.queue_tasks") == "ready"


def test_done_tasks_go_after_their_time(db, maintain):
    db.at(NOON)
    db.call("queue_create", "work", keep_done="1 hour")
    db.call("queue_enqueue", "work", {})
    (held,) = db.rows("queue_dequeue", "work")
    db.call("queue_ack", held.id)
    db.at(NOON + timedelta(minutes=59))
    assert maintain() == {}
    db.at(NOON + timedelta(minutes=61))
    assert maintain() == {"done tasks deleted": 1}
    assert db.value("select count(*) from minipaas._done") == 0


def test_what_committed_after_its_queue_or_stream_was_dropped_is_deleted(db, maintain, connect):
    maintain()
    for name in ("gone", "here"):
        db.call("queue_create", name)
        db.call("stream_create", name)
    late = connect(autocommit=False)
    for name in ("gone", "here"):
        late.call("queue_enqueue", name, {}, key="k", dedup_key="d")
        late.call("queue_enqueue", name, {}, delay="1 hour")
        late.call("stream_publish", name, {})
    db.call("queue_drop", "gone", force=True)
    db.call("stream_drop", "gone", force=True)
    late.commit()
    assert db.value("select count(*) from minipaas._ready") == 2
    deleted = [maintain().get("orphans deleted", 0) for _ in range(200)]  # each looks at some of the ids
    assert sum(deleted) >= 4
    left = {
        table: db.value(f"select count(*) from minipaas.{table}")
        for table in ("_ready", "_waiting", "_baton", "_dedup", "_keyed", "_event")
    }
    assert set(left.values()) == {1}, left
    assert maintain() == {}


def test_the_ids_of_all_that_was_ever_dropped_are_not_gone_through(db, maintain):
    was = db.value("select last_value from minipaas._queue_id_seq")
    db.value("select setval('minipaas._queue_id_seq', 2000000000)")
    try:
        db.execute("set statement_timeout = '20s'")  # to go through them would take many minutes
        assert maintain() == {}
    finally:
        db.value("select setval('minipaas._queue_id_seq', %s)", was)


@pytest.mark.parametrize(
    ("sequence", "call"),
    [
        ("_task_id", "select minipaas.queue_enqueue('work', '1')"),
        ("_event_offset", "select minipaas.stream_publish('log', '1')"),
        ("_queue_id_seq", "select id from minipaas._queue where minipaas.queue_create('other')"),
    ],
)
def test_sequences_that_were_set_back_are_repaired_with_a_warning(db, maintain, sequence, call):
    db.call("queue_create", "work")
    db.call("stream_create", "log")
    for _ in range(3):
        db.call("queue_enqueue", "work", {})
        db.call("stream_publish", "log", {})
    was = db.value(f"select last_value from minipaas.{sequence}")
    db.value("select setval(%s, 1)", f"minipaas.{sequence}")
    said = []
    db.add_notice_handler(lambda notice: said.append(notice.message_primary))
    try:
        assert maintain() == {"sequences repaired": 1}
        assert len(said) == 1
        assert sequence in said[0]
        assert db.value(f"select last_value from minipaas.{sequence}") >= was
        assert db.execute(call).fetchone()[0] >= 1
    finally:
        db.value(
            "select setval(%s, greatest(%s, last_value))" + f" from minipaas.{sequence}",
            f"minipaas.{sequence}",
            was,
        )


def test_offsets_that_consumers_have_committed_are_not_given_again(db, maintain):
    db.call("stream_create", "log")
    db.call("stream_subscribe", "log", "audit")
    last = db.call("stream_publish", "log", {})
    (event,) = db.rows("stream_fetch", "log", "audit")
    db.call("stream_commit", "log", "audit", event.partition, event.event_offset, event.lease_id)
    db.execute("delete from minipaas._event")  # as a logical replica may have it that got the positions first
    db.value("select setval('minipaas._event_offset', 1)")
    assert maintain() == {"sequences repaired": 1}
    assert db.call("stream_publish", "log", {}) > last


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_it_needs_read_committed(db, connect, level):
    other = connect(autocommit=False)
    other.execute(f"set transaction isolation level {level}")
    with pytest.raises(psycopg.Error) as caught:
        other.rows("maintain")
    assert caught.value.sqlstate == "MP007"
