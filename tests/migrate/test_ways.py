"""The README's ways to install, in a host application (examples/host_app): all end in the same schema."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.config import Config
from sqlalchemy import create_engine

from minipaas_sql import migrate, revise
from minipaas_sql._url import sqlalchemy_url
from tests.conftest import Host
from tests.docs.pages import take
from tests.migrate.conftest import ROOT
from tests.migrate.test_paths import expected  # noqa: F401

(INI,) = take("README.md", "ini")
(UPGRADE,) = take("README.md", "sh", "minipaas-sql upgrade")
(PSQL,) = take("README.md", "sh", "minipaas-sql sql")
ALEMBIC = "alembic -n minipaas upgrade head"

TOML = """
[tool.alembic]
script_location = "%(here)s/migrations"
prepend_sys_path = ["%(here)s"]
"""

READS_TOML = pytest.mark.skipif(
    not hasattr(Config, "get_alembic_option"), reason="Alembic reads pyproject.toml from 1.16 on"
)

Run = Callable[..., str]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A copy of the application, whose revision does not upgrade the schema."""
    ignored = shutil.ignore_patterns("__pycache__")
    folder = shutil.copytree(ROOT / "examples" / "host_app", tmp_path / "shop", ignore=ignored)
    adopt(folder, "pass")
    return folder


def adopt(folder: Path, line: str) -> None:
    """Put a line into its revision in the place of the upgrade."""
    path = folder / "migrations" / "versions" / "0002_queues.py"
    path.write_text(
        re.sub(r"    migrate\.upgrade_to\(.*\)\n|    pass\n", f"    {line or 'pass'}\n", path.read_text())
    )


@pytest.fixture
def run(shop: Path, server: Host, database_url: str) -> Run:
    """Run a command of the README in the application's folder, and return what it says."""
    folders = [Path(sys.executable).parent, *([server.bin] if server.bin else [])]
    path = os.pathsep.join(map(str, folders)) + os.pathsep + os.environ["PATH"]

    def run(command: str, fails: bool = False, **variables: str) -> str:
        env = os.environ | {"PATH": path, "DATABASE_URL": database_url} | variables
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command], cwd=shop, env=env, capture_output=True, text=True
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def by_a_revision(shop: Path, run: Run, url: str) -> None:
    adopt(shop, f'migrate.upgrade_to("{migrate.head()}")')


def by_a_section(shop: Path, run: Run, url: str) -> None:
    ini = shop / "alembic.ini"
    ini.write_text(ini.read_text() + INI)
    run(ALEMBIC)


def by_a_section_beside_pyproject(shop: Path, run: Run, url: str) -> None:
    (shop / "alembic.ini").write_text(INI)
    pyproject = shop / "pyproject.toml"
    pyproject.write_text(pyproject.read_text() + TOML)
    run(ALEMBIC)


def by_a_command(shop: Path, run: Run, url: str) -> None:
    run(UPGRADE)


def by_psql(shop: Path, run: Run, url: str) -> None:
    run(PSQL)


def by_another_tool(shop: Path, run: Run, url: str) -> None:
    as_a_tool_does(url, run("minipaas-sql sql --no-transaction"))


def as_a_tool_does(url: str, script: str, then: str = "select 1") -> None:
    """Run a script and what a tool writes down about it in one transaction, as dbmate and Flyway do."""
    with psycopg.connect(url) as connection:
        connection.execute("create schema if not exists tool")
        connection.execute("create table if not exists tool.done (version text)")
        connection.execute(script.encode())
        connection.execute("insert into tool.done values ('7')")
        connection.execute(then)


@pytest.mark.parametrize(
    "way",
    [
        by_a_revision,
        by_a_section,
        pytest.param(by_a_section_beside_pyproject, marks=READS_TOML),
        by_a_command,
        by_psql,
        by_another_tool,
    ],
)
def test_every_way_ends_in_the_same_schema_below_an_application_that_works(
    way: Callable[..., None],
    shop: Path,
    run: Run,
    database_url: str,
    expected: str,  # noqa: F811
) -> None:
    way(shop, run, database_url)
    address = sqlalchemy_url(database_url).render_as_string(hide_password=False)
    for command in ("upgrade head", "check", "current"):
        said = run(f"alembic {command}", DATABASE_URL=address)
    assert "0002 (head)" in said
    assert revise.dump(database_url) == expected
    run(ALEMBIC if "minipaas" in (shop / "alembic.ini").read_text() else UPGRADE)
    assert revise.dump(database_url) == expected
    with psycopg.connect(database_url) as connection:
        queues = connection.execute("select queue from minipaas.queues order by queue").fetchall()
    assert queues == [("invoices",), ("reports",)]


@pytest.mark.parametrize("transaction", [True, False])
@pytest.mark.parametrize("before", [None, "0001", "newest"])
def test_a_script_may_run_on_any_database(
    before: str | None,
    transaction: bool,
    database_url: str,
    psql: Any,
    expected: str,  # noqa: F811
) -> None:
    if before:
        engine = create_engine(sqlalchemy_url(database_url))
        with engine.begin() as connection:
            migrate.upgrade_to(migrate.head() if before == "newest" else before, connection=connection)
        engine.dispose()
    for version in (None, "0001"):  # the second one finds a newer schema
        script = migrate.script(version, transaction=transaction)
        if transaction:
            assert psql(database_url, script).returncode == 0
        else:
            as_a_tool_does(database_url, script)
        assert revise.dump(database_url) == expected


def test_a_tools_transaction_that_fails_takes_the_schema_back(database_url: str) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        as_a_tool_does(database_url, migrate.script(transaction=False), then="select 1 / 0")
    with psycopg.connect(database_url) as connection:
        found = connection.execute("select to_regnamespace('minipaas'), to_regnamespace('tool')").fetchone()
    assert found == (None, None)


def test_a_section_without_a_database_says_so_and_takes_its_own(
    shop: Path, run: Run, database_url: str
) -> None:
    ini = shop / "alembic.ini"
    ini.write_text(ini.read_text() + INI)
    said = run(ALEMBIC, fails=True, DATABASE_URL="")
    assert "no database: set DATABASE_URL, or sqlalchemy.url in the section [minipaas]" in said
    ini.write_text(ini.read_text() + f"sqlalchemy.url = {database_url}\n".replace("%", "%%"))
    run(ALEMBIC, DATABASE_URL="")
    assert f"minipaas_{migrate.head()} (head)" in run("alembic -n minipaas current", DATABASE_URL="")


@READS_TOML
def test_a_section_never_runs_the_applications_own_revisions(shop: Path, run: Run, database_url: str) -> None:
    (shop / "alembic.ini").write_text(INI)
    pyproject = shop / "pyproject.toml"
    pyproject.write_text(
        pyproject.read_text() + TOML + 'version_locations = ["%(here)s/migrations/versions"]\n'
    )
    said = run(ALEMBIC, fails=True)
    assert "0001 is no revision of the schema minipaas" in said
    (shop / "alembic.ini").write_text(INI + said.partition("[minipaas]:\n")[2])
    run(ALEMBIC)
    assert f"minipaas_{migrate.head()} (head)" in run("alembic -n minipaas current")
