"""The commands of `minipaas-sql`."""

import sys
from enum import StrEnum
from importlib.metadata import version as release_of
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import DBAPIError

from minipaas_sql import migrate
from minipaas_sql.cli import _access, _adopt, _demo, _health, _schedules, _streams, _tables, _worker
from minipaas_sql.cli._database import Refused, Url, Usage, engine_of, explain
from minipaas_sql.cli._show import Watch, show

app = typer.Typer(
    help="Durable queues and streams inside your PostgreSQL: install the schema and look inside.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class State(StrEnum):
    """The states of a task."""

    ready = "ready"
    delayed = "delayed"
    leased = "leased"
    retrying = "retrying"
    blocked = "blocked"
    dead = "dead"
    done = "done"


Version = Annotated[str | None, typer.Argument(help="Such as 0001; by default the newest one.")]


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"minipaas-sql {release_of('minipaas-sql')}, schema {migrate.head()}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print the versions of the package and of its schema.",
        ),
    ] = False,
) -> None:
    """Options without a command."""


def run() -> int:
    """Run the command that sys.argv names and return its exit status."""
    try:
        app()
        return 0
    except (Usage, migrate.UnknownVersion) as exc:
        return _fail(str(exc), 2)
    except (Refused, migrate.MigrationError) as exc:
        return _fail(str(exc), 1)
    except DBAPIError as exc:
        return _fail(explain(exc), 1)


def _fail(message: str, status: int) -> int:
    print(f"error: {message}", file=sys.stderr)
    return status


app.command()(_adopt.adopt)


@app.command()
def upgrade(
    version: Version = None,
    force: Annotated[bool, typer.Option("--force", help="Though services need an older one.")] = False,
    url: Url = None,
) -> None:
    """Install the schema, or bring it up to a version; a newer one stays as it is."""
    with engine_of(url) as engine, engine.begin() as connection:
        migrate.upgrade_to(version or migrate.head(), connection=connection, force=force)
        installed = migrate.current(connection)
    print(f"minipaas is at {installed}")


@app.command()
def downgrade(
    version: Annotated[str, typer.Argument(help="Such as 0001, or base: leave no schema.")],
    force: Annotated[
        bool, typer.Option("--force", help="Drop queues and streams too, whoever uses them.")
    ] = False,
    url: Url = None,
) -> None:
    """Take the schema back to a version. Other services may use it: make sure that none does."""
    with engine_of(url) as engine, engine.begin() as connection:
        migrate.downgrade_to(version, connection=connection, force=force)
        installed = migrate.current(connection)
    print("minipaas is not installed" if installed is None else f"minipaas is at {installed}")


@app.command()
def current(url: Url = None) -> None:
    """Print the version of the schema, or `not installed`."""
    with engine_of(url) as engine, engine.connect() as connection:
        print(migrate.current(connection) or "not installed")


@app.command()
def sql(
    version: Version = None,
    bare: Annotated[
        bool, typer.Option("--no-transaction", help="For tools that begin and commit themselves.")
    ] = False,
) -> None:
    """Print the schema as SQL, for any database: `minipaas-sql sql | psql -v ON_ERROR_STOP=1`."""
    print(migrate.script(version, transaction=not bare), end="")


@app.command()
def queues(watch: Watch = False, url: Url = None) -> None:
    """Show the queues and how many tasks they have in each state."""
    show(url, _tables.queues, watch)


@app.command()
def tasks(
    queue: str,
    state: Annotated[State | None, typer.Option(help="Just the tasks in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most this many, oldest first.")] = 20,
    url: Url = None,
) -> None:
    """Show the tasks of a queue."""
    show(url, lambda engine: _tables.tasks(engine, queue, state, limit))


for command in (
    _streams.streams, _streams.consumers, _streams.tail, _streams.publish, _worker.worker, _worker.consumer,
    _schedules.schedules, _schedules.tick, _schedules.maintain, _health.doctor, _health.metrics,
):  # fmt: skip
    app.command()(command)

app.add_typer(_access.app, name="access")


@app.command()
def demo(
    folder: Annotated[Path | None, typer.Argument(help="By default Python's standard library.")] = None,
    workers: Annotated[int, typer.Option(min=2, max=64, help="Worker processes; one of them is killed.")] = 4,
    url: Url = None,
) -> None:
    """Hash every file of a folder through a queue and a stream, kill workers, and check that nothing is lost.

    Runs on a database of its own, in a server that ends with it, unless --url or DATABASE_URL names another.
    There it upgrades the schema, and works in a queue, a stream and tables of its own, which it drops.
    """
    _demo.run(folder, workers, url)
