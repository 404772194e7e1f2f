"""Write the next revision from what changed in ``minipaas_sql/sql``; for work on this repository.

::

    python -m minipaas_sql.revise "keys that run one at a time"   # a new pair: NNNN_slug.py, .sql, .down.sql
    python -m minipaas_sql.revise --rewrite                       # write the newest, unreleased one again
    python -m minipaas_sql.revise --dump                          # write migrations/schema.sql again
    python -m minipaas_sql.revise --reference                     # write docs/reference again
    python -m minipaas_sql.revise --release 0.1.0                 # from now on no revision file may change

New objects are taken as they are. A function whose header stayed is replaced; one with another header,
and every changed view, is dropped, created and granted again. A changed table or type gets a block that
fails until an ALTER is written in its place, below a line ``-- by hand``. Both directions are written.
``--rewrite`` keeps the module of the pair (its floor, `blocking`, `keeps`), and refuses where a text was
edited by hand; a released revision never changes.
"""

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
from alembic.util import template_to_file
from sqlalchemy import create_engine

from minipaas_sql import _embedded, _frozen, _reference, _released, _revisions, _sql, migrate
from minipaas_sql._url import sqlalchemy_url


def next_pair(message: str) -> Path:
    """Write the revision that follows the newest, and return the path of its module."""
    done = _revisions.revisions()
    number = f"{int(done[-1].number if done else '0') + 1:04}"
    slug = re.sub(r"\W+", "_", message.lower()).strip("_")[:40].rstrip("_")
    path = _revisions.FOLDER / "versions" / f"{number}_{slug}.py"
    _write_sql(path, [one.sql("up") for one in done])
    template_to_file(
        str(_revisions.FOLDER / "script.py.mako"),
        str(path),
        "utf-8",
        message=message[:1].upper() + message[1:].rstrip("."),
        up_revision=_revisions.PREFIX + number,
        down_revision=_revisions.PREFIX + done[-1].number if done else None,
        floor=number,
        keeps=(),
    )
    _revisions.revisions.cache_clear()
    return path


def rewrite() -> Path:
    """Write the SQL of the newest revision again from ``sql/``, and return the path of its module."""
    *done, newest = _revisions.revisions()
    if newest.path.name in _released.files(_revisions.FOLDER):
        raise SystemExit(f"{newest.path.stem} was released and never changes: write the next revision")
    for direction in ("up", "down"):
        if _frozen.BY_HAND in newest.sql(direction):
            raise SystemExit(
                f"{newest.path.stem} has a part that was written by hand: edit it, or delete the pair"
            )
    _write_sql(newest.path, [one.sql("up") for one in done])
    return newest.path


def _write_sql(path: Path, done: list[str]) -> None:
    before = _frozen.state(done)
    after = {one.path: one for one in _sql.objects()}
    if before == after:
        raise SystemExit("nothing changed in minipaas_sql/sql since the newest revision")
    path.with_suffix(".sql").write_text(_frozen.write(before, after), "utf-8")
    path.with_suffix(".down.sql").write_text(_frozen.write(after, before), "utf-8")


def dump(url: str) -> str:
    """Return the schema ``minipaas`` of a database as pg_dump writes it, but for what differs each time.

    :param url: a URL that libpq understands.
    """
    embedded = _embedded.installed()
    program = (embedded and shutil.which("pg_dump", path=embedded)) or shutil.which("pg_dump")
    if program is None:
        raise RuntimeError("pg_dump is missing: pip install 'minipaas-sql[embedded]'")
    printed = subprocess.run(
        [program, "--schema-only", "--no-owner", "--schema=minipaas", url],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    differs = re.compile(r"^(\\restrict|\\unrestrict|-- Dumped (from|by)) .*\n", re.MULTILINE)
    return differs.sub("", printed)


def write_dump() -> Path:
    """Write ``migrations/schema.sql`` from the newest revision in an embedded server."""
    path = _revisions.FOLDER / "schema.sql"
    with _embedded.server() as server:
        engine = create_engine(sqlalchemy_url(server.url))
        with engine.begin() as connection:
            migrate.upgrade_to(migrate.head(), connection=connection)
        engine.dispose()
        path.write_text(dump(server.url), "utf-8")
    return path


def write_reference() -> Path:
    """Write docs/reference from ``sql/`` in an embedded server and from the sources of the package."""
    folder = Path(__file__).parents[1] / "docs" / "reference"
    folder.mkdir(exist_ok=True)
    with _embedded.server() as server, psycopg.connect(server.url) as connection:
        connection.execute(_sql.install_text())
        for name, text in _reference.pages(connection).items():
            (folder / name).write_text(text, "utf-8")
    return folder


def main(arguments: list[str] | None = None) -> None:
    """Run the command line that the module's documentation shows."""
    parser = argparse.ArgumentParser(prog="python -m minipaas_sql.revise")
    parser.add_argument("message", nargs="?", help="what the new revision brings")
    parser.add_argument("--rewrite", action="store_true", help="write the newest, unreleased revision again")
    parser.add_argument("--dump", action="store_true", help="write migrations/schema.sql again")
    parser.add_argument("--reference", action="store_true", help="write docs/reference again")
    parser.add_argument("--release", metavar="VERSION", help="record the revisions that this release has")
    given = parser.parse_args(arguments)
    alone = given.dump or given.reference or given.release
    if bool(given.message) == given.rewrite and (given.message or not alone):
        parser.error("give either a message or --rewrite (or --dump, --reference or --release alone)")
    if given.message:
        print(next_pair(given.message).resolve())
    if given.rewrite:
        print(rewrite().resolve())
    if given.dump:
        print(write_dump().resolve())
    if given.reference:
        print(write_reference().resolve())
    if given.release:
        print(_released.record(_revisions.FOLDER, given.release).resolve())


if __name__ == "__main__":
    main(sys.argv[1:])
