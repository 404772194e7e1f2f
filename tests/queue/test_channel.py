from psycopg import sql


def test_each_queue_has_a_channel_of_its_own_that_fits_listen(db):
    names = ["a", "A", "b" * 255, "b" * 254, "it's; 100%", "a "]
    channels = []
    for name in names:
        db.call("queue_create", name)
        channels.append(db.call("queue_channel", name))
        assert db.call("queue_channel", name) == channels[-1]
        assert 0 < len(channels[-1].encode()) < 64
        db.execute(sql.SQL("listen {}").format(sql.Identifier(channels[-1])))
    assert len(set(channels)) == len(names)
    assert {name for (name,) in db.execute("select pg_listening_channels()")} == set(channels)
