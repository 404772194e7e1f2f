"""examples/host_app: its own tests pass, and the commands in its compose file work on one database."""

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient
from sqlalchemy import URL

from minipaas_sql._url import sqlalchemy_url
from minipaas_sql.migrate import MigrationError
from tests.conftest import Connection, Host

HOST = Path(__file__).parents[2] / "examples" / "host_app"
SERVICES = yaml.safe_load((HOST / "compose.yaml").read_text())["services"]
LATER = "-c minipaas.now=2100-01-01T00:00:00Z"  # for a session: every lease has expired by then


@pytest.fixture
def url(database_url: str) -> URL:
    return sqlalchemy_url(database_url)


@pytest.fixture
def start(url: URL) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start what a service of the compose file runs, as if in its container."""
    started: list[subprocess.Popen[str]] = []

    def run(service: str, *more: str, at: URL = url) -> subprocess.Popen[str]:
        program, *arguments = shlex.split(SERVICES[service]["command"])
        env = os.environ | {"DATABASE_URL": at.render_as_string(hide_password=False)}
        command = [Path(sys.executable).with_name(program), *arguments, *more]
        started.append(subprocess.Popen(command, cwd=HOST, env=env, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def run(start: Callable[..., subprocess.Popen[str]]) -> Callable[..., None]:
    """Run it to its end."""

    def run(service: str, *more: str, **options: Any) -> None:
        process = start(service, *more, **options)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors

    return run


@pytest.fixture
def db(run: Callable[..., None], url: URL, database_url: str) -> Iterator[Connection]:
    """A connection to the shop's database, after the job `migrate`."""
    run("migrate")
    with Connection.open(database_url) as connection:
        yield connection


@pytest.fixture
def client(db: Connection, url: URL, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("DATABASE_URL", url.render_as_string(hide_password=False))
    monkeypatch.syspath_prepend(HOST)
    from shop.web import app

    with TestClient(app) as client:
        yield client


def order(client: TestClient, customer: str, cents: int) -> int:
    answer = client.post("/orders", json={"customer": customer, "cents": cents})
    assert answer.status_code == 201
    number: int = answer.json()["id"]
    return number


def invoices(db: Connection) -> list[int]:
    return [row.order_id for row in db.execute("select order_id from invoices order by order_id").fetchall()]


def test_its_own_tests_pass(server: Host) -> None:
    env = os.environ | {"MINIPAAS_TEST_URL": server.url}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=HOST, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_history_makes_its_models_and_goes_down_and_up(db: Connection, url: URL) -> None:
    env = os.environ | {"DATABASE_URL": url.render_as_string(hide_password=False)}
    for arguments in ("check", "downgrade base", "upgrade head", "check"):
        command = [sys.executable, "-m", "alembic", *arguments.split()]
        done = subprocess.run(command, cwd=HOST, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    assert db.value("select count(*) from minipaas.queues") == 2


def test_the_services_take_an_order_from_request_to_projection(
    client: TestClient, db: Connection, url: URL, run: Callable[..., None]
) -> None:
    made = [order(client, "Ada", 100), order(client, "Ada", 250), order(client, "Bob", 5)]
    run("worker", "--once")
    run("consumer", "--once")
    assert invoices(db) == made
    assert client.get("/customers/Ada").json() == {"orders": 2, "cents": 350}
    assert client.get("/customers/Bob").json() == {"orders": 1, "cents": 5}
    assert client.get("/customers/Eve").status_code == 404

    later = url.update_query_dict({"options": LATER})
    run("tick", at=later)
    run("maintain")
    run("worker", "--once", at=later)
    assert db.value("select array_agg(orders) from reports") == [3]


def test_the_web_service_starts_where_the_history_was_run_and_is_recorded(
    url: URL, database_url: str, run: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url.render_as_string(hide_password=False))
    monkeypatch.syspath_prepend(HOST)
    from shop.web import app

    with pytest.raises(MigrationError, match="service 'shop' needs version"), TestClient(app):
        pass
    run("migrate")
    with TestClient(app), Connection.open(database_url) as db:
        assert db.value("select service from minipaas.services") == "shop"


def test_a_request_that_fails_leaves_no_order_no_task_and_no_event(
    client: TestClient, db: Connection
) -> None:
    db.execute("select minipaas.stream_drop('orders', force => true)")
    with pytest.raises(Exception, match='stream "orders" does not exist'):
        client.post("/orders", json={"customer": "Ada", "cents": 100})
    assert db.value("select count(*) from orders") == 0
    assert db.value("select count(*) from minipaas.queue_tasks") == 0


@pytest.mark.parametrize("service", ["worker", "consumer"])
def test_a_process_that_is_killed_half_way_neither_loses_nor_doubles(
    service: str, client: TestClient, db: Connection, url: URL, database_url: str,
    start: Callable[..., subprocess.Popen[str]], run: Callable[..., None],
) -> None:  # fmt: skip
    made = [order(client, customer, 1) for customer in ("Ada", "Bob")]
    run("consumer", "--once")
    made += [order(client, customer, 1) for customer in ("Ada", "Bob") * 10]
    with Connection.open(database_url, autocommit=False) as other:
        other.execute("select from orders where id = %s for update", [made[12]])  # stops its invoice
        other.execute("select from totals where customer = 'Bob' for update")
        process, deadline = start(service), time.monotonic() + 60
        waits = "select exists (select from pg_stat_activity where %s = any (pg_blocking_pids(pid)))"
        while not db.value(waits, other.info.backend_pid):
            assert process.poll() is None
            assert time.monotonic() < deadline, "nobody waits for the lock"
        process.kill()
        process.wait()
    later = url.update_query_dict({"options": LATER})
    run("worker", "--once", at=later)
    run("consumer", "--once", at=later)
    assert invoices(db) == made
    for customer in ("Ada", "Bob"):
        assert client.get(f"/customers/{customer}").json() == {"orders": 11, "cents": 11}


def test_every_service_is_of_a_kind_that_a_deployment_knows() -> None:
    running = {name for name, service in SERVICES.items() if service.get("restart") == "unless-stopped"}
    once = {name for name, service in SERVICES.items() if service.get("restart") == "no"}
    assert running == {"web", "worker", "consumer"}
    assert once == {"migrate", "tick", "maintain"}
    assert running | once | {"db"} == set(SERVICES)
