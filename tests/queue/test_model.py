"""A queue does what a list of tasks in Python does, whatever is called in whatever order."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.conftest import Connection

from .helpers import NOON

LEASE, MAX_ATTEMPTS, BACKOFF, BACKOFF_MAX = 60, 3, 10, 35
SETTINGS = settings(
    max_examples=40,
    stateful_step_count=50,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@dataclass
class Task:
    """One task as its users see it: `until` is when a lease or a wait ends, `entry` when it became ready."""

    priority: int
    max_attempts: int
    limit: int
    attempt: int = 0
    stage: str = "ready"  # or leased, delayed, retrying, dead
    until: datetime = NOON
    entry: int = 0

    def state(self, now: datetime) -> str:
        if self.stage in ("ready", "dead") or self.until > now:
            return self.stage
        return "dead" if self.stage == "leased" and self.exhausted() else "ready"

    def exhausted(self) -> bool:
        return self.max_attempts > 0 and self.attempt >= self.limit

    def rank(self) -> tuple:
        """Higher priorities first, then what became due by its time, then the others by their entry."""
        fresh = self.stage == "ready"
        return (-self.priority, fresh, self.entry if fresh else self.until)


def seconds(*choices: int) -> st.SearchStrategy:
    return st.sampled_from([None, *choices])


def interval(number: int | None) -> str | None:
    return None if number is None else f"{number} seconds"


priorities = st.sampled_from([None, 0, 1, -10, 10])
delays = seconds(0, 30, 90)
attempts = st.sampled_from(["own", "own", "own", "own", "older", None])
picks = st.integers(0, 10**6)


class Machine(RuleBasedStateMachine):
    """Each rule calls the queue and the model, and compares what they say."""

    queues = 0

    def __init__(self, db: Connection) -> None:
        super().__init__()
        self.db, self.now, self.entries, self.paused = db, NOON, 0, False
        self.tasks: dict[int, Task] = {}
        self.gone: list[int] = []
        Machine.queues += 1
        self.queue = f"queue {Machine.queues}"
        db.at(self.now)
        db.call(
            "queue_create",
            self.queue,
            interval(LEASE),
            MAX_ATTEMPTS,
            interval(BACKOFF),
            interval(BACKOFF_MAX),
        )

    def teardown(self) -> None:
        self.db.call("queue_drop", self.queue, force=True)

    def moment(self, number: int | None, default: int = 0) -> datetime:
        return self.now + timedelta(seconds=default if number is None else number)

    def add(self, id: int, priority: int | None, delay: int | None, own: int | None) -> None:
        assert id not in self.tasks
        self.entries += 1
        most = MAX_ATTEMPTS if own is None else own
        task = Task(priority or 0, most, most, entry=self.entries)
        if delay:
            task.stage, task.until = "delayed", self.moment(delay)
        self.tasks[id] = task

    def pick(self, number: int, stage: str | None = None) -> int:
        """Any task, one of a stage if there is one, else one that is gone or never was."""
        of_stage = [id for id, task in self.tasks.items() if task.stage == stage]
        known = of_stage or sorted(self.tasks) or self.gone or [10**12]
        return known[number % len(known)]

    def given(self, id: int, which: str | None) -> int | None:
        attempt = self.tasks[id].attempt if id in self.tasks else 1
        return {"own": attempt, "older": attempt - 1, None: None}[which]

    def holds(self, id: int, attempt: int | None) -> bool:
        task = self.tasks.get(id)
        return task is not None and task.stage == "leased" and attempt in (None, task.attempt)

    def drop(self, id: int) -> None:
        del self.tasks[id]
        self.gone.append(id)

    def deliverable(self, count: int) -> list[Task]:
        ready = [task for task in self.tasks.values() if task.state(self.now) == "ready"]
        return [] if self.paused else sorted(ready, key=Task.rank)[:count]

    def take(self, rows: list, count: int) -> list[int]:
        """Check order and attempts of what was delivered, and return its ids."""
        expected = self.deliverable(count)
        assert len({row.id for row in rows}) == len(rows)
        assert [self.tasks[row.id].rank() for row in rows] == [task.rank() for task in expected]
        for row in rows:
            task = self.tasks[row.id]
            assert task.state(self.now) == "ready"
            task.attempt += 1
            assert (row.attempt, row.priority) == (task.attempt, task.priority)
        return [row.id for row in rows]

    @rule(priority=priorities, delay=delays, own=st.sampled_from([None, None, 0, 1, 2]))
    def enqueue(self, priority, delay, own):
        options = {"priority": priority, "delay": interval(delay), "max_attempts": own}
        self.add(self.db.call("queue_enqueue", self.queue, {}, **options), priority, delay, own)

    @rule(count=st.integers(1, 8), priority=priorities, delay=delays)
    def enqueue_many(self, count, priority, delay):
        given = ([{}] * count, priority, interval(delay))
        for (id,) in self.db.rows("queue_enqueue_many", self.queue, *given):
            self.add(id, priority, delay, None)

    @rule(count=st.integers(1, 6), lease=seconds(30, 200))
    def dequeue(self, count, lease):
        rows = self.db.rows("queue_dequeue", self.queue, count, interval(lease))
        for id in self.take(rows, count):
            self.tasks[id].stage, self.tasks[id].until = "leased", self.moment(lease, LEASE)
        assert all(row.lease_until == self.moment(lease, LEASE) for row in rows)

    @rule(count=st.integers(1, 3))
    def pop(self, count):
        for id in self.take(self.db.rows("queue_pop", self.queue, count), count):
            self.drop(id)

    @rule(number=picks, which=attempts)
    def ack(self, number, which):
        id = self.pick(number, "leased")
        attempt = self.given(id, which)
        held = self.holds(id, attempt)
        assert self.db.call("queue_ack", id, attempt) is held
        if held:
            self.drop(id)

    @rule(numbers=st.lists(picks, min_size=1, max_size=5), which=attempts)
    def ack_many(self, numbers, which):
        ids = list(dict.fromkeys(self.pick(number, "leased") for number in numbers))
        given = [self.given(id, which) for id in ids]
        held = [id for id, attempt in zip(ids, given, strict=True) if self.holds(id, attempt)]
        assert self.db.call("queue_ack_many", ids, given if which else None) == len(held)
        for id in held:
            self.drop(id)

    @rule(number=picks, which=attempts, delay=seconds(0, 45))
    def nack(self, number, which, delay):
        id = self.pick(number, "leased")
        attempt = self.given(id, which)
        held = self.holds(id, attempt)
        answer = self.db.call("queue_nack", id, attempt, interval(delay), "failed")
        if not held:
            assert answer is None
            return
        task = self.tasks[id]
        if task.exhausted():
            assert answer == "dead"
            task.stage = "dead"
            return
        assert answer == "waiting"
        task.stage = "retrying"
        task.until = self.db.value("select run_at from minipaas.queue_tasks where id = %s", id)
        wait = min(BACKOFF * 2 ** (task.attempt - 1), BACKOFF_MAX) if delay is None else delay
        slack = 0.2 * wait if delay is None else 0
        assert self.moment(wait - slack) <= task.until <= self.moment(wait + slack)

    @rule(number=picks, which=attempts)
    def bury(self, number, which):
        id = self.pick(number, "leased")
        attempt = self.given(id, which)
        held = self.holds(id, attempt)
        assert self.db.call("queue_bury", id, attempt, "poison") is held
        if held:
            self.tasks[id].stage = "dead"

    @rule(number=picks, which=attempts, lease=seconds(10, 300))
    def extend(self, number, which, lease):
        id = self.pick(number, "leased")
        attempt = self.given(id, which)
        until = self.moment(lease, LEASE) if self.holds(id, attempt) else None
        assert self.db.call("queue_extend", id, attempt, interval(lease)) == until
        if until:
            self.tasks[id].until = until

    @rule(number=picks)
    def cancel(self, number):
        id = self.pick(number)
        task = self.tasks.get(id)
        if task and task.state(self.now) == "dead":
            return
        free = task is not None and task.state(self.now) != "leased"
        assert self.db.call("queue_cancel", id) is free
        if free:
            self.drop(id)

    @rule(numbers=st.none() | st.lists(picks, min_size=1, max_size=4))
    def redrive(self, numbers):
        ids = numbers and [self.pick(number, "dead") for number in numbers]
        among = self.tasks if ids is None else ids
        dead = {id for id in among if id in self.tasks and self.tasks[id].state(self.now) == "dead"}
        assert self.db.call("queue_redrive", self.queue, ids) == len(dead)
        self.entries += 1
        for id in dead:
            task = self.tasks[id]
            task.stage, task.entry = "ready", self.entries
            task.limit = task.attempt + task.max_attempts

    @rule(really=st.integers(0, 9))
    def purge(self, really):
        if really:
            return
        free = [id for id, task in self.tasks.items() if task.state(self.now) != "leased"]
        assert self.db.call("queue_purge", self.queue) == len(free)
        for id in free:
            self.drop(id)

    @rule(paused=st.sampled_from([True, False, False]))
    def pause_or_resume(self, paused):
        self.db.call("queue_pause" if paused else "queue_resume", self.queue)
        self.paused = paused

    @rule(number=st.sampled_from([1, 20, 31, 60, 61, 300]))
    def travel(self, number):
        self.now += timedelta(seconds=number)
        self.db.at(self.now)

    @invariant()
    def the_views_agree(self):
        shown = self.db.execute(
            "select id, state, attempt, priority from minipaas.queue_tasks where queue = %s", [self.queue]
        )
        expected = {
            id: (task.state(self.now), task.attempt, task.priority) for id, task in self.tasks.items()
        }
        assert {row.id: tuple(row[1:]) for row in shown} == expected
        stats = "select * from minipaas.queue_stats where queue = %s"
        counts = self.db.execute(stats, [self.queue]).fetchone()._asdict()
        states = [task.state(self.now) for task in self.tasks.values()]
        for state in ("ready", "delayed", "leased", "retrying", "dead"):
            assert counts[state] == states.count(state)


def test_a_queue_behaves_like_its_model(db):
    run_state_machine_as_test(lambda: Machine(db), settings=SETTINGS)
