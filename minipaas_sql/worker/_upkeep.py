"""What workers do for the whole schema, every ten seconds or so: fire schedules, tidy up."""

import asyncio
import logging
import random

import psycopg
from sqlalchemy import URL

from minipaas_sql._link import Link

log = logging.getLogger("minipaas_sql.worker")

EVERY = 10.0

# One worker is enough, so the others skip it: the lock lasts as long as the statements that it is sent with.
_LOCK = "select pg_try_advisory_xact_lock(hashtextextended('minipaas upkeep', 0))"
_KNOWN = "select to_regprocedure('minipaas.schedule_tick()') is not null"
_CALLS = ("select minipaas.schedule_tick()", "select count(*) from minipaas.maintain()")


async def upkeep(url: str | URL) -> None:
    """Call `schedule_tick` and `maintain` now and again, each in a transaction of its own, for ever."""
    while True:
        try:
            await once(url)
        except psycopg.Error as exc:
            log.warning("upkeep failed, the next is in %g s: %s", EVERY, exc)
        await asyncio.sleep(EVERY * random.uniform(0.8, 1.2))


async def once(url: str | URL) -> None:
    """Call both, unless another worker is just at it.

    :raises psycopg.Error: the server can't be reached, or a call failed.
    """
    link = Link(url, "minipaas-sql upkeep")
    try:
        connection = await link.open()
        tick, maintain = _CALLS
        known = (await link.execute(_KNOWN)) == [(True,)]
        for statement in (tick, maintain) if known else (maintain,):
            async with connection.transaction():
                cursor = await connection.execute(_LOCK)
                if await cursor.fetchone() == (True,):
                    await connection.execute(statement.encode())
    finally:
        await link.close()
