from contextlib import closing

from minipaas_sql import _embedded, _sql
from tests.conftest import Connection

from .helpers import commit, fetch, offsets, publish, read, standing, work


def test_a_crash_of_the_server_between_publish_and_commit_skips_and_repeats_nothing():
    with _embedded.server({"synchronous_commit": "on"}) as server:
        with Connection.open(server.url) as db:
            db.execute(_sql.install_text())
            db.call("stream_create", "log")
            db.call("stream_subscribe", "log", "audit")
            made = publish(db, "log", 100)
            rows = fetch(db, "log", batch_size=40, lease="1 hour")
            assert commit(db, "log", rows[:30]) is True
            with (
                closing(Connection.open(server.url, autocommit=False)) as doomed,
                closing(Connection.open(server.url, autocommit=False)) as prepared,
            ):
                prepared.tpc_begin(prepared.xid(1, "kept", "crash"))
                kept = publish(prepared, "log", 5)
                prepared.tpc_prepare()
                gone = publish(doomed, "log", 50)
                above = publish(db, "log", 10)
                seen = read(db, "log")
                assert seen == made
                server.stop("immediate")
        server.start()
        with Connection.open(server.url) as db:
            assert read(db, "log") == made, "the prepared transaction is still in flight"
            assert standing(db).blocked_by["prepared"] == db.value("select gid from pg_prepared_xacts")
            later = publish(db, "log", 10)
            assert later[0] > max(gone + above)
            assert read(db, "log", seen[-1]) == []
            db.tpc_commit(db.tpc_recover()[0])
            assert read(db, "log", seen[-1]) == kept + above + later
            assert read(db, "log") == made + kept + above + later
            assert commit(db, "log", rows) is True, "the lease outlived the crash"
            assert work(db, "log") == made[40:] + kept + above + later
            assert offsets(fetch(db, "log")) == []
