"""The errors of the schema, dug out of what each driver and SQLAlchemy raise."""

import pickle
from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import Executable, text
from sqlalchemy.exc import DBAPIError

from minipaas_sql import errors, queue

from .conftest import Execute


def failure(execute: Execute, *statements: Executable) -> errors.MinipaasError:
    with pytest.raises(DBAPIError) as caught:
        execute(*statements)
    found = errors.of(caught.value)
    assert found is not None, caught.value
    assert found.hint
    assert found.message in str(found)
    assert found.hint in str(found)
    return found


def test_unknown_queue(execute: Execute) -> None:
    found = failure(execute, queue.enqueue("nowhere", 1))
    assert type(found) is errors.UnknownQueue
    assert found.sqlstate == "MP001"
    assert "nowhere" in found.message


def test_invalid_argument(execute: Execute) -> None:
    found = failure(execute, queue.create("q"), queue.enqueue("q", 1, delay=timedelta(seconds=-1)))
    assert type(found) is errors.InvalidArgument


def test_not_empty(execute: Execute) -> None:
    found = failure(execute, queue.create("q"), queue.enqueue("q", 1), queue.drop("q"))
    assert type(found) is errors.NotEmpty


def test_lease_lost(execute: Execute) -> None:
    assert type(failure(execute, queue.ack(1, 1, strict=True))) is errors.LeaseLost


def test_wrong_isolation(execute: Execute) -> None:
    execute(queue.create("q"))
    found = failure(execute, text("set transaction isolation level repeatable read"), queue.dequeue("q"))
    assert type(found) is errors.WrongIsolation


def test_not_allowed(execute: Execute, db_url: str, new_role: Callable[..., str]) -> None:
    role = new_role()
    with psycopg.connect(db_url, autocommit=True) as connection:
        connection.execute(f"grant {role} to current_user")
        connection.execute(f"grant usage on schema minipaas to {role}")
        connection.execute(f"grant execute on all functions in schema minipaas to {role}")
    found = failure(execute, text(f"select set_config('role', '{role}', true)"), queue.pause("q"))
    assert type(found) is errors.NotAllowed


def test_a_code_from_a_newer_schema_is_the_base_class(execute: Execute) -> None:
    raising = text(
        "do $$ begin raise exception 'new' using errcode = 'MP099', hint = 'h', detail = 'd'; end $$"
    )
    found = failure(execute, raising)
    assert type(found) is errors.MinipaasError
    assert (found.sqlstate, found.message, found.hint, found.detail) == ("MP099", "new", "h", "d")


def test_other_errors_are_not_ours(execute: Execute) -> None:
    with pytest.raises(DBAPIError) as caught:
        execute(text("select 1 / 0"))
    assert errors.of(caught.value) is None


def test_a_bare_error_of_the_driver(db_url: str) -> None:
    with psycopg.connect(db_url) as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute("select minipaas.queue_purge('nowhere')")
    assert type(errors.of(caught.value)) is errors.UnknownQueue


def test_a_cause_is_found_and_a_context_is_another_error() -> None:
    lost = errors.LeaseLost("MP009", "gone", "go")
    try:
        try:
            raise lost
        except errors.LeaseLost as exc:
            raise KeyError from exc
    except KeyError as exc:
        assert errors.of(exc) is lost
    try:
        try:
            raise lost
        except errors.LeaseLost:
            raise KeyError  # noqa: B904
    except KeyError as exc:
        assert errors.of(exc) is None


def test_an_exception_travels_between_processes() -> None:
    sent = errors.LeaseLost("MP009", "gone", "go", "detail")
    got = pickle.loads(pickle.dumps(sent))
    assert type(got) is errors.LeaseLost
    assert (got.sqlstate, got.message, got.hint, got.detail) == ("MP009", "gone", "go", "detail")


def test_each_code_has_one_exception() -> None:
    classes = errors.MinipaasError.__subclasses__()
    assert sorted(cls.code or "" for cls in classes) == [f"MP00{n}" for n in range(1, 10)]
    assert {cls.__name__ for cls in classes} | {"MinipaasError", "of"} == set(errors.__all__)
