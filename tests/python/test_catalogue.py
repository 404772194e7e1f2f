"""The helpers and tables agree with the installed schema."""

import inspect

from sqlalchemy.dialects import postgresql

import minipaas_sql
from minipaas_sql import access, queue, schedule, stream, views
from tests.conftest import Connection

TYPED = {queue.tasks, stream.events, stream.fetched}
"""Helpers that are no calls: they give rows their static type."""


def test_the_tables_are_the_public_views(db: Connection) -> None:
    rows = db.execute(
        """
        select c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
        where c.relnamespace = 'minipaas'::regnamespace and c.relkind = 'v' and c.relname !~ '^_'
        order by c.relname, a.attnum
        """
    ).fetchall()
    dialect = postgresql.dialect()
    described = [
        (table.name, column.name, column.type.compile(dialect).lower())
        for table in views.metadata.sorted_tables
        for column in table.columns
    ]
    assert sorted(described, key=lambda row: row[0]) == [tuple(row) for row in rows]


def test_each_public_function_has_a_helper_with_its_parameters(db: Connection) -> None:
    rows = db.execute(
        """
        select proname, proargnames[1:pronargs] from pg_proc
        where pronamespace = 'minipaas'::regnamespace and proname ~ '^(queue|stream|access|schedule|cron)_'
        """
    ).fetchall()
    expected = {name: arguments or [] for name, arguments in rows}
    described = {}
    for module in (queue, stream, access, schedule):
        kind = module.__name__.rpartition(".")[2]
        for name, helper in inspect.getmembers(module, inspect.isfunction):
            if name in module.__all__ and helper not in TYPED:
                in_schema = name if name == "cron_next" else f"{kind}_{name}"
                described[in_schema] = list(inspect.signature(helper).parameters)
    # where the function takes an id or a partition, the helper takes a row of dequeue or fetch, too
    in_sql = {"task": "id", "tasks": "ids", "event": "partition"}
    assert {name: [in_sql.get(one, one) for one in given] for name, given in described.items()} == expected


def test_functions_without_a_noun_are_helpers_of_the_package(db: Connection) -> None:
    rows = db.execute(
        """
        select proname, proargnames[1:pronargs] from pg_proc
        where pronamespace = 'minipaas'::regnamespace
            and proname !~ '^(_|queue_|stream_|access_|schedule_|cron_)'
        """
    ).fetchall()
    helpers = {name: getattr(minipaas_sql, name) for name in minipaas_sql.__all__}
    described = {name: list(inspect.signature(helper).parameters) for name, helper in helpers.items()}
    called_by_migrate = ("schema_version", "service_seen")
    assert described == {name: arguments or [] for name, arguments in rows if name not in called_by_migrate}
