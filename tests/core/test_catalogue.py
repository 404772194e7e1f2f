"""Rules that hold for every object of the schema, whatever it is called."""

import pytest

from minipaas_sql import _sql
from tests.conftest import Connection

FUNCTIONS = """
    select proname as name, oid from pg_proc where pronamespace = 'minipaas'::regnamespace
"""

OBJECTS = """
    select nspname as name from pg_namespace where nspname = 'minipaas'
    union all
    select proname from pg_proc where pronamespace = 'minipaas'::regnamespace
    union all
    select relname from pg_class
    where relnamespace = 'minipaas'::regnamespace and relkind not in ('i', 'I', 't')
        and not exists (  -- a sequence that belongs to a column is made with its table
            select from pg_depend
            where classid = 'pg_class'::regclass and objid = pg_class.oid
                and refclassid = 'pg_class'::regclass and deptype in ('i', 'a')
        )
    union all
    select typname from pg_type
    where typnamespace = 'minipaas'::regnamespace and typtype in ('d', 'e', 'r')
"""


@pytest.fixture(scope="module")
def db(new_database):
    with new_database() as url, Connection.open(url) as connection:
        yield connection


def names(db, statement):
    """The names that a statement returns, sorted."""
    return sorted(name for (name, *_) in db.execute(statement))


def public_functions(db, condition):
    """The names of the public functions that meet a condition."""
    return names(db, rf"{FUNCTIONS} and proname not like '\_%' and ({condition})")


def test_the_contract_is_there(db):
    contract = """
        queue_create queue_alter queue_drop queue_pause queue_resume queue_purge queue_enqueue
        queue_enqueue_many queue_dequeue queue_pop queue_ack queue_ack_many queue_nack queue_nack_many
        queue_bury queue_extend queue_extend_many queue_cancel queue_redrive
        stream_create stream_alter stream_drop stream_publish stream_publish_many stream_consume stream_head
        stream_subscribe stream_unsubscribe stream_fetch stream_commit stream_extend stream_release
        stream_seek stream_trim
        access_grant access_revoke schema_version maintain
    """
    assert set(contract.split()) <= set(public_functions(db, "true"))


def test_each_object_has_one_file_named_after_it(db):
    assert sorted(one.name for one in _sql.objects()) == names(db, OBJECTS)


def test_public_functions_run_as_their_owner(db):
    assert public_functions(db, "not prosecdef") == []


def test_functions_that_run_as_their_owner_have_a_safe_search_path(db):
    safe = "coalesce('search_path=pg_catalog, pg_temp' = any (proconfig), false)"
    assert public_functions(db, f"not {safe}") == []
    assert names(db, f"{FUNCTIONS} and prosecdef and not {safe}") == []


def test_nobody_may_execute_anything_unasked(db):
    granted = "exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee = 0)"
    assert names(db, f"{FUNCTIONS} and {granted}") == []


def test_nobody_may_read_or_use_anything_unasked(db):
    assert names(db, "select relname from pg_class where relnamespace = 'minipaas'::regnamespace"
        " and exists (select from aclexplode(relacl) where grantee = 0)") == []  # fmt: skip
    assert names(db, "select nspname from pg_namespace where nspname = 'minipaas'"
        " and exists (select from aclexplode(nspacl) where grantee = 0)") == []  # fmt: skip


def test_public_objects_carry_a_comment(db):
    assert public_functions(db, "coalesce(obj_description(oid, 'pg_proc'), '') = ''") == []
    assert names(db, r"select relname from pg_class where relnamespace = 'minipaas'::regnamespace"
        r" and relname not like '\_%' and coalesce(obj_description(oid, 'pg_class'), '') = ''"
        " and relkind <> 'i'") == []  # fmt: skip


def test_there_are_no_overloads(db):
    assert names(db, f"select name from ({FUNCTIONS}) f group by 1 having count(*) > 1") == []


def test_no_parameter_is_a_smallint(db):
    small = "proargtypes::oid[] && array['int2'::regtype, 'int2[]'::regtype]::oid[]"
    assert public_functions(db, small) == []


def test_optional_parameters_take_null(db):
    """A strict function answers NULL to a NULL that stands for the default."""
    assert public_functions(db, "proisstrict and pronargdefaults > 0") == []


def test_the_public_relations_are_views_and_all_else_is_private(db):
    assert names(db, r"select relname from pg_class where relnamespace = 'minipaas'::regnamespace"
        r" and relkind not in ('i', 'v') and relname not like '\_%'") == []  # fmt: skip
    views = names(
        db, r"select viewname from pg_views where schemaname = 'minipaas' and viewname not like '\_%'"
    )
    assert {"queues", "queue_stats", "queue_tasks"} <= set(views)


def test_sequences_hand_out_numbers_one_by_one(db):
    assert names(db, "select seqrelid::regclass::text from pg_sequence where seqcache <> 1") == []


def test_a_queue_makes_no_object(db):
    before = db.value("select array_agg(oid order by oid) from pg_class")
    db.call("queue_create", "work")
    db.call("queue_enqueue", "work", {}, 5)
    assert db.value("select array_agg(oid order by oid) from pg_class") == before


def test_every_table_can_be_published(db):
    without = """
        select relname from pg_class c
        where relnamespace = 'minipaas'::regnamespace and relkind in ('r', 'p') and relreplident = 'd'
            and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)
    """
    assert names(db, without) == []
