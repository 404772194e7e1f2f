"""What the SQLAlchemy helpers are made of: the call of a function in the schema, and its typed arguments."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    DateTime,
    Dialect,
    Executable,
    Function,
    GenerativeSelect,
    Integer,
    Null,
    SQLColumnExpression,
    String,
    TypeDecorator,
    bindparam,
    column,
    select,
)
from sqlalchemy import Text as PlainText
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import NullType, TypeEngine

SCHEMA = "minipaas"

_T = TypeVar("_T")

SQL: TypeAlias = SQLColumnExpression[_T] | Null
"""A SQL expression in the place of a Python value: a column, a function, a subquery, `null()`."""

Str: TypeAlias = str | SQL[str]
Int: TypeAlias = int | SQL[int]
Bool: TypeAlias = bool | SQL[bool]
Duration: TypeAlias = timedelta | SQL[timedelta]
Moment: TypeAlias = datetime | SQL[datetime]
ArrayOf: TypeAlias = Iterable[_T] | SQL[Any]

if TYPE_CHECKING:

    class Rows(Executable, GenerativeSelect):
        """A statement that returns rows: execute it, or take its `.cte()` or `.subquery()`.

        A select at run time. `Select[...]` takes other parameters in SQLAlchemy 2.0 than in 2.1, and the
        missing `.where()` is no loss: it would throw away tasks that the function has claimed already.
        """


class Call(Function[_T]):
    """The call of a function in the schema: a statement to execute, or an expression inside another one."""

    inherit_cache = True


@compiles(Call)
def _compile_call(call: Call[Any], compiler: SQLCompiler, **options: Any) -> str:
    # A connection wraps a function in a select by itself; `op.execute` of Alembic's --sql mode doesn't.
    text = compiler.visit_function(call, **options)
    return f"SELECT {text}" if compiler.statement is call else text


class Renderer(Protocol):
    """How a type writes a value as a literal."""

    def __call__(self, value: Any) -> str:
        """Render `value`."""
        ...


def _quoter(dialect: Dialect) -> Renderer:
    """How to write text as a literal that means the same whatever standard_conforming_strings says."""
    string: TypeEngine[str] = String()  # whose own method has no annotations
    quote = cast("Renderer", string.literal_processor(dialect))

    def literal(value: str) -> str:
        quoted = quote(value)
        if "\\" not in value:
            return quoted
        # where SQLAlchemy thinks that the server wants it, it doubles a literal's backslashes later
        doubled_later = getattr(dialect, "_backslash_escapes", False)
        return "E" + (quoted if doubled_later else quoted.replace("\\", "\\\\"))

    return literal


class Text(TypeDecorator[str]):
    """A text argument."""

    impl = PlainText
    cache_ok = True

    def literal_processor(self, dialect: Dialect) -> Renderer:
        """Render for `--sql`."""
        return _quoter(dialect)


class Json(TypeDecorator[Any]):
    """A jsonb argument. SQLAlchemy's own type has no literal form."""

    impl = JSONB
    cache_ok = True

    def __init__(self, none_as_null: bool = False) -> None:
        """Say what None is: SQL's NULL, or else JSON's null."""
        super().__init__(none_as_null=none_as_null)
        self.none_as_null = none_as_null

    def literal_processor(self, dialect: Dialect) -> Renderer:
        """Render for `--sql`."""
        quote = _quoter(dialect)
        dumps = getattr(dialect, "_json_serializer", None) or json.dumps

        def literal(value: Any) -> str:
            if value is None and self.none_as_null:
                return "NULL"
            return f"{quote(dumps(None if value is JSONB.NULL else value))}::jsonb"

        return literal


class Interval(TypeDecorator[timedelta]):
    """An interval argument."""

    impl = postgresql.INTERVAL
    cache_ok = True

    def literal_processor(self, dialect: Dialect) -> Renderer:
        """Render for `--sql`: days and seconds, which is what the drivers make of a timedelta."""

        def literal(value: timedelta) -> str:
            seconds = value - timedelta(days=value.days)
            return f"interval '{value.days} days {seconds.total_seconds():.6f} seconds'"

        return literal


class Array(TypeDecorator[Sequence[Any]]):
    """An array argument, empty ones too."""

    impl = ARRAY
    cache_ok = True

    def literal_processor(self, dialect: Dialect) -> Renderer:
        """Render for `--sql`."""
        item: TypeEngine[Any] = cast("ARRAY[Any]", self.impl_instance).item_type
        render = cast("Renderer", item.dialect_impl(dialect).literal_processor(dialect))
        name = item.compile(dialect)

        def literal(value: Sequence[Any]) -> str:
            items = ("NULL" if v is None and not isinstance(item, Json) else render(v) for v in value)
            return f"ARRAY[{', '.join(items)}]::{name}[]"

        return literal


TEXT, JSON, OPTIONAL_JSON, INTERVAL = Text(), Json(), Json(none_as_null=True), Interval()
INTEGER, BIGINT, BOOLEAN, VOID = Integer(), BigInteger(), Boolean(), NullType()
TIMESTAMPTZ = DateTime(timezone=True)
TEXTS, JSONS, OPTIONAL_JSONS = Array(TEXT), Array(JSON), Array(OPTIONAL_JSON)
INTEGERS, BIGINTS = Array(INTEGER), Array(BIGINT)


def is_sql(given: object) -> bool:
    """Whether an argument is a SQL expression and no Python value."""
    return isinstance(given, SQLColumnExpression | ColumnElement)


def payload_or_null(payload: Any) -> Any:
    """Make None the JSON value null, where leaving it would make it the SQL value."""
    return JSONB.NULL if payload is None else payload


def array(values: Any) -> Any:
    """Make any iterable what the drivers take for an array; the letters of a word are none."""
    if isinstance(values, str | bytes | Mapping):
        raise TypeError(f"a list is wanted here, and this is one {type(values).__name__}: {values!r}")
    return values if values is None or is_sql(values) else list(values)


def call(name: str, returns: TypeEngine[Any], *arguments: tuple[TypeEngine[Any], Any]) -> Call[Any]:
    """Build `minipaas.name(...)` by position. None is "the default"; at the end it is left out.

    :param arguments: pairs of SQL type and value; a SQL expression in the place of a value stays as it is.
    """
    given = list(arguments)
    while len(given) > 1 and given[-1][1] is None:
        given.pop()
    return Call(name, *(_argument(*pair) for pair in given), type_=returns, packagenames=(SCHEMA,))


def _argument(type_: TypeEngine[Any], value: Any) -> Any:
    if is_sql(value):
        return value
    if type_ is TIMESTAMPTZ and value is not None and value.tzinfo is None:
        raise ValueError(
            f"{value!r} has no time zone, and drivers disagree on which one is meant: add tzinfo"
        )
    # drivers want to be told the type: a bare NULL or integer has another one than the function's
    return bindparam(None, value, type_, unique=True)


def rows(function: Call[Any], alias: str, **columns: TypeEngine[Any]) -> "Rows":
    """Select the named columns of a function that returns a table."""
    table = function.table_valued(*(column(name, type_) for name, type_ in columns.items()), name=alias)
    return cast("Rows", select(*table.c))
