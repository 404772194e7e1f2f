"""Alembic's environment for the schema minipaas itself; applications call migrate.upgrade_to instead."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from logging.config import fileConfig

from alembic import context
from alembic.operations import Operations
from alembic.runtime.migration import RevisionStep
from alembic.util import CommandError
from sqlalchemy import create_engine, pool

from minipaas_sql import _embedded
from minipaas_sql._url import sqlalchemy_url

log = logging.getLogger("alembic.runtime.migration")


def run() -> None:
    """Take the steps that the command asks for, each of which records its version itself.

    Alembic's own bookkeeping would need the version table before the first revision makes the schema that
    holds it, and after the last downgrade has dropped it.
    """
    with context.begin_transaction():
        migration = context.get_context()
        with Operations.context(migration):
            for step in migration.opts["fn"](migration.get_current_heads(), migration):
                if not isinstance(step, RevisionStep):
                    raise CommandError("the schema minipaas records its own version: it can't be stamped")
                log.info("Running %s", step)
                step.migration_fn()


@contextmanager
def database() -> Iterator[str]:
    """DATABASE_URL, or a PostgreSQL that runs as long as the command."""
    url = os.environ.get("DATABASE_URL")
    if url:
        yield url
    else:
        print("DATABASE_URL is not set: using an embedded PostgreSQL for this command only", file=sys.stderr)
        with _embedded.server() as server:
            yield server.url


if context.config.config_file_name is not None and context.config.file_config.has_section("loggers"):
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)

if context.is_offline_mode():
    context.configure(dialect_name="postgresql", version_table="_version", version_table_schema="minipaas")
    run()
else:
    with (
        database() as url,
        create_engine(sqlalchemy_url(url), poolclass=pool.NullPool).connect() as connection,
    ):
        context.configure(connection, version_table="_version", version_table_schema="minipaas")
        run()
