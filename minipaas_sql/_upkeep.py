"""Upkeep: what keeps the schema small and quick."""

from typing import TYPE_CHECKING

from minipaas_sql._expr import BIGINT, TEXT, call, rows

if TYPE_CHECKING:
    from minipaas_sql._expr import Rows


def maintain() -> "Rows":
    """Bury, wake, prune and trim what no other call does. From anywhere, any number of times at once.

    Give it a transaction of its own, every ten seconds or so. It works for about two seconds at most.

    :returns: rows of what was done and how often: `for what, count in session.execute(maintain())`.
    :raises: MP007 (not READ COMMITTED, or a standby).

    Source: `minipaas.maintain`.
    """
    return rows(call("maintain", TEXT), "upkeep", what=TEXT, count=BIGINT)
