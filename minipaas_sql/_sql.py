"""The current definition of every object: ``minipaas_sql/sql``, one object per file."""

import re
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "sql"

KINDS = ("schema", "sequence", "type", "domain", "table", "function", "view")
"""The kinds of objects in the order in which they can be created."""


class Object(NamedTuple):
    """One object: its file's path below ``sql``, its kind, its name, and the text of the file."""

    path: str
    kind: str
    name: str
    text: str


def parse(path: str, text: str) -> Object:
    """Read the kind from the first ``create`` statement, and the name from the file's name.

    :raises ValueError: there is no such statement, or it creates something else than the file's name says.
    """
    name = path.rpartition("/")[2].removesuffix(".sql")
    first = re.search(r"^ *create (?:or replace )?(?:unlogged )?(\w+) ([\w.]+)", text, re.MULTILINE)
    if first is None or first[1] not in KINDS:
        raise ValueError(f"{path}: no statement begins with 'create' and one of {', '.join(KINDS)}")
    expected = name if first[1] == "schema" else f"minipaas.{name}"
    if first[2] != expected:
        raise ValueError(f"{path} creates {first[2]}: a file is named after its one object")
    return Object(path, first[1], name, text)


def order(objects: list[Object]) -> list[Object]:
    """Sort objects as they can be created: by kind, then by name."""
    return sorted(objects, key=lambda one: (KINDS.index(one.kind), one.name))


def objects() -> list[Object]:
    """All objects in ``sql``, in the order of installation."""
    files = sorted(FOLDER.rglob("*.sql"))
    return order([parse(file.relative_to(FOLDER).as_posix(), file.read_text("utf-8")) for file in files])


def install_text() -> str:
    """Return SQL that creates all objects in an empty database, without recording a version."""
    return "\n".join(["set check_function_bodies = off;", *(one.text for one in objects())])
