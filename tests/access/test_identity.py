"""Who the caller is: the session's user, or the role that SET ROLE chose, whatever the call comes through."""

import psycopg
import pytest
from sqlalchemy import create_engine, text

from minipaas_sql._url import sqlalchemy_url


@pytest.fixture
def producer(db, new_role):
    """A role that may enqueue on `work`."""
    db.call("queue_create", "work")
    name = new_role()
    db.call("access_grant", name, ["enqueue"], queue="work")
    return name


def may(session, verb):
    """Whether a session may enqueue or dequeue on `work`."""
    try:
        session.execute({"enqueue": "select minipaas.queue_enqueue('work', '1')",
                         "dequeue": "select minipaas.queue_dequeue('work')"}[verb])  # fmt: skip
    except psycopg.Error as error:
        assert error.sqlstate in ("MP005", "42501"), error
        return False
    return True


def test_the_owner_who_sets_a_role_has_that_roles_rights_alone(connect, producer):
    session = connect()
    session.execute(f"set role {producer}")
    assert (may(session, "enqueue"), may(session, "dequeue")) == (True, False)
    session.execute("reset role")
    assert (may(session, "enqueue"), may(session, "dequeue")) == (True, True)


def test_set_session_authorization_counts(connect, producer):
    session = connect()
    session.execute(f"set session authorization {producer}")
    assert (may(session, "enqueue"), may(session, "dequeue")) == (True, False)
    session.execute("reset session authorization")
    assert (may(session, "enqueue"), may(session, "dequeue")) == (True, True)


def test_set_local_role_ends_with_the_transaction(connect, producer):
    session = connect(autocommit=False)
    session.execute(f"set local role {producer}")
    assert may(session, "enqueue")
    session.commit()
    assert may(session, "dequeue")


def test_a_member_that_does_not_inherit_sets_the_role(connect, admin, new_role, producer):
    member = new_role("noinherit")
    admin.execute(f"grant {producer} to {member}")
    session = connect(member)
    assert not may(session, "enqueue")
    session.execute(f"set role {producer}")
    assert may(session, "enqueue")


def test_a_member_of_the_owner_may_do_everything(db, connect, admin, new_role, producer):
    member = new_role()
    admin.execute(f'grant "{db.info.user}" to {member}')
    session = connect(member)
    assert may(session, "dequeue")
    session.call("access_grant", producer, ["dequeue"], queue="work")


def test_a_pool_that_sets_roles_gives_each_its_own(connect, db_url, new_role, producer):
    other = new_role()
    engine = create_engine(sqlalchemy_url(db_url), pool_size=1, max_overflow=0)
    enqueue = text("select minipaas.queue_enqueue('work', '1')")
    for _ in range(3):
        with engine.begin() as connection:
            connection.execute(text(f"set local role {producer}"))
            connection.execute(enqueue)
        with pytest.raises(Exception, match=r"permission denied|no right"), engine.begin() as connection:
            connection.execute(text(f"set local role {other}"))
            connection.execute(enqueue)
        with engine.begin() as connection:
            connection.execute(enqueue)
    engine.dispose()


def test_a_hosts_own_definer_function_acts_for_the_sessions_user(db, connect, new_role, producer):
    other = new_role()
    db.execute(
        "create function test.wrapper() returns bigint language sql security definer"
        " as $$ select minipaas.queue_enqueue('work', '1') $$"
    )
    db.execute("grant usage on schema test to public")
    assert connect(producer).value("select test.wrapper()")
    with pytest.raises(psycopg.Error) as caught:
        connect(other).execute("select test.wrapper()")
    assert caught.value.sqlstate == "MP005"
    assert other in caught.value.diag.message_hint


@pytest.mark.parametrize(
    "setting",
    ["session_authorization", "role", "minipaas.owner", "minipaas.role", "minipaas.wake", "minipaas.bound_1"],
)
def test_no_setting_makes_somebody_else_of_a_caller(db, connect, producer, setting):
    session = connect(producer)
    try:
        session.execute("select set_config(%s, %s, false)", [setting, db.info.user])
    except psycopg.errors.InsufficientPrivilege:
        assert setting in ("session_authorization", "role")
    assert not may(session, "dequeue")


def test_who_is_no_member_of_the_owner_does_not_move_the_clock(db, connect, producer):
    db.call("access_grant", producer, ["dequeue"], queue="work")
    db.call("queue_enqueue", "work", {})
    db.one("queue_dequeue", "work")
    session = connect(producer)
    session.execute("set minipaas.now = '2100-01-01 00:00Z'")
    assert session.rows("queue_dequeue", "work") == []


def test_a_row_is_granted_to_a_role_and_not_to_its_name(db, connect, admin, new_role, producer):
    admin.execute(f"alter role {producer} rename to {producer}_old")
    admin.execute(f"create role {producer} login password '{producer}'")
    try:
        db.call("access_grant", producer, ["observe"])
        assert not may(connect(producer), "enqueue")
        admin.execute(f"alter role {producer}_old password '{producer}_old'")
        assert may(connect(f"{producer}_old"), "enqueue")
        assert db.execute("select role, rights from minipaas.access where queue = 'work'").fetchall() == [
            (f"{producer}_old", ["enqueue"])
        ]
    finally:
        db.call("access_revoke", producer, ["observe"])
        admin.execute(f"drop role {producer}")
        admin.execute(f"alter role {producer}_old rename to {producer}")
