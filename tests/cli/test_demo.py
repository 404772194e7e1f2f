"""`demo`, with its processes and its kill, on small folders."""

import re
import signal
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, insert

from minipaas_sql import demo
from minipaas_sql._url import sqlalchemy_url
from minipaas_sql.cli import _demo
from minipaas_sql.cli._database import Refused
from minipaas_sql.demo._files import digest, path_of
from minipaas_sql.demo._plan import Plan
from minipaas_sql.demo._report import Latency, compare

from .conftest import PROGRAM, Cli, environment


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Forty files, among them an empty one and one whose name is no text."""
    for n in range(38):
        (tmp_path / f"{n:02} 100% é.txt").write_text("x" * n)
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "large").write_bytes(b"\0" * 5_000_000)
    Path(str(tmp_path), "no text \udcff").write_text("y")
    (tmp_path / "link").symlink_to("below")
    (tmp_path / "dangling").symlink_to("nowhere")
    return tmp_path


def test_every_file_comes_out_once_and_nothing_stays(cli: Cli, folder: Path, database_url: str) -> None:
    done = cli("demo", str(folder), "--workers", "3", "--url", database_url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "40 files, 40 results, 0 lost, 0 twice, 0 different" in done.stdout
    killed = re.search(r"killed one worker that held (\d+) tasks; (\d+) took a second attempt", done.stdout)
    assert killed, done.stdout
    assert int(killed[2]) >= int(killed[1]) > 0
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select count(*) from minipaas.queues").fetchone() == (0,)
        assert connection.execute("select count(*) from minipaas.queue_tasks").fetchone() == (0,)
        tables = connection.execute("select count(*) from pg_tables where tablename ~ 'demo'").fetchone()
        assert tables == (0,)


def test_other_queues_are_left_alone(cli: Cli, folder: Path, database_url: str) -> None:
    cli("upgrade", "--url", database_url)
    with psycopg.connect(database_url) as connection:
        connection.execute("select minipaas.queue_create('mine'), minipaas.queue_enqueue('mine', '1')")
    assert cli("demo", str(folder), "--workers", "2", DATABASE_URL=database_url).returncode == 0
    with psycopg.connect(database_url) as connection:
        tasks = connection.execute("select queue, state, payload from minipaas.queue_tasks").fetchall()
    assert tasks == [("mine", "ready", 1)]


@pytest.mark.parametrize(("sign", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_demo_leaves_nothing(sign: signal.Signals, status: int, database_url: str) -> None:
    running = subprocess.Popen(
        [PROGRAM, "demo", "--url", database_url],
        stdout=subprocess.DEVNULL, env=environment(), start_new_session=True,
    )  # fmt: skip
    try:
        with psycopg.connect(database_url, autocommit=True) as connection:
            tables = "select count(*) from pg_tables where tablename ~ '^minipaas_demo'"
            while connection.execute(tables).fetchone() == (0,):
                assert running.poll() is None
            running.send_signal(sign)
            assert running.wait(60) == status
            assert connection.execute(tables).fetchone() == (0,)
            assert connection.execute("select count(*) from minipaas.queues").fetchone() == (0,)
    finally:
        running.kill()
        running.wait()


def test_one_file_is_enough_and_a_server_is_started(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "one").write_text("1")
    done = cli("demo", str(tmp_path), "--workers", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 files, 1 results, 0 lost" in done.stdout


def test_a_missing_or_empty_folder_is_one_line(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "empty" / "below").mkdir(parents=True)
    for name, message in (("nowhere", "no folder"), ("file", "no folder"), ("empty", "no file")):
        done = cli("demo", str(tmp_path / name))
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert message in done.stderr
        assert str(tmp_path / name) in done.stderr


def test_any_difference_is_found(folder: Path, database_url: str) -> None:
    files = demo.files_of(folder)
    plan = Plan(database_url, "results", len(files), 1)
    engine = create_engine(sqlalchemy_url(database_url))
    with engine.begin() as connection:
        plan.results().create(connection)
        for n, path in enumerate([*files[1:], files[1]]):
            hashed, size = digest(path)
            connection.execute(
                insert(plan.results()).values(
                    file=path.as_uri(), digest=hashed if n != 5 else "wrong", size=size, worker="w",
                    attempt=1, enqueued_at=datetime.now(UTC), seconds=0.1,
                )
            )  # fmt: skip
    report = compare(engine, plan, files, held=0)
    engine.dispose()
    assert report.lost == [files[0].as_uri()]
    assert report.twice == [files[1].as_uri()]
    assert report.different == [files[6].as_uri()]
    assert not report.exact


def test_a_difference_is_exit_status_1(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    none = Latency.of([])
    bad = demo.Report(2, 1, 0, ["file:///gone"], [], [], 0, 0, 1.0, none, none)
    monkeypatch.setattr(demo, "run", lambda *_: bad)
    with pytest.raises(Refused):
        _demo.run(folder, 2, "postgresql:///nowhere")
    assert "lost: file:///gone" in capsys.readouterr().out


def test_a_worker_that_ends_is_reported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a worker ended")

    monkeypatch.setattr(demo, "run", fail)
    with pytest.raises(Refused, match="a worker ended"):
        _demo.run(folder, 2, "postgresql:///nowhere")


def test_a_file_name_survives_its_uri(folder: Path) -> None:
    files = demo.files_of(folder)
    assert len(files) == 40
    assert [path_of(path.as_uri()) for path in files] == files


def test_the_default_is_the_standard_library() -> None:
    names = {path.name for path in demo.files_of(demo.default_folder())}
    assert "argparse.py" in names
    assert not [name for name in names if name.endswith(".pyc")]


def test_percentiles() -> None:
    latency = Latency.of([n / 1000 for n in range(1000, 0, -1)])
    assert (latency.p50, latency.p95, latency.p99, latency.max) == (0.5, 0.95, 0.99, 1.0)
