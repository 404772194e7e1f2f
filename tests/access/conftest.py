"""Two queues and two streams, of which a role may have rights on one."""

import pytest
from psycopg.types.json import Jsonb

SECRET = "secret"


@pytest.fixture
def role(new_role):
    """A login role without grants."""
    return new_role()


@pytest.fixture
def site(db):
    """Queues `mine` and `yours`, streams `ours` and `theirs`, with secret contents."""
    tasks = {}  # by queue and state
    secret = {"payload": Jsonb(SECRET), "headers": Jsonb(SECRET)}
    for queue in ("mine", "yours"):
        db.call("queue_create", queue, keep_done="1 hour")
        for state in ("leased", "dead", "retrying", "done"):
            made = db.call(
                "queue_enqueue", queue, **secret, dedup_key=f"{SECRET} {state}", key=f"{SECRET} {state}"
            )
            tasks[queue, state] = made
            assert db.one("queue_dequeue", queue).id == made
        db.call("queue_bury", tasks[queue, "dead"], 1, SECRET)
        db.call("queue_nack", tasks[queue, "retrying"], 1, "1 hour", SECRET)
        db.call("queue_ack", tasks[queue, "done"], 1)
        tasks[queue, "blocked"] = db.call("queue_enqueue", queue, **secret, key=f"{SECRET} leased")
        tasks[queue, "delayed"] = db.call("queue_enqueue", queue, **secret, delay="1 hour")
        tasks[queue, "ready"] = db.call("queue_enqueue", queue, **secret, priority=3)
        db.call("schedule_create", f"{queue} daily", "@daily", queue, Jsonb(SECRET))
    for stream in ("ours", "theirs"):
        db.call("stream_create", stream)
        db.call("stream_subscribe", stream, "reader")
        db.call("stream_publish", stream, Jsonb(SECRET), SECRET, Jsonb(SECRET))
    return tasks
