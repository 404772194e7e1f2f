"""Every way to install ends in the same schema, byte for byte."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, create_engine

from minipaas_sql import _sql, migrate, revise
from tests.migrate.conftest import ROOT
from tests.migrate.host import Host

Psql = Callable[..., Any]


def alembic(url: str | None, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run alembic in this repository, as its users do."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    if url is not None:
        environment["DATABASE_URL"] = url
    command = [sys.executable, "-m", "alembic", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def by_alembic(url: str, tmp_path: Path, psql: Psql) -> None:
    done = alembic(url, "upgrade", "head")
    assert done.returncode == 0, done.stderr


def by_alembic_offline(url: str, tmp_path: Path, psql: Psql) -> None:
    done = psql(url, alembic(None, "upgrade", "head", "--sql").stdout)
    assert (done.returncode, done.stderr) == (0, "")


def by_a_hosts_revision(url: str, tmp_path: Path, psql: Psql) -> None:
    host = Host(tmp_path, url.replace("postgresql://", "postgresql+asyncpg://"), asynchronous=True)
    host.revision(f'migrate.upgrade_to("{migrate.head()}")')
    host.upgrade()


def by_a_connection(url: str, tmp_path: Path, psql: Psql) -> None:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        migrate.upgrade_to(migrate.head(), connection=connection)
    engine.dispose()


def by_a_script(url: str, tmp_path: Path, psql: Psql) -> None:
    done = psql(url, migrate.script())
    assert (done.returncode, done.stderr) == (0, "")


def by_the_files(url: str, tmp_path: Path, psql: Psql) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(_sql.install_text())


PATHS = [by_alembic, by_alembic_offline, by_a_hosts_revision, by_a_connection, by_a_script, by_the_files]


@pytest.fixture
def expected(new_database: Any, psql: Psql) -> str:
    """The committed dump, or, for a server that is not the one it was made on, that of the files in sql/."""
    with new_database(empty=True) as url, psycopg.connect(url, autocommit=True) as connection:
        if connection.info.server_version // 10000 == 18:
            return (ROOT / "migrations" / "schema.sql").read_text()
        connection.execute(_sql.install_text())
        return revise.dump(url)


@pytest.mark.parametrize("path", PATHS)
def test_every_way_ends_in_the_committed_schema(
    path: Callable[..., None], database_url: str, tmp_path: Path, psql: Psql, expected: str
) -> None:
    path(database_url, tmp_path, psql)
    assert revise.dump(database_url) == expected


def catalogue(url: str) -> list[Any]:
    """Everything that a database has, but for what belongs to the server."""
    query = """
        select 'schema', nspname::text from pg_namespace where nspname !~ '^pg_(toast_)?temp'
        union all select 'relation', oid::regclass::text from pg_class where oid >= 16384
        union all select 'function', oid::regprocedure::text from pg_proc where oid >= 16384
        union all select 'type', oid::regtype::text from pg_type where oid >= 16384
        union all select 'default privilege', defaclacl::text from pg_default_acl
        order by 1, 2"""
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def test_down_leaves_nothing_and_up_again_makes_the_same(
    database_url: str, engine: Engine, expected: str
) -> None:
    nothing = catalogue(database_url)
    for _ in range(2):
        with engine.begin() as connection:
            migrate.upgrade_to(migrate.head(), connection=connection)
        assert revise.dump(database_url) == expected
        with engine.begin() as connection:
            migrate.downgrade_to("base", connection=connection)
        assert catalogue(database_url) == nothing


def test_a_downgrade_is_refused_while_there_is_a_queue(database_url: str, engine: Engine) -> None:
    nothing = catalogue(database_url)
    with engine.begin() as connection:
        migrate.upgrade_to(migrate.head(), connection=connection)
        connection.exec_driver_sql("select minipaas.queue_create('emails')")
    with (
        pytest.raises(migrate.MigrationError, match=r"minipaas\.queues is not empty"),
        engine.begin() as connection,
    ):
        migrate.downgrade_to("base", connection=connection)
    with engine.begin() as connection:
        migrate.downgrade_to("base", connection=connection, force=True)
    assert catalogue(database_url) == nothing


def test_alembic_here_goes_up_and_down_and_tells_the_version(database_url: str) -> None:
    nothing = catalogue(database_url)
    assert alembic(database_url, "current").stdout == ""
    assert catalogue(database_url) == nothing
    for _ in range(2):
        assert alembic(database_url, "upgrade", "head").returncode == 0
    assert alembic(database_url, "current").stdout == f"minipaas_{migrate.head()} (head)\n"
    assert alembic(database_url, "downgrade", "base").returncode == 0
    assert catalogue(database_url) == nothing


def test_alembic_here_can_not_stamp(database_url: str) -> None:
    done = alembic(database_url, "stamp", "head")
    assert done.returncode != 0
    assert "can't be stamped" in done.stderr + done.stdout


def test_alembic_here_without_a_url_takes_an_embedded_server_and_says_so() -> None:
    done = alembic(None, "upgrade", "head")
    assert done.returncode == 0, done.stderr
    assert "embedded PostgreSQL for this command only" in done.stderr
    assert "Running upgrade  -> minipaas_0001" in done.stderr


def test_six_alembics_at_once_make_one_schema(database_url: str, expected: str) -> None:
    environment = {**os.environ, "DATABASE_URL": database_url}
    command = [sys.executable, "-m", "alembic", "upgrade", "head"]
    running = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    for process in running:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    assert revise.dump(database_url) == expected
