"""What the access checks cost, with 1,000 grants present: `python benchmarks/access.py`, on Linux.

It is little beside what else goes on in a machine, so the CPU time of the server's process is measured, in
slices of both sides in turn.
"""

import sys
from pathlib import Path

# A script's folder is where Python looks for modules first, and benchmarks/queue.py would be the standard
# library's `queue`. So the repository's root takes the folder's place.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from contextlib import ExitStack
from statistics import median
from typing import Any

import psycopg

from benchmarks._install import install_ours
from benchmarks._lab import PAYLOAD, Database, lab

ROLES, QUEUES_OF_EACH, CALLS, SLICES, TARGET = 100, 10, 50, 120, 1.05

CALLERS = {
    "owner": "the owner of the schema",
    "by_queue": "a role with rights on the queue",
    "by_all": "a role with rights on all",
    "by_group": "a member of a role with rights on the queue",
}
"""The roles that call. The targets are for those with grants of their own."""

WORK = {
    "enqueue 1": "select minipaas.queue_enqueue('q1', %s)",
    "dequeue 1": "select * from minipaas.queue_dequeue('q1')",
}

GRANTS = f"""
    select minipaas.queue_create('q' || n, lease => '1 day') from generate_series(1, {ROLES}) n;
    select minipaas.access_grant('other' || n, '{{enqueue,dequeue}}', 'q' || 1 + (n + m) % {ROLES})
    from generate_series(1, {ROLES}) n, generate_series(1, {QUEUES_OF_EACH} / 2) m;
    select minipaas.access_grant('by_queue', '{{enqueue,dequeue}}', queue => 'q1');
    select minipaas.access_grant('by_group_group', '{{enqueue,dequeue}}', queue => 'q1');
    select minipaas.access_grant('by_all', '{{enqueue,dequeue}}');
"""

NO_CHECKS = """
    create or replace function minipaas._queue_get(queue text, action text) returns setof minipaas._queue
    language sql stable
    as 'select q.* from minipaas._queue q where q.name = _queue_get.queue';
"""


def main() -> int:
    """Measure, print a line for each call and caller, and return 1 where a target is missed."""
    from_files = "--files" in sys.argv[1:]
    with lab({"ours": lambda url: install(url, from_files)}) as here, ExitStack() as stack:
        checked, unchecked = (stack.enter_context(here.database()) for _ in range(2))
        unchecked.execute(NO_CHECKS)
        met = [report(call, caller, checked, unchecked) for call in WORK for caller in CALLERS]
    return 0 if all(met) else 1


def install(url: str, from_files: bool) -> str:
    """Install the schema with its grants; return its version."""
    version = install_ours(url, from_files)
    with psycopg.connect(url) as connection:
        for role in (*CALLERS, "by_group_group", *(f"other{n}" for n in range(1, ROLES + 1))):
            if role != "owner":
                connection.execute(f"create role {role} login".encode())
        connection.execute("grant by_group_group to by_group")
        connection.execute(GRANTS.encode())
    return version


def report(call: str, caller: str, checked: Database, unchecked: Database) -> bool:
    """Run a call in both databases in turn, print the medians, and return whether the target is met."""
    for database in (checked, unchecked):
        database.execute(
            "truncate minipaas._ready, minipaas._waiting, minipaas._mark",
            "select count(*) from generate_series(1, 100) n,"
            f" minipaas.queue_enqueue_many('q1', array_fill(jsonb '1', array[{CALLS * SLICES // 50}]))",
        )
        database.settle()
    with ExitStack() as stack:
        sessions = [
            stack.enter_context(psycopg.connect(url_of(side, caller), autocommit=True, prepare_threshold=0))
            for side in (checked, unchecked)
        ]
        figures: list[list[float]] = [[], []]
        for number in range(SLICES):
            for side in (0, 1) if number % 2 else (1, 0):
                figures[side].append(measure(sessions[side], call))
    ours, bare = (median(spent[SLICES // 10 :]) for spent in figures)  # the first ones warm up
    ratio = ours / bare
    met = ratio <= TARGET
    counts = caller in ("by_queue", "by_all")
    line = f"{call}  {CALLERS[caller]:45}{ours:6.1f} us, without checks {bare:6.1f} us, {ratio:.3f} times"
    print(line + (f", target <= {TARGET:g}: {'yes' if met else 'NO'}" if counts else ""), flush=True)
    return met or not counts


def measure(session: psycopg.Connection[Any], call: str) -> float:
    """Return the microseconds of CPU time that the server needs for a call, its statement and transaction."""
    spent = Path(f"/proc/{session.info.backend_pid}/schedstat")
    parameters = [PAYLOAD] if "%s" in WORK[call] else []
    before = int(spent.read_text().split()[0])
    for _ in range(CALLS):
        session.execute(WORK[call].encode(), parameters)
    return (int(spent.read_text().split()[0]) - before) / 1000 / CALLS


def url_of(database: Database, caller: str) -> str:
    """Return the URL of a database for a caller."""
    return database.url if caller == "owner" else database.url.replace("postgres@", f"{caller}@", 1)


if __name__ == "__main__":
    sys.exit(main())
