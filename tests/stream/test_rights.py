import psycopg
import pytest

from .helpers import contents, publish, read

CALLS = {
    "publish": [
        "stream_publish('log', '1')",
        "stream_publish_many('log', array[jsonb '1'])",
    ],
    "consume": [
        "stream_head('log')",
        "stream_consume('log')",
        "stream_subscribe('log', 'new')",
        "stream_unsubscribe('log', 'audit')",
        "stream_fetch('log', 'audit')",
        "stream_commit('log', 'audit', 0, 1)",
        "stream_extend('log', 'audit', 0, 1)",
        "stream_release('log', 'audit', 0, 1)",
        "stream_seek('log', 'audit', 1)",
    ],
    "manage": [
        "stream_create('new')",
        "stream_alter('log', keep => '1 day')",
        "stream_trim('log', 0)",
        "stream_drop('log', true)",
    ],
}
EVERY_CALL = [(right, call) for right, calls in CALLS.items() for call in calls]
RIGHTS = ["publish", "consume", "manage", "observe", "enqueue", "dequeue"]


@pytest.fixture
def role(db, stream, audit, new_role):
    """A role without grants; there is a stream with two events and a consumer."""
    publish(db, stream, 2)
    return new_role()


def denied(connection, call):
    """Assert that a call is refused, and return the error."""
    with pytest.raises(psycopg.Error) as caught:
        connection.execute(f"select minipaas.{call}")
    assert caught.value.sqlstate in ("MP005", "42501"), caught.value
    return caught.value


@pytest.mark.parametrize(("right", "call"), EVERY_CALL)
def test_a_role_without_grants_may_do_nothing(db, connect, role, right, call):
    before = contents(db)
    denied(connect(role), call)
    assert contents(db) == before


@pytest.mark.parametrize(("right", "call"), EVERY_CALL)
def test_a_right_allows_its_calls(db, connect, role, right, call):
    db.call("access_grant", role, [right])
    connect(role).execute(f"select minipaas.{call}")


@pytest.mark.parametrize(("right", "call"), EVERY_CALL)
def test_the_other_rights_do_not_allow_a_call(db, connect, role, right, call):
    db.call("access_grant", role, [other for other in RIGHTS if other != right])
    before = contents(db)
    error = denied(connect(role), call)
    assert error.sqlstate == "MP005"
    assert role in error.diag.message_hint
    assert right in error.diag.message_hint
    assert contents(db) == before


@pytest.mark.parametrize("right", RIGHTS)
def test_anybody_with_a_right_may_run_the_upkeep(db, connect, role, right):
    db.call("stream_alter", "log", keep_events=1)
    db.call("stream_unsubscribe", "log", "audit")
    db.call("access_grant", role, [right])
    connect(role).rows("maintain")
    assert len(read(db, "log")) == 1


def test_nobody_without_a_right_may_run_the_upkeep(db, connect, role):
    db.call("stream_alter", "log", keep_events=1)
    db.call("stream_unsubscribe", "log", "audit")
    denied(connect(role), "maintain()")
    assert len(read(db, "log")) == 2


def test_who_may_publish_or_observe_cannot_read_an_event(db, connect, role):
    db.call("stream_publish", "log", {"secret": 1}, "secret", {"secret": 1})
    db.call("access_grant", role, ["publish", "observe"])
    other = connect(role)
    for view in ("streams", "stream_stats", "consumer_stats"):
        assert "secret" not in str(other.execute(f"table minipaas.{view}").fetchall())
    denied(other, "stream_consume('log')")
    denied(other, "stream_fetch('log', 'audit')")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        other.execute("select * from minipaas._event")


def test_an_unprivileged_publisher_holds_back_readers_too(db, connect, role):
    """What readers see of the locks of others does not depend on who they are."""
    db.call("access_grant", role, ["publish", "consume"])
    publisher, reader = connect(role, autocommit=False), connect(role)
    made = read(reader, "log")
    made += publish(publisher, "log", 1)
    made += publish(db, "log", 1)
    assert read(reader, "log") == read(db, "log") == made[:2]
    publisher.commit()
    assert read(reader, "log") == read(db, "log") == made
