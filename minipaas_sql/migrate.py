"""Install, upgrade and downgrade the schema ``minipaas``: in a host's Alembic revision, or on any connection.

A host application adopts the schema with one revision of its own::

    from minipaas_sql import migrate

    def upgrade():
        migrate.upgrade_to("0001")

Everything runs in the caller's transaction. Installers that meet wait for each other, and a schema that is
already there, or newer, is left alone. Source: ``minipaas_sql/_guard.sql``, ``minipaas_sql/_revisions.py``.
"""

import warnings
from collections.abc import Iterable

from alembic import op
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from minipaas_sql import errors
from minipaas_sql._revisions import (
    PREFIX,
    Direction,
    UnknownVersion,
    number,
    revisions,
    step_text,
    steps_down,
    steps_up,
)

__all__ = [
    "MigrationError",
    "UnknownVersion",
    "current",
    "downgrade_to",
    "head",
    "script",
    "upgrade_to",
]


class MigrationError(Exception):
    """The schema could not be brought to a version; the message says why and what to type.

    `sqlstate` is MP005 (not allowed), MP006 (the versions don't fit) or MP008 (data would be lost).
    """

    def __init__(self, message: str, sqlstate: str) -> None:
        """Keep the message and the SQLSTATE."""
        super().__init__(message)
        self.sqlstate = sqlstate


def head() -> str:
    """Return the newest version that this package has, such as ``"0001"``."""
    return revisions()[-1].number


def current(connection: Connection) -> str | None:
    """Return the version installed in a database, such as ``"0001"``, or None where there is none.

    :raises MigrationError: the connection's role may not see it; the message has the GRANT that helps.
    """
    query = """
        select pg_catalog.pg_get_userbyid(n.nspowner), session_user, pg_catalog.current_setting('role'),
            pg_catalog.has_schema_privilege(n.oid, 'usage')
                and pg_catalog.has_table_privilege(c.oid, 'select'),
            pg_catalog.pg_has_role(session_user, n.nspowner, 'member'),
            pg_catalog.format('GRANT %I TO %I;', pg_catalog.pg_get_userbyid(n.nspowner), session_user)
        from pg_catalog.pg_namespace n join pg_catalog.pg_class c on c.relnamespace = n.oid
        where n.nspname = 'minipaas' and c.relname = '_version'
    """
    found = connection.execute(text(query)).one_or_none()
    if found is None:
        return None
    owner, user, role, readable, member, grant = found
    if not readable and not member:
        raise MigrationError(
            f"the schema minipaas belongs to {owner}, and {user} may not read its version\nHINT: {grant}",
            "MP005",
        )
    set_role = text("select set_config('role', :role, true)")
    if not readable:
        connection.execute(set_role, {"role": owner})
    version = connection.scalar(text("select max(version_num) from minipaas._version"))
    if not readable:
        connection.execute(set_role, {"role": role})
    return None if version is None else str(version).removeprefix(PREFIX)


def upgrade_to(version: str, *, connection: Connection | None = None) -> None:
    """Bring the schema to `version`; where it is there already, or newer, do nothing.

    In a revision, name the version as a literal, never as ``head()``: a revision must mean the same for ever.

    :param version: ``"0001"``, or ``"minipaas_0001"``.
    :param connection: a connection of SQLAlchemy, whose transaction the caller commits; without it, the
        Alembic revision that is running, in which `blocking` revisions are refused (offline too).
    :raises UnknownVersion: this package has no such version.
    :raises MigrationError: it may not (the message has the GRANT), or such a schema is somebody else's.
    """
    to = number(version)
    _run(steps_up(to, in_host=connection is None), connection)


def downgrade_to(version: str, *, connection: Connection | None = None, force: bool = False) -> None:
    """Take the schema back to `version`; where it is there already, or older, do nothing.

    Other services may use the schema: leave it alone unless you know that none does.

    :param version: ``"0001"``, or ``"base"``, which leaves no schema ``minipaas``.
    :param connection: as in `upgrade_to`.
    :param force: drop queues and streams with what is in them as well.
    :raises UnknownVersion: this package has no such version.
    :raises MigrationError: there is data that it would drop, or it may not.
    """
    _run(steps_down(number(version, base=True), force=force), connection)


def script(
    version: str | None = None, *, down: bool = False, force: bool = False, transaction: bool = True
) -> str:
    """Return SQL that brings any database to `version`, in one transaction.

    The script looks for itself what is due, so it may run on an empty, older, current or newer database.
    psql says by its exit status that it failed only with ``-v ON_ERROR_STOP=1``.

    :param version: by default the newest one; with `down` it must be given, and may be ``"base"``.
    :param down: downgrade to `version` instead of upgrading to it.
    :param force: as in `downgrade_to`.
    :param transaction: leave it out for a tool that runs each of its scripts in a transaction of its own.
    """
    if down:
        if version is None:
            raise ValueError("a downgrade needs a version: 'base', or a number")
        steps = steps_down(number(version, base=True), force=force)
    else:
        steps = steps_up(number(version or head()))
    texts = [guarded for _, guarded in steps]
    return "\n\n".join(["begin;", *texts, "commit;"] if transaction else texts) + "\n"


def run_revision(revision: str, direction: Direction) -> None:
    """Take one step in the Alembic environment that is running: what each revision's own module calls."""
    found = next(one for one in revisions() if one.number == number(revision))
    _run([(revision, step_text(found, direction))], None)


def _run(steps: Iterable[tuple[str, str]], connection: Connection | None) -> None:
    """Run the texts on `connection` or in Alembic's context, whose own `op` stays in place."""
    if connection is None:
        context = _host_context()
        if context.as_sql:
            for _, guarded in steps:
                context.impl.static_output(guarded)
            return
        connection = context.connection
    if not isinstance(connection, Connection):
        raise TypeError(
            f"connection must be a sqlalchemy.Connection, not {type(connection).__name__}: "
            "use session.connection(), or conn.run_sync(lambda c: upgrade_to(..., connection=c))"
        )
    _must_be_in_transaction(connection)
    for name, guarded in steps:
        _execute(connection, name, guarded)
    _warn_of_search_path(connection)


def _host_context() -> MigrationContext:
    none = "no Alembic revision is running: pass connection=, a sqlalchemy.Connection"
    try:
        context = op.get_context()
    except (NameError, AttributeError) as exc:  # before the first revision of a process, and after the last
        raise RuntimeError(none) from exc
    if not context.as_sql and (context.connection is None or context.connection.closed):
        raise RuntimeError(none)  # Alembic leaves the context of a revision that failed
    return context


def _execute(connection: Connection, name: str, guarded: str) -> None:
    """Run a step byte for byte: no driver looks for parameters in a statement that has none."""
    try:
        connection.exec_driver_sql(guarded, execution_options={"no_parameters": True})
    except DBAPIError as exc:
        exc.statement = f"-- minipaas-sql, {name}"  # the real one is thousands of lines that hide the message
        ours = errors.of(exc)
        if ours is None:
            raise
        message = f"{ours.message}\nHINT: {ours.hint}" if ours.hint else ours.message
        raise MigrationError(message, ours.sqlstate) from exc


def _must_be_in_transaction(connection: Connection) -> None:
    """Refuse autocommit: a setting that is local to the transaction is gone with the statement."""
    if connection.dialect.name != "postgresql":
        raise RuntimeError(
            f"minipaas-sql needs PostgreSQL, and this connection is to {connection.dialect.name}"
        )
    connection.execute(text("select set_config('minipaas.in_transaction', 'yes', true)"))
    if connection.scalar(text("select current_setting('minipaas.in_transaction', true)")) != "yes":
        raise RuntimeError(
            "the connection is in AUTOCOMMIT, and an upgrade needs one transaction: use engine.begin(), "
            "and no autocommit_block() around it"
        )


def _warn_of_search_path(connection: Connection) -> None:
    if connection.scalar(text("select 'minipaas' = any (current_schemas(false))")):
        warnings.warn(
            "minipaas is on the search_path of the role that migrates: alembic's autogenerate would propose "
            "to drop its tables. Take it off with ALTER ROLE ... SET search_path.",
            stacklevel=4,
        )
