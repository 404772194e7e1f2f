import re

import psycopg
import pytest

DENIED = ("MP005", "42501")

CALLS = {
    "enqueue": [
        "queue_enqueue('work', '{}')",
        "queue_enqueue_many('work', array[jsonb '1'])",
    ],
    "dequeue": [
        "queue_dequeue('work')",
        "queue_pop('work')",
        "queue_ack(1, 1)",
        "queue_ack_many('{1}', '{1}')",
        "queue_nack(1, 1)",
        "queue_nack_many('{1}', '{1}')",
        "queue_bury(1, 1)",
        "queue_extend(1, 1)",
        "queue_extend_many('{1}', '{1}')",
        "queue_channel('work')",
    ],
    "manage": [
        "queue_create('new')",
        "queue_alter('work', lease => '2 minutes')",
        "queue_pause('work')",
        "queue_resume('work')",
        "queue_redrive('work')",
        "queue_purge('work')",
        "queue_drop('work', true)",
    ],
}
EVERY_CALL = [(right, call) for right, calls in CALLS.items() for call in calls]


@pytest.fixture
def role(new_role):
    return new_role()


@pytest.fixture
def work(db):
    """A queue with one ready, one held and one dead task; `id` of the held one is the value."""
    db.call("queue_create", "work")
    for n in range(3):
        db.call("queue_enqueue", "work", {"secret": n}, headers={"secret": n})
    dead, held = db.rows("queue_dequeue", "work", 2)
    db.call("queue_bury", dead.id, 1, "secret error")
    return held.id


def denied(connection, call):
    """Assert that a call is refused, and return the error."""
    with pytest.raises(psycopg.Error) as caught:
        connection.execute(f"select minipaas.{call}")
    assert caught.value.sqlstate in DENIED, caught.value
    return caught.value


@pytest.mark.parametrize(("right", "call"), EVERY_CALL)
def test_a_role_without_grants_may_do_nothing(db, connect, role, work, right, call):
    before = db.execute("select * from minipaas.queue_tasks order by id").fetchall()
    denied(connect(role), call)
    assert db.execute("select * from minipaas.queue_tasks order by id").fetchall() == before


@pytest.mark.parametrize(("right", "call"), EVERY_CALL)
def test_a_right_allows_its_calls(db, connect, role, work, right, call):
    db.call("access_grant", role, [right])
    connect(role).execute(f"select minipaas.{call}")


@pytest.mark.parametrize(("right", "call"), EVERY_CALL)
def test_the_other_rights_do_not_allow_a_call(db, connect, role, work, right, call):
    others = [name for name in (*CALLS, "observe") if name != right]
    db.call("access_grant", role, others)
    before = db.execute("select * from minipaas.queue_tasks order by id").fetchall()
    denied(connect(role), call.replace("1, 1", f"{work}, 1").replace("{1}', '{1}", f"{{{work}}}', '{{1}}"))
    assert db.execute("select * from minipaas.queue_tasks order by id").fetchall() == before


@pytest.mark.parametrize(
    "call", ["queue_enqueue('work', '{}')", "queue_dequeue('work')", "queue_pause('work')"]
)
def test_the_hint_of_a_refusal_is_the_grant_that_helps(db, connect, role, work, call):
    db.call("access_grant", role, ["observe"])
    error = denied(connect(role), call)
    assert error.sqlstate == "MP005"
    assert "work" in error.diag.message_primary
    grant = re.search(r"access_grant\(.*\)", error.diag.message_hint)
    assert grant and role in grant[0]
    db.execute(f"select minipaas.{grant[0]}")
    connect(role).execute(f"select minipaas.{call}")


@pytest.mark.parametrize("rights", [["enqueue"], ["observe"], ["enqueue", "observe"]])
def test_who_may_enqueue_or_observe_cannot_read_a_task(db, connect, role, work, rights):
    db.call("access_grant", role, rights)
    other = connect(role)
    for statement in ("select * from minipaas.queue_tasks", "table minipaas.queue_stats"):
        try:
            shown = other.execute(statement).fetchall()
        except psycopg.errors.InsufficientPrivilege:
            continue
        assert "secret" not in str(shown)
    denied(other, "queue_pop('work')")
    denied(other, f"queue_cancel({work + 1})")


def test_who_may_observe_sees_numbers(db, connect, role, work):
    db.call("access_grant", role, ["observe"])
    row = connect(role).execute("select * from minipaas.queue_stats").fetchone()
    assert (row.queue, row.ready, row.leased, row.dead) == ("work", 1, 1, 1)


def test_who_may_only_enqueue_sees_no_numbers(db, connect, role, work):
    db.call("access_grant", role, ["enqueue"])
    try:
        shown = connect(role).execute("select * from minipaas.queue_stats").fetchall()
    except psycopg.errors.InsufficientPrivilege:
        return
    assert shown == []


def test_no_right_opens_a_table_a_sequence_or_a_private_function(db, connect, role):
    db.call("access_grant", role, [*CALLS, "observe"])
    open_to_role = db.execute(
        r"""
        select relname from pg_class
        where relnamespace = 'minipaas'::regnamespace and relkind in ('r', 'p') and relname like '\_%%'
            and has_table_privilege(%(role)s, oid, 'select, insert, update, delete, truncate, trigger')
        union all
        select sequencename from pg_sequences
        where schemaname = 'minipaas'
            and has_sequence_privilege(%(role)s, 'minipaas.' || sequencename, 'usage, select, update')
        union all
        select proname from pg_proc
        where pronamespace = 'minipaas'::regnamespace and proname like '\_%%' and provolatile = 'v'
            and proname not like '\_clock%%'  -- which the views ask
            and has_function_privilege(%(role)s, oid, 'execute')
        """,
        {"role": role},
    ).fetchall()
    assert open_to_role == []


def test_a_grant_gives_no_right_to_grant(db, connect, role, new_role):
    db.call("access_grant", role, ["enqueue", "dequeue", "observe"])
    other = new_role()
    denied(connect(role), f"access_grant('{role}', '{{manage}}')")
    denied(connect(role), f"access_grant('{other}', '{{enqueue}}')")


def test_a_grant_may_be_repeated_and_added_to(db, connect, role, work):
    for rights in (["enqueue"], ["enqueue"], ["dequeue", "dequeue"]):
        db.call("access_grant", role, rights)
    other = connect(role)
    other.execute("select minipaas.queue_enqueue('work', '{}')")
    assert len(other.rows("queue_dequeue", "work", 10)) == 2


def test_a_grant_is_for_one_role(db, connect, role, new_role, work):
    db.call("access_grant", role, ["enqueue"])
    denied(connect(new_role()), "queue_enqueue('work', '{}')")


def test_a_grant_counts_for_queues_made_later(db, connect, role):
    db.call("access_grant", role, ["enqueue"])
    db.call("queue_create", "later")
    assert connect(role).call("queue_enqueue", "later", {}) is not None


def test_a_rolled_back_grant_was_never_there(connect, role, work):
    owner = connect(autocommit=False)
    owner.call("access_grant", role, ["enqueue"])
    owner.rollback()
    denied(connect(role), "queue_enqueue('work', '{}')")


def test_a_role_with_an_odd_name_can_be_granted(db, admin, role, connect, work):
    odd = f'{role} "odd"; it\'s 100%'
    quoted = '"' + odd.replace('"', '""') + '"'
    admin.execute(f'create role {quoted} role "{db.info.user}"')
    try:
        db.call("access_grant", odd, ["enqueue"])
        owner = connect()
        owner.execute("select set_config('role', %s, false)", [odd])
        assert owner.call("queue_enqueue", "work", {}) is not None
        denied(owner, "queue_dequeue('work')")
    finally:
        db.call("access_revoke", odd, ["enqueue"])
        db.execute(f"drop owned by {quoted}")
        admin.execute(f"drop role {quoted}")


def test_the_caller_is_the_role_that_set_role_chose(db, connect, admin, new_role, work):
    group, member = new_role(), new_role("noinherit")
    admin.execute(f"grant {group} to {member}")
    db.call("access_grant", group, ["enqueue"])
    session = connect(member)
    denied(session, "queue_enqueue('work', '{}')")
    session.execute(f"set role {group}")
    session.execute("select minipaas.queue_enqueue('work', '{}')")
    session.execute("reset role")
    denied(session, "queue_enqueue('work', '{}')")


def test_the_owner_who_sets_a_role_has_that_roles_rights(db, connect, admin, role, work):
    admin.execute(f'grant {role} to "{db.info.user}"')
    db.call("access_grant", role, ["enqueue"])
    session = connect()
    session.execute(f"set role {role}")
    session.execute("select minipaas.queue_enqueue('work', '{}')")
    denied(session, "queue_dequeue('work')")
    denied(session, "queue_drop('work', true)")


def test_a_grant_waits_for_another_one_and_does_not_fail(db, connect, new_role, waits, background):
    first, second = connect(autocommit=False), connect()
    first.call("access_grant", new_role(), ["enqueue"])
    granted = background(second.call, "access_grant", new_role(), ["dequeue"])
    waits(second)
    first.commit()
    granted.result()
    assert db.value("select count(*) from minipaas.access") == 2
