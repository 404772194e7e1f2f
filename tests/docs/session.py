"""Runs a page: SQL in psql, Python in one namespace, shell in bash; one database, and one folder for files.

A block whose first line is a comment with the name of a file, such as `# app.py`, is written to it, too.
"""

import ast
import asyncio
import configparser
import contextlib
import inspect
import io
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml
from sqlalchemy import BigInteger, create_engine, false, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from minipaas_sql import errors, queue, schedule, stream
from minipaas_sql._url import sqlalchemy_url
from tests.conftest import Host
from tests.docs.pages import Block, outcomes, prints, with_marks

# What the README and the pages that follow it take for granted, and the adopting revision makes.
GIVEN = """
select minipaas.queue_create('emails');
select minipaas.stream_create('orders', partitions => 4);
select minipaas.stream_subscribe('orders', 'billing');
create table orders (id integer primary key, mailed boolean not null default false);
create table invoices (order_id integer primary key);
create table readers (name text primary key, after_offset bigint not null default 0);
insert into readers (name) values ('totals');
"""


class Base(DeclarativeBase):
    """The models of an application, for these tables."""


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    mailed: Mapped[bool] = mapped_column(server_default=false())


class Invoice(Base):
    __tablename__ = "invoices"
    order_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Reader(Base):
    __tablename__ = "readers"
    name: Mapped[str] = mapped_column(primary_key=True)
    after_offset: Mapped[int] = mapped_column(BigInteger, server_default="0")


MODELS = "from tests.docs.session import Invoice, Order, Reader\n"


class Page:
    """One run of a page, in a database with the schema."""

    def __init__(self, server: Host, url: str, folder: Path, given: str = GIVEN) -> None:
        """Make what the page takes for granted: tables, and names in Python."""
        program = server.bin / "psql" if server.bin else shutil.which("psql")
        self.url, self.folder = sqlalchemy_url(url), folder
        self._psql = [str(program), "-X", "-q", "-A", "-t", "-F", " | ", "-P", "null=NULL"]
        self._psql += ["-v", "ON_ERROR_STOP=1"]
        self.env = os.environ | _libpq(url) | {
            "DATABASE_URL": self.url.render_as_string(hide_password=False),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), *_bin(server), os.environ["PATH"]]),
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }  # fmt: skip
        (folder / "models.py").write_text(MODELS)
        self.engine = create_engine(self.url)
        self.names: dict[str, Any] = {
            "engine": self.engine, "url": self.url, "Session": Session, "DBAPIError": DBAPIError,
            "queue": queue, "stream": stream, "schedule": schedule, "errors": errors,
            "Order": Order, "Invoice": Invoice, "Reader": Reader,
        }  # fmt: skip
        self.runners: dict[str, Callable[[str], object]] = {
            "sql": self.sql, "python": self.python, "sh": self.sh,
            "ini": _ini, "toml": tomllib.loads, "yaml": yaml.safe_load,
        }  # fmt: skip
        if given:
            self.sql(given)

    def close(self) -> None:
        """Close the connections of the page, which may have an engine of its own."""
        self.engine.dispose()
        self.names["engine"].dispose()

    def run(self, block: Block) -> None:
        """Run a block with the runner of its language.

        :raises AssertionError: the outcome is another than the page tells.
        """
        name = re.match(r"(?:#|--) (\w+\.\w+)\n", block.text)
        if name:
            (self.folder / name[1]).write_text(block.text)
        self.runners[block.language](block.text)

    def sql(self, text: str) -> str:
        """Run a script in psql, which stops at the first error."""
        script, told = with_marks(text)
        printed = self._process(self._psql, script)
        found = outcomes(printed, told)
        assert found == told, f"the page tells {told}, and it is {found}"
        return printed

    def python(self, text: str) -> None:
        """Run Python in the page's namespace, where `await` may stand anywhere."""
        code = compile(text, "page", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        address = {"DATABASE_URL": self.env["DATABASE_URL"]}
        models = {"models": sys.modules[__name__]}
        with (
            patch.dict(os.environ, address),
            patch.dict(sys.modules, models),
            contextlib.redirect_stdout(io.StringIO()) as printed,
        ):
            result = eval(code, self.names)
            if inspect.iscoroutine(result):
                asyncio.run(result)
        if prints(text):
            found = printed.getvalue().splitlines()
            assert found == prints(text), f"the page tells {prints(text)}, and it is {found}"

    def sh(self, text: str) -> str:
        """Run commands in bash, in the page's folder."""
        return self._process(["bash", "-euo", "pipefail", "-c", text])

    def _process(self, command: list[str], given: str = "") -> str:
        done = subprocess.run(
            command, input=given, text=True, cwd=self.folder, env=self.env, capture_output=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def _ini(text: str) -> None:
    configparser.ConfigParser().read_string(text)


def _bin(server: Host) -> list[str]:
    return [str(server.bin)] if server.bin else []


def _libpq(url: str) -> dict[str, str]:
    """The variables that lead psql to a database."""
    parts = make_url(url)
    found = {
        "PGHOST": parts.host or parts.query.get("host"), "PGPORT": parts.port, "PGUSER": parts.username,
        "PGPASSWORD": parts.password, "PGDATABASE": parts.database,
    }  # fmt: skip
    return {name: str(value) for name, value in found.items() if value is not None} | {"PGTZ": "UTC"}
