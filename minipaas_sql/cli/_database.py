"""The database that a command works on, and its errors in the words of the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError

from minipaas_sql import errors
from minipaas_sql._url import sqlalchemy_url

Url = Annotated[
    str | None,
    typer.Option("--url", envvar="DATABASE_URL", show_envvar=True, help="A libpq or SQLAlchemy URL."),
]

_NOT_INSTALLED = {"3F000", "42P01", "42883"}  # no such schema, table or function
_NO_PRIVILEGE = "42501"


class Usage(Exception):
    """The command was called wrongly: exit status 2."""


class Refused(Exception):
    """The command was called rightly and could not do it: exit status 1."""


@contextmanager
def engine_of(url: str | None) -> Iterator[Engine]:
    """Yield an engine for the URL that was given; it connects when it is used."""
    if not url:
        raise Usage("no database: name one with --url or DATABASE_URL")
    try:
        engine = create_engine(
            sqlalchemy_url(url), connect_args={"fallback_application_name": "minipaas-sql"}
        )
    except ValueError as exc:
        raise Usage(str(exc)) from exc
    try:
        yield engine
    finally:
        engine.dispose()


def explain(exc: DBAPIError) -> str:
    """Say what the database said: the message, and the hint on a line of its own."""
    diag = getattr(exc.orig, "diag", None)
    ours = errors.of(exc)
    message = ours.message if ours else (diag and diag.message_primary) or str(exc.orig).strip()
    hint = ours.hint if ours else diag and diag.message_hint
    sqlstate = getattr(exc.orig, "sqlstate", None)
    if not ours and "minipaas" in message and sqlstate in _NOT_INSTALLED:
        hint = "the schema is missing or older than this command: minipaas-sql upgrade"
    if message.lower().endswith("schema minipaas") and sqlstate == _NO_PRIVILEGE:
        hint = "this role has no right; as the owner: minipaas-sql access grant ROLE RIGHT"
    return message if not hint else f"{message}\nhint: {hint}"
