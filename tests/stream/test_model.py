"""A stream does what a list of events in Python does, whatever is called in whatever order."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from psycopg import Error

from tests.conftest import Connection

from .helpers import NOON, fetch, keys_of, maintain, offsets, publish

SETTINGS = settings(
    max_examples=25,
    stateful_step_count=40,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
CONSUMERS = ["audit", "mail"]

counts = st.integers(1, 6)
picks = st.integers(0, 10**6)
consumers = st.sampled_from(CONSUMERS)
partitions = st.integers(0, 2)
seconds = st.sampled_from([1, 10, 30, 60, 200])


@dataclass
class Event:
    """One committed event."""

    offset: int
    partition: int
    key: str
    at: datetime


@dataclass
class Place:
    """Where a consumer stands in a partition."""

    committed: int
    fetched: int = 0
    lease_id: int | None = None
    until: datetime = NOON
    lost: int = 0


class Machine(RuleBasedStateMachine):
    """Each rule calls the stream and the model, and compares what they say."""

    streams = 0

    def __init__(self, db: Connection, publishers: list[Connection]) -> None:
        super().__init__()
        self.db, self.publishers, self.now = db, publishers, NOON
        self.flying: list[list[Event]] = [[] for _ in publishers]
        self.events: list[Event] = []
        self.old_leases = [1]
        Machine.streams += 1
        self.stream = f"stream {Machine.streams}"

    @initialize(
        count=st.sampled_from([1, 3]),
        keep=st.sampled_from([0, 40]),
        keep_events=st.sampled_from([0, 5]),
        max_lag=st.sampled_from([0, 100]),
    )
    def create(self, count: int, keep: int, keep_events: int, max_lag: int) -> None:
        self.count, self.keep, self.keep_events, self.max_lag = count, keep, keep_events, max_lag
        self.db.at(self.now)
        self.db.call("stream_create", self.stream, count, f"{keep} s", keep_events, f"{max_lag} s")
        self.key_of = keys_of(self.db, self.stream)
        self.trimmed = self.head()
        self.db.call("stream_trim", self.stream, self.trimmed + 1)
        for consumer in CONSUMERS:
            self.db.call("stream_subscribe", self.stream, consumer)
        self.places = {(name, n): Place(self.trimmed) for name in CONSUMERS for n in range(count)}

    def teardown(self) -> None:
        for publisher in self.publishers:
            publisher.rollback()
        self.db.call("stream_drop", self.stream, force=True)

    def head(self) -> int:
        return self.db.call("stream_head", self.stream)

    def readable(self, partition: int | None = None) -> list[Event]:
        """The events below the first offset of every open transaction."""
        bound = min((flying[0].offset for flying in self.flying if flying), default=2**62)
        return [e for e in self.events if e.offset < bound and partition in (None, e.partition)]

    def unread(self, partition: int, place: Place) -> list[Event]:
        return [e for e in self.readable(partition) if e.offset > place.committed]

    def make(self, connection: Connection, picked: list[int]) -> list[Event]:
        connection.at(self.now)
        parts = [pick % self.count for pick in picked]
        keys = [self.key_of[part] for part in parts]
        made = publish(connection, self.stream, len(keys), keys=keys)
        return [Event(*each, self.now) for each in zip(made, parts, keys, strict=True)]

    def some_offset(self, pick: int) -> int:
        """An offset of an event, in a gap, below all or above all."""
        known = [e.offset for e in self.events] or [self.trimmed]
        return [*known, *(offset + 1 for offset in known), 0, 1, 2**62][pick % (2 * len(known) + 3)]

    def first_at(self, moment: datetime) -> int:
        return next((e.offset for e in self.readable() if e.at >= moment), self.head() + 1)

    def cut(self, before: int) -> int:
        """Trim: who had not read what goes moves up, and what it lost counts."""
        for (_, partition), place in self.places.items():
            if lost := [e for e in self.unread(partition, place) if e.offset < before]:
                place.lost, place.committed = place.lost + len(lost), before - 1
        gone = [e for e in self.events if e.offset < before]
        self.events = self.events[len(gone) :]
        self.trimmed = max(self.trimmed, before - 1)
        return len(gone)

    @rule(picked=st.lists(picks, min_size=1, max_size=6))
    def publish(self, picked: list[int]) -> None:
        self.events += self.make(self.db, picked)

    @rule(n=st.integers(0, 1), picked=st.lists(picks, min_size=1, max_size=4))
    def publish_and_stay_open(self, n: int, picked: list[int]) -> None:
        self.flying[n] += self.make(self.publishers[n], picked)

    @rule(n=st.integers(0, 1), commits=st.booleans())
    def end(self, n: int, commits: bool) -> None:
        if commits:
            self.publishers[n].commit()
            self.events = sorted(self.events + self.flying[n], key=lambda e: e.offset)
        else:
            self.publishers[n].rollback()
        self.flying[n] = []

    @rule(pick=picks, size=counts, partition=st.none() | partitions, keyed=st.booleans())
    def consume(self, pick: int, size: int, partition: int | None, keyed: bool) -> None:
        after = self.some_offset(pick)
        part = None if partition is None else partition % self.count
        key = self.key_of[pick % self.count] if keyed else None
        rows = self.db.rows("stream_consume", self.stream, after, size, part, key)
        expected = [e for e in self.readable(part) if e.offset > after and key in (None, e.key)][:size]
        assert [Event(r.event_offset, r.partition, r.key, r.published_at) for r in rows] == expected

    @rule(consumer=consumers, size=counts, lease=seconds)
    def fetch(self, consumer: str, size: int, lease: int) -> None:
        rows = fetch(self.db, self.stream, consumer, size, lease=f"{lease} seconds")
        free = [
            n
            for n in range(self.count)
            for place in [self.places[consumer, n]]
            if (place.lease_id is None or place.until <= self.now) and self.unread(n, place)
        ]
        assert {row.partition for row in rows} <= set(free)
        assert bool(rows) is bool(free)
        if rows:
            place = self.places[consumer, rows[0].partition]
            assert offsets(rows) == [e.offset for e in self.unread(rows[0].partition, place)][:size]
            assert rows[0].lease_id not in self.old_leases
            self.old_leases.append(rows[0].lease_id)
            place.lease_id, place.fetched = rows[0].lease_id, rows[-1].event_offset
            place.until = self.now + timedelta(seconds=lease)

    def pick_lease(self, place: Place, how: str) -> tuple[int | None, bool]:
        """A lease id to give, and whether it is the current one."""
        given = {"own": place.lease_id or 1, "old": self.old_leases[-1], "none": None}[how]
        return given, place.lease_id is not None and given in (None, place.lease_id)

    @rule(
        consumer=consumers,
        n=partitions,
        pick=picks,
        how=st.sampled_from(["own", "own", "own", "old", "none"]),
    )
    def commit(self, consumer: str, n: int, pick: int, how: str) -> None:
        n %= self.count
        place = self.places[consumer, n]
        lease_id, holds = self.pick_lease(place, how)
        offset = [place.fetched, place.fetched, place.committed + 1, self.some_offset(pick)][pick % 4]
        try:
            answer = self.db.call("stream_commit", self.stream, consumer, n, offset, lease_id)
        except Error as error:
            answer = error.sqlstate
        never_given = offset > self.db.value("select last_value from minipaas._event_offset")
        refused = never_given or (holds and offset > place.fetched)
        assert answer == ("MP006" if refused else holds)
        if answer is True:
            place.committed = max(place.committed, offset)
            place.lease_id = None if offset == place.fetched else place.lease_id

    @rule(consumer=consumers, n=partitions, how=st.sampled_from(["own", "own", "old"]), lease=seconds)
    def extend(self, consumer: str, n: int, how: str, lease: int) -> None:
        n %= self.count
        place = self.places[consumer, n]
        lease_id, holds = self.pick_lease(place, how)
        until = self.now + timedelta(seconds=lease)
        answer = self.db.call("stream_extend", self.stream, consumer, n, lease_id, f"{lease} seconds")
        assert answer == (until if holds else None)
        place.until = until if holds else place.until

    @rule(consumer=consumers, n=partitions, how=st.sampled_from(["own", "own", "old"]))
    def release(self, consumer: str, n: int, how: str) -> None:
        n %= self.count
        place = self.places[consumer, n]
        lease_id, holds = self.pick_lease(place, how)
        assert self.db.call("stream_release", self.stream, consumer, n, lease_id) is holds
        place.lease_id = None if holds else place.lease_id

    def move(self, consumer: str, committed: int) -> None:
        for (name, _), place in self.places.items():
            if name == consumer:
                place.committed = max(min(committed, self.head()), self.trimmed)
                place.lease_id = None

    @rule(consumer=consumers, pick=picks)
    def seek(self, consumer: str, pick: int) -> None:
        offset = self.some_offset(pick)
        self.db.call("stream_seek", self.stream, consumer, offset)
        self.move(consumer, offset - 1)

    @rule(consumer=consumers, back=seconds)
    def seek_to_time(self, consumer: str, back: int) -> None:
        moment = self.now - timedelta(seconds=back)
        self.db.call("stream_seek", self.stream, consumer, to_time=moment)
        self.move(consumer, self.first_at(moment) - 1)

    @rule(consumer=consumers, pick=picks)
    def subscribe_anew(self, consumer: str, pick: int) -> None:
        offset = self.some_offset(pick)
        assert self.db.call("stream_unsubscribe", self.stream, consumer) is True
        self.db.call("stream_subscribe", self.stream, consumer, offset)
        self.move(consumer, offset - 1)
        for (name, _), place in self.places.items():
            place.lost = 0 if name == consumer else place.lost

    @rule(pick=picks)
    def trim(self, pick: int) -> None:
        before = self.some_offset(pick)
        assert self.db.call("stream_trim", self.stream, before) == self.cut(min(before, self.head() + 1))

    @rule()
    def maintain(self) -> None:
        readable = self.readable()
        before = self.first_at(self.now - timedelta(seconds=self.keep)) if self.keep else 0
        if self.keep_events and len(readable) >= self.keep_events:
            before = max(before, readable[-self.keep_events].offset)
        spared = self.first_at(self.now - timedelta(seconds=self.max_lag)) if self.max_lag else 0
        for (_, partition), place in self.places.items():
            if unread := self.unread(partition, place):
                before = min(before, max(unread[0].offset, spared))
        assert maintain(self.db) == self.cut(before)

    @rule(passes=seconds)
    def wait(self, passes: int) -> None:
        self.now += timedelta(seconds=passes)
        self.db.at(self.now)

    @invariant()
    def reading_and_the_views_agree_with_the_model(self) -> None:
        readable = self.readable()
        assert offsets(self.db.rows("stream_consume", self.stream, 0, 10_000)) == [e.offset for e in readable]
        rows = self.db.execute(
            "select * from minipaas.consumer_stats where stream = %s order by consumer, partition",
            [self.stream],
        )
        for row, (name, place) in zip(rows, sorted(self.places.items()), strict=True):
            unread = self.unread(row.partition, place)
            assert (row.consumer, row.partition) == name
            assert row.committed_offset == max(place.committed, self.trimmed)
            assert row.lag_events == len(unread)
            assert row.lag_time == (self.now - unread[0].at if unread else None)
            assert (row.lease_id, row.events_lost) == (place.lease_id, place.lost)
            assert row.lease_until == (place.until if place.lease_id else None)
            assert (row.blocked_by is not None) is any(self.flying)


def test_a_stream_does_what_the_model_does(db, connect):
    publishers = [connect(autocommit=False) for _ in range(2)]
    run_state_machine_as_test(lambda: Machine(db, publishers), settings=SETTINGS)
