"""A claimed task: what its row looks like to a type checker, and how the helpers take it apart."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from sqlalchemy import Row

from minipaas_sql._expr import (
    BIGINT,
    BIGINTS,
    INTEGER,
    INTEGERS,
    JSON,
    OPTIONAL_JSON,
    SQL,
    TEXT,
    TIMESTAMPTZ,
    Call,
    array,
    is_sql,
    rows,
)

if TYPE_CHECKING:
    from minipaas_sql._expr import Rows


class Held(Protocol):
    """What names a claimed task and fences it: a row of `dequeue`, or anything with these two."""

    @property
    def id(self) -> int:
        """The task's id."""
        ...

    @property
    def attempt(self) -> int:
        """Which attempt this is, from 1."""
        ...


class Task(Held, Protocol):
    """A row of `dequeue` and `pop`."""

    @property
    def payload(self) -> Any:
        """The JSON value that was enqueued."""
        ...

    @property
    def headers(self) -> Any:
        """The JSON value that was enqueued beside the payload, or None."""
        ...

    @property
    def key(self) -> str | None:
        """The key, or None."""
        ...

    @property
    def priority(self) -> int:
        """From -10 to 10."""
        ...

    @property
    def enqueued_at(self) -> datetime:
        """When it was enqueued."""
        ...

    @property
    def lease_until(self) -> datetime | None:
        """When others may have it, unless it is acked or extended; None for a popped task."""
        ...


Claim: TypeAlias = Held | Row[Any] | int | SQL[int]
"""A row of `dequeue`, or a task's id."""

Claims: TypeAlias = Iterable[Held] | Iterable[Row[Any]] | Iterable[int] | SQL[Any]
"""Rows of `dequeue`, ids, or a SQL array of ids."""


def task_rows(function: Call[Any]) -> "Rows":
    """Select the columns of `Task` from a function."""
    return rows(
        function, "task", id=BIGINT, payload=JSON, attempt=INTEGER, headers=OPTIONAL_JSON, key=TEXT,
        priority=INTEGER, enqueued_at=TIMESTAMPTZ, lease_until=TIMESTAMPTZ,
    )  # fmt: skip


def held(task: Any, attempt: Any) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Take a row apart: everything but an id fences itself."""
    if isinstance(task, int) or is_sql(task):
        return (BIGINT, task), (INTEGER, attempt)
    if attempt is not None:
        raise TypeError("a row of dequeue has its own attempt; give `attempt` beside an id")
    return (BIGINT, task.id), (INTEGER, task.attempt)


def held_many(tasks: Any, attempts: Any) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Take rows apart, to arrays of ids and attempts."""
    if is_sql(tasks):
        return (BIGINTS, tasks), (INTEGERS, array(attempts))
    held = list(tasks)
    if attempts is not None or all(isinstance(task, int) for task in held):
        return (BIGINTS, held), (INTEGERS, array(attempts))
    return (BIGINTS, [task.id for task in held]), (INTEGERS, [task.attempt for task in held])
