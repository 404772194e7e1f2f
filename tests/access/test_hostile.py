"""Objects that a caller puts in the way are never picked up, and no text does harm."""

import psycopg
import pytest
from psycopg.types.json import Jsonb

NASTY = [
    "'; drop table minipaas._queue; --", '"', "$1", "%s %I %% %", "{}", "\\", "$$", "a\nb\tc",
    "ÿ😀", "x" * 255, "NULL", "''",
]  # fmt: skip

# Without operators, types and functions of their own, which the traps are for.
LIFE = [
    "select minipaas.queue_enqueue('mine', '1', 3, key => 'k', dedup_key => 'd')",
    "select minipaas.queue_enqueue_many('mine', '{1,2}', keys => '{k,null}')",
    "select * from minipaas.queue_dequeue('mine', 2)",
    "select minipaas.queue_nack(d.id, d.attempt, error => 'e') from minipaas.queue_dequeue('mine') d",
    "select minipaas.queue_enqueue('mine', '1')",
    "select minipaas.queue_ack(d.id, d.attempt) from minipaas.queue_dequeue('mine') d",
    "select minipaas.queue_cancel(minipaas.queue_enqueue('mine', '1'))",
    "select minipaas.stream_publish('ours', '1', 'k', dedup_key => 'd')",
    "select * from minipaas.stream_consume('ours')",
    "select minipaas.stream_commit('ours', 'reader', partition, event_offset, lease_id)"
    " from minipaas.stream_fetch('ours', 'reader') f",
    "select minipaas.schedule_alter('mine daily', timezone => 'Europe/Berlin')",
    "select minipaas.schedule_tick()",
    "select * from minipaas.maintain()",
    *(f"table minipaas.{view}" for view in (
        "queues", "queue_stats", "queue_tasks", "streams", "stream_stats", "consumer_stats", "schedules",
        "health", "access",
    )),
]  # fmt: skip


def trap(session, schema):
    """Make tables, domains, functions and operators that are called like what the functions refer to."""
    for name in (
        "_queue",
        "_ready",
        "_waiting",
        "_stream",
        "_access",
        "_right",
        "pg_roles",
        "pg_class",
        "pg_locks",
        "unnest",
    ):
        session.execute(f"create table {schema}.{name} (id text, name text, trapped boolean)")
    for name in ("tid", "jsonb", "text", "bigint", "interval", "timestamptz", "regrole"):
        session.execute(f'create domain {schema}."{name}" as int check (false)')
    for name in [
        "now",
        "clock_timestamp",
        "length",
        "has_column_privilege",
        "pg_has_role",
        "to_regrole",
        "format",
    ]:
        for type in ("pg_catalog.text", "pg_catalog.name", "pg_catalog.int8"):
            session.execute(
                f"create function {schema}.{name}({type}) returns pg_catalog.bool language plpgsql"
                " as $$ begin raise exception 'trapped' using errcode = 'TR001'; end $$"
            )
    for type in ("text", "int4", "int8", "float8", "name", "timestamptz", '"char"'):
        session.execute(
            f"create function {schema}.trap(pg_catalog.{type}, pg_catalog.{type}) returns pg_catalog.bool"
            " language plpgsql as $$ begin raise exception 'trapped' using errcode = 'TR001'; end $$"
        )
        for operator in ("=", "<", "<=", ">", ">=", "<>"):
            session.execute(
                f"create operator {schema}.{operator}"
                f" (function = {schema}.trap, leftarg = pg_catalog.{type}, rightarg = pg_catalog.{type})"
            )


@pytest.mark.parametrize("schema", ["pg_temp", "test", "public"])
def test_hostile_objects_are_never_picked_up(db, connect, role, site, schema):
    db.call("access_grant", role, ["enqueue", "dequeue", "publish", "consume", "manage", "observe"])
    if schema != "pg_temp":
        db.execute(f"grant create, usage on schema {schema} to {role}")
    session = connect(role, autocommit=False)
    trap(session, schema)
    session.execute(f"set local search_path = {schema}, pg_catalog")
    try:
        for statement in LIFE:
            session.execute(statement)
    finally:
        session.rollback()
        if schema != "pg_temp":
            db.execute(f"revoke all on schema {schema} from {role}")


@pytest.mark.parametrize("text", NASTY)
def test_any_text_is_data(db, text):
    value = Jsonb({text: text})
    db.call("queue_create", text)
    id = db.call("queue_enqueue", text, value, key=text, dedup_key=text, headers=value)
    task = db.one("queue_dequeue", text, worker=text)
    assert (task.id, task.payload, task.key, task.headers) == (id, {text: text}, text, {text: text})
    db.call("queue_bury", id, 1, text)
    row = db.execute("select queue, last_error, dedup_key from minipaas.queue_tasks").fetchone()
    assert row == (text, text, text)
    db.call("schedule_create", text, "@daily", text, value)
    db.call("stream_create", text)
    db.call("stream_subscribe", text, text)
    db.call("stream_publish", text, value, text, value, text)
    event = db.one("stream_fetch", text, text, worker=text)
    assert (event.payload, event.key) == ({text: text}, text)
    for view in ("queues", "queue_stats", "stream_stats", "consumer_stats", "schedules", "health"):
        db.execute(f"table minipaas.{view}")
    assert db.call("stream_drop", text, force=True) is True
    assert db.call("queue_drop", text, force=True) is True


@pytest.mark.parametrize("text", NASTY)
def test_the_hint_of_a_refusal_quotes_any_name(db, connect, role, text):
    db.call("queue_create", text)
    db.call("access_grant", role, ["observe"], queue=text)
    session = connect(role)
    with pytest.raises(psycopg.Error) as caught:
        session.call("queue_enqueue", text, {})
    db.execute(caught.value.diag.message_hint.partition(": ")[2].encode())
    assert session.call("queue_enqueue", text, {})


def test_large_and_unrepresentable_text_is_refused_or_kept_whole(db, refused):
    db.call("queue_create", "work")
    large = "x" * 10_000_000
    id = db.call("queue_enqueue", "work", {"large": large}, headers=Jsonb(large))
    task = db.one("queue_dequeue", "work")
    assert (task.id, task.payload["large"], task.headers) == (id, large, large)
    assert db.call("queue_nack", id, 1, error=large) == "waiting"
    with pytest.raises(psycopg.Error, match=r"unicode|\\u0000"):
        db.call("queue_enqueue", "work", Jsonb("\0"))
    for argument in ("key", "dedup_key"):
        with refused("MP006", "key"):
            db.call("queue_enqueue", "work", {}, **{argument: large})
    for call in ("queue_create", "stream_create"):
        with refused("MP006", "name"):
            db.call(call, large)
    for call in ("queue_dequeue", "queue_pause"):
        with refused("MP001", "xxx"):
            db.call(call, large)
