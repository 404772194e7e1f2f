"""`service_seen` and the view `services`; `migrate.require` has tests of its own."""

from datetime import UTC, datetime

import pytest

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def services(db):
    rows = db.execute("select service, package, version, minimum, seen_at from minipaas.services order by 1")
    return [tuple(row) for row in rows]


@pytest.fixture(autouse=True)
def upgraded(db):
    """What the revisions record: this schema serves packages that know 0003."""
    db.execute("insert into minipaas._upgrade (version, floor, direction) values ('0005', '0003', 'up')")
    yield
    db.execute("delete from minipaas._upgrade")


def test_a_service_says_that_it_is_there_and_later_again(db):
    db.at(NOON)
    db.call("service_seen", "billing", "1.2.0", "0003", "0002")
    db.call("service_seen", "orders", "1.2.0", "0003")
    db.call("service_seen", "billing", "1.3.0", "0004", "0003")
    assert services(db) == [
        ("billing", "1.3.0", "0004", "0003", NOON), ("orders", "1.2.0", "0003", "0003", NOON)
    ]  # fmt: skip


def test_a_package_below_the_floor_is_refused_and_not_recorded(db, refused):
    with refused("MP006", "billing", "1.2.0", "0002", "0003"):
        db.call("service_seen", "billing", "1.2.0", "0002")
    assert services(db) == []


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("", "1", "0003"), "service name"),
        ((None, "1", "0003"), "service name"),
        (("s" * 256, "1", "0003"), "service name"),
        (("s", "", "0003"), "package name"),
        (("s", "1", "3"), "version: '3'"),
        (("s", "1", None), "version: NULL"),
        (("s", "1", "minipaas_0003"), "version: 'minipaas_0003'"),
        (("s", "1", "0003", "base"), "minimum: 'base'"),
    ],
)
def test_arguments_that_make_no_sense(db, refused, arguments, named):
    with refused("MP006", named):
        db.call("service_seen", *arguments)


def test_roles_have_rows_of_their_own(db, connect, new_role):
    role = new_role()
    db.call("access_grant", role, ["observe"])
    other = connect(role)
    other.call("service_seen", "billing", "1.2.0", "0003")
    db.call("service_seen", "billing", "1.3.0", "0004")
    query = "select role, version from minipaas.services order by version"
    assert [tuple(row) for row in other.execute(query)] == [(role, "0003"), (db.info.user, "0004")]


def test_who_may_not_observe_sees_no_rows(db, connect, new_role):
    role = new_role()
    db.call("access_grant", role, ["enqueue"])
    other = connect(role)
    other.call("service_seen", "billing", "1.2.0", "0003")
    assert services(other) == []
