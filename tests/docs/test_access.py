"""The code in docs/access.md and in the README's section on rights runs, and means what they say."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from psycopg.errors import DatabaseError
from sqlalchemy import create_engine

from minipaas_sql import access
from minipaas_sql._url import sqlalchemy_url
from tests.conftest import Connection
from tests.docs.pages import read, take

PAGE = read("docs/access.md")
ROLES = ["web", "mailer", "operator", "grafana", "billing", "shipping"]
FOUR, MANY = take("docs/access.md", "sql")
(SHORT,) = take("README.md", "sql", "access_grant")


@pytest.fixture
def site(db_url):
    """A connection with the page's roles; it is rolled back, since roles belong to the whole server."""
    with Connection.open(db_url, autocommit=False) as connection:
        for role in ROLES:
            connection.execute(f"create role {role}")
        for queue in ("emails", "invoices", "parcels"):
            connection.call("queue_create", queue)
        connection.call("stream_create", "invoices")
        yield connection
        connection.rollback()


def rights(site):
    found = site.execute("select * from minipaas.access").fetchall()
    return {(row.role, row.queue, row.stream): row.rights for row in found}


def test_four_grants_allow_what_the_page_says(site):
    site.execute(FOUR)
    assert rights(site) == {
        ("web", "emails", None): ["enqueue"],
        ("mailer", "emails", None): ["dequeue"],
        ("operator", None, None): ["manage", "observe"],
        ("grafana", None, None): ["observe"],
    }
    site.execute("set local role web")
    site.call("queue_enqueue", "emails", {"secret": 42})
    site.execute("set local role grafana")
    assert site.value("select ready from minipaas.queue_stats where queue = 'emails'") == 1
    assert site.value("select payload from minipaas.queue_tasks") is None
    site.execute("set local role mailer")
    assert site.one("queue_dequeue", "emails").payload == {"secret": 42}
    (told,) = re.findall(r"^    (role .*)\n    HINT:  (.*)$", PAGE, re.M)
    with pytest.raises(DatabaseError) as refused:
        site.call("queue_enqueue", "invoices", {})
    assert refused.value.sqlstate == "MP005"
    assert (refused.value.diag.message_primary, refused.value.diag.message_hint) == told


def test_many_services_have_a_role_each(site):
    site.execute(MANY)
    assert rights(site) == {
        ("billing", None, "invoices"): ["publish"],
        ("shipping", None, "invoices"): ["consume", "observe"],
        ("shipping", "parcels", None): ["enqueue", "dequeue", "observe"],
    }


def test_the_readme_grants_and_revokes(site):
    site.execute(SHORT)
    assert rights(site) == {("web", "emails", None): ["enqueue"]}


def test_a_role_is_granted_from_python_and_from_a_shell(db, db_url, new_role):
    role = new_role()
    db.call("queue_create", "emails")
    (python,) = re.findall(r"`op\.execute\((access\.grant\(.*?\))\)`", PAGE)
    shell, listing = re.findall(r"`(minipaas-sql access .*?)`", PAGE)
    url = sqlalchemy_url(db_url)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(eval(python.replace("web", role), {"access": access}))
    engine.dispose()
    granted = db.value("select rights from minipaas.access where role = %s", role)
    db.call("access_revoke", role, ["enqueue"])
    command = [Path(sys.executable).with_name("minipaas-sql"), *shell.replace("web", role).split()[1:]]
    subprocess.run([*command, "--url", db_url], check=True, stdout=subprocess.PIPE)
    assert db.value("select rights from minipaas.access where role = %s", role) == granted == ["enqueue"]
    command[1:] = listing.split()[1:]
    shown = subprocess.run([*command, "--url", db_url], check=True, stdout=subprocess.PIPE, text=True)
    assert role[:12] in shown.stdout
