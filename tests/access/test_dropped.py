"""A role that is dropped leaves nothing that breaks; grants and drops that meet wait for each other."""

import psycopg
import pytest


@pytest.fixture
def leaver(db, admin, new_role):
    """A role with rights on all and on single ones; a test drops it."""
    db.call("queue_create", "work")
    db.call("stream_create", "log")
    role = new_role() + "_leaver"
    admin.execute(f"create role {role} login password '{role}'")
    db.call("access_grant", role, ["enqueue", "observe"])
    db.call("access_grant", role, ["dequeue"], queue="work")
    db.call("access_grant", role, ["consume"], stream="log")
    yield role
    if admin.value("select count(*) from pg_roles where rolname = %s", role):
        drop(db, admin, role)


def drop(db, admin, role):
    db.execute(f"drop owned by {role}")
    admin.execute(f"drop role {role}")


def test_a_role_with_rights_is_not_dropped(db, admin, leaver):
    with pytest.raises(psycopg.errors.DependentObjectsStillExist):
        admin.execute(f"drop role {leaver}")


def test_revoking_everything_lets_it_be_dropped(db, admin, leaver):
    db.call("access_revoke", leaver, ["enqueue", "observe", "dequeue", "consume"])
    admin.execute(f"drop role {leaver}")


def test_everything_works_on_without_a_role_that_was_dropped(db, connect, admin, new_role, leaver):
    drop(db, admin, leaver)
    other = new_role()
    db.call("access_grant", other, ["dequeue"], queue="work")
    session = connect(other)
    db.call("queue_enqueue", "work", {})
    assert session.one("queue_dequeue", "work")
    assert db.execute("select role, rights from minipaas.access").fetchall() == [(other, ["dequeue"])]
    db.rows("maintain")
    for view in ("queue_tasks", "queue_stats", "consumer_stats", "health"):
        db.execute(f"table minipaas.{view}")
    db.call("access_revoke", other, ["dequeue"], queue="work")
    assert db.value("select count(*) from minipaas._access") == 0


def test_another_role_of_the_same_name_has_nothing(db, connect, admin, leaver, refused):
    drop(db, admin, leaver)
    admin.execute(f"create role {leaver} login password '{leaver}'")
    db.call("access_grant", leaver, ["enqueue"], queue="work")
    session = connect(leaver)
    with refused("MP005", "work"):
        session.rows("queue_dequeue", "work")
    with refused("MP005", "log"):
        session.rows("stream_consume", "log")
    assert session.execute("table minipaas.access").fetchall() == [(leaver, "work", None, ["enqueue"])]


def test_a_grant_that_meets_another_waits_and_both_count(db, connect, new_role, waits, background):
    db.call("queue_create", "work")
    one, other = new_role(), new_role()
    first, second = connect(autocommit=False), connect()
    first.call("access_grant", one, ["enqueue"], queue="work")
    granted = background(second.call, "access_grant", other, ["enqueue"], queue="work")
    waits(second)
    first.commit()
    granted.result()
    for role in (one, other):
        assert connect(role).call("queue_enqueue", "work", {})


def test_a_grant_on_a_queue_that_is_being_dropped_finds_none(
    db, connect, new_role, waits, background, refused
):
    db.call("queue_create", "work")
    role = new_role()
    first, second = connect(autocommit=False), connect()
    first.call("queue_drop", "work")
    granted = background(second.call, "access_grant", role, ["enqueue"], queue="work")
    waits(second)
    first.commit()
    with refused("MP001", "work"):
        granted.result()
    assert db.value("select count(*) from minipaas._access") == 0


def test_a_drop_waits_for_a_grant_and_takes_it_along(db, connect, new_role, waits, background):
    db.call("queue_create", "work")
    role = new_role()
    first, second = connect(autocommit=False), connect()
    first.call("access_grant", role, ["enqueue"], queue="work")
    dropped = background(second.call, "queue_drop", "work")
    waits(second)
    first.commit()
    assert dropped.result() is True
    assert db.value("select count(*) from minipaas._access") == 0


def test_a_revoke_beside_a_drop_forgets_roles_when_it_has_all_that_it_waits_for(
    db, connect, admin, new_role, leaver, waits, background
):
    other = new_role()
    db.call("access_grant", other, ["enqueue"], queue="work")
    drop(db, admin, leaver)
    worker, dropper, owner = connect(autocommit=False), connect(), connect()
    db.call("queue_enqueue", "work", {})
    worker.call("queue_extend", db.one("queue_dequeue", "work").id)
    dropped = background(dropper.call, "queue_drop", "work", force=True)
    waits(dropper)
    revoked = background(owner.call, "access_revoke", other, ["enqueue"])
    waits(owner)
    worker.commit()
    assert dropped.result() is True
    revoked.result()
    assert db.value("select count(*) from minipaas._access") == 0


def test_an_upgrade_gives_back_what_grants_need(db, connect, new_role):
    db.call("queue_create", "work")
    role = new_role()
    db.call("access_grant", role, ["enqueue"], queue="work")
    db.execute(f"revoke execute on function minipaas.queue_enqueue from {role}")
    db.execute("select minipaas._access_set(%s, true)", [role])
    assert connect(role).call("queue_enqueue", "work", {})
