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
from minipaas_sql._revisions import PREFIX
from minipaas_sql._url import sqlalchemy_url

log = logging.getLogger("alembic.runtime.migration")

OTHERS = (
    "{} is no revision of the schema minipaas: a version_locations leads to it. Put these into [{}]:\n"
    "path_separator = newline\nversion_locations = minipaas_sql:migrations/versions"
)


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
                name = step.revision.revision
                if not name.startswith(PREFIX):
                    raise CommandError(OTHERS.format(name, context.config.config_ini_section))
                log.info("Running %s", step)
                step.migration_fn()


@contextmanager
def database() -> Iterator[str]:
    """DATABASE_URL, or the section's; for this repository's own, a PostgreSQL that ends with the command."""
    config = context.config
    url = os.environ.get("DATABASE_URL") or config.get_main_option("sqlalchemy.url")
    if url:
        yield url
    elif config.get_main_option("embedded") is None:
        raise CommandError(
            f"no database: set DATABASE_URL, or sqlalchemy.url in the section [{config.config_ini_section}]"
        )
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
