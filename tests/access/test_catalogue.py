"""What holds for every function, view and table, whatever it is called: the catalogue is walked, no list."""

import re

import psycopg
import pytest

from .conftest import SECRET

ANY_RIGHT = {
    "maintain": "", "schedule_tick": "", "schema_version": "", "cron_next": "'* * * * *', now()",
    "service_seen": "'shop', '0.1.0', '0004'",
}  # fmt: skip
"""Functions that need some right, whichever, and arguments for them."""

RIGHTS = {
    "queue": ["enqueue", "dequeue", "manage", "observe"],
    "stream": ["publish", "consume", "manage", "observe"],
}

ARGUMENTS = {
    "queue": "'yours'", "stream": "'theirs'", "schedule": "'yours daily'", "consumer": "'reader'",
    "cron": "'@daily'", "id": "%(leased)s",
    "ids": "array[%(leased)s]::bigint[]", "attempt": "1", "payload": "'1'",
    "payloads": "array[jsonb '1']", "partition": "0", "event_offset": "1", "lease_id": "1",
    "before_offset": "1", "to_offset": "1", "role": "'postgres'", "rights": "'{manage}'", "after": "now()",
}  # fmt: skip
"""What a call gets for its parameters without a default, by their names."""

FUNCTIONS = r"""
    select p.proname as name, p.proargnames[:p.pronargs - p.pronargdefaults] as arguments
    from pg_proc p
    where p.pronamespace = 'minipaas'::regnamespace and p.proname !~ '^_'
    order by 1
"""

CONTENTS = """
    select jsonb_build_array(
        (select jsonb_agg(to_jsonb(t) order by t.id) from minipaas.queue_tasks t),
        (select jsonb_agg(to_jsonb(e) order by e.event_offset) from minipaas._event e),
        (select jsonb_agg(to_jsonb(q) - 'granted' order by q.name) from minipaas._queue q),
        (select jsonb_agg(to_jsonb(s) - 'granted' order by s.name) from minipaas._stream s),
        (select jsonb_agg(to_jsonb(c) order by c.id) from minipaas._consumer c),
        (select jsonb_agg(to_jsonb(s) order by s.id) from minipaas._schedule s)
    )
"""


def calls(db, site):
    """A call of every public function that is about something of `yours` or `theirs`, or about all."""
    for name, arguments in db.execute(FUNCTIONS).fetchall():
        if name not in ANY_RIGHT:
            given = ", ".join(f"{argument} => {ARGUMENTS[argument]}" for argument in arguments or ())
            statement = f"select minipaas.{name}({given})".replace("%(leased)s", str(site["yours", "leased"]))
            yield name, statement + (" -- on all" if name in ("queue_create", "stream_create") else "")


def denials(db, site, session):
    """Make every call in a session, and return what was raised by name."""
    found = {}
    before = db.value(CONTENTS)
    for name, statement in calls(db, site):
        with pytest.raises(psycopg.Error) as caught:
            session.execute(statement)
        found[name] = caught.value
        assert db.value(CONTENTS) == before, name
    return found


def test_a_role_with_nothing_may_call_nothing(db, connect, role, site):
    session = connect(role)
    assert {error.sqlstate for error in denials(db, site, session).values()} == {"42501"}
    for name, arguments in ANY_RIGHT.items():
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(f"select minipaas.{name}({arguments})")


@pytest.mark.parametrize(
    ("kind", "right"), [(kind, right) for kind, rights in RIGHTS.items() for right in rights]
)
def test_a_right_on_another_queue_or_stream_allows_nothing_here(db, connect, role, site, kind, right):
    other = {"queue": "mine", "stream": "ours"}[kind]
    db.call("access_grant", role, [right], **{kind: other})
    session = connect(role)
    for name, error in denials(db, site, session).items():
        assert error.sqlstate == "MP005", (name, error)
        if not name.startswith("access_"):
            assert re.search(r"select minipaas\.access_grant\(.*\);", error.diag.message_hint), name


def test_the_hint_of_every_refusal_is_the_grant_that_helps(db, connect, role, site):
    db.call("access_grant", role, ["observe"], queue="mine")
    session = connect(role, autocommit=False)
    for name, statement in calls(db, site):
        if name.startswith("access_"):
            continue
        with pytest.raises(psycopg.Error) as caught:
            session.execute(statement)
        session.rollback()
        grant = re.search(r"select (minipaas\.access_grant\(.*\));", caught.value.diag.message_hint)[1]
        db.execute(f"select {grant}")
        try:
            session.execute(statement)
        except psycopg.Error as error:  # such as MP009, since a lease_id is made up
            assert error.sqlstate != "MP005", name
        session.rollback()
        db.execute("select " + grant.replace("access_grant", "access_revoke"))
        db.call("access_grant", role, ["observe"], queue="mine")


def test_a_right_on_all_allows_its_calls_on_each(db, connect, role, site):
    db.call("access_grant", role, ["enqueue", "dequeue", "publish", "consume", "manage"])
    session = connect(role, autocommit=False)
    for name, statement in calls(db, site):
        if not name.startswith("access_"):
            try:
                session.execute(statement)
            except psycopg.Error as error:
                assert error.sqlstate != "MP005", name
            session.rollback()


def views(db):
    """The names of the public views."""
    found = db.execute(
        r"select viewname from pg_views where schemaname = 'minipaas' and viewname !~ '^_' order by 1"
    )
    return [name for (name,) in found]


def test_a_role_with_nothing_may_read_nothing(db, connect, role, site):
    session = connect(role)
    for view in [*views(db), "_queue", "_ready", "_grant", "_access", "_right"]:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(f"table minipaas.{view}")


@pytest.mark.parametrize("right", ["enqueue", "dequeue", "manage", "observe"])
def test_no_view_shows_what_belongs_to_another_queue(db, connect, role, site, right):
    db.call("access_grant", role, [right], queue="mine")
    session = connect(role)
    for view in views(db):
        shown = str(session.execute(f"table minipaas.{view}").fetchall())
        assert "yours" not in shown, view
        assert "theirs" not in shown, view
        if right in ("enqueue", "observe"):
            assert SECRET not in shown, view


def test_public_may_do_nothing(db):
    assert (
        db.execute(
            """
        select o.name, x.privilege_type
        from (
            select nspname::text, nspacl, nspowner, 'n' from pg_namespace where nspname = 'minipaas'
            union all
            select proname, proacl, proowner, 'f' from pg_proc where pronamespace = 'minipaas'::regnamespace
            union all
            select relname, relacl, relowner, case relkind when 'S' then 's' else 'r' end
            from pg_class where relnamespace = 'minipaas'::regnamespace
            union all
            select typname, typacl, typowner, 'T' from pg_type
            where typnamespace = 'minipaas'::regnamespace and typrelid = 0 and typelem = 0
            union all
            select attname, attacl, relowner, 'c'
            from pg_attribute join pg_class c on c.oid = attrelid
            where relnamespace = 'minipaas'::regnamespace
        ) o (name, acl, owner, kind)
        cross join lateral aclexplode(coalesce(o.acl, acldefault(o.kind::"char", o.owner))) x
        where x.grantee = 0
        """
        ).fetchall()
        == []
    )


def test_functions_that_run_as_the_owner_pin_their_search_path_and_belong_to_it(db):
    assert (
        db.execute(
            """
        select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = 'minipaas' and (
            p.prosecdef and not coalesce('search_path=pg_catalog, pg_temp' = any (p.proconfig), false)
            or p.proowner <> n.nspowner
        )
        """
        ).fetchall()
        == []
    )


def test_views_filter_before_anything_of_the_reader_runs(db):
    assert (
        db.execute(
            r"""
        select relname from pg_class
        where relnamespace = 'minipaas'::regnamespace and relkind = 'v' and relname !~ '^_'
            and not coalesce('security_barrier=true' = any (reloptions), false)
        """
        ).fetchall()
        == []
    )


def test_no_function_asks_for_a_setting_of_ours_but_the_two_that_tests_cover(db):
    """`minipaas.now` counts for members of the owner, and nothing rests on the other two."""
    found = db.execute(
        r"""
        select distinct m[1]
        from pg_proc p, regexp_matches(p.prosrc, 'current_setting\(''(minipaas\.[a-z_]+)', 'g') m
        where p.pronamespace = 'minipaas'::regnamespace order by 1
        """
    ).fetchall()
    assert [name for (name,) in found] == ["minipaas.bound_", "minipaas.now", "minipaas.wake"]
