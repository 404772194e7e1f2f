"""Rights on single queues and streams."""

import psycopg
import pytest

from .conftest import SECRET

STATES = ["leased", "dead", "retrying", "done", "blocked", "delayed", "ready"]
BY_ID = [
    "queue_ack({id})", "queue_ack({id}, 1, true)", "queue_ack_many(array[{id}])", "queue_nack({id})",
    "queue_nack_many(array[{id}])", "queue_bury({id})", "queue_extend({id})",
    "queue_extend_many(array[{id}])", "queue_cancel({id})",
]  # fmt: skip


def tasks(db):
    """All tasks as the owner sees them."""
    return db.execute("select * from minipaas.queue_tasks order by id").fetchall()


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("call", BY_ID)
def test_a_worker_of_one_queue_cannot_touch_a_task_of_another_by_id(
    db, connect, role, site, call, state, refused
):
    db.call("access_grant", role, ["dequeue"], queue="mine")
    before = tasks(db)
    with refused("MP005", role, "dequeue", "yours"):
        connect(role).execute(f"select minipaas.{call.format(id=site['yours', state])}")
    assert tasks(db) == before


@pytest.mark.parametrize("call", [call for call in BY_ID if "many" in call])
def test_one_task_of_another_queue_stops_the_whole_call(db, connect, role, site, call, refused):
    db.call("access_grant", role, ["dequeue"], queue="mine")
    before = tasks(db)
    ids = f"{site['mine', 'leased']}, {site['yours', 'leased']}"
    with refused("MP005", "yours"):
        connect(role).execute(f"select minipaas.{call.format(id=ids)}")
    assert tasks(db) == before


@pytest.mark.parametrize("call", BY_ID)
def test_a_worker_may_do_everything_with_the_tasks_of_its_queue(db, connect, role, site, call):
    db.call("access_grant", role, ["dequeue"], queue="mine")
    id = site["mine", "ready" if "cancel" in call else "leased"]
    assert connect(role).value(f"select minipaas.{call.format(id=id)}")


@pytest.mark.parametrize(
    "call", ["queue_ack({id})", "queue_nack({id})", "queue_ack_many(array[{id}])", "queue_cancel({id})"]
)
def test_an_unknown_id_is_refused_to_those_who_may_dequeue_nowhere(db, connect, role, site, call, refused):
    db.call("access_grant", role, ["dequeue"], queue="mine")
    session = connect(role)
    assert not session.value(f"select minipaas.{call.format(id=0)}")
    db.call("access_revoke", role, ["dequeue"])
    db.call("access_grant", role, ["enqueue"], queue="mine")
    with refused("MP005", "dequeue"):
        session.execute(f"select minipaas.{call.format(id=0)}")


def test_an_unknown_name_is_unknown_to_those_who_have_the_right_somewhere(db, connect, role, site, refused):
    db.call("access_grant", role, ["dequeue", "manage"], queue="mine")
    session = connect(role)
    with refused("MP001", "typo"):
        session.rows("queue_dequeue", "typo")
    with refused("MP005", "enqueue"):
        session.call("queue_enqueue", "typo", {})
    with refused("MP004", "typo"):
        session.call("schedule_pause", "typo")
    assert session.call("queue_drop", "typo") is False
    with refused("MP005", "manage"):
        session.call("stream_drop", "typo")


def test_who_manages_a_queue_manages_its_schedules(db, connect, role, site, refused):
    db.call("access_grant", role, ["manage"], queue="mine")
    session = connect(role)
    session.call("schedule_alter", "mine daily", payload={"n": 1})
    with refused("MP005", "yours"):
        session.call("schedule_alter", "mine daily", queue="yours")
    with refused("MP005", "yours"):
        session.call("schedule_create", "new", "@daily", "yours")
    assert session.value("select payload from minipaas.schedules") == {"n": 1}
    db.call("queue_drop", "yours", force=True)
    with refused("MP005", "all queues"):
        session.call("schedule_drop", "yours daily")
    assert session.call("schedule_drop", "mine daily") is True


def test_a_schedule_that_just_got_another_queue_is_not_altered(
    db, connect, role, site, waits, background, refused
):
    db.call("access_grant", role, ["manage"], queue="mine")
    other, session = connect(autocommit=False), connect(role)
    other.call("schedule_alter", "mine daily", queue="yours")
    paused = background(session.call, "schedule_pause", "mine daily")
    waits(session)
    other.commit()
    with refused("MP005", "yours"):
        paused.result()
    assert db.value("select count(*) from minipaas._schedule where paused") == 0


def test_an_observer_sees_numbers_and_states_and_nothing_of_the_contents(db, connect, role, site):
    db.call("access_grant", role, ["observe"], queue="mine")
    session = connect(role)
    (row,) = session.execute("select * from minipaas.queue_stats").fetchall()
    assert (row.queue, row.ready, row.delayed, row.leased, row.retrying, row.blocked, row.dead, row.done) == (
        "mine", 1, 1, 1, 1, 1, 1, 1,
    )  # fmt: skip
    seen = session.execute("select * from minipaas.queue_tasks").fetchall()
    assert {row.state for row in seen} == set(STATES)
    for row in seen:
        assert (row.key, row.dedup_key, row.last_error, row.payload, row.headers) == (None,) * 5
    assert session.value("select payload from minipaas.schedules") is None


@pytest.mark.parametrize("right", ["dequeue", "manage"])
def test_who_may_dequeue_or_manage_sees_the_contents(db, connect, role, site, right):
    db.call("access_grant", role, [right], queue="mine")
    row = connect(role).execute("select * from minipaas.queue_tasks where state = 'dead'").fetchone()
    assert (row.queue, row.key, row.payload, row.headers, row.last_error) == (
        "mine",
        f"{SECRET} dead",
        SECRET,
        SECRET,
        SECRET,
    )


def test_a_function_of_the_reader_is_not_called_with_what_it_may_not_see(db, connect, role, site):
    db.execute("create table test.leaked (what text)")
    db.execute(
        "create function test.leak(what text) returns boolean language sql volatile cost 0.0000001"
        " as 'insert into test.leaked values (what); select true'"
    )
    db.execute("grant usage on schema test to public; grant insert on test.leaked to public")
    db.call("access_grant", role, ["observe"], queue="mine")
    session = connect(role)
    for view, column in (("queue_tasks", "payload"), ("queue_tasks", "queue"), ("queues", "queue"),
                         ("schedules", "payload"), ("streams", "stream"), ("health", "name")):  # fmt: skip
        session.execute(f"select from minipaas.{view} where test.leak({column}::text)")
    leaked = {what for (what,) in db.execute("select what from test.leaked").fetchall()}
    assert not any(
        "yours" in (what or "") or SECRET in (what or "") or "theirs" in (what or "") for what in leaked
    )


def test_streams_have_rights_of_their_own(db, connect, role, site, refused):
    db.call("access_grant", role, ["consume", "observe"], stream="ours")
    session = connect(role)
    assert len(session.rows("stream_consume", "ours")) == 1
    with refused("MP005", "theirs"):
        session.rows("stream_consume", "theirs")
    with refused("MP005", "publish"):
        session.call("stream_publish", "ours", {})
    for view in ("streams", "stream_stats", "consumer_stats"):
        assert [row.stream for row in session.execute(f"table minipaas.{view}")] == ["ours"]
    assert session.execute("table minipaas.queue_stats").fetchall() == []


def test_the_rights_go_with_the_queue(db, connect, role, site, refused):
    db.call("access_grant", role, ["enqueue"], queue="mine")
    db.call("access_grant", role, ["publish"], stream="ours")
    db.call("queue_drop", "mine", force=True)
    db.call("stream_drop", "ours", force=True)
    assert db.execute("table minipaas.access").fetchall() == []
    db.call("queue_create", "mine")
    with refused("MP005", "mine"):
        connect(role).call("queue_enqueue", "mine", {})


def test_a_member_has_the_rights_of_its_groups(db, connect, admin, role, new_role, site, refused):
    group = new_role()
    admin.execute(f"grant {group} to {role}")
    db.call("access_grant", group, ["enqueue", "dequeue"], queue="mine")
    session = connect(role)
    id = session.call("queue_enqueue", "mine", {}, 10)
    assert session.one("queue_dequeue", "mine").id == id
    assert session.call("queue_ack", id, 1) is True
    with refused("MP005", "yours"):
        session.call("queue_enqueue", "yours", {})
    admin.execute(f"revoke {group} from {role}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.call("queue_enqueue", "mine", {})


def test_the_view_access_shows_ones_own_grants_and_all_to_the_owner(db, connect, admin, role, new_role, site):
    group, other = new_role(), new_role()
    admin.execute(f"grant {group} to {role}")
    db.call("access_grant", role, ["observe", "enqueue"], queue="mine")
    db.call("access_grant", group, ["consume"], stream="ours")
    db.call("access_grant", other, ["manage"])
    rows = "select role, queue, stream, rights from minipaas.access order by rights"
    mine = [(group, None, "ours", ["consume"]), (role, "mine", None, ["enqueue", "observe"])]
    assert connect(role).execute(rows).fetchall() == mine
    assert db.execute(rows).fetchall() == [*mine, (other, None, None, ["manage"])]


def test_a_right_on_one_is_not_revoked_where_it_is_held_on_all(db, connect, role, site, refused):
    db.call("access_grant", role, ["dequeue"])
    with refused("MP006", role, "dequeue", "all queues"):
        db.call("access_revoke", role, ["dequeue"], queue="mine")
    assert connect(role).rows("queue_dequeue", "mine")


def test_a_revoke_on_all_leaves_the_right_nowhere(db, connect, role, site, refused):
    db.call("access_grant", role, ["dequeue", "enqueue"], queue="mine")
    db.call("access_grant", role, ["dequeue"])
    db.call("access_revoke", role, ["dequeue"])
    session = connect(role)
    with refused("MP005", "mine"):
        session.rows("queue_dequeue", "mine")
    session.call("queue_enqueue", "mine", {})


@pytest.mark.parametrize("function", ["access_grant", "access_revoke"])
def test_an_unknown_queue_or_stream_is_refused(db, role, refused, function):
    with refused("MP001", "typo"):
        db.call(function, role, ["enqueue"], queue="typo")
    with refused("MP002", "typo"):
        db.call(function, role, ["publish"], stream="typo")


@pytest.mark.parametrize("function", ["access_grant", "access_revoke"])
def test_the_owner_is_left_as_it_is(db, function, refused):
    with refused("MP006", db.info.user):
        db.call(function, db.info.user, ["enqueue"])
    assert db.call("queue_create", "still") is True
