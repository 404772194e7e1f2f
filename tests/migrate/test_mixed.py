"""Services whose packages differ in version share one schema, each with a login role of its own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from minipaas_sql import _revisions, migrate, views
from tests.conftest import Host
from tests.migrate.conftest import ROOT

HEAD = migrate.head()
OLD = _revisions.revisions()[-2].number

DEPLOY = """
import sys
from sqlalchemy import create_engine
from minipaas_sql import migrate
from minipaas_sql._url import sqlalchemy_url

engine = create_engine(sqlalchemy_url(sys.argv[1]))
try:
    with engine.begin() as connection:
        migrate.upgrade_to(migrate.head(), connection=connection)
    with engine.begin() as connection:
        migrate.require(connection, service=sys.argv[2])
except migrate.MigrationError as exc:
    sys.exit(str(exc))
"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Where each package is: this one, and one that stops at the revision before the newest."""
    folder = tmp_path_factory.mktemp("old")
    unwanted = shutil.ignore_patterns("migrations", "__pycache__")
    shutil.copytree(ROOT / "minipaas_sql", folder / "minipaas_sql", ignore=unwanted)
    unwanted = shutil.ignore_patterns(f"{HEAD}_*", "__pycache__")
    shutil.copytree(ROOT / "migrations", folder / "minipaas_sql" / "migrations", ignore=unwanted)
    return {"new": ROOT, "old": folder}


class Service:
    """A service's program with its package, as its role."""

    def __init__(self, package: Path, url: str, name: str) -> None:
        self._folder, self._url, self._name = package, url, name
        self._environment = {**os.environ, "PYTHONPATH": f"{package}{os.pathsep}{ROOT}"}

    def start_deploy(self) -> subprocess.Popen[str]:
        """Begin to upgrade as far as the package knows, and to say that the service is there."""
        return self._start("-c", DEPLOY)

    def deploy(self) -> str:
        """Do so, and return what went wrong."""
        process = self.start_deploy()
        _, errors = process.communicate(timeout=60)
        assert (process.returncode == 0) == (errors == ""), errors
        return errors

    @contextmanager
    def working(self, version: str) -> Iterator[Callable[[int], None]]:
        """Let it work all the while; what it yields waits until its clients went round so often."""
        process = self._start("-m", "tests.migrate.load")
        assert process.stdin and process.stdout and process.stderr

        def rounds(count: int) -> None:
            for _ in range(count):
                assert process.stdout.readline() == "round\n", process.stderr.read()

        try:
            assert process.stdout.readline() == f"{version}\n", "it has the wrong package"
            yield rounds
            out, errors = process.communicate(timeout=60)
        finally:
            process.kill()
            process.communicate()
        assert (process.returncode, errors) == (0, "")
        for sent, received in json.loads(out.splitlines()[-1]):
            assert sent
            assert sorted(received) == sorted(sent)

    def _start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *arguments, self._url, self._name], cwd=self._folder, env=self._environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip


class Roles:
    """The owner of the schema, a member of that role, and one that will have grants only."""

    def __init__(self, engine: Engine, new_role: Callable[..., str]) -> None:
        self._engine = engine
        self.owner, self.member, self.granted = new_role(), new_role(), new_role()
        self.run(f"grant create on database {engine.url.database} to {self.owner}")
        self.run(f"grant {self.owner} to {self.member}")

    def run(self, statement: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(text(statement))

    def serve(self, *names: str) -> None:
        """Make queues and streams of these names."""
        for name in names:
            self.run(f"select minipaas.queue_create('{name}'), minipaas.stream_create('{name}', 3)")
            self.run(f"select minipaas.stream_subscribe('{name}', 'reader')")

    def grant(self) -> None:
        rights = "array['enqueue', 'dequeue', 'publish', 'consume']"
        self.run(f"select minipaas.access_grant('{self.granted}', {rights})")


@pytest.fixture
def roles(engine: Engine, new_role: Callable[..., str]) -> Roles:
    return Roles(engine, new_role)


@pytest.fixture
def service(packages: dict[str, Path], server: Host, engine: Engine) -> Callable[..., Service]:
    def make(package: str, role: str, name: str | None = None) -> Service:
        return Service(packages[package], server.url_of(engine.url.database or "", role), name or package)

    return make


def test_old_first_then_new_while_the_old_one_works(
    roles: Roles, service: Callable[..., Service], installed: Callable[[], str | None], engine: Engine
) -> None:
    old, new = service("old", roles.owner), service("new", roles.member)
    granted = service("old", roles.granted, "granted")
    assert old.deploy() == ""
    assert installed() == OLD
    roles.serve("old", "new", "granted")
    roles.grant()
    with old.working(OLD) as old_rounds, granted.working(OLD) as granted_rounds:
        old_rounds(5)
        granted_rounds(5)
        assert new.deploy() == ""
        assert installed() == HEAD
        with new.working(HEAD) as new_rounds:
            for rounds in (old_rounds, granted_rounds, new_rounds):
                rounds(10)
    assert old.deploy() == "", "the old one starts again"
    assert installed() == HEAD
    query = select(views.services.c["service", "role", "version"]).order_by("service")
    with engine.connect() as connection:
        seen = [tuple(row) for row in connection.execute(query)]
    assert seen == [("new", roles.member, HEAD), ("old", roles.owner, OLD)]


def test_new_first_then_old(
    roles: Roles, service: Callable[..., Service], installed: Callable[[], str | None]
) -> None:
    old, new = service("old", roles.member), service("new", roles.owner)
    assert new.deploy() == ""
    roles.serve("old", "new")
    assert old.deploy() == ""
    assert installed() == HEAD
    with old.working(OLD) as old_rounds, new.working(HEAD) as new_rounds:
        old_rounds(10)
        new_rounds(10)


def test_both_at_once_six_times_on_an_empty_database(
    roles: Roles, service: Callable[..., Service], installed: Callable[[], str | None], engine: Engine
) -> None:
    installers = [service(package, roles.owner).start_deploy() for package in ("old", "new") * 3]
    for process in installers:
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")
    assert installed() == HEAD
    with engine.connect() as connection:
        steps = connection.scalar(text("select count(*) from minipaas._upgrade"))
        assert steps == len(_revisions.revisions())


def test_who_may_not_is_told_the_statement_to_run(
    roles: Roles, service: Callable[..., Service], installed: Callable[[], str | None], engine: Engine
) -> None:
    new = service("new", roles.granted)
    assert f"GRANT CREATE ON DATABASE {engine.url.database} TO {roles.granted};" in new.deploy()
    assert service("old", roles.owner).deploy() == ""
    for _ in range(2):
        assert f"GRANT {roles.owner} TO {roles.granted};" in new.deploy()
        assert installed() == OLD
        roles.grant()
    assert service("new", roles.member).deploy() == ""
    assert new.deploy() == "", "with grants only it may go on where nothing is due"
