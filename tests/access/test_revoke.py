import psycopg
import pytest


@pytest.fixture
def role(db, new_role):
    """A role that may enqueue and dequeue on the queue `work`."""
    db.call("queue_create", "work")
    name = new_role()
    db.call("access_grant", name, ["enqueue", "dequeue"])
    return name


def denied(connection, function, *arguments):
    with pytest.raises(psycopg.Error) as caught:
        connection.call(function, *arguments)
    assert caught.value.sqlstate in ("MP005", "42501"), caught.value


def test_revoke_takes_one_right_and_leaves_the_others(db, connect, role):
    db.call("access_revoke", role, ["enqueue"])
    db.call("queue_enqueue", "work", {})
    other = connect(role)
    denied(other, "queue_enqueue", "work", {})
    assert len(other.rows("queue_dequeue", "work")) == 1


def test_revoke_counts_at_once_in_sessions_that_are_open(db, connect, role):
    other = connect(role)
    for _ in range(10):
        other.call("queue_enqueue", "work", {})
    db.call("access_revoke", role, ["enqueue", "dequeue"])
    denied(other, "queue_enqueue", "work", {})
    denied(other, "queue_ack", 1, 1)


def test_revoke_of_everything_lets_the_role_be_dropped(db, admin, new_role):
    name = new_role()
    rights = ["enqueue", "dequeue", "manage", "observe"]
    db.call("access_grant", name, rights)
    db.call("access_revoke", name, rights)
    admin.execute(f"drop role {name}")
    admin.execute(f"create role {name}")


def test_revoke_may_be_repeated(db, role):
    for _ in range(2):
        db.call("access_revoke", role, ["enqueue", "observe"])


def test_a_revoked_right_can_be_granted_again(db, connect, role):
    db.call("access_revoke", role, ["enqueue", "dequeue"])
    db.call("access_grant", role, ["enqueue"])
    assert connect(role).call("queue_enqueue", "work", {}) is not None


@pytest.mark.parametrize(("kind", "pause"), [("queue", "queue_pause"), ("stream", "stream_alter")])
def test_revoke_and_drop_never_wait_for_each_other(db, connect, role, waits, background, kind, pause):
    db.call(f"{kind}_create", "one")
    db.call("access_grant", role, ["manage"], **{kind: "one"})
    dropper, owner = connect(autocommit=False), connect()
    dropper.call(pause, "one")
    revoked = background(owner.call, "access_revoke", role, ["manage"])
    waits(owner)
    assert dropper.call(f"{kind}_drop", "one") is True
    dropper.commit()
    assert revoked.result() in ("", None)


BAD = [
    ({"role": "nobody knows me"}, "nobody knows me"),
    ({"role": None}, "role"),
    ({"rights": ["enqueue", "fly"]}, "fly"),
    ({"rights": None}, "rights"),
    ({"rights": [None]}, "rights"),
    ({"rights": []}, "rights"),
    ({"rights": ["publish"], "queue": "work"}, "publish"),
    ({"rights": ["manage", "dequeue"], "stream": "log"}, "dequeue"),
    ({"queue": "work", "stream": "log"}, "log"),
]


@pytest.mark.parametrize("function", ["access_grant", "access_revoke"])
@pytest.mark.parametrize(("bad", "named"), BAD)
def test_a_bad_argument_is_refused(db, connect, role, refused, function, bad, named):
    with refused("MP006", named):
        db.call(function, **{"role": role, "rights": ["manage"], **bad})
    denied(connect(role), "queue_pause", "work")
    assert connect(role).call("queue_enqueue", "work", {}) is not None
