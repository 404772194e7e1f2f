import pytest

from .helpers import contents, fetch, publish, read

OF_A_STREAM = [
    ("stream_alter", {}),
    ("stream_publish", {"payload": "1"}),
    ("stream_publish_many", {"payloads": [{}]}),
    ("stream_consume", {}),
    ("stream_head", {}),
    ("stream_subscribe", {"consumer": "audit"}),
    ("stream_unsubscribe", {"consumer": "audit"}),
    ("stream_trim", {"before_offset": 1}),
]

OF_A_CONSUMER = [
    ("stream_fetch", {}),
    ("stream_commit", {"partition": 0, "event_offset": 1}),
    ("stream_extend", {"partition": 0, "lease_id": 1}),
    ("stream_release", {"partition": 0, "lease_id": 1}),
    ("stream_seek", {"to_offset": 1}),
]

ALL = [*OF_A_STREAM, *((function, {"consumer": "audit", **more}) for function, more in OF_A_CONSUMER)]


@pytest.mark.parametrize(("function", "arguments"), ALL)
def test_an_unknown_stream_is_refused_by_name(db, stream, audit, refused, function, arguments):
    before = contents(db)
    with refused("MP002", "no such"):
        db.rows(function, stream="no such", **arguments)
    assert contents(db) == before


@pytest.mark.parametrize(("function", "arguments"), ALL)
def test_null_is_no_stream(db, stream, audit, function, arguments):
    before = contents(db)
    with pytest.raises(Exception) as caught:
        db.rows(function, stream=None, **arguments)
    assert caught.value.sqlstate in ("MP002", "MP006")
    assert caught.value.diag.message_hint
    assert contents(db) == before


@pytest.mark.parametrize(("function", "arguments"), OF_A_CONSUMER)
def test_an_unknown_consumer_is_refused_and_the_hint_subscribes_it(db, stream, audit, function, arguments):
    publish(db, stream, 1)
    before = contents(db)
    with pytest.raises(Exception) as caught:
        db.rows(function, stream=stream, consumer="it's new", **arguments)
    assert caught.value.sqlstate == "MP003"
    assert "it's new" in caught.value.diag.message_primary
    assert stream in caught.value.diag.message_primary
    assert contents(db) == before
    hint = caught.value.diag.message_hint
    call = hint[hint.index("minipaas.stream_subscribe(") :]
    db.execute(f"select {call[: call.rindex(')') + 1]}")
    assert len(fetch(db, stream, "it's new")) == 1


@pytest.mark.parametrize(("function", "arguments"), OF_A_CONSUMER)
def test_null_is_no_consumer(db, stream, audit, function, arguments):
    before = contents(db)
    with pytest.raises(Exception) as caught:
        db.rows(function, stream=stream, consumer=None, **arguments)
    assert caught.value.sqlstate in ("MP003", "MP006")
    assert caught.value.diag.message_hint
    assert contents(db) == before


def test_search_path_and_objects_of_the_caller_change_nothing(db, stream, audit):
    db.execute("create function test.now() returns timestamptz language sql as 'select null::timestamptz'")
    db.execute("create domain pg_temp.int8 as text")
    db.execute("create temporary table _event (event_offset bigint)")
    db.execute("set search_path = pg_temp, test, minipaas, pg_catalog")
    made = publish(db, stream, 2)
    assert read(db, stream) == made
    assert len(fetch(db, stream)) == 2


BEYOND_THE_CALENDAR = [
    ("stream_create", {"stream": "new", "keep": "300000 years"}),
    ("stream_create", {"stream": "new", "max_lag": "300000 years"}),
    ("stream_alter", {"stream": "log", "keep": "300000 years"}),
    ("stream_alter", {"stream": "log", "max_lag": "300000 years"}),
    ("stream_fetch", {"stream": "log", "consumer": "audit", "lease": "300000 years"}),
    ("stream_extend", {"stream": "log", "consumer": "audit", "partition": 0, "lease": "300000 years"}),
]


@pytest.mark.parametrize(("function", "arguments"), BEYOND_THE_CALENDAR)
def test_a_duration_beyond_the_calendar_is_refused(db, stream, audit, refused, function, arguments):
    """It would pass as a setting, and then break every upkeep."""
    publish(db, stream, 2)
    if function == "stream_extend":
        arguments = {**arguments, "lease_id": fetch(db, stream)[0].lease_id}
    before = contents(db)
    with refused("MP006", "300000 years"):
        db.rows(function, **arguments)
    assert contents(db) == before


@pytest.mark.parametrize("setting", ["keep", "max_lag"])
def test_an_endless_duration_is_refused(db, refused, setting):
    if db.info.server_version < 170000:
        pytest.skip("this PostgreSQL has no infinite intervals")
    with refused("MP006", setting, "infinity"):
        db.call("stream_create", "new", **{setting: "infinity"})
    assert contents(db) == []


@pytest.mark.parametrize("moment", ["infinity", "-infinity"])
def test_an_endless_moment_is_an_end_or_is_refused(db, stream, audit, moment):
    """It may stand for the start and the end of the stream; it must not break what comes after it."""
    publish(db, stream, 2)
    before = contents(db)
    try:
        db.call("stream_seek", stream, audit, to_time=moment)
    except Exception as error:
        assert (error.sqlstate, contents(db)) == ("MP006", before)
    else:
        assert len(fetch(db, stream)) == (0 if moment == "infinity" else 2)


@pytest.mark.parametrize("keys", ["keys", "dedup_keys"])
def test_a_key_that_no_index_can_hold_is_refused(db, stream, refused, keys):
    before = contents(db)
    key = db.value("select string_agg(md5(n::text), '') from generate_series(1, 2000) n")
    with refused("MP006", "key"):
        publish(db, stream, 2, **{keys: ["short", key]})
    with refused("MP006", "key"):
        db.call("stream_publish", stream, {}, **{keys[:-1]: key})
    assert contents(db) == before
