"""Rights: who may use the queues and streams. Expressions to execute, in a host's revision too.

The rights are 'enqueue', 'dequeue', 'publish', 'consume', 'manage' and 'observe'. The role that installed
the schema has them all, and nobody else any until granted. Who has which: `minipaas_sql.views.access`.
"""

from minipaas_sql._expr import TEXT, TEXTS, VOID, ArrayOf, Call, Str, array, call

__all__ = ["grant", "revoke"]


def grant(
    role: Str, rights: ArrayOf[str], *, queue: Str | None = None, stream: Str | None = None
) -> Call[None]:
    """Let a role do things. It gives the USAGE and EXECUTE that these need, too.

    :param role: an existing role.
    :param rights: such as ``["enqueue", "publish", "observe"]``; on a queue not those of streams, and the
        other way round.
    :param queue: just this queue; neither queue nor stream: all of them, those to come as well.
    :param stream: just this stream.
    :raises: MP001 (unknown queue), MP002 (unknown stream), MP005 (not allowed), MP006 (invalid argument:
        unknown right or role).

    Source: `minipaas.access_grant`.
    """
    return call("access_grant", VOID, (TEXT, role), (TEXTS, array(rights)), (TEXT, queue), (TEXT, stream))


def revoke(
    role: Str, rights: ArrayOf[str], *, queue: Str | None = None, stream: Str | None = None
) -> Call[None]:
    """Take rights back: on one queue or stream, or wherever the role has them.

    The arguments and errors are those of `grant`; MP006 also when the role has the right on all queues and
    streams, and only one is named.

    Source: `minipaas.access_revoke`.
    """
    return call("access_revoke", VOID, (TEXT, role), (TEXTS, array(rights)), (TEXT, queue), (TEXT, stream))
