"""`upgrade`, `downgrade`, `current` and `sql`."""

from importlib.metadata import version

import psycopg

from minipaas_sql import migrate

from .conftest import Cli


def test_the_versions_of_the_package_and_of_its_schema(cli: Cli) -> None:
    assert cli("--version").stdout == f"minipaas-sql {version('minipaas-sql')}, schema {migrate.head()}\n"


def test_the_way_up_and_down(cli: Cli, database_url: str) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        done = cli(*arguments, DATABASE_URL=database_url)
        return done.returncode, done.stdout

    head = migrate.head()
    assert run("current") == (0, "not installed\n")
    assert run("upgrade", "0001") == (0, "minipaas is at 0001\n")
    assert run("upgrade") == (0, f"minipaas is at {head}\n")
    assert run("current") == (0, f"{head}\n")
    assert run("upgrade", "0001") == (0, f"minipaas is at {head}\n")
    assert run("downgrade", "base") == (0, "minipaas is not installed\n")
    assert run("current") == (0, "not installed\n")


def test_a_downgrade_that_would_drop_tasks_wants_force(cli: Cli, database_url: str) -> None:
    cli("upgrade", "--url", database_url)
    with psycopg.connect(database_url) as connection:
        connection.execute("select minipaas.queue_create('q'), minipaas.queue_enqueue('q', '1')")
    refused = cli("downgrade", "base", "--url", database_url)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "force" in refused.stderr
    assert cli("downgrade", "base", "--force", "--url", database_url).stdout == "minipaas is not installed\n"


def test_a_downgrade_names_the_services_that_it_would_break(cli: Cli, database_url: str) -> None:
    cli("upgrade", "--url", database_url)
    with psycopg.connect(database_url) as connection:
        connection.execute("select minipaas.service_seen('billing', '1.0', %s)", [migrate.head()])
    refused = cli("downgrade", "base", "--url", database_url)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "would break billing" in refused.stderr
    assert cli("upgrade", "--force", "--url", database_url).stdout == f"minipaas is at {migrate.head()}\n"
    assert cli("downgrade", "base", "--force", "--url", database_url).returncode == 0


def test_sql_prints_the_script(cli: Cli) -> None:
    assert cli("sql").stdout == migrate.script()
    assert cli("sql", "0001").stdout == migrate.script("0001")


def test_a_server_that_is_not_there(cli: Cli) -> None:
    done = cli("current", "--url", "postgresql://user:secret@127.0.0.1:1/db")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ")
    assert "secret" not in done.stderr


def test_a_missing_schema_is_named_with_the_command_that_installs_it(cli: Cli, database_url: str) -> None:
    commands = (("queues",), ("tasks", "q"), ("streams",), ("consumers",), ("tail", "s"), ("publish", "s"))
    for command in commands:
        done = cli(*command, "--url", database_url)
        assert done.returncode == 1
        assert "hint: " in done.stderr
        assert "minipaas-sql upgrade" in done.stderr
