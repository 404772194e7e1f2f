"""A host application: a temporary Alembic project of its own, as `alembic init` makes it."""

import io
from pathlib import Path

from alembic import command
from alembic.config import Config

METADATA = """
import sqlalchemy as sa
from alembic import context

target_metadata = sa.MetaData()
sa.Table("thing", target_metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text))
url = context.config.get_main_option("sqlalchemy.url")

def offline():
    context.configure(url=url, target_metadata=target_metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()

def online(connection):
    context.configure(connection=connection, target_metadata=target_metadata)
    with context.begin_transaction():
        context.run_migrations()
"""

SYNC = """
if context.is_offline_mode():
    offline()
else:
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        online(connection)
    engine.dispose()
"""

ASYNC = """
import asyncio
from sqlalchemy.ext.asyncio import create_async_engine

async def run():
    engine = create_async_engine(url, poolclass=sa.pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(online)
    await engine.dispose()

if context.is_offline_mode():
    offline()
else:
    asyncio.run(run())
"""

REVISION = '''
"""{name}"""
import sqlalchemy as sa
from alembic import op
from minipaas_sql import migrate

revision = "{name}"
down_revision = {before!r}

def upgrade():
    {up}

def downgrade():
    {down}
'''

THING = 'op.create_table("thing", sa.Column("id", sa.Integer, primary_key=True))'
NAME = 'op.add_column("thing", sa.Column("name", sa.Text))'


class Host:
    """Its revisions `a`, `b`, ... are written one after the other."""

    def __init__(self, folder: Path, url: str, asynchronous: bool) -> None:
        (folder / "host" / "versions").mkdir(parents=True)
        env = METADATA + (ASYNC if asynchronous else SYNC)
        self._env = folder / "host" / "env.py"
        self._env.write_text(env)
        (folder / "host" / "script.py.mako").write_text("")
        self._versions = folder / "host" / "versions"
        self._names: list[str] = []
        self.printed = io.StringIO()
        self.config = Config(output_buffer=self.printed, stdout=io.StringIO())
        self.config.set_main_option("script_location", str(folder / "host"))
        self.config.set_main_option("path_separator", "newline")
        self.config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))

    def edit(self, old: str, new: str) -> None:
        """Change its env.py."""
        text = self._env.read_text()
        assert old in text
        self._env.write_text(text.replace(old, new))

    def revision(self, *up: str, down: tuple[str, ...] = ("pass",)) -> None:
        """Write the next revision with these lines."""
        before = self._names[-1] if self._names else None
        self._names.append("abcdefgh"[len(self._names)])
        content = REVISION.format(
            name=self._names[-1], before=before, up="\n    ".join(up), down="\n    ".join(down)
        )
        (self._versions / f"{self._names[-1]}.py").write_text(content)

    def upgrade(self, to: str = "head") -> None:
        """`alembic upgrade`."""
        command.upgrade(self.config, to)

    def sql(self, to: str = "head") -> str:
        """`alembic upgrade --sql`."""
        self.printed.seek(0)
        self.printed.truncate()
        command.upgrade(self.config, to, sql=True)
        return self.printed.getvalue()
