"""Install, upgrade and downgrade the schema ``minipaas``: in a host's Alembic revision, or on any connection.

A host application adopts the schema with one revision of its own::

    from minipaas_sql import migrate

    def upgrade():
        migrate.upgrade_to("0001")

Everything runs in the caller's transaction. Installers that meet wait for each other, and a schema that is
already there, or newer, is left alone. Source: ``minipaas_sql/_guard.sql``, ``minipaas_sql/_revisions.py``.
"""

import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as release_of
from typing import Any

from alembic import op
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import DBAPIError

from minipaas_sql import errors
from minipaas_sql._revisions import (
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
    "include_name",
    "require",
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
    found = _look(connection)
    if found is None:
        return None
    if found.usable:
        return _version(connection)
    if not found.member:
        raise MigrationError(
            f"the schema minipaas belongs to {found.owner}, and {found.user} may not read its version\n"
            f"HINT: {found.membership}",
            "MP005",
        )
    set_role = text("select set_config('role', :role, true)")
    connection.execute(set_role, {"role": found.owner})
    version = _version(connection)
    connection.execute(set_role, {"role": found.role})
    return version


def require(connection: Connection, *, service: str, minimum: str | None = None) -> None:
    """Make sure, when a service starts, that its package and the schema fit, and record it in `services`.

    The caller commits. With an AsyncConnection: ``await conn.run_sync(migrate.require, service="billing")``.

    :param service: its name; a downgrade, or an upgrade that no longer serves its package, names it.
    :param minimum: the oldest version of the schema that the service can use; by default the newest one
        that this package knows, as with an upgrade in the host's own revisions.
    :raises MigrationError: one side is behind, or the role has no right at all; the message says what to do.
    :raises UnknownVersion: this package does not know `minimum`.

    Source: `minipaas.service_seen`.
    """
    needed = head() if minimum is None else number(minimum)
    connection = _connection(connection)
    found = _look(connection)
    if found is not None and not found.usable:
        # Who is a member without inheriting has to act for the owner.
        hint = f"SET ROLE {found.owner};" if found.member else f"As {found.owner}: {found.access}"
        raise MigrationError(
            f"{found.user} has no right to use the schema minipaas of {found.owner}\nHINT: {hint}", "MP005"
        )
    installed = None if found is None else _version(connection)
    if installed is None or installed < needed:
        state = "there is none in this database" if installed is None else f"it is at {installed}"
        raise MigrationError(
            f"the schema minipaas is behind: service {service!r} needs version {needed}, and {state}\n"
            f'HINT: in a new revision of the application: migrate.upgrade_to("{needed}"); '
            f"or, in a deployment: minipaas-sql upgrade {needed}",
            "MP006",
        )
    if found is not None and found.records:
        seen = text("select minipaas.service_seen(:service, :package, :version, :minimum)")
        values = {"service": service, "package": _release(), "version": head(), "minimum": needed}
        with _ours_as_migration_error():
            connection.execute(seen, values)


def include_name(name: str | None, type_: str, parent_names: Mapping[str, str | None]) -> bool:
    """Tell autogenerate to leave the schema minipaas alone: for ``context.configure(include_name=...)``.

    Needed with ``include_schemas=True`` only. Beside a filter of your own, join the two with ``and``.
    """
    return (name if type_ == "schema" else parent_names.get("schema_name")) != "minipaas"


def upgrade_to(version: str, *, connection: Connection | None = None, force: bool = False) -> None:
    """Bring the schema to `version`; where it is there already, or newer, do nothing.

    In a revision, name the version as a literal, never as ``head()``: a revision must mean the same for ever.

    :param version: ``"0001"``, or ``"minipaas_0001"``.
    :param connection: a connection of SQLAlchemy, whose transaction the caller commits; without it, the
        Alembic revision that is running, in which `blocking` revisions are refused (offline too).
    :param force: also where a service was seen whose package it would no longer serve.
    :raises UnknownVersion: this package has no such version.
    :raises MigrationError: it may not (the message has the GRANT), such a schema is somebody else's, or it
        would break services, which the message names.
    """
    to = number(version)
    _run(steps_up(to, in_host=connection is None, force=force), connection)


def downgrade_to(version: str, *, connection: Connection | None = None, force: bool = False) -> None:
    """Take the schema back to `version`; where it is there already, or older, do nothing.

    Other services may use the schema: leave it alone unless you know that none does.

    :param version: ``"0001"``, or ``"base"``, which leaves no schema ``minipaas``.
    :param connection: as in `upgrade_to`.
    :param force: drop queues and streams with what is in them as well, whichever services need them.
    :raises UnknownVersion: this package has no such version.
    :raises MigrationError: there is data that it would drop, a service needs a newer one, or it may not.
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
    :param force: as in `upgrade_to` and `downgrade_to`.
    :param transaction: leave it out for a tool that runs each of its scripts in a transaction of its own.
    """
    if down:
        if version is None:
            raise ValueError("a downgrade needs a version: 'base', or a number")
        steps = steps_down(number(version, base=True), force=force)
    else:
        steps = steps_up(number(version or head()), force=force)
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
    connection = _connection(connection)
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
    with _ours_as_migration_error():
        try:
            connection.exec_driver_sql(guarded, execution_options={"no_parameters": True})
        except DBAPIError as exc:
            exc.statement = f"-- minipaas-sql, {name}"  # thousands of lines would hide the message
            raise


@contextmanager
def _ours_as_migration_error() -> Iterator[None]:
    try:
        yield
    except DBAPIError as exc:
        ours = errors.of(exc)
        if ours is None:
            raise
        message = f"{ours.message}\nHINT: {ours.hint}" if ours.hint else ours.message
        raise MigrationError(message, ours.sqlstate) from exc


def _look(connection: Connection) -> Row[Any] | None:
    """Return what the connection's role may do with the schema, or None where there is none."""
    query = """
        select pg_catalog.pg_get_userbyid(n.nspowner) as owner, current_user as user,
            pg_catalog.current_setting('role') as role,
            pg_catalog.has_schema_privilege(n.oid, 'usage')
                and pg_catalog.has_function_privilege(p.oid, 'execute') as usable,
            pg_catalog.pg_has_role(session_user, n.nspowner, 'member') as member,
            exists (
                select from pg_catalog.pg_proc s where s.pronamespace = n.oid and s.proname = 'service_seen'
            ) as records,
            pg_catalog.format(
                'GRANT %I TO %I;', pg_catalog.pg_get_userbyid(n.nspowner), session_user
            ) as membership,
            pg_catalog.format('select minipaas.access_grant(%L, array[''enqueue'']);', current_user) as access
        from pg_catalog.pg_namespace n
        join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = '_version'
        left join pg_catalog.pg_proc p on p.pronamespace = n.oid and p.proname = 'schema_version'
        where n.nspname = 'minipaas'
    """
    return connection.execute(text(query)).one_or_none()


def _version(connection: Connection) -> str | None:
    found = connection.scalar(text("select minipaas.schema_version()"))
    return None if found is None else str(found)


def _release() -> str:
    """Return the version of the installed package."""
    try:
        return release_of("minipaas-sql")
    except PackageNotFoundError:  # it is on sys.path as plain files
        return "unknown"


def _connection(connection: object) -> Connection:
    if not isinstance(connection, Connection):
        raise TypeError(
            f"connection must be a sqlalchemy.Connection, not {type(connection).__name__}: "
            "use session.connection(), or, of an AsyncConnection, await conn.run_sync(...)"
        )
    return connection


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
