"""Wrong usage is one clear line and exit status 2."""

import subprocess
import sys

import pytest

from .conftest import Cli, environment

COMMANDS = [
    ("upgrade",),
    ("downgrade", "base"),
    ("current",),
    ("queues",),
    ("queues", "--watch"),
    ("tasks", "q"),
    ("streams",),
    ("consumers", "--watch"),
    ("tail", "s"),
    ("publish", "s"),
    ("schedules",),
    ("tick",),
    ("maintain", "--every", "10s"),
    ("doctor",),
    ("metrics",),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_database(cli: Cli, command: tuple[str, ...]) -> None:
    done = cli(*command)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: no database: name one with --url or DATABASE_URL\n"


@pytest.mark.parametrize("url", ["mysql://root:secret@host/db", "secret words"])
def test_no_postgresql(cli: Cli, url: str) -> None:
    done = cli("current", "--url", url)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "postgresql://" in done.stderr
    assert "secret" not in done.stderr


def test_unknown_version(cli: Cli, database_url: str) -> None:
    for command in ("upgrade", "downgrade"):
        done = cli(command, "9999", "--url", database_url)
        assert done.returncode == 2
        assert "9999" in done.stderr


def test_unknown_state(cli: Cli, database_url: str) -> None:
    done = cli("tasks", "q", "--state", "lost", "--url", database_url)
    assert done.returncode == 2
    assert "retrying" in done.stderr


@pytest.mark.parametrize("library", ["typer", "rich"])
def test_without_the_extra_it_says_what_to_install(library: str) -> None:
    code = f"import sys; sys.modules[{library!r}] = None; from minipaas_sql.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment())
    assert done.returncode == 2
    assert done.stderr == "minipaas-sql needs its extra `cli`: pip install 'minipaas-sql[cli]'\n"


def test_another_missing_module_is_not_taken_for_the_extra() -> None:
    code = "import sys; sys.modules['alembic'] = None; from minipaas_sql.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment())
    assert done.returncode == 1
    assert "alembic" in done.stderr
