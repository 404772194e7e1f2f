"""What tasks and events take on disk, in the write-ahead log and in memory; for a database of its own."""

from collections.abc import Iterator

from tests.conftest import Connection

COUNT = 4000
RUN = """
create procedure pg_temp.run(statement text, times integer) language plpgsql as $$
begin
    for i in 1..times loop
        execute statement using i;
        commit;
    end loop;
end
$$
"""


def _payloads(size: int) -> str:
    """SQL for an array of payloads that hardly compress, of `size` bytes each as text."""
    text = f"(select left(string_agg(md5(i || ' ' || j), ''), {size - 12}) from generate_series(1, 63) j)"
    return f"(select array_agg(jsonb_build_object('text', {text})) from generate_series(1, {COUNT}) i)"


def on_disk(db: Connection, size: int) -> Iterator[tuple[str, float]]:
    """Yield how many bytes a task or an event takes with its indexes, by what it is."""
    for name in ("ready", "delayed", "kept"):
        db.call("queue_create", name, keep_done="1 day")
    db.call("stream_create", "plain")
    db.call("stream_create", "keyed", partitions=4)
    payloads, keys = _payloads(size), f"array(select 'customer ' || i from generate_series(1, {COUNT}) i)"
    enqueue = f"select count(*) from minipaas.queue_enqueue_many('%s', {payloads}%s)"
    publish = f"select count(*) from minipaas.stream_publish_many('%s', {payloads}%s)"
    finish = f"select count(minipaas.%s(id)) from minipaas.queue_dequeue('%s', {COUNT})"

    def grown(table: str, statement: str) -> float:
        size_of = f"select pg_total_relation_size('minipaas.{table}')"
        before = db.value(size_of)
        db.execute(statement)
        return (db.value(size_of) - before) / COUNT

    yield "ready", grown("_ready", enqueue % ("ready", ""))
    yield "delayed or leased", grown("_waiting", enqueue % ("delayed", ", delay => '1 day'"))
    yield "dead", grown("_dead", finish % ("queue_bury", "ready"))
    db.execute(enqueue % ("kept", ""))
    yield "done", grown("_done", finish % ("queue_ack", "kept"))
    yield "event", grown("_event", publish % ("plain", ""))
    yield "event with a key, in partitions", grown("_event", publish % ("keyed", f", keys => {keys}"))


def logged(db: Connection, size: int, batch: int) -> Iterator[tuple[str, float]]:
    """Yield how many bytes of the log a task or an event takes by the step of its life, in such batches."""
    name, times = f"{size} by {batch}", 1000 // batch
    db.call("queue_create", name)
    db.call("stream_create", name)
    db.call("stream_subscribe", name, "reader")
    db.execute(RUN)
    db.execute(f"create temporary table given as select {_payloads(size)} as payloads")

    def written(statement: str) -> float:
        before = db.value("select pg_current_wal_insert_lsn()")
        db.execute("call pg_temp.run(%s, %s)", [statement, times])
        return float(db.value("select pg_current_wal_insert_lsn() - %s::pg_lsn", before)) / times / batch

    some = f"(select payloads[1:{batch}] from given)"
    yield "enqueue", written(f"select count(*) from minipaas.queue_enqueue_many('{name}', {some})")
    yield "dequeue", written(f"select count(*) from minipaas.queue_dequeue('{name}', {batch})")
    held = "select array_agg(id order by id) as ids from minipaas.queue_tasks where queue = %s"
    db.execute(f"create temporary table held as {held}", [name])
    slice = f"ids[($1 - 1) * {batch} + 1 : $1 * {batch}]"
    yield "ack", written(f"select minipaas.queue_ack_many({slice}) from held")
    yield "publish", written(f"select count(*) from minipaas.stream_publish_many('{name}', {some})")
    yield (
        "fetch and commit",
        written(
            f"select minipaas.stream_commit('{name}', 'reader', partition, max(event_offset), lease_id) "
            f"from minipaas.stream_fetch('{name}', 'reader', {batch}) group by partition, lease_id"
        ),
    )
    db.execute("drop table given, held; drop procedure pg_temp.run")


def memory(db: Connection) -> tuple[int, int]:
    """Return what a session has in memory of its own before and after some tasks, in bytes."""
    held = "select sum(total_bytes)::bigint from pg_backend_memory_contexts"
    before = db.value(held)
    db.call("queue_create", "memory")
    for _ in range(10):
        db.call("queue_enqueue", "memory", {})
        task = db.one("queue_dequeue", "memory")
        assert db.call("queue_ack", task.id, task.attempt)
    return before, db.value(held)
