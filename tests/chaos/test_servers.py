"""The server is lost, copied, or out of space, in the middle of the load."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from minipaas_sql import _embedded
from tests import books
from tests.conftest import Connection

from . import load
from .conftest import SETTINGS, new_database


def at_server(server: _embedded.Server, url: str) -> str:
    """The URL of the same database on another server."""
    return server.url_of(make_url(url).database or "")


@contextmanager
def standby(primary: _embedded.Server) -> Iterator[_embedded.Server]:
    """A standby that each commit on the primary waits for."""
    home = primary.home / "s"
    home.mkdir()
    shutil.chown(home, user=primary.data.stat().st_uid)
    server = _embedded.Server(home, primary.bin, _embedded._run_as())
    primary.run("pg_basebackup", "-D", str(server.data), "-d", primary.url, "-R", "-c", "fast")
    with (server.data / "postgresql.conf").open("a") as conf:
        conf.write(f"unix_socket_directories = '{home}'\n")
    server.start()
    try:
        with psycopg.connect(primary.url, autocommit=True) as admin:
            admin.execute("alter system set synchronous_standby_names = '*'")
            admin.execute("select pg_reload_conf()")
        yield server
    finally:
        server.stop("immediate")


def test_a_standby_that_is_promoted(record_property):
    with _embedded.server(SETTINGS) as primary:
        url = new_database(primary)
        load.prepare(url)
        with load.running(url) as under, standby(primary) as server:
            under.goes_on(200)
            primary.stop("immediate")
            server.run("pg_ctl", "promote", "-D", str(server.data))
            under.url, under.faults = at_server(server, url), 1
            under.goes_on()
            under.finish()
            record_property("summary", "promoted standby: " + load.verify(under))


def test_a_dump_in_the_middle_holds_what_was_committed_and_works_on(
    sturdy, load_url, tmp_path, record_property
):
    with load.running(load_url) as under:
        under.goes_on(100)
        dump = subprocess.run(
            [str(sturdy.bin / "pg_dump"), "-Fc", load_url], capture_output=True, check=True
        ).stdout
        under.goes_on()
    with psycopg.connect(sturdy.url, autocommit=True) as admin:
        admin.execute("create database restored")
    restored = sturdy.url_of("restored")
    subprocess.run(
        [str(sturdy.bin / "pg_restore"), "-d", restored, "--exit-on-error"], input=dump, check=True
    )
    with Connection.open(restored) as db:
        made = db.execute("select task from test.made except select task from test.done").fetchall()
        assert books.read(db).tasks.keys() == {task for (task,) in made}
    with load.running(restored) as again:
        again.goes_on()
    again.faults = 1
    record_property(
        "summary", "dump and restore: " + load.verify(again) + "; the original: " + load.verify(under)
    )


@pytest.fixture
def small_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file system of its own for data folders."""
    folder = Path(tempfile.mkdtemp(prefix="disk", dir="/tmp"))
    folder.chmod(0o755)
    if (
        os.geteuid() != 0
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400m", "chaos", folder]).returncode
    ):
        folder.rmdir()
        pytest.skip("only root can mount a small disk, where mounting is allowed")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    subprocess.run(["umount", folder], check=True)
    folder.rmdir()


def fill_up(folder: Path) -> Path:
    """Write a file until nothing more fits on the disk of a folder."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(1 << 20))
    return ballast


def test_a_disk_that_fills_up(small_disk, still, record_property):
    settings = {"max_wal_size": "64MB", "min_wal_size": "32MB", "wal_recycle": "off"}
    with _embedded.server({**SETTINGS, **settings}) as server:
        url = new_database(server)
        load.prepare(url)
        with load.running(url, expected=("53100",)) as under:
            while still():
                ballast = fill_up(small_disk)
                under.fails()
                ballast.unlink()
                server.stop("immediate")
                server.start()
                under.faults += 1
                under.goes_on()
        record_property("summary", "full disk: " + load.verify(under))
