from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, text

from minipaas_sql import _revisions, migrate
from tests.migrate.conftest import History

Psql = Callable[..., Any]
Installed = Callable[[], str | None]


@pytest.mark.parametrize(
    ("before", "version", "after"),
    [
        (None, None, "0003"),
        ("0001", None, "0003"),
        ("0003", None, "0003"),
        ("0003", "0001", "0003"),
        (None, "0002", "0002"),
    ],
)
def test_a_script_brings_any_database_to_its_version(
    history: History, install: Callable[..., None], installed: Installed, psql: Psql, database_url: str,
    before: str | None, version: str | None, after: str,
) -> None:  # fmt: skip
    if before:
        install(before)
    done = psql(database_url, migrate.script(version))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert installed() == after


@pytest.mark.parametrize(
    ("before", "version", "after"),
    [(None, "base", None), ("0003", "base", None), ("0002", "0001", "0001"), ("0001", "0002", "0001")],
)
def test_a_script_downgrades_too(
    history: History, install: Callable[..., None], installed: Installed, psql: Psql, database_url: str,
    before: str | None, version: str, after: str | None,
) -> None:  # fmt: skip
    if before:
        install(before)
    assert psql(database_url, migrate.script(version, down=True)).returncode == 0
    assert installed() == after


def test_a_script_is_one_transaction(
    history: History, installed: Installed, psql: Psql, database_url: str
) -> None:
    path = _revisions.revisions()[2].path.with_suffix(".sql")
    path.write_text(path.read_text() + "select 1 / 0;\n")
    done = psql(database_url, migrate.script())
    assert done.returncode != 0
    assert "division by zero" in done.stderr
    assert installed() is None


def test_a_script_says_why_it_may_not(
    history: History, engine: Engine, psql: Psql, database_url: str
) -> None:
    with engine.begin() as connection:
        connection.execute(text("create schema minipaas create table t ()"))
    done = psql(database_url, migrate.script())
    assert done.returncode != 0
    assert "not from minipaas-sql" in done.stderr
    assert "ALTER SCHEMA" in done.stderr


def test_a_script_to_downgrade_needs_a_version() -> None:
    with pytest.raises(ValueError, match="needs a version"):
        migrate.script(down=True)


def test_a_text_that_would_end_its_quotes_is_refused(history: History) -> None:
    path = _revisions.revisions()[0].path.with_suffix(".sql")
    path.write_text("select $minipaas_0001$x$minipaas_0001$;\n")
    with pytest.raises(RuntimeError, match=r"may not contain \$minipaas_0001\$"):
        migrate.script()


def test_a_part_of_a_script_says_what_it_lacks(history: History, psql: Psql, database_url: str) -> None:
    done = psql(database_url, _revisions.step_text(_revisions.revisions()[1], "up"))
    assert "from minipaas_0001 to minipaas_0002, but nothing is installed" in done.stderr
