import pytest

from .helpers import after, contents, fill, hold, ids


def test_extend_starts_the_lease_anew(db, queue):
    fill(db, queue, 1)
    held = hold(db, queue)
    db.at(after(seconds=50))
    assert db.call("queue_extend", held.id, 1) == after(seconds=110)
    db.at(after(seconds=109))
    assert db.rows("queue_dequeue", queue) == []
    assert db.call("queue_extend", held.id, 1, "1 hour") == after(seconds=109, hours=1)
    db.at(after(hours=1))
    assert db.rows("queue_dequeue", queue) == []
    db.at(after(seconds=109, hours=1))
    assert hold(db, queue).attempt == 2


def test_extend_can_shorten_the_lease(db, queue):
    fill(db, queue, 1)
    assert db.call("queue_extend", hold(db, queue).id, 1, "1 second") == after(seconds=1)
    db.at(after(seconds=1))
    assert hold(db, queue).attempt == 2


def test_extend_of_a_lost_lease_returns_null(db, queue):
    fill(db, queue, 2)
    held = hold(db, queue)
    db.at(after(minutes=2))
    assert hold(db, queue).id == held.id
    before = contents(db)
    assert db.call("queue_extend", held.id, 1, "1 hour") is None
    assert db.call("queue_extend", held.id + 1) is None
    assert db.call("queue_extend", 10**12) is None
    assert contents(db) == before
    db.call("queue_ack", held.id, 2)
    assert db.call("queue_extend", held.id) is None


def test_extend_without_attempt_acts_on_whoever_holds_the_task(db, queue):
    fill(db, queue, 1)
    assert db.call("queue_extend", hold(db, queue).id, None, None) == after(minutes=1)


def test_extend_many_counts_what_it_extended(db, queue):
    fill(db, queue, 3)
    kept, lost, other = ids(db.rows("queue_dequeue", queue, 3))
    db.call("queue_ack", lost)
    assert db.call("queue_extend_many", [kept, lost], [1, 1], "1 hour") == 1
    assert db.call("queue_extend_many", [kept, other], [2, 2]) == 0
    db.at(after(minutes=1))
    assert ids(db.rows("queue_dequeue", queue, 3)) == [other]


def test_extend_many_takes_null_for_every_default(db, queue):
    fill(db, queue, 2)
    held = ids(db.rows("queue_dequeue", queue, 2))
    db.at(after(seconds=50))
    assert db.call("queue_extend_many", held, None, None) == 2
    db.at(after(seconds=109))
    assert db.rows("queue_dequeue", queue) == []


@pytest.mark.parametrize("function", ["queue_extend", "queue_extend_many"])
@pytest.mark.parametrize(("lease", "shown"), [("0", "lease"), ("-5 minutes", "-00:05:00")])
def test_extend_refuses_a_lease_of_nothing(db, queue, refused, function, lease, shown):
    fill(db, queue, 1)
    id = hold(db, queue).id
    before = contents(db)
    with refused("MP006", "lease", shown):
        db.call(function, [id] if function.endswith("many") else id, lease=lease)
    assert contents(db) == before
