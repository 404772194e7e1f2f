"""Install the sides into a database."""

import importlib.metadata
import importlib.util
from pathlib import Path

import psycopg
from sqlalchemy import create_engine

from minipaas_sql import migrate
from minipaas_sql._sql import install_text
from minipaas_sql._url import sqlalchemy_url


def install_ours(url: str, from_files: bool) -> str:
    """Install minipaas-sql, by its revisions or from sql/ as it stands; return its version."""
    if from_files:
        with psycopg.connect(url) as connection:
            connection.execute(install_text().encode())
        return "sql/"
    engine = create_engine(sqlalchemy_url(url))
    with engine.begin() as host:
        migrate.upgrade_to(migrate.head(), connection=host)
    engine.dispose()
    return migrate.head()


def install_raw(url: str) -> str:
    """Make a plain table with the columns of an event, and one of cursors; return how it looks."""
    with psycopg.connect(url) as connection:
        connection.execute("""
            create sequence raw_offset;
            create table raw_event (
                event_offset bigint not null default nextval('raw_offset'),
                published_at timestamptz not null default clock_timestamp(),
                stream integer not null,
                partition integer,
                payload jsonb not null,
                key text,
                headers jsonb,
                dedup_key text,
                primary key (stream, event_offset)
            );
            create table raw_cursor (consumer text primary key, event_offset bigint not null);
        """)
    return "a table"


def install_pgmq(url: str) -> str:
    """Install pgmq from the SQL in its Python package; return its version."""
    found = importlib.util.find_spec("pgmq")
    if found is None or found.origin is None:
        raise SystemExit("pgmq is missing: pip install 'minipaas-sql[bench]'")
    folder = Path(found.origin).parent / "sql"
    with psycopg.connect(url) as connection:
        connection.execute((folder / "pgmq.sql").read_text().encode())
    return f"{(folder / 'VERSION').read_text().strip()} (Python package {importlib.metadata.version('pgmq')})"
