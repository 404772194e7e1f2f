"""An event: what its row looks like to a type checker, and how the helpers take a fetched one apart."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from sqlalchemy import Row
from sqlalchemy.types import TypeEngine

from minipaas_sql._expr import (
    BIGINT,
    INTEGER,
    JSON,
    OPTIONAL_JSON,
    SQL,
    TEXT,
    TIMESTAMPTZ,
    Call,
    is_sql,
    rows,
)

if TYPE_CHECKING:
    from minipaas_sql._expr import Rows


class Leased(Protocol):
    """What names a fetched event and fences its commit: a row of `fetch`, or anything with these three."""

    @property
    def partition(self) -> int:
        """The partition, from 0."""
        ...

    @property
    def event_offset(self) -> int:
        """The event's place in the stream; offsets only go up, with gaps."""
        ...

    @property
    def lease_id(self) -> int:
        """The lease under which the partition was fetched."""
        ...


class Event(Protocol):
    """A row of `consume`."""

    @property
    def event_offset(self) -> int:
        """The event's place in the stream; offsets only go up, with gaps."""
        ...

    @property
    def partition(self) -> int:
        """The partition, from 0."""
        ...

    @property
    def key(self) -> str | None:
        """The key, or None."""
        ...

    @property
    def payload(self) -> Any:
        """The JSON value that was published."""
        ...

    @property
    def headers(self) -> Any:
        """The JSON value that was published beside the payload, or None."""
        ...

    @property
    def published_at(self) -> datetime:
        """When it was published."""
        ...


class Fetched(Event, Leased, Protocol):
    """A row of `fetch`: an event, and the lease of its partition."""


Place: TypeAlias = Leased | Row[Any] | int | SQL[int]
"""A row of `fetch`, or the number of a partition."""

_COLUMNS: dict[str, TypeEngine[Any]] = {
    "event_offset": BIGINT,
    "partition": INTEGER,
    "key": TEXT,
    "payload": JSON,
    "headers": OPTIONAL_JSON,
    "published_at": TIMESTAMPTZ,
}


def event_rows(function: Call[Any]) -> "Rows":
    """Select the columns of `Event` from a function."""
    return rows(function, "event", **_COLUMNS)


def fetched_rows(function: Call[Any]) -> "Rows":
    """Select the columns of `Fetched` from a function."""
    return rows(function, "event", **_COLUMNS, lease_id=BIGINT)


Arguments: TypeAlias = tuple[tuple[Any, Any], ...]


def lease_of(event: Any, lease_id: Any) -> Arguments:
    """Take a row apart, to partition and lease."""
    if not _is_partition(event):
        if lease_id is not None:
            raise TypeError("a row of fetch has its own lease; give `lease_id` beside a partition")
        event, lease_id = event.partition, event.lease_id
    elif lease_id is None:
        raise TypeError("which lease of the partition? give `lease_id` beside it")
    return (INTEGER, event), (BIGINT, lease_id)


def position_of(event: Any, event_offset: Any, lease_id: Any) -> Arguments:
    """Take a row apart, to partition, offset and lease; beside a partition, None is the present lease."""
    if not _is_partition(event):
        if event_offset is not None or lease_id is not None:
            raise TypeError("a row of fetch has its own offset and lease; give them beside a partition")
        event, event_offset, lease_id = event.partition, event.event_offset, event.lease_id
    elif event_offset is None:
        raise TypeError("done up to where? give `event_offset` beside a partition")
    return (INTEGER, event), (BIGINT, event_offset), (BIGINT, lease_id)


def _is_partition(event: Any) -> bool:
    return isinstance(event, int) or is_sql(event)
