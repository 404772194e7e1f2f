"""A psql, an engine on an empty database, and a made-up history of three revisions."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, pool, text

from minipaas_sql import _revisions, _sql, migrate, revise
from minipaas_sql._url import sqlalchemy_url
from tests.conftest import Host

ROOT = Path(__file__).parents[2]

# What drivers and Alembic might take for parameters or quotes of their own.
BYTES = "100% %s %(x)s %% :name ::text '' \\n \\\\ {{tag}} $$ ü 🐘 \t ; -- /* $1 ?"


@pytest.fixture
def engine(new_role: object, database_url: str) -> Iterator[Engine]:
    """An engine on an empty database, which goes before the roles that it may name."""
    engine = create_engine(sqlalchemy_url(database_url), poolclass=pool.NullPool)
    yield engine
    engine.dispose()


@pytest.fixture
def psql(server: Host) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a script with psql as the product's documents say, and return what came of it."""
    program = server.bin / "psql" if server.bin else shutil.which("psql")
    assert program, "psql is missing"

    def run(url: str, script: str) -> subprocess.CompletedProcess[str]:
        command = [str(program), "-X", "-q", "-v", "ON_ERROR_STOP=1", url]
        return subprocess.run(command, input=script, capture_output=True, text=True, check=False)

    return run


NOTHING = "create function minipaas._nothing() returns void language sql as $$ $$;\n\n"
NOTHING += "revoke execute on function minipaas._nothing() from public;\n"


class History:
    """A copy of the machinery's folders, in which a test writes objects and revisions."""

    def __init__(self, sql: Path, migrations: Path) -> None:
        self.sql, self.migrations = sql, migrations

    def write(self, path: str, content: str | None) -> None:
        """Write one object's file, or delete it."""
        file = self.sql / path
        file.parent.mkdir(exist_ok=True)
        if content is None:
            file.unlink()
        else:
            file.write_text(content)

    def revise(self, message: str, **declared: object) -> Path:
        """Write the next revision, with these values in its module."""
        path = revise.next_pair(message)
        module = path.read_text()
        for name, value in declared.items():
            module = re.sub(rf"^{name} = [^#\n]*", f"{name} = {value!r}  ", module, flags=re.MULTILINE)
        path.write_text(module)
        _revisions.revisions.cache_clear()
        return path

    def revise_nothing(self, floor: str | None) -> str:
        """Write a revision that brings one function, and return its number; None makes that the floor."""
        self.write("core/_nothing.sql", NOTHING)
        path = self.revise("nothing", **({} if floor is None else {"floor": floor}))
        return path.name[:4]


@pytest.fixture
def blank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[History]:
    """A history with the core's objects and no revision."""
    history = History(tmp_path / "sql", tmp_path / "migrations")
    shutil.copytree(
        ROOT / "migrations", history.migrations, ignore=shutil.ignore_patterns("0*", "__pycache__")
    )
    (history.migrations / "versions").mkdir(exist_ok=True)
    (history.migrations / "released.json").write_text("{}")
    for name in ("minipaas", "_version", "_upgrade", "schema_version"):
        history.sql.joinpath("core").mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "minipaas_sql/sql/core" / f"{name}.sql", history.sql / "core")
    monkeypatch.setattr(_revisions, "FOLDER", history.migrations)
    monkeypatch.setattr(_sql, "FOLDER", history.sql)
    _revisions.revisions.cache_clear()
    yield history
    _revisions.revisions.cache_clear()


@pytest.fixture
def onward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[History]:
    """A copy of the real history, to write more revisions after it."""
    history = History(tmp_path / "sql", tmp_path / "migrations")
    shutil.copytree(ROOT / "migrations", history.migrations, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "minipaas_sql/sql", history.sql)
    monkeypatch.setattr(_revisions, "FOLDER", history.migrations)
    monkeypatch.setattr(_sql, "FOLDER", history.sql)
    _revisions.revisions.cache_clear()
    yield history
    _revisions.revisions.cache_clear()


def forget_newest() -> None:
    """Go on with the package of one revision ago."""
    newest = _revisions.revisions()[-1].path
    for file in newest.parent.glob(f"{newest.stem}.*"):
        file.unlink()
    _revisions.revisions.cache_clear()


def box_put(body: str, parameters: str = "item text") -> str:
    """Write the file of a function of the made-up history."""
    return f"""create function minipaas.box_put({parameters})
returns bigint
language plpgsql
as $body$
begin
    {body}
    insert into minipaas._box (item) values (box_put.item);
    return 1;
end
$body$;

revoke execute on function minipaas.box_put from public;

comment on function minipaas.box_put is '{BYTES.replace("'", "''")}';
"""


BOX = """create table minipaas._box (
    item text not null default '%s :name'
);
"""


@pytest.fixture
def history(blank: History) -> History:
    """Three revisions: a table with its view, a function full of awkward bytes, and a blocking change."""
    blank.write("box/_box.sql", BOX)
    blank.write("box/boxes.sql", "create view minipaas.boxes as\nselect item from minipaas._box;\n")
    blank.revise("boxes", keeps=("boxes",))
    blank.write("box/box_put.sql", box_put(f"-- {BYTES}"))
    blank.revise("put into boxes", floor="0001")
    blank.write("box/box_put.sql", box_put("perform 1;"))
    blank.revise("a strong lock", blocking=True)
    return blank


@pytest.fixture
def install(engine: Engine) -> Callable[..., None]:
    """Upgrade the empty database, by default to the newest version."""

    def run(version: str | None = None) -> None:
        with engine.begin() as connection:
            migrate.upgrade_to(version or migrate.head(), connection=connection)

    return run


@pytest.fixture
def installed(engine: Engine) -> Callable[[], str | None]:
    """Tell the version that a new session sees, or None where there is not even a schema."""

    def run() -> str | None:
        with engine.begin() as connection:
            version = migrate.current(connection)
            schemas = connection.scalar(text("select count(*) from pg_namespace where nspname = 'minipaas'"))
            assert (version is None) == (schemas == 0), "a schema without a version"
            return version

    return run
