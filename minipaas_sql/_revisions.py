"""The revisions that this package carries, and the guarded text of each step between them.

A step's text is one DO block (``_guard.sql``) around the revision's frozen SQL. Being one statement without
parameters it runs unchanged on every driver, inside anybody's transaction, and in psql.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Literal, NamedTuple

from alembic.script import ScriptDirectory

from minipaas_sql._frozen import sections

FOLDER = Path(__file__).parent / "migrations"
"""Alembic's script location: in a checkout a link to ``migrations``, in a wheel the files themselves."""

PREFIX = "minipaas_"
BASE = "0000"

LOCK_TIMEOUT, TRIES, PAUSE = "500ms", 20, "0.5"
"""How long a step waits for a lock, and so makes others wait; how often it tries; the seconds in between."""

Direction = Literal["up", "down"]


class UnknownVersion(ValueError):
    """A version that this package does not have."""


class Revision(NamedTuple):
    """One revision: its number and its predecessor's, what its module declares, and its two SQL files."""

    number: str
    previous: str
    module: ModuleType
    path: Path

    @property
    def floor(self) -> str:
        """The oldest package that the schema still serves after this revision."""
        return str(self.module.floor)

    @property
    def blocking(self) -> bool:
        """Whether it takes strong locks on tables that exist."""
        return bool(self.module.blocking)

    @property
    def keeps(self) -> tuple[str, ...]:
        """The public views that must be empty before it is undone."""
        return tuple(self.module.keeps)

    def sql(self, direction: Direction) -> str:
        """Return the frozen SQL, as it stands in its file."""
        path = self.path.with_suffix(".sql" if direction == "up" else ".down.sql")
        return path.read_bytes().decode()


@cache
def revisions() -> tuple[Revision, ...]:
    """All revisions, the oldest first."""
    scripts = list(ScriptDirectory(str(FOLDER)).walk_revisions("base", "heads"))
    found: list[Revision] = []
    for script in reversed(scripts):
        previous = script.down_revision
        if previous != (PREFIX + found[-1].number if found else None):
            raise RuntimeError(f"{script.revision} must follow exactly one revision: the history is a line")
        found.append(
            Revision(
                number=script.revision.removeprefix(PREFIX),
                previous=found[-1].number if found else BASE,
                module=script.module,
                path=Path(script.path),
            )
        )
    return tuple(found)


def number(version: str, *, base: bool = False) -> str:
    """Turn ``"0001"`` or ``"minipaas_0001"`` (and, with `base`, ``"base"``) into ``"0001"``.

    :raises UnknownVersion: this package has no such version.
    """
    if base and version == "base":
        return BASE
    short = version.removeprefix(PREFIX)
    known = [revision.number for revision in revisions()]
    if short not in known:
        names = ", ".join(["base", *known] if base else known)
        raise UnknownVersion(
            f"this minipaas-sql has no version {version!r}: it knows {names}. "
            "For a newer one, upgrade the package: pip install --upgrade minipaas-sql"
        )
    return short


def steps_up(to: str, *, in_host: bool = False, force: bool = False) -> Iterator[tuple[str, str]]:
    """Name and guarded text of each step that leads from nothing up to `to`.

    :param in_host: whether they run in a host's revision, which refuses blocking ones.
    :param force: also where services use the schema that it would no longer serve.
    """
    for revision in revisions():
        if revision.number <= to:
            yield PREFIX + revision.number, step_text(revision, "up", in_host=in_host, force=force)


def steps_down(to: str, *, force: bool = False) -> Iterator[tuple[str, str]]:
    """Name and guarded text of each step that leads from the newest revision down to `to`.

    :param force: drop data as well, and services may break.
    """
    for revision in reversed(revisions()):
        if revision.number > to:
            yield PREFIX + revision.number, step_text(revision, "down", force=force)


def step_text(revision: Revision, direction: Direction, *, in_host: bool = False, force: bool = False) -> str:
    """One DO block that takes this step where it is due, and does nothing where it was taken."""
    body = revision.sql(direction)
    up, tag = direction == "up", f"${PREFIX}{revision.number}$"
    below = {other.number: other.floor for other in revisions()}
    values = {
        "from": revision.previous if up else revision.number,
        "to": revision.number if up else revision.previous,
        "floor": revision.floor if up else below.get(revision.previous, ""),
        "refuse": "true" if up and in_host and revision.blocking else "false",
        "force": "true" if force else "false",
        "lock_timeout": LOCK_TIMEOUT,
        "tries": str(TRIES),
        "pause": PAUSE,
        "keep": "{}" if up or force else "{" + ",".join(revision.keeps) + "}",
        # One statement for each object: an error then shows that object's text, and not everybody's.
        "body": "\n".join(f"execute {tag}\n{section}\n{tag};" for section in sections(body)),
    }
    for quote in (tag, "$minipaas_guard$"):
        if quote in body:
            raise RuntimeError(f"{revision.path.stem}: the SQL may not contain {quote}, which quotes it")
    template = (Path(__file__).parent / "_guard.sql").read_text("utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda match: values[match[1]], template).rstrip("\n")
