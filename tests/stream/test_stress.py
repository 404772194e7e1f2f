"""The proof that no reader skips an event, on a machine that tries: 14 publishers and 7 readers at once."""

from tests.conftest import Connection

from . import publishers

SECONDS = 10


def test_every_reader_gets_exactly_the_committed_events_in_one_order_and_a_plain_one_skips_some(new_database):
    """One run for all, in which the readers that skip show that there was something to skip."""
    with new_database() as url:
        with Connection.open(url) as db:
            db.execute("create schema test")
            db.execute(publishers.RISKY)
            for name in ("log", "other"):
                db.call("stream_create", name)
            for name in ("60", "1000"):
                db.call("stream_subscribe", "log", name)
            publishers.slow_down(db)
        outcome = publishers.run(url, SECONDS, seed=30)
    made = sorted(outcome.committed)
    assert len(made) > 10_000
    assert outcome.rolled_back > 1000
    assert outcome.out_of_order() == [], "what committed before a publish has a lower offset"
    for reader, seen in outcome.read.items():
        if reader.startswith("plain"):
            assert len(set(made) - set(seen)) > 100, f"{reader} had nothing to skip: this proves nothing"
        else:
            assert seen == made, reader
