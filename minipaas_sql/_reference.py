"""The pages of docs/reference: signatures and COMMENTs of what is public, as the catalogue has them."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import psycopg

from minipaas_sql import _reference_python, _sql, errors
from minipaas_sql._comment import parse
from minipaas_sql._reference_python import parentheses

FROM = "<!-- Written by `python -m minipaas_sql.revise --reference`: edit the COMMENT, not this page. -->\n\n"

AREAS = {
    "queue": ("queues", "Queues", "../queues.md"),
    "stream": ("streams", "Streams", "../streams.md"),
    "schedule": ("schedules", "Schedules", "../schedules.md"),
    "core": ("upkeep", "Upkeep, health and versions", "../operations.md"),
    "access": ("access", "Access", "../access.md"),
}
"""For each folder of ``sql``: the page, its title and its guide."""

_PUBLIC = """
    select
        p.proname, obj_description(p.oid, 'pg_proc'), coalesce(p.proargnames[:p.pronargs], '{}'),
        array(
            select concat_ws(' default ', format_type(t, null), pg_get_function_arg_default(p.oid, n::int))
            from unnest(p.proargtypes::oid[]) with ordinality u(t, n) order by n
        ),
        case when p.proretset then 'setof ' else '' end || format_type(p.prorettype, null),
        array(
            select t.name || ' ' || format_type(t.type, null)
            from unnest(p.proargnames, p.proallargtypes, p.proargmodes) with ordinality t(name, type, mode, n)
            where t.mode = 't' order by n
        ) || array(
            select a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
            from pg_type t join pg_attribute a on a.attrelid = t.typrelid
            where t.oid = p.prorettype and a.attnum > 0 order by a.attnum
        )
    from pg_proc p
    where p.pronamespace = 'minipaas'::regnamespace and left(p.proname, 1) <> '_'
    union all
    select
        c.relname, obj_description(c.oid, 'pg_class'), array_agg(a.attname::text order by a.attnum),
        array_agg(format_type(a.atttypid, a.atttypmod) order by a.attnum), null, '{}'
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    where c.relnamespace = 'minipaas'::regnamespace and c.relkind = 'v' and left(c.relname, 1) <> '_'
    group by c.oid, c.relname
"""


class Public(NamedTuple):
    """A function, or a view where `returns` is None: then `names` and `types` are those of its columns."""

    name: str
    comment: str
    names: list[str]
    types: list[str]
    returns: str | None
    columns: list[str]

    @property
    def signature(self) -> str:
        """The header in SQL, as short as it goes: without the casts of defaults."""
        types = [re.sub(r"::[\w ]+(\[\])?$", "", _short(one)).replace("NULL", "null") for one in self.types]
        inside = [f"{name} {type_}" for name, type_ in zip(self.names, types, strict=True)]
        if self.returns is None:
            return f"view minipaas.{self.name} {parentheses(inside, 0)}"
        columns = [_short(one) for one in self.columns]
        result = f"table {parentheses(columns, 0)}" if columns else _short(self.returns)
        head = f"minipaas.{self.name}"
        return f"{head}{parentheses(inside, 80 - len(head + result))} returns {result}"


def _short(type_: str) -> str:
    return type_.replace("timestamp with time zone", "timestamptz")


def public(connection: psycopg.Connection[Any]) -> list[Public]:
    """Return all that is public in a database that has the schema, by name."""
    return sorted(Public(*row) for row in connection.execute(_PUBLIC).fetchall())


def pages(connection: psycopg.Connection[Any]) -> dict[str, str]:
    """Return the pages by their names, for a database that has the schema."""
    area = {one.name: one.path.partition("/")[0] for one in _sql.objects()}
    found = public(connection)
    place = {one.name: f"{AREAS[area[one.name]][0]}.md#{one.name}" for one in found}
    mark = _marker(place)
    written = {"index.md": _index(found, area, mark), "errors.md": _errors(found, place)}
    for folder, (page, title, guide) in AREAS.items():
        parts = [_section(one, mark) for one in found if area[one.name] == folder]
        head = f"{FROM}# {title}\n\nWhat there is in SQL. [The guide]({guide}) says how to use it.\n\n"
        written[f"{page}.md"] = head + "\n".join(parts)
    written["python.md"] = _reference_python.page(FROM.replace("COMMENT", "docstring"), place)
    return written


def _section(one: Public, mark: Callable[[str], str]) -> str:
    comment = parse(one.comment, one.names)
    items = [f"* {', '.join(f'`{name}`' for name in names)}: {mark(text)}" for names, text in comment.items]
    blocks = [f"## {one.name}", mark(comment.summary), f"```postgresql\n{one.signature}\n```"]
    blocks += ["\n".join(items)] * bool(items) + [mark(text) for text in comment.rest]
    return "\n\n".join(blocks) + "\n"


def _index(found: list[Public], area: dict[str, str], mark: Callable[[str], str]) -> str:
    text = (
        f"{FROM}# Reference\n\nAll functions and views of the schema `minipaas`; a name there that begins "
        "with `_` is private. `\\df+ minipaas.*` in psql shows what these pages show. In every call NULL is "
        "the default of an argument, and all obey the caller's transaction. [Errors](errors.md) have codes "
        "of their own. The helpers in [Python](python.md) have the names of the functions that they call.\n"
    )
    for folder, (page, title, _) in AREAS.items():
        mine = [one for one in found if area[one.name] == folder]
        rows = [
            f"| [{one.name}]({page}.md#{one.name}) | {mark(parse(one.comment, one.names).summary)} |"
            for one in sorted(mine, key=lambda one: one.returns is None)
        ]
        text += f"\n## {title}\n\n| name | what it does or shows |\n|---|---|\n" + "\n".join(rows) + "\n"
    return text


def _errors(found: list[Public], place: dict[str, str]) -> str:
    text = (
        f"{FROM}# Errors\n\nAn error names the thing and its value, has a hint with the next step, and one "
        "of these SQLSTATEs. In Python, [`errors.of`](python.md#errorsof) finds the exception of "
        "`minipaas_sql.errors` in what SQLAlchemy or the driver raised.\n"
    )
    for code, exception in sorted((str(cls.code), cls) for cls in errors.MinipaasError.__subclasses__()):
        by = [f"[{one.name}]({place[one.name]})" for one in found if one.returns and code in one.comment]
        what = (exception.__doc__ or "").removeprefix(f"{code}: ")
        text += f"\n## {code}\n\n`{exception.__name__}`: {what}\n\nRaised by {', '.join(by)}.\n"
    return text


def _marker(place: dict[str, str]) -> Callable[[str], str]:
    """Return what makes Markdown of a sentence: public names and codes become links, other names code."""
    names = "|".join(sorted(place, key=len, reverse=True))
    # a call with its arguments; `the view x`; a name with an underscore; a code; the right that is needed
    words = re.compile(
        r"(?P<call>\b\w+_\w+\((?:[^()]|\([^()]*\))+\))"
        rf"|(?P<link>\b(?:{'|'.join(name for name in place if '_' in name)})\b|(?<=\bview )(?:{names})\b"
        rf"|\b(?:{names})\(\))"
        r"|(?P<code>\b[a-z]\w*_\w+\b|\{\"[^{}]*\}|'\w+')|(?P<error>\bMP\d{3}\b)|(?P<right>^Right(?=:))"
        r"|(?P<escape>[*<\[\]_|])"
    )

    def replace(found: re.Match[str]) -> str:
        word = found[0]
        match found.lastgroup:
            case "link":
                return f"[{word}]({place[word.removesuffix('()')]})"
            case "error":
                return f"[{word}](errors.md#{word.lower()})"
            case "right":
                return f"[{word}](../access.md)"
            case "escape":
                return f"\\{word}"
            case _:
                return f"`{word}`"

    return lambda text: words.sub(replace, text)
