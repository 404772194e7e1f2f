"""Who enqueues or publishes notifies, and only when somebody sleeps."""

import pytest


@pytest.fixture
def heard(connect):
    """`heard(channel)`: a function that says how many notifications have come since."""

    def listen(channel):
        listener = connect()
        listener.execute(f"listen {channel}")

        def count():
            listener.execute("select 1")
            return len(list(listener.notifies(timeout=0)))

        return count

    return listen


@pytest.fixture
def sleep(connect):
    """Show producers that somebody sleeps; returns the session that does."""

    def take(channel):
        sleeper = connect()
        assert sleeper.value("select pg_try_advisory_lock(hashtextextended(%s, 0))", channel)
        return sleeper

    return take


ENQUEUE = {
    "enqueue": "select minipaas.queue_enqueue('work', '1')",
    "enqueue_many": "select minipaas.queue_enqueue_many('work', array[jsonb '1', '2'])",
    "enqueue with a key": "select minipaas.queue_enqueue('work', '1', key => 'k', dedup_key => 'd')",
    "enqueue_many with keys": "select minipaas.queue_enqueue_many('work', '{1,2}', keys => '{k,k}')",
    "resume": "select minipaas.queue_resume('work')",
    "redrive": "select minipaas.queue_redrive('work')",
    "tick": "select minipaas.schedule_tick()",
    "ack of a key's task": "select minipaas.queue_ack(id) from minipaas.queue_tasks where state = 'leased'",
}
BEFORE = {
    "redrive": """select minipaas.queue_enqueue('work', '1');
        select minipaas.queue_bury(id) from minipaas.queue_dequeue('work')""",
    "tick": """select minipaas.schedule_create('s', '* * * * *', 'work');
        update minipaas._schedule set next_at = now()""",
    "ack of a key's task": """select minipaas.queue_enqueue_many('work', '{1,2}', keys => '{k,k}');
        select minipaas.queue_dequeue('work')""",
}
PUBLISH = {
    "publish": "select minipaas.stream_publish('log', '1')",
    "publish once": "select minipaas.stream_publish('log', '1', dedup_key => 'a')",
    "publish_many": "select minipaas.stream_publish_many('log', array[jsonb '1', '2'])",
    "publish_many once": "select minipaas.stream_publish_many('log', '{1}', dedup_keys => '{a}')",
}


@pytest.mark.parametrize("call", ENQUEUE)
def test_what_makes_a_task_ready_notifies_a_sleeper_when_it_commits(db, queue, heard, sleep, connect, call):
    channel = db.call("queue_channel", queue)
    for statement in BEFORE.get(call, "").split(";\n"):
        db.execute(statement)
    count, producer = heard(channel), connect(autocommit=False)
    sleep(channel)
    producer.execute(ENQUEUE[call])
    assert count() == 0
    producer.commit()
    assert count() == 1


@pytest.mark.parametrize("call", PUBLISH.values(), ids=PUBLISH)
def test_a_publish_notifies_a_sleeper_when_it_commits(db, stream, heard, sleep, connect, call):
    channel = db.call("stream_channel", stream)
    count, producer = heard(channel), connect(autocommit=False)
    sleep(channel)
    producer.execute(call)
    assert count() == 0
    producer.commit()
    assert count() == 1


def test_nobody_is_notified_while_nobody_sleeps(db, queue, stream, heard, sleep):
    queues, streams = db.call("queue_channel", queue), db.call("stream_channel", stream)
    counts = [heard(queues), heard(streams)]
    sleepers = [sleep(queues), sleep(streams)]
    for sleeper in sleepers:
        sleeper.execute("select pg_advisory_unlock_all()")
    for call in (*ENQUEUE.values(), *PUBLISH.values()):
        db.execute(call)
    assert [count() for count in counts] == [0, 0]


def test_another_queue_s_sleeper_is_not_woken(db, queue, heard, sleep):
    db.call("queue_create", "other")
    channel = db.call("queue_channel", "other")
    count = heard(channel)
    sleep(channel)
    db.execute(ENQUEUE["enqueue"])
    assert count() == 0


def test_producers_do_not_take_each_other_for_a_sleeper(db, queue, heard, connect):
    channel = db.call("queue_channel", queue)
    count = heard(channel)
    connect().execute("select pg_advisory_lock_shared(hashtextextended(%s, 0))", [channel])
    db.execute(ENQUEUE["enqueue"])
    assert count() == 0


def test_producers_keep_no_lock(db, queue, stream, sleep):
    sleep(db.call("queue_channel", queue))
    for call in (*ENQUEUE.values(), *PUBLISH.values()):
        db.execute(call)
    held = "select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()"
    assert db.value(held) == 0


@pytest.mark.parametrize(
    "call",
    [
        "select minipaas.queue_enqueue('work', '1', delay => '1 hour')",
        "select minipaas.queue_enqueue_many('work', array[jsonb '1'], delay => '1 hour')",
        "select minipaas.queue_enqueue_many('work', '{}')",
    ],
)
def test_what_can_not_be_delivered_at_once_wakes_nobody(db, queue, heard, sleep, call):
    channel = db.call("queue_channel", queue)
    count = heard(channel)
    sleep(channel)
    db.execute(call)
    assert count() == 0


def test_an_event_that_was_published_before_wakes_nobody(db, stream, heard, sleep):
    channel = db.call("stream_channel", stream)
    db.execute(PUBLISH["publish once"])
    count = heard(channel)
    sleep(channel)
    db.execute(PUBLISH["publish once"])
    assert count() == 0


def test_a_transaction_to_be_prepared_can_do_without(db, queue, connect, sleep):
    if db.value("show max_prepared_transactions") == "0":
        pytest.skip("the server allows no prepared transactions")
    sleep(db.call("queue_channel", queue))
    producer = connect(autocommit=False)
    producer.execute("set minipaas.wake = off")
    producer.commit()
    producer.tpc_begin(producer.xid(1, "wake", "test"))
    producer.execute(ENQUEUE["enqueue"])
    producer.tpc_prepare()
    producer.tpc_commit()
    assert db.value("select count(*) from minipaas.queue_tasks") == 1


@pytest.mark.parametrize("function", ["queue_channel", "stream_channel"])
def test_an_unknown_name_has_no_channel(db, refused, function):
    with refused("MP001" if function == "queue_channel" else "MP002", "nothing"):
        db.call(function, "nothing")


def test_a_channel_needs_the_right_to_read(db, queue, stream, connect, new_role, refused):
    role = new_role()
    db.call("access_grant", role, ["enqueue", "publish"])
    other = connect(role)
    for function, name in (("queue_channel", queue), ("stream_channel", stream)):
        with refused("MP005", role):
            other.call(function, name)
    db.call("access_grant", role, ["dequeue", "consume"])
    assert other.call("queue_channel", queue) == db.call("queue_channel", queue)
    assert other.call("stream_channel", stream) == db.call("stream_channel", stream)


def test_channels_are_names_that_listen_takes(db, connect):
    name = "x'; drop table y; --" + "ü" * 200
    db.call("queue_create", name)
    db.call("stream_create", name)
    for function in ("queue_channel", "stream_channel"):
        connect().execute(f"listen {db.call(function, name)}")
