from datetime import timedelta

import pytest

from .helpers import NOON, after, drain, fill, hold, ids, state, task

COLUMNS = {
    "queues": "queue lease max_attempts backoff backoff_max keep_done paused created_at",
    "queue_stats": "queue ready delayed leased retrying blocked dead done oldest_ready_age paused estimated",
    "queue_tasks": "id queue state attempt max_attempts key dedup_key priority run_at worker last_error "
    "enqueued_at finished_at payload headers",
}


@pytest.fixture(autouse=True)
def small_tables(db):
    """What earlier tests left behind as dead rows would make counts estimates."""
    for table in "_ready", "_waiting", "_blocked", "_dead", "_done", "_mark":
        db.execute(f"truncate minipaas.{table}")


@pytest.mark.parametrize("view", COLUMNS)
def test_the_views_have_the_columns_of_the_contract(db, view):
    description = db.execute(f"select * from minipaas.{view}").description
    assert [column.name for column in description] == COLUMNS[view].split()


def test_queue_stats_counts_tasks_by_state(db):
    db.at(NOON)
    db.call("queue_create", "work", keep_done="1 hour")
    db.call("queue_create", "idle")
    done, dead, retrying, leased = fill(db, "work", 4)
    db.rows("queue_dequeue", "work", 4)
    db.call("queue_ack", done)
    db.call("queue_bury", dead)
    db.call("queue_nack", retrying)
    fill(db, "work", 5)
    fill(db, "work", 6, delay="1 hour")
    db.at(after(seconds=1))
    work, idle = db.execute("select * from minipaas.queue_stats order by queue desc").fetchall()
    assert work == ("work", 5, 6, 1, 1, 0, 1, 1, timedelta(seconds=1), False, False)
    assert idle == ("idle", 0, 0, 0, 0, 0, 0, 0, None, False, False)
    assert state(db, leased) == "leased"
    states = db.execute("select state, count(*) from minipaas.queue_tasks group by 1").fetchall()
    assert dict(states) == {"ready": 5, "delayed": 6, "leased": 1, "retrying": 1, "dead": 1, "done": 1}


def test_the_oldest_ready_age_is_that_of_the_task_that_waits_longest(db, queue):
    fill(db, queue, 1)
    db.at(after(minutes=10))
    fill(db, queue, 1)
    age = "select oldest_ready_age from minipaas.queue_stats"
    assert db.value(age) == timedelta(minutes=10)
    hold(db, queue)
    assert db.value(age) == timedelta(0)


def test_a_task_whose_time_has_come_is_not_shown_as_waiting(db, queue):
    delayed = db.call("queue_enqueue", queue, {}, 5, delay="1 minute")
    db.at(after(minutes=1))
    assert state(db, delayed) == "ready"
    assert db.value("select ready from minipaas.queue_stats") == 1
    assert db.value("select delayed from minipaas.queue_stats") == 0


def test_states_of_many_tasks_follow_one_task_through_its_life(db, queue):
    made = fill(db, queue, 3)
    assert ids(db.rows("queue_dequeue", queue, 2)) == made[:2]
    assert [state(db, id) for id in made] == ["leased", "leased", "ready"]
    db.call("queue_nack", made[0], 1, delay="0")
    assert [row.id for row in db.rows("queue_dequeue", queue, 2)] == [made[0], made[2]]
    assert [state(db, id) for id in made] == ["leased"] * 3


def test_counts_are_exact_up_to_10000_and_estimated_above(db, queue):
    stats = "select ready, estimated from minipaas.queue_stats"
    fill(db, queue, 10_000)
    assert db.execute(stats).fetchone() == (10_000, False)
    fill(db, queue, 30_000)
    ready, estimated = db.execute(stats).fetchone()
    assert estimated
    assert 20_000 < ready < 80_000


def test_a_large_queue_does_not_hide_a_small_one(db, queue):
    db.call("queue_create", "small")
    fill(db, "small", 3)
    fill(db, queue, 40_000)
    row = db.execute("select ready, estimated from minipaas.queue_stats where queue = 'small'").fetchone()
    assert row == (3, False)


def test_done_tasks_that_are_kept_for_as_long_as_can_be_break_no_view(db, queue):
    db.call("queue_alter", queue, keep_done="10000 years")
    (id,) = fill(db, queue, 1)
    drain(db, queue)
    assert task(db, id).state == "done"
    assert db.value("select done from minipaas.queue_stats") == 1
    assert db.value("select count(*) from minipaas.health where level <> 'ok' and name = %s", queue) == 0


def test_the_most_attempts_that_can_be_are_no_limit_to_redriven_tasks(db, queue):
    (id,) = fill(db, queue, 1, max_attempts=2**31 - 1)
    db.call("queue_bury", hold(db, queue).id)
    db.call("queue_redrive", queue)
    assert task(db, id).max_attempts == 2**31 - 1
    assert db.call("queue_nack", hold(db, queue).id) == "waiting"
