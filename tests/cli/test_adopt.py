"""`adopt`, in projects as `alembic init` makes them."""

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import psycopg
import pytest
from alembic.config import Config

from minipaas_sql import migrate

from .conftest import PROGRAM, environment

Run = Callable[..., CompletedProcess[str]]

TOML = pytest.mark.skipif(
    "toml_file" not in inspect.signature(Config).parameters, reason="Alembic before 1.16 reads ini files only"
)
HEAD = migrate.head()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a program in the project's folder."""

    def run(*command: str, **variables: str) -> CompletedProcess[str]:
        done = subprocess.run(
            command, cwd=tmp_path, env=environment(**variables), capture_output=True, text=True, check=False
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


@pytest.fixture
def adopt(run: Run) -> Run:
    return lambda *arguments, **variables: run(PROGRAM, "adopt", *arguments, **variables)


@pytest.fixture
def alembic(run: Run) -> Run:
    def call(*arguments: str) -> CompletedProcess[str]:
        done = run(sys.executable, "-m", "alembic", *arguments)
        assert done.returncode == 0, done.stderr
        return done

    return call


@pytest.fixture
def project(tmp_path: Path, alembic: Run) -> Path:
    """A fresh project, whose history is below `db`."""
    alembic("init", "db")
    return tmp_path


def files(folder: Path) -> dict[str, bytes]:
    found: Iterator[Path] = (path for path in folder.rglob("*") if "__pycache__" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in found if path.is_file()}


def written(folder: Path, before: dict[str, bytes]) -> str:
    """The text of the only file that is new; all others are as they were."""
    after = files(folder)
    (new,) = after.keys() - before.keys()
    assert before.items() <= after.items()
    return after[new].decode()


@pytest.mark.parametrize(
    ("kind", "driver"),
    [
        ("generic", "psycopg"),
        ("async", "asyncpg"),
        pytest.param("pyproject", "psycopg", marks=TOML),
        pytest.param("pyproject_async", "asyncpg", marks=TOML),
    ],
)
def test_a_project_adopts_and_upgrades(
    kind: str, driver: str, tmp_path: Path, adopt: Run, alembic: Run, database_url: str
) -> None:
    alembic("init", "-t", kind, "db")
    ini, env = tmp_path / "alembic.ini", tmp_path / "db" / "env.py"
    url = database_url.replace("postgresql://", f"postgresql+{driver}://").replace("%", "%%")
    if "pyproject" in kind:
        line = "config = context.config"
        given = f'{line}\nconfig.set_main_option("sqlalchemy.url", "{url}")'
        env.write_text(env.read_text().replace(line, given))
    else:
        ini.write_text(ini.read_text().replace("driver://user:pass@localhost/dbname", url))
    alembic("revision", "-m", "ours")
    before = files(tmp_path)
    done = adopt()
    assert done.returncode == 0, done.stderr
    assert "run alembic upgrade head" in done.stdout
    assert f'    migrate.upgrade_to("{HEAD}")\n' in written(tmp_path, before)
    alembic("upgrade", "head")
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select minipaas.schema_version()").fetchone() == (HEAD,)
    alembic("downgrade", "base")
    alembic("upgrade", "head")


def test_the_second_time_there_is_nothing_to_do(project: Path, adopt: Run) -> None:
    adopt()
    before = files(project)
    done = adopt()
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing to do" in done.stdout
    assert files(project) == before


def test_a_newer_version_follows_the_one_that_was_adopted(project: Path, adopt: Run, alembic: Run) -> None:
    adopt()
    (first,) = (project / "db" / "versions").glob("*.py")
    first.write_text(first.read_text().replace(f'upgrade_to("{HEAD}")', "upgrade_to( 'minipaas_0001' )"))
    alembic("revision", "-m", "ours")
    before = files(project)
    assert adopt().returncode == 0
    text = written(project, before)
    assert f'    migrate.upgrade_to("{HEAD}")\n' in text
    assert 'migrate.downgrade_to("0001")' in text
    assert len(alembic("heads").stdout.splitlines()) == 1


def test_a_call_in_a_comment_is_none(project: Path, adopt: Run) -> None:
    adopt()
    (first,) = (project / "db" / "versions").glob("*.py")
    first.write_text(first.read_text().replace("migrate.upgrade_to(", "pass  # migrate.upgrade_to("))
    before = files(project)
    adopt()
    assert 'migrate.downgrade_to("base")' in written(project, before)


def test_several_heads_are_named(project: Path, adopt: Run, alembic: Run) -> None:
    alembic("revision", "-m", "a", "--rev-id", "aaaa")
    alembic("revision", "-m", "b", "--rev-id", "bbbb", "--head", "base", "--splice")
    before = files(project)
    done = adopt()
    assert (done.returncode, done.stdout) == (2, "")
    assert "--head aaaa, --head bbbb" in done.stderr
    assert files(project) == before
    assert adopt("--head", "bbbb").returncode == 0
    assert re.search(r"^down_revision.* = 'bbbb'$", written(project, before), re.MULTILINE)


def test_a_head_that_is_none_is_refused_in_the_words_of_alembic(project: Path, adopt: Run) -> None:
    before = files(project)
    done = adopt("--head", "nonsense")
    assert done.returncode == 1
    assert done.stderr.startswith("error: alembic: ")
    assert files(project) == before


def test_who_uses_include_schemas_is_shown_the_filter(project: Path, adopt: Run) -> None:
    env = project / "db" / "env.py"
    env.write_text(
        env.read_text().replace("connection=connection", "connection=connection, include_schemas=True")
    )
    assert "include_name=migrate.include_name," in adopt().stdout
    assert "include_name=migrate.include_name," in adopt().stdout, "for those who forgot"
    env.write_text(env.read_text().replace("=True", "=True, include_name=migrate.include_name"))
    assert "include_name" not in adopt().stdout


def test_who_does_not_is_shown_no_filter(project: Path, adopt: Run) -> None:
    assert "include" not in adopt().stdout


def test_outside_a_project_it_says_what_it_looked_for(tmp_path: Path, adopt: Run) -> None:
    done = adopt()
    assert (done.returncode, done.stdout) == (2, "")
    assert "neither [alembic] in alembic.ini nor [tool.alembic] in pyproject.toml" in done.stderr
    assert files(tmp_path) == {}


def test_a_configuration_is_named_as_for_alembic(project: Path, adopt: Run, alembic: Run) -> None:
    ini = project / "alembic.ini"
    text = ini.read_text().replace("[alembic]", "[billing]")
    (project / "conf").mkdir()
    (project / "conf" / "other.ini").write_text(text.replace("%(here)s/db", str(project / "db")))
    ini.unlink()
    assert adopt("-c", "conf/other.ini").returncode == 2, "it has no section alembic"
    assert adopt("-c", "conf/missing.ini", "-n", "billing").returncode == 2
    before = files(project)
    assert adopt("-n", "billing", ALEMBIC_CONFIG=os.path.join("conf", "other.ini")).returncode == 0
    written(project, before)
    assert "nothing to do" in adopt("-c", "conf/other.ini", "-n", "billing").stdout


def test_a_template_that_takes_no_operations_gets_them_by_hand(project: Path, adopt: Run) -> None:
    mako = project / "db" / "script.py.mako"
    mako.write_text(mako.read_text().replace('${upgrades if upgrades else "pass"}', "pass"))
    done = adopt()
    assert done.returncode == 0
    assert f'    migrate.upgrade_to("{HEAD}")  # in upgrade()' in done.stdout


def test_in_a_checkout_of_this_package_it_refuses(tmp_path: Path, adopt: Run) -> None:
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = minipaas_sql:migrations\n")
    done = adopt()
    assert done.returncode == 2
    assert "history of minipaas-sql itself" in done.stderr
