import pytest

from .helpers import after, commit, contents, fetch, offsets, publish, standing, work


@pytest.fixture
def made(db, stream, audit):
    """The offsets of five events; the consumer `audit` has fetched nothing yet."""
    return publish(db, stream, 5)


def test_commit_of_the_last_event_frees_the_partition(db, stream, made):
    rows = fetch(db, stream, batch_size=3)
    assert commit(db, stream, rows) is True
    shown = standing(db)
    assert (shown.committed_offset, shown.lease_id, shown.worker, shown.lease_until) == (
        made[2],
        None,
        None,
        None,
    )
    assert offsets(fetch(db, stream)) == made[3:]


def test_commit_of_an_earlier_event_keeps_the_lease(db, stream, made):
    rows = fetch(db, stream)
    assert commit(db, stream, rows[:2]) is True
    shown = standing(db)
    assert (shown.committed_offset, shown.lease_id) == (made[1], rows[0].lease_id)
    assert fetch(db, stream) == []
    assert commit(db, stream, rows) is True
    assert work(db, stream) == []


def test_what_was_not_committed_comes_again_after_the_lease(db, stream, made):
    rows = fetch(db, stream)
    commit(db, stream, rows[:2])
    db.at(after(minutes=1))
    assert offsets(fetch(db, stream)) == made[2:]


def test_a_commit_never_goes_back(db, stream, made):
    rows = fetch(db, stream)
    commit(db, stream, rows[:3])
    before = contents(db)
    for n in (0, 1, 2):
        assert commit(db, stream, rows[: n + 1]) is True
        assert contents(db) == before
    assert db.call("stream_commit", stream, "audit", 0, 0, rows[0].lease_id) is True
    assert contents(db) == before


def test_commit_in_a_gap_commits_what_is_below(db, stream, audit, connect):
    made = publish(db, stream, 2)
    other = connect(autocommit=False)
    gone = publish(other, stream, 3)
    other.rollback()
    made += publish(db, stream, 2)
    (row, *_) = fetch(db, stream)
    assert db.call("stream_commit", stream, audit, 0, gone[1], row.lease_id) is True
    db.at(after(minutes=1))
    assert offsets(fetch(db, stream)) == made[2:]


def test_commit_without_a_lease_id_acts_on_the_current_lease(db, stream, made):
    fetch(db, stream, batch_size=3)
    assert db.call("stream_commit", stream, "audit", 0, made[2]) is True
    assert db.call("stream_commit", stream, "audit", 0, made[2]) is False, "nobody holds it"
    assert work(db, stream) == made[3:]


def test_commit_takes_null_for_every_default(db, stream, made):
    fetch(db, stream)
    assert db.call("stream_commit", stream, "audit", 0, made[-1], None, None) is True
    assert work(db, stream) == []


def test_commit_without_a_fetch_is_false(db, stream, made, refused):
    before = contents(db)
    assert db.call("stream_commit", stream, "audit", 0, made[0]) is False
    assert db.call("stream_commit", stream, "audit", 0, made[0], 1) is False
    with refused("MP009", "audit"):
        db.call("stream_commit", stream, "audit", 0, made[0], strict=True)
    assert contents(db) == before


def test_an_expired_lease_that_nobody_took_over_commits(db, stream, made):
    rows = fetch(db, stream)
    db.at(after(days=1))
    assert commit(db, stream, rows, strict=True) is True
    assert work(db, stream) == []


LOST = {
    "expired and taken over": lambda db, rows: (db.at(after(minutes=2)), fetch(db, "log", batch_size=3)),
    "released and taken over": lambda db, rows: (release(db, rows), fetch(db, "log", batch_size=3)),
    "released": lambda db, rows: release(db, rows),
    "sought": lambda db, rows: db.call("stream_seek", "log", "audit", rows[1].event_offset),
    "committed whole": lambda db, rows: commit(db, "log", rows),
    "committed by its successor": lambda db, rows: (db.at(after(minutes=2)), work(db, "log")),
}


def release(db, rows):
    """Give the partition back."""
    assert db.call("stream_release", "log", "audit", 0, rows[0].lease_id) is True


@pytest.mark.parametrize("how", LOST)
def test_a_commit_with_an_old_lease_moves_nothing_whatever_its_offset(db, stream, made, refused, how):
    rows = fetch(db, stream, batch_size=4)
    commit(db, stream, rows[:1])
    LOST[how](db, rows)
    before = contents(db)
    for offset in (0, *made, db.call("stream_head", stream)):
        assert db.call("stream_commit", stream, "audit", 0, offset, rows[0].lease_id) is False
        with refused("MP009", "audit"):
            db.call("stream_commit", stream, "audit", 0, offset, rows[0].lease_id, strict=True)
        assert contents(db) == before


@pytest.mark.parametrize("lease", ["given", "current"])
def test_commit_refuses_what_was_not_fetched(db, stream, made, refused, lease):
    rows = fetch(db, stream, batch_size=3)
    lease_id = rows[0].lease_id if lease == "given" else None
    before = contents(db)
    for beyond in (made[3], made[4], db.call("stream_head", stream) + 1, 2**62):
        with refused("MP006", "event_offset", str(beyond)):
            db.call("stream_commit", stream, "audit", 0, beyond, lease_id)
        assert contents(db) == before
    assert commit(db, stream, rows) is True


def test_a_rolled_back_commit_leaves_the_lease(db, stream, made, connect):
    rows = fetch(db, stream)
    before = contents(db)
    other = connect(autocommit=False)
    assert commit(other, stream, rows) is True
    other.rollback()
    assert contents(db) == before
    assert commit(db, stream, rows) is True


def test_effects_and_commit_in_one_transaction_happen_once(db, stream, made, connect):
    """Also when the lease was over in between, and two have done the work."""
    db.execute("create table test.effect (event_offset bigint)")
    first, second = connect(autocommit=False), connect()
    second.at(after(minutes=1))
    second.autocommit = False
    late, taken = fetch(db, stream), fetch(second, stream)
    second.commit()
    for worker, rows in ((first, late), (second, taken)):
        worker.execute("insert into test.effect select unnest(%s::bigint[])", [offsets(rows)])
    assert commit(second, stream, taken) is True
    second.commit()
    assert commit(first, stream, late) is False
    first.rollback()
    done = db.execute("select event_offset from test.effect order by 1").fetchall()
    assert [offset for (offset,) in done] == made


def test_of_two_commits_of_one_batch_at_once_one_is_true(db, stream, made, connect, background, waits):
    rows = fetch(db, stream)
    first, second = connect(autocommit=False), connect()
    assert commit(first, stream, rows) is True
    late = background(commit, second, stream, rows)
    waits(second)
    first.commit()
    assert late.result() is False
    assert work(db, stream) == []


def test_a_commit_waits_for_one_that_is_rolled_back(db, stream, made, connect, background, waits):
    rows = fetch(db, stream)
    first, second = connect(autocommit=False), connect()
    assert commit(first, stream, rows) is True
    late = background(commit, second, stream, rows)
    waits(second)
    first.rollback()
    assert late.result() is True


def test_a_commit_waits_for_whoever_takes_over_and_loses(db, stream, made, connect, background, waits):
    rows = fetch(db, stream)
    thief, zombie = connect(), connect()
    thief.at(after(minutes=1))
    thief.autocommit = False
    assert offsets(fetch(thief, stream)) == made
    late = background(commit, zombie, stream, rows)
    waits(zombie)
    thief.commit()
    assert late.result() is False


def test_a_takeover_passes_by_a_partition_whose_commit_is_open(db, stream, made, connect):
    rows = fetch(db, stream)
    zombie, thief = connect(autocommit=False), connect()
    assert commit(zombie, stream, rows) is True
    thief.at(after(minutes=1))
    assert fetch(thief, stream) == []
    zombie.commit()
    assert fetch(thief, stream) == []
    assert standing(db).committed_offset == made[-1]


def test_a_late_commit_of_another_partition_changes_nothing_here(db, wide):
    db.call("stream_subscribe", wide, "audit")
    publish(db, wide, 100)
    one, other = fetch(db, wide), fetch(db, wide)
    before = contents(db)
    last = one[-1].event_offset
    assert db.call("stream_commit", wide, "audit", one[0].partition, last, other[0].lease_id) is False
    assert contents(db) == before


BAD = [
    ({"partition": -1}, "partition", "-1"),
    ({"partition": 1}, "partition", "1"),
    ({"partition": None}, "partition", "NULL"),
    ({"event_offset": -1}, "event_offset", "-1"),
    ({"event_offset": None}, "event_offset", "NULL"),
]


@pytest.mark.parametrize(("bad", "argument", "value"), BAD)
def test_commit_refuses_a_bad_argument(db, stream, made, refused, bad, argument, value):
    rows = fetch(db, stream)
    before = contents(db)
    call = {"partition": 0, "event_offset": made[-1], "lease_id": rows[0].lease_id, **bad}
    with refused("MP006", argument, value):
        db.call("stream_commit", stream, "audit", **call)
    assert contents(db) == before
