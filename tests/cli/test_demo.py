"""`demo`, with its processes and its kill, on small folders."""

import re
import signal
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, delete, func, insert, select, text, update

from minipaas_sql import demo
from minipaas_sql._url import sqlalchemy_url
from minipaas_sql.cli import _demo
from minipaas_sql.cli._database import Refused
from minipaas_sql.demo._files import digest, folder_of, key_of, path_of
from minipaas_sql.demo._plan import Plan
from minipaas_sql.demo._report import Check, Latency, compare

from .conftest import PROGRAM, Cli, environment


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Forty files in five folders, among them an empty one and one whose name is no text."""
    for n in range(38):
        below = tmp_path / f"below {n % 4}"
        below.mkdir(exist_ok=True)
        (below / f"{n:02} 100% é.txt").write_text("x" * n)
    (tmp_path / "below 0" / "large").write_bytes(b"\0" * 5_000_000)
    Path(str(tmp_path), "no text \udcff").write_text("y")
    (tmp_path / "link").symlink_to("below 0")
    (tmp_path / "dangling").symlink_to("nowhere")
    return tmp_path


def line_of(output: str, name: str) -> list[str]:
    """The cells of a line of the tables."""
    (line,) = [line for line in output.splitlines() if line.startswith(f"│ {name} ")]
    return [cell.strip() for cell in line.split("│")[2:-1]]


def test_every_file_comes_out_once_and_nothing_stays(cli: Cli, folder: Path, database_url: str) -> None:
    done = cli("demo", str(folder), "--workers", "3", "--url", database_url, COLUMNS="80")
    assert done.returncode == 0, done.stdout + done.stderr
    size = f"{5_000_000 + sum(range(38)) + 1:,}"
    for name in ("results", "audit, exactly once", "index, at least once"):
        assert line_of(done.stdout, name) == ["40", size, "0", "0", "0"], done.stdout
    assert done.stdout.startswith("in the database that --url or DATABASE_URL names")
    assert line_of(done.stdout, "computed directly") == ["40", size, "", "", ""]
    killed = re.search(r"killed a worker that held (\d+) tasks: (\d+) took a second attempt", done.stdout)
    assert killed, done.stdout
    assert int(killed[2]) >= int(killed[1]) > 0
    killed = re.search(
        r"killed a process of the index that held partition \d: (\d+) events came", done.stdout
    )
    assert killed, done.stdout
    assert int(killed[1]) > 0
    assert not [line for line in done.stdout.splitlines() if len(line) > 80 and str(folder) not in line]
    with psycopg.connect(database_url) as connection:
        for view in ("queues", "queue_tasks", "streams", "stream_stats", "consumer_stats"):
            assert connection.execute(f"select count(*) from minipaas.{view}").fetchone() == (0,), view
        tables = connection.execute("select count(*) from pg_tables where tablename ~ 'demo'").fetchone()
        assert tables == (0,)


def test_other_queues_and_streams_are_left_alone(cli: Cli, folder: Path, database_url: str) -> None:
    cli("upgrade", "--url", database_url)
    with psycopg.connect(database_url) as connection:
        connection.execute("select minipaas.queue_create('mine'), minipaas.queue_enqueue('mine', '1')")
        connection.execute("select minipaas.stream_create('mine'), minipaas.stream_publish('mine', '2')")
        connection.execute("select minipaas.stream_subscribe('mine', 'audit')")
    assert cli("demo", str(folder), "--workers", "2", DATABASE_URL=database_url).returncode == 0
    with psycopg.connect(database_url) as connection:
        tasks = connection.execute("select queue, state, payload from minipaas.queue_tasks").fetchall()
        events = connection.execute("select payload from minipaas.stream_consume('mine')").fetchall()
        lag = connection.execute(
            "select stream, consumer, lag_events from minipaas.consumer_stats"
        ).fetchall()
    assert (tasks, events, lag) == ([("mine", "ready", 1)], [(2,)], [("mine", "audit", 1)])


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
            for view in ("queues", "streams", "consumer_stats"):
                assert connection.execute(f"select count(*) from minipaas.{view}").fetchone() == (0,)
    finally:
        running.kill()
        running.wait()


def test_one_file_is_enough_and_a_server_is_started(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "one").write_text("1")
    done = cli("demo", str(tmp_path), "--workers", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("results", "audit, exactly once", "index, at least once"):
        assert line_of(done.stdout, name) == ["1", "1", "0", "0", "0"]


def test_a_missing_or_empty_folder_is_one_line(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "empty" / "below").mkdir(parents=True)
    for name, message in (("nowhere", "no folder"), ("file", "no folder"), ("empty", "no file")):
        done = cli("demo", str(tmp_path / name))
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert message in done.stderr
        assert str(tmp_path / name) in done.stderr


@pytest.fixture
def written(folder: Path, database_url: str) -> Iterator[tuple[Engine, Plan, list[Path]]]:
    """The tables of a run in which all went well."""
    files = demo.files_of(folder)
    plan = Plan(database_url, "demo", len(files), 1)
    engine = create_engine(sqlalchemy_url(database_url))
    results, totals, index = plan.tables
    with engine.begin() as connection:
        for table in plan.tables:
            table.create(connection)
        for path in files:
            file = {"file": path.as_uri(), **dict(zip(("digest", "size"), digest(path), strict=True))}
            made = {"worker": "w", "attempt": 1, "enqueued_at": datetime.now(UTC), "seconds": 0.1}
            connection.execute(insert(results).values(**file, **made))
            connection.execute(insert(index).values(file))
        counted = select(
            func.regexp_replace(index.c.file, "/[^/]*$", ""), func.count(), func.sum(index.c.size)
        )
        connection.execute(
            insert(totals).from_select(["folder", "files", "size"], counted.group_by(text("1")))
        )
    yield engine, plan, files
    engine.dispose()


NOTHING = demo.Held(0, [])


def test_a_good_run_has_no_difference(written: tuple[Engine, Plan, list[Path]]) -> None:
    report = compare(*written, NOTHING)
    assert report.exact
    assert {(check.files, check.size) for check in report.checks.values()} == {(40, report.truth.size)}


def test_any_difference_is_found(written: tuple[Engine, Plan, list[Path]]) -> None:
    engine, plan, files = written
    names = [path.as_uri() for path in files]
    results, totals, index = plan.tables
    with engine.begin() as connection:
        connection.execute(delete(results).where(results.c.file == names[0]))
        columns = [column for column in results.c if column is not results.c.done_at]
        twice = select(*columns).where(results.c.file == names[1])
        connection.execute(insert(results).from_select([column.name for column in columns], twice))
        connection.execute(update(results).where(results.c.file == names[2]).values(digest="wrong"))
        connection.execute(delete(index).where(index.c.file == names[3]))
        connection.execute(update(index).where(index.c.file == names[4]).values(size=-1))
        connection.execute(insert(index).values(file="unknown", digest="", size=0))
        connection.execute(delete(totals).where(totals.c.folder == folder_of(names[0])))
        last = totals.c.folder == folder_of(names[-1])
        connection.execute(update(totals).where(last).values(files=totals.c.files + 1))
    report = compare(engine, plan, files, NOTHING)
    found = [(check.lost, check.twice, check.different) for check in report.checks.values()]
    assert found == [
        ([names[0]], [names[1]], [names[2]]),
        ([folder_of(names[0])], [], [folder_of(names[-1])]),
        ([names[3]], [], sorted([names[4], "unknown"])),
    ]
    assert not report.exact


@pytest.mark.parametrize("wrong", ["results", "audit", "index"])
def test_a_difference_is_exit_status_1(
    wrong: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    none, good, bad = Latency.of([]), Check(2, 0, [], [], []), Check(1, 0, ["file:///gone"], [], [])
    checks = {name: bad if name == wrong else good for name in ("results", "audit", "index")}
    report = demo.Report(good, checks, NOTHING, 0, 0, 1.0, none, none)
    monkeypatch.setattr(demo, "run", lambda *_: report)
    with pytest.raises(Refused):
        _demo.run(folder, 2, "postgresql:///nowhere")
    assert f"{wrong}: lost: file:///gone" in capsys.readouterr().out


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


def test_a_key_is_short_enough_for_any_folder() -> None:
    assert key_of("file:///a/b") == key_of("file:///a/c") == "file:///a"
    assert len(key_of(f"file:///{'x' * 1000}/b")) == 500


def test_the_default_is_the_standard_library() -> None:
    names = {path.name for path in demo.files_of(demo.default_folder())}
    assert "argparse.py" in names
    assert not [name for name in names if name.endswith(".pyc")]


def test_percentiles() -> None:
    latency = Latency.of([n / 1000 for n in range(1000, 0, -1)])
    assert (latency.p50, latency.p95, latency.p99, latency.max) == (0.5, 0.95, 0.99, 1.0)
