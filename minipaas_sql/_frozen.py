"""The frozen SQL of a revision: how it is written from changed objects, and how objects are read from it.

A frozen file is a row of sections, each of which begins with a marker:

``-- object: PATH``
    The text of the object, as it was in ``sql/PATH``.
``-- replaced: PATH``
    The same, but for ``create or replace``.
``-- step: PATH``
    Statements around a change of that object: dropping it, giving grants back, an ALTER written by hand.
``-- now: PATH``
    Where a step changed the object: its new text as a comment, for the next comparison.
``-- gone: PATH``
    The object does not exist any more.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from minipaas_sql._sql import Object, order, parse

MARKER = re.compile(r"^-- (object|replaced|step|now|gone): (\S+\.sql)\n", re.MULTILINE)

CREATE = re.compile("^create ", re.MULTILINE)
CREATE_OR_REPLACE = re.compile("^create or replace ", re.MULTILINE)
REPLACEABLE = ("function", "view")
BY_HAND = "-- by hand: keep this line, and put the ALTER in the place of the block below"


def read(frozen: str) -> Iterator[tuple[str, str, str]]:
    """Marker, path and text of each section."""
    parts = MARKER.split(frozen)[1:]
    yield from zip(parts[0::3], parts[1::3], parts[2::3], strict=True)


def sections(frozen: str) -> list[str]:
    """Cut a frozen file at its markers, which stay."""
    starts = [0, *(found.start() for found in MARKER.finditer(frozen))]
    parts = [frozen[begin:end] for begin, end in pairwise([*starts, len(frozen)])]
    return [part.rstrip("\n") for part in parts if part.strip()]


def state(files: list[str]) -> dict[str, Object]:
    """Return the objects by path as these revisions, the oldest first, have left them."""
    found: dict[str, Object] = {}
    for marker, path, text in (section for frozen in files for section in read(frozen)):
        if marker == "gone":
            del found[path]
        elif marker == "now":
            found[path] = parse(path, re.sub(r"^--\| ?", "", text, flags=re.MULTILINE).rstrip("\n") + "\n")
        elif marker != "step":
            plain = CREATE_OR_REPLACE.sub("create ", text, count=1) if marker == "replaced" else text
            found[path] = parse(path, plain.rstrip("\n") + "\n")
    return found


def write(before: dict[str, Object], after: dict[str, Object]) -> str:
    """Write SQL that turns the objects `before` into those `after`: removals first, then by kind and name."""
    gone = [before[path] for path in before.keys() - after.keys()]
    parts = [f"{_section('gone', one)}{_drop(one)}" for one in reversed(order(gone))]
    for one in order(list(after.values())):
        old = before.get(one.path)
        if old is None:
            parts.append(_section("object", one) + one.text)
        elif old.text != one.text:
            parts.append(_change(old, one))
    return "\n".join(parts)


def _change(old: Object, new: Object) -> str:
    if new.kind not in REPLACEABLE or old.kind != new.kind:
        return _by_hand(new)
    if new.kind == "function" and _header(old) == _header(new):
        return _section("replaced", new) + CREATE.sub("create or replace ", new.text, count=1)
    # Dropping it loses the grants.
    keep, give_back = _grants(new)
    return "".join(
        [
            _section("step", new), keep, _drop(old), "\n",
            _section("object", new), new.text, "\n",
            _section("step", new), give_back,
        ]
    )  # fmt: skip


def _by_hand(new: Object) -> str:
    comment = "".join(f"--| {line}".rstrip() + "\n" for line in new.text.splitlines())
    fails = f"do $$ begin raise exception 'write the ALTER of {new.path} here'; end $$;\n"
    return f"{_section('step', new)}{BY_HAND}\n{fails}\n{_section('now', new)}{comment}"


def _header(one: Object) -> str:
    """Return what `create or replace` can't change: name, parameters and result."""
    found = re.search(r"^create function (.*?)^language\b", one.text, re.MULTILINE | re.DOTALL)
    if found is None:
        raise ValueError(f"{one.path}: the line after the result must begin with 'language'")
    return " ".join(found[1].split())


def _grants(one: Object) -> tuple[str, str]:
    """Statements that remember who was granted what on an object, and that grant it again."""
    catalogue, acl, name, schema = {
        "function": ("pg_proc", "proacl", "proname", "pronamespace"),
        "view": ("pg_class", "relacl", "relname", "relnamespace"),
    }[one.kind]
    owner = acl.replace("acl", "owner")
    on = "function" if one.kind == "function" else "table"
    keep = f"""select set_config('minipaas.regrant', coalesce(string_agg(format(
    'grant %s on {on} minipaas.{one.name} to %s%s;', lower(a.privilege_type),
    case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
    case when a.is_grantable then ' with grant option' else '' end), ' '), ''), true)
from {catalogue} o, aclexplode(o.{acl}) a
where o.{schema} = 'minipaas'::regnamespace and o.{name} = '{one.name}' and a.grantee <> o.{owner};
"""
    return keep, "do $$ begin execute current_setting('minipaas.regrant'); end $$;\n"


def _drop(one: Object) -> str:
    name = one.name if one.kind == "schema" else f"minipaas.{one.name}"
    return f"drop {one.kind} {name};\n"


def _section(marker: str, one: Object) -> str:
    return f"-- {marker}: {one.path}\n"
