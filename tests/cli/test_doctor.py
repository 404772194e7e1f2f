"""`doctor` and `metrics`."""

import json
import subprocess
import sys
from collections.abc import Callable

from sqlalchemy import make_url

from tests.conftest import Connection

from .conftest import Cli, environment


def test_doctor_is_content_with_an_idle_queue(cli: Cli, db: Connection, db_url: str) -> None:
    db.call("queue_create", "work")
    done = cli("doctor", "--url", db_url)
    assert done.returncode == 0
    assert "are well" in done.stdout


def test_doctor_fails_when_something_is_bad(cli: Cli, db: Connection, db_url: str) -> None:
    db.call("queue_create", "work")
    db.call("queue_enqueue", "work", {})
    db.execute("update minipaas._ready set enqueued_at = now() - interval '2 hours'")
    done = cli("doctor", "--url", db_url)
    assert done.returncode == 1
    assert "oldest ready task" in done.stdout
    found = cli("doctor", "--json", "--url", db_url)
    assert found.returncode == 1
    assert {"bad"} <= {row["level"] for row in json.loads(found.stdout)}


def test_doctor_does_not_call_well_what_its_role_cannot_see(
    cli: Cli, db: Connection, db_url: str, new_role: Callable[..., str]
) -> None:
    db.call("queue_create", "work")
    role = new_role()
    url = make_url(db_url).set(username=role, password=role).render_as_string(hide_password=False)
    done = cli("doctor", "--url", url)
    assert (done.returncode, done.stdout) == (1, "")
    assert "permission denied for schema minipaas\nhint: this role has no right" in done.stderr
    db.call("access_grant", role, ["enqueue"])
    done = cli("doctor", "--json", "--url", url)
    assert (done.returncode, done.stdout) == (1, "")
    assert "access grant ROLE observe" in done.stderr
    db.call("access_grant", role, ["observe"], queue="work")
    assert cli("doctor", "--url", url).returncode == 0


def test_metrics_have_labels_that_are_escaped(cli: Cli, db: Connection, db_url: str) -> None:
    db.call("queue_create", 'a "queue"')
    db.call("queue_enqueue", 'a "queue"', {})
    db.call("stream_create", "log")
    db.call("stream_subscribe", "log", "audit")
    db.call("stream_publish", "log", {})
    lines = cli("metrics", "--url", db_url).stdout.splitlines()
    assert 'minipaas_queue_tasks{queue="a \\"queue\\"",state="ready"} 1.0' in lines
    assert 'minipaas_stream_events{stream="log"} 1.0' in lines
    assert 'minipaas_consumer_lag_events{consumer="audit",partition="0",stream="log"} 1.0' in lines
    assert 'minipaas_consumer_lost_events_total{consumer="audit",partition="0",stream="log"} 0.0' in lines


def test_metrics_without_the_extra_say_what_to_install(db_url: str) -> None:
    code = "import sys; sys.modules['prometheus_client'] = None; from minipaas_sql.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "metrics", "--url", db_url],
        capture_output=True, text=True, env=environment(),
    )  # fmt: skip
    assert done.returncode == 2
    assert "pip install 'minipaas-sql[cli,metrics]'" in done.stderr
