from datetime import UTC, datetime, timedelta

import pytest

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def enqueued_at(db, connection):
    id = connection.call("queue_enqueue", "work", {})
    return db.value("select enqueued_at from minipaas.queue_tasks where id = %s", id)


@pytest.fixture
def real_time(db):
    """Whether a moment is the real time, by a minute."""

    def check(moment):
        return abs(moment - db.value("select clock_timestamp()")) < timedelta(minutes=1)

    return check


@pytest.fixture
def role(db, new_role):
    db.call("queue_create", "work")
    name = new_role()
    db.call("access_grant", name, ["enqueue"])
    return name


def test_the_owner_can_move_the_clock_and_give_it_back(db, real_time):
    db.call("queue_create", "work")
    assert real_time(enqueued_at(db, db))
    db.at(NOON)
    assert enqueued_at(db, db) == NOON
    db.at(None)
    assert real_time(enqueued_at(db, db))


def test_moving_the_clock_is_each_sessions_own(db, connect, real_time):
    db.call("queue_create", "work")
    db.at(NOON)
    assert real_time(enqueued_at(db, connect()))


def test_a_stranger_cannot_move_the_clock(db, connect, role, real_time):
    stranger = connect(role)
    stranger.at(NOON)
    assert real_time(enqueued_at(db, stranger))


def test_nonsense_from_a_stranger_is_ignored(db, connect, role, real_time):
    stranger = connect(role)
    stranger.execute("set minipaas.now = 'nonsense'")
    assert real_time(enqueued_at(db, stranger))


def test_a_member_of_the_owner_can_move_the_clock(db, connect, admin, role):
    if not db.value("select rolsuper from pg_roles where rolname = current_user"):
        pytest.skip("only a superuser may grant itself")
    admin.execute(f'grant "{db.info.user}" to "{role}"')
    member = connect(role)
    member.at(NOON)
    assert enqueued_at(db, member) == NOON


def test_a_stranger_cannot_move_the_clock_through_a_function_of_the_owner(db, connect, role, real_time):
    db.execute("create function test.trap() returns bigint security definer language sql as "
        "$$select minipaas.queue_enqueue('work', '{}')$$")  # fmt: skip
    stranger = connect(role)
    stranger.at(NOON)
    db.execute("grant usage on schema test to public")
    id = stranger.value("select test.trap()")
    assert real_time(db.value("select enqueued_at from minipaas.queue_tasks where id = %s", id))
