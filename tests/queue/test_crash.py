from contextlib import closing

from minipaas_sql import _embedded, _sql
from tests.conftest import Connection

from .helpers import drain, fill, ids, state


def test_a_crash_of_the_server_loses_nothing_that_was_committed():
    with _embedded.server({"synchronous_commit": "on"}) as server:
        with Connection.open(server.url) as db:
            db.execute(_sql.install_text())
            db.call("queue_create", "work", lease="1 hour")
            made = fill(db, "work", 500)
            acked = ids(db.rows("queue_dequeue", "work", 300))
            assert db.call("queue_ack_many", acked) == 300
            held = ids(db.rows("queue_dequeue", "work", 10))
            delayed = fill(db, "work", 5, delay="1 millisecond")
            with closing(Connection.open(server.url, autocommit=False)) as doomed:
                doomed.rows("queue_dequeue", "work", 20)
                fill(doomed, "work", 20)
                server.stop("immediate")
        server.start()
        with Connection.open(server.url) as db:
            assert [state(db, id) for id in held] == ["leased"] * 10
            assert sorted(drain(db, "work")) == [*made[310:], *delayed]
            assert db.call("queue_ack_many", held, [1] * 10) == 10
            assert len(set(fill(db, "work", 5)) - set(made) - set(delayed)) == 5
            assert len(drain(db, "work")) == 5
