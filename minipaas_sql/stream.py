"""Streams: one helper per SQL function, each an expression to execute or to build into another statement.

The functions, their guarantees and errors are those of the schema (`minipaas.stream_*`); None means "the
default of the function". Wherever a value goes, a SQL expression of the argument's type goes as well::

    session.execute(stream.publish("orders", {"id": 42}, key="customer 7")).scalar_one()

    events = session.execute(stream.fetch("orders", "billing")).all()
    ...
    if events:  # the last one, in the transaction of the effects
        session.execute(stream.commit("orders", "billing", events[-1], strict=True))

Database errors arrive as the driver and SQLAlchemy wrap them; `minipaas_sql.errors.of` tells which it was.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from minipaas_sql._event import (
    Event,
    Fetched,
    Leased,
    Place,
    event_rows,
    fetched_rows,
    lease_of,
    position_of,
)
from minipaas_sql._expr import (
    BIGINT,
    BOOLEAN,
    INTEGER,
    INTERVAL,
    JSON,
    JSONS,
    OPTIONAL_JSON,
    OPTIONAL_JSONS,
    TEXT,
    TEXTS,
    TIMESTAMPTZ,
    VOID,
    ArrayOf,
    Bool,
    Call,
    Duration,
    Int,
    Moment,
    Str,
    array,
    call,
    payload_or_null,
)

if TYPE_CHECKING:
    from minipaas_sql._expr import Rows

__all__ = [
    "Event", "Fetched", "Leased", "alter", "channel", "commit", "consume", "create", "drop", "events",
    "extend", "fetch", "fetched", "head", "publish", "publish_many", "release", "seek", "subscribe", "trim",
    "unsubscribe",
]  # fmt: skip


def create(
    stream: Str,
    *,
    partitions: Int | None = None,
    keep: Duration | None = None,
    keep_events: Int | None = None,
    max_lag: Duration | None = None,
) -> Call[bool]:
    """Create a stream, or leave the one of this name as it is (with a NOTICE where its settings differ).

    :param stream: any text of 1 to 255 characters.
    :param partitions: 1 to 1024, for ever; a consumer has at most one worker on each at a time. Default 1.
    :param keep: how long events are kept; default 0, no limit.
    :param keep_events: how many events are kept; default 0, no limit.
    :param max_lag: how far a consumer may fall behind and still keep events from being trimmed by `keep`
        and `keep_events`; default 0, no limit.
    :returns: whether it was created.
    :raises: MP006 (invalid argument).

    Source: `minipaas.stream_create`.
    """
    return call(
        "stream_create", BOOLEAN, (TEXT, stream), (INTEGER, partitions), (INTERVAL, keep),
        (BIGINT, keep_events), (INTERVAL, max_lag),
    )  # fmt: skip


def alter(
    stream: Str,
    *,
    keep: Duration | None = None,
    keep_events: Int | None = None,
    max_lag: Duration | None = None,
) -> Call[Any]:
    """Change settings of a stream; None leaves one unchanged. The arguments are those of `create`.

    :returns: nothing (a row with an empty value).
    :raises: MP002 (unknown stream), MP006 (invalid argument).

    Source: `minipaas.stream_alter`.
    """
    return call(
        "stream_alter", VOID, (TEXT, stream), (INTERVAL, keep), (BIGINT, keep_events), (INTERVAL, max_lag)
    )


def drop(stream: Str, *, force: Bool | None = None) -> Call[bool]:
    """Drop a stream without events, or with `force` any; its consumers go with it.

    :returns: whether there was one.
    :raises: MP008 (not empty).

    Source: `minipaas.stream_drop`.
    """
    return call("stream_drop", BOOLEAN, (TEXT, stream), (BOOLEAN, force))


def publish(
    stream: Str,
    payload: Any,
    *,
    key: Str | None = None,
    headers: Any = None,
    dedup_key: Str | None = None,
) -> Call[int]:
    """Publish an event; it is there when the transaction commits.

    :param payload: any JSON value (None is JSON's null), or a SQL expression of type jsonb.
    :param key: events with the same key are in one partition, in order.
    :param headers: a JSON value beside the payload; None is none.
    :param dedup_key: while the first event with this key is kept, its offset is returned, and nothing added.
    :returns: the event's offset.
    :raises: MP002 (unknown stream), MP006 (invalid argument).

    Source: `minipaas.stream_publish`.
    """
    return call(
        "stream_publish", BIGINT, (TEXT, stream), (JSON, payload_or_null(payload)), (TEXT, key),
        (OPTIONAL_JSON, headers), (TEXT, dedup_key),
    )  # fmt: skip


def publish_many(
    stream: Str,
    payloads: ArrayOf[Any],
    *,
    keys: ArrayOf[str | None] | None = None,
    headers: ArrayOf[Any] | None = None,
    dedup_keys: ArrayOf[str | None] | None = None,
) -> Call[int]:
    """Publish many events in one call; the other lists are as long as `payloads`. See `publish`.

    :returns: the offsets, a row each, in the order of the payloads.
    :raises: MP002 (unknown stream), MP006 (invalid argument).

    Source: `minipaas.stream_publish_many`.
    """
    return call(
        "stream_publish_many", BIGINT, (TEXT, stream), (JSONS, array(payloads)), (TEXTS, array(keys)),
        (OPTIONAL_JSONS, array(headers)), (TEXTS, array(dedup_keys)),
    )  # fmt: skip


def channel(stream: Str) -> Call[str]:
    """Return the channel to LISTEN to for new events of a stream; `minipaas_sql.wait` does it.

    :raises: MP002 (unknown stream).

    Source: `minipaas.stream_channel`.
    """
    return call("stream_channel", TEXT, (TEXT, stream))


def consume(
    stream: Str,
    after_offset: Int | None = None,
    *,
    batch_size: Int | None = None,
    partition: Int | None = None,
    key: Str | None = None,
) -> "Rows":
    """Read events in order of their offsets; the reader remembers the last one by itself.

    :param after_offset: the last offset that was read; default 0, from the oldest event on.
    :param batch_size: at most this many; default 100.
    :param partition: just this partition.
    :param key: just the events with this key, by an index.
    :returns: rows with the attributes of `Event`. None is skipped: no row that commits later comes before.
    :raises: MP002 (unknown stream), MP006 (invalid argument), MP007 (not READ COMMITTED, or a standby).

    Source: `minipaas.stream_consume`.
    """
    return event_rows(
        call(
            "stream_consume", BIGINT, (TEXT, stream), (BIGINT, after_offset), (INTEGER, batch_size),
            (INTEGER, partition), (TEXT, key),
        )
    )  # fmt: skip


def head(stream: Str) -> Call[int]:
    """Return the offset up to which the stream is settled: at or below it, nothing can appear any more.

    :raises: MP002 (unknown stream), MP007 (not READ COMMITTED, or a standby).

    Source: `minipaas.stream_head`.
    """
    return call("stream_head", BIGINT, (TEXT, stream))


def subscribe(
    stream: Str,
    consumer: Str,
    *,
    from_offset: Int | None = None,
    from_time: Moment | None = None,
    from_latest: Bool | None = None,
) -> Call[Any]:
    """Make a consumer, for `fetch`, or leave the one of this name as it is. At most one `from_` is given.

    :param consumer: any text of 1 to 255 characters.
    :param from_offset: the first offset to deliver; default 0, from the oldest event on.
    :param from_time: deliver from the first event on that was published then (with a time zone) or later.
    :param from_latest: deliver only what comes after the present head.
    :returns: nothing (a row with an empty value).
    :raises: MP002 (unknown stream), MP006 (invalid argument), MP007 (with `from_time`: not READ COMMITTED);
        ValueError: `from_time` without a time zone.

    Source: `minipaas.stream_subscribe`.
    """
    return call(
        "stream_subscribe", VOID, (TEXT, stream), (TEXT, consumer), (BIGINT, from_offset),
        (TIMESTAMPTZ, from_time), (BOOLEAN, from_latest),
    )  # fmt: skip


def unsubscribe(stream: Str, consumer: Str) -> Call[bool]:
    """Delete a consumer and what it committed.

    :returns: whether there was one.
    :raises: MP002 (unknown stream).

    Source: `minipaas.stream_unsubscribe`.
    """
    return call("stream_unsubscribe", BOOLEAN, (TEXT, stream), (TEXT, consumer))


def fetch(
    stream: Str,
    consumer: Str,
    *,
    batch_size: Int | None = None,
    lease: Duration | None = None,
    worker: Str | None = None,
) -> "Rows":
    """Lease a partition that is free and has events, and read the next ones, once the transaction commits.

    :param batch_size: at most this many; default 100.
    :param lease: how long the partition is the caller's; default 1 minute.
    :param worker: a name to find the holder by in `consumer_stats`.
    :returns: rows with the attributes of `Fetched`, all of one partition; none: nothing to do now.
    :raises: MP002 (unknown stream), MP003 (unknown consumer), MP006 (invalid argument), MP007 (not READ
        COMMITTED, or a standby).

    Source: `minipaas.stream_fetch`.
    """
    return fetched_rows(
        call(
            "stream_fetch", BIGINT, (TEXT, stream), (TEXT, consumer), (INTEGER, batch_size),
            (INTERVAL, lease), (TEXT, worker),
        )
    )  # fmt: skip


def events(result: Iterable[Any]) -> Sequence[Event]:
    """Give the rows of `consume` their static type: `stream.events(session.execute(...))`.

    :param result: what executing the statement returned.
    :returns: all of its rows.
    """
    return cast("list[Event]", list(result))


def fetched(result: Iterable[Any]) -> Sequence[Fetched]:
    """Give the rows of `fetch` their static type: `stream.fetched(session.execute(...))`.

    :param result: what executing the statement returned.
    :returns: all of its rows.
    """
    return cast("list[Fetched]", list(result))


def commit(
    stream: Str,
    consumer: Str,
    event: Place,
    event_offset: Int | None = None,
    lease_id: Int | None = None,
    *,
    strict: Bool | None = None,
) -> Call[bool]:
    """Say that events are done up to this one, in the transaction of their effects. False: roll them back.

    :param event: a row of `fetch`; after the last one the partition is free, after an earlier one it stays
        leased. Or the number of a partition, with `event_offset`.
    :param event_offset: the last offset that is done, beside a partition.
    :param lease_id: the lease that `fetch` gave, beside a partition; without it the present one is meant.
    :param strict: raise MP009 (lease lost) instead of returning false.
    :returns: whether the partition was leased so.
    :raises: MP002 (unknown stream), MP003 (unknown consumer), MP006 (not fetched yet, or invalid), MP007
        (not READ COMMITTED, or a standby), MP009 (with `strict`).

    Source: `minipaas.stream_commit`.
    """
    return call(
        "stream_commit", BOOLEAN, (TEXT, stream), (TEXT, consumer),
        *position_of(event, event_offset, lease_id), (BOOLEAN, strict),
    )  # fmt: skip


def extend(
    stream: Str,
    consumer: Str,
    event: Place,
    lease_id: Int | None = None,
    *,
    lease: Duration | None = None,
) -> Call[datetime | None]:
    """Hold a partition for longer: the lease ends `lease` from now.

    :param event: a row of `fetch`, or the number of a partition.
    :param lease_id: the lease that `fetch` gave, beside a partition.
    :param lease: default 1 minute.
    :returns: until when, or None: the lease is lost.
    :raises: MP002 (unknown stream), MP003 (unknown consumer), MP006 (invalid argument), MP007 (not READ
        COMMITTED, or a standby).

    Source: `minipaas.stream_extend`.
    """
    return call(
        "stream_extend", TIMESTAMPTZ, (TEXT, stream), (TEXT, consumer), *lease_of(event, lease_id),
        (INTERVAL, lease),
    )  # fmt: skip


def release(stream: Str, consumer: Str, event: Place, lease_id: Int | None = None) -> Call[bool]:
    """Give a partition back without committing what is left of it; others can fetch that at once.

    :param event: a row of `fetch`, or the number of a partition.
    :param lease_id: the lease that `fetch` gave, beside a partition.
    :returns: whether the partition was leased so.
    :raises: MP002 (unknown stream), MP003 (unknown consumer), MP006 (invalid argument), MP007 (not READ
        COMMITTED, or a standby).

    Source: `minipaas.stream_release`.
    """
    return call("stream_release", BOOLEAN, (TEXT, stream), (TEXT, consumer), *lease_of(event, lease_id))


def seek(
    stream: Str,
    consumer: Str,
    *,
    to_offset: Int | None = None,
    to_time: Moment | None = None,
) -> Call[Any]:
    """Move a consumer, back or forth, and end its leases. Exactly one `to_` is given.

    :param to_offset: the first offset to deliver.
    :param to_time: deliver from the first event on that was published then (with a time zone) or later.
    :returns: nothing (a row with an empty value).
    :raises: MP002 (unknown stream), MP003 (unknown consumer), MP006 (invalid argument), MP007 (not READ
        COMMITTED, or a standby); ValueError: `to_time` without a time zone.

    Source: `minipaas.stream_seek`.
    """
    return call(
        "stream_seek", VOID, (TEXT, stream), (TEXT, consumer), (BIGINT, to_offset), (TIMESTAMPTZ, to_time)
    )


def trim(stream: Str, before_offset: Int) -> Call[int]:
    """Delete old events, whatever consumers have read of them.

    :param before_offset: the first offset to stay.
    :returns: how many were deleted.
    :raises: MP002 (unknown stream), MP006 (invalid argument).

    Source: `minipaas.stream_trim`.
    """
    return call("stream_trim", BIGINT, (TEXT, stream), (BIGINT, before_offset))
