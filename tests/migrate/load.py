"""Clients that never rest: they enqueue, dequeue and ack, publish, fetch and commit, and know what they did.

Threads in this process (`Load`), or a program of whichever package is on the path::

    python -m tests.migrate.load URL NAME

It prints a line whenever every client has gone round, and, when its standard input ends, what came of it.
"""

import json
import sys
import time
from collections.abc import Callable
from threading import Condition, Thread
from typing import NamedTuple

from sqlalchemy import Connection, Engine, create_engine

from minipaas_sql import migrate, queue, stream
from minipaas_sql._url import sqlalchemy_url


class Done(NamedTuple):
    """The numbers that went in, and those that came out, in order."""

    sent: list[int]
    received: list[int]


class Load:
    """Clients of a queue and of a stream of this name, which must exist; one that waits for a lock fails."""

    def __init__(self, url: str, name: str, clients: int, lock_timeout: str = "1s") -> None:
        options = f"-c lock_timeout={lock_timeout}"
        self._engine: Engine = create_engine(
            sqlalchemy_url(url), pool_size=clients, connect_args={"options": options}
        )
        self._name = name
        self._rounds = [0] * clients
        self._turned = Condition()
        self._stopping = False
        self._failed: list[BaseException] = []
        self.tasks, self.events = Done([], []), Done([], [])
        self._work: list[Callable[[Connection, int], None]] = [self._queue]
        self._threads = [Thread(target=self._run, args=(number,)) for number in range(clients)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> "Load":
        return self

    def __exit__(self, kind: object, exc: object, traceback: object) -> None:
        """Stop the clients, and receive what is left."""
        self._stopping = True
        for thread in self._threads:
            thread.join()
        if exc is None:
            self._raise()
            self._drain()
        self._engine.dispose()

    def begin_stream(self) -> None:
        """Use the stream, too: from now on it exists."""
        self._work.append(self._stream)

    def rounds(self, count: int) -> None:
        """Return when each client has gone round so many times more; raise what a client met."""
        with self._turned:
            aims = [done + count for done in self._rounds]
            reached = self._turned.wait_for(
                lambda: (
                    self._failed or all(done >= aim for done, aim in zip(self._rounds, aims, strict=True))
                ),
                timeout=60,
            )
        self._raise()
        assert reached, f"stuck: {self._rounds} of {aims}"

    def _drain(self) -> None:
        deadline = time.monotonic() + 30
        with self._engine.connect() as connection:
            while any(len(done.received) < len(done.sent) for done in (self.tasks, self.events)):
                assert time.monotonic() < deadline, "something is lost"
                self._dequeue(connection)
                if self._stream in self._work:
                    self._fetch(connection)

    def _raise(self) -> None:
        if self._failed:
            raise self._failed[0]

    def _run(self, client: int) -> None:
        number = client
        try:
            with self._engine.connect() as connection:
                while not self._stopping:
                    for work in list(self._work):
                        work(connection, number)
                    number += len(self._threads)
                    with self._turned:
                        self._rounds[client] += 1
                        self._turned.notify_all()
        except BaseException as exc:
            with self._turned:
                self._failed.append(exc)
                self._turned.notify_all()

    def _queue(self, connection: Connection, number: int) -> None:
        key = f"key {number % 5}" if number % 3 == 0 else None
        connection.execute(queue.enqueue(self._name, number, key=key))
        connection.commit()
        self.tasks.sent.append(number)
        self._dequeue(connection)

    def _dequeue(self, connection: Connection) -> None:
        tasks = connection.execute(queue.dequeue(self._name, batch_size=2)).all()
        connection.commit()
        for task in tasks:
            connection.execute(queue.ack(task, strict=True))
            connection.commit()
            self.tasks.received.append(task.payload)

    def _stream(self, connection: Connection, number: int) -> None:
        connection.execute(stream.publish(self._name, number, key=str(number % 7)))
        connection.commit()
        self.events.sent.append(number)
        self._fetch(connection)

    def _fetch(self, connection: Connection) -> None:
        events = connection.execute(stream.fetch(self._name, "reader")).all()
        connection.commit()
        if events:
            connection.execute(stream.commit(self._name, "reader", events[-1], strict=True))
            connection.commit()
            self.events.received.extend(event.payload for event in events)


def main(url: str, name: str) -> None:
    """Work until standard input ends."""
    print(migrate.head(), flush=True)
    waiting = Thread(target=sys.stdin.read, daemon=True)
    waiting.start()
    with Load(url, name, clients=3) as load:
        load.begin_stream()
        while waiting.is_alive():
            load.rounds(1)
            print("round", flush=True)
    print(json.dumps([load.tasks, load.events]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
