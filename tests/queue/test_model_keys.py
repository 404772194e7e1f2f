"""Keys and dedup_keys do what a model in Python does, whatever is called in whatever order."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.conftest import Connection

from .helpers import NOON
from .test_model import SETTINGS

LEASE, MAX_ATTEMPTS = 60, 2


@dataclass
class Task:
    """`stage` is 'line' for who waits for the key, 'delayed' (after `until`: due), or as in the views."""

    id: int
    key: str
    dedup_key: str | None
    priority: int
    at: datetime
    entry: int
    stage: str = "line"
    until: datetime = NOON
    attempt: int = 0
    limit: int = MAX_ATTEMPTS
    payload: int = 0


keys = st.sampled_from(["a", "b", "c"])
dedup_keys = st.sampled_from([None, None, "x", "y"])
priorities = st.sampled_from([0, 0, 2, -2])
delays = st.sampled_from([None, None, 0, 20, 70])
on_duplicates = st.sampled_from(["keep", "keep", "replace"])
picks = st.integers(0, 10**6)


class Machine(RuleBasedStateMachine):
    """Each rule calls the queue and the model, and compares what they say."""

    queues = 0

    def __init__(self, db: Connection) -> None:
        super().__init__()
        self.db, self.now, self.entries = db, NOON, 0
        self.tasks: dict[int, Task] = {}
        Machine.queues += 1
        self.queue = f"keyed {Machine.queues}"
        db.at(self.now)
        db.call("queue_create", self.queue, f"{LEASE} s", MAX_ATTEMPTS, "10 s", "10 s")

    def teardown(self) -> None:
        self.db.call("queue_drop", self.queue, force=True)

    def due(self, task: Task) -> bool:
        return task.until <= self.now

    def died(self, task: Task) -> bool:
        """Dead by expiry, whether or not anybody has written that down."""
        return task.stage == "leased" and self.due(task) and task.attempt >= task.limit

    def outstanding(self) -> list[Task]:
        return [task for task in self.tasks.values() if task.stage != "dead" and not self.died(task)]

    def active(self, key: str) -> Task | None:
        """The task that has the key's baton, dead by expiry or not."""
        mine = [t for t in self.tasks.values() if t.key == key and t.stage in ("ready", "leased", "retrying")]
        assert len(mine) <= 1
        return mine[0] if mine else None

    def behind(self, task: Task) -> bool:
        """Whether a due task waits for its key: for the active task, or for one that was due earlier."""
        mine = [t for t in self.tasks.values() if t.key == task.key and t.stage == "delayed"]
        return self.active(task.key) is not None or min(mine, key=lambda t: (t.until, t.id)) is not task

    def next(self, key: str) -> Task | None:
        """Who follows: the first in line, or a delayed task that was due before that one was enqueued."""
        mine = [task for task in self.tasks.values() if task.key == key]
        line = min((t for t in mine if t.stage == "line"), key=lambda t: t.entry, default=None)
        due = min(
            (t for t in mine if t.stage == "delayed" and self.due(t)),
            key=lambda t: (t.until, t.id),
            default=None,
        )
        return due if due and (line is None or due.until <= line.at) else line

    def release(self, key: str) -> None:
        follows = self.next(key)
        if follows:
            self.entries += 1
            follows.stage, follows.entry = "ready", self.entries

    def join(self, task: Task, delay: int | None) -> None:
        """Put a task where it belongs by its time and its key."""
        self.entries += 1
        task.entry = self.entries
        if delay:
            task.stage, task.until = "delayed", self.now + timedelta(seconds=delay)
            return
        task.stage = "line"
        if self.active(task.key) is None:
            self.release(task.key)

    def drop(self, task: Task) -> None:
        """Delete a task; its key goes on if it was the active one."""
        del self.tasks[task.id]
        if task.stage in ("ready", "leased", "retrying"):
            self.release(task.key)

    def replace(self, task: Task, delay: int | None, payload: int) -> None:
        if task.stage == "leased":
            return
        before, task.payload = task.stage, payload
        if delay:
            self.entries += 1
            task.stage, task.until = "delayed", self.now + timedelta(seconds=delay)
            if before in ("ready", "retrying"):
                self.release(task.key)
        elif before == "delayed":
            self.join(task, None)
        elif before == "retrying":
            self.entries += 1
            task.stage, task.entry = "ready", self.entries

    def add(self, id: int, key, dedup_key, priority, delay, payload) -> None:
        assert id not in self.tasks
        task = Task(id, key, dedup_key, priority, self.now, 0, payload=payload)
        self.tasks[id] = task
        self.join(task, delay)

    def bury_for(self, dedup_key: str | None) -> Task | None:
        """The outstanding task with a dedup_key; one that died by expiry is buried and frees its key."""
        for task in list(self.tasks.values()):
            if dedup_key and task.dedup_key == dedup_key and task.stage != "dead":
                if not self.died(task):
                    return task
                task.stage = "dead"
                self.release(task.key)
        return None

    @rule(key=keys, dedup_key=dedup_keys, priority=priorities, delay=delays, on_duplicate=on_duplicates)
    def enqueue(self, key, dedup_key, priority, delay, on_duplicate):
        self.entries += 1
        wait = None if delay is None else f"{delay} s"
        id = self.db.call(
            "queue_enqueue", self.queue, {"n": self.entries}, priority, wait,
            key=key, dedup_key=dedup_key, on_duplicate=on_duplicate,
        )  # fmt: skip
        payload, there = self.entries, self.bury_for(dedup_key)
        if there is None:
            self.add(id, key, dedup_key, priority, delay, payload)
            return
        assert id == there.id
        if on_duplicate == "replace":
            self.replace(there, delay, payload)

    @rule(given=st.lists(st.tuples(keys, dedup_keys), min_size=1, max_size=6), delay=delays)
    def enqueue_many(self, given, delay):
        self.entries += 1
        rows = self.db.rows(
            "queue_enqueue_many", self.queue, [{"n": self.entries}] * len(given), 0,
            None if delay is None else f"{delay} s",
            keys=[key for key, _ in given], dedup_keys=[dedup_key for _, dedup_key in given],
        )  # fmt: skip
        payload = self.entries
        there = {}
        for dedup_key in sorted({dedup_key for _, dedup_key in given if dedup_key}):
            found = self.bury_for(dedup_key)
            if found:
                there[dedup_key] = found.id
        for (id,), (key, dedup_key) in zip(rows, given, strict=True):
            if dedup_key in there:
                assert id == there[dedup_key]
                continue
            there.update({dedup_key: id} if dedup_key else {})
            task = Task(id, key, dedup_key, 0, self.now, 0, payload=payload)
            self.tasks[id] = task
            self.entries += 1
            task.entry = self.entries
            if delay:
                task.stage, task.until = "delayed", self.now + timedelta(seconds=delay)
        for key in sorted({key for key, _ in given}):
            line = any(task.key == key and task.stage == "line" for task in self.tasks.values())
            if line and self.active(key) is None:
                self.release(key)

    def available(self) -> list[Task]:
        """What a dequeue may return, be it that it buries first who died by expiry."""
        found = []
        for key in ("a", "b", "c"):
            holder = self.active(key)
            if holder is None or self.died(holder):
                found += filter(None, [self.next(key)])
            elif holder.stage == "ready" or self.due(holder):
                found.append(holder)
        return found

    @rule(count=st.integers(1, 4), pop=st.sampled_from([False, False, True]))
    def dequeue(self, count, pop):
        could = {task.id: task for task in self.available()}
        sure = [t for t in could.values() if not (self.active(t.key) and self.died(self.active(t.key)))]
        # A slow machine and a clock that leaps must not look like dead rows to wade through (_mark_slow).
        self.db.execute("update minipaas._mark set full_cost = '0'")
        rows = self.db.rows("queue_pop" if pop else "queue_dequeue", self.queue, count)
        assert len(rows) == min(count, len(could))
        assert len({row.key for row in rows}) == len(rows)
        if sure:
            assert rows[0].priority == max(task.priority for task in sure)
        for row in rows:
            task = could[row.id]
            assert (row.key, row.payload) == (task.key, {"n": task.payload})
            holder = self.active(task.key)
            if holder and holder is not task:
                assert self.died(holder)
                holder.stage = "dead"
            task.attempt += 1
            assert row.attempt == task.attempt
            task.stage, task.until = "leased", self.now + timedelta(seconds=LEASE)
        if pop:
            for row in rows:
                self.drop(self.tasks[row.id])

    def pick(self, number: int, *stages: str) -> Task | None:
        some = [task for task in self.tasks.values() if not stages or task.stage in stages]
        return some[number % len(some)] if some else None

    @rule(number=picks, how=st.sampled_from(["ack", "ack_many", "nack", "nack now", "bury"]))
    def settle(self, number, how):
        task = self.pick(number, "leased")
        if task is None:
            return
        if how == "ack_many":
            assert self.db.call("queue_ack_many", [task.id], [task.attempt]) == 1
            self.drop(task)
        elif how == "ack":
            assert self.db.call("queue_ack", task.id, task.attempt) is True
            self.drop(task)
        elif how != "bury" and task.attempt < task.limit:
            wait = 0 if how == "nack now" else 30
            assert self.db.call("queue_nack", task.id, task.attempt, f"{wait} s") == "waiting"
            task.stage, task.until = "retrying", self.now + timedelta(seconds=wait)
        else:
            call = ("queue_bury", task.id) if how == "bury" else ("queue_nack", task.id)
            assert self.db.call(*call, task.attempt) == (True if how == "bury" else "dead")
            task.stage = "dead"
            self.release(task.key)

    @rule(number=picks)
    def cancel(self, number):
        task = self.pick(number)
        if task is None:
            return
        free = task.stage != "leased" or self.due(task)
        assert self.db.call("queue_cancel", task.id) is free
        if free:
            self.drop(task)

    @rule()
    def redrive(self):
        for task in [task for task in self.tasks.values() if self.died(task)]:
            task.stage = "dead"
            self.release(task.key)
        taken = {task.dedup_key for task in self.outstanding()} - {None}
        risen = []
        for task in sorted(self.tasks.values(), key=lambda task: task.id):
            if task.stage == "dead" and task.dedup_key not in taken:
                taken |= {task.dedup_key} - {None}
                risen.append(task)
        assert self.db.call("queue_redrive", self.queue) == len(risen)
        for task in risen:
            self.entries += 1
            task.stage, task.entry, task.limit = "line", self.entries, task.attempt + MAX_ATTEMPTS
        for key in sorted({task.key for task in risen}):
            if self.active(key) is None:
                self.release(key)

    @rule(really=st.integers(0, 9))
    def purge(self, really):
        if really:
            return
        free = [t for t in self.tasks.values() if t.stage != "leased" or self.due(t)]
        assert self.db.call("queue_purge", self.queue) == len(free)
        for task in free:
            del self.tasks[task.id]

    @rule(number=st.sampled_from([1, 20, 31, 60, 61, 300]))
    def travel(self, number):
        self.now += timedelta(seconds=number)
        self.db.at(self.now)

    @invariant()
    def the_view_agrees(self):
        shown = self.db.execute(
            "select id, state, key, dedup_key from minipaas.queue_tasks where queue = %s", [self.queue]
        ).fetchall()
        assert {row.id for row in shown} == self.tasks.keys()
        for row in shown:
            task = self.tasks[row.id]
            assert (row.key, row.dedup_key) == (task.key, task.dedup_key)
            expected = {"line": "blocked"}.get(task.stage, task.stage)
            if self.died(task):
                expected = "dead"
            elif task.stage in ("leased", "retrying", "delayed") and self.due(task):
                expected = "blocked" if task.stage == "delayed" and self.behind(task) else "ready"
            assert row.state == expected


def test_keys_and_dedup_keys_behave_like_their_model(db):
    run_state_machine_as_test(lambda: Machine(db), settings=SETTINGS)
