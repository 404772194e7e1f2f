"""Wheel, sdist and editable install, each in a fresh environment, carry all that an upgrade needs."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import psycopg
import pytest

from minipaas_sql import _revisions, migrate, revise

pytestmark = pytest.mark.packaging

ROOT = Path(__file__).parents[2]

INI = "[alembic]\nscript_location = minipaas_sql:migrations\npath_separator = newline\n"

HEAD = "from minipaas_sql import migrate; print(migrate.head())"

BARE = """
import os
from sqlalchemy import create_engine
from minipaas_sql import migrate
from minipaas_sql._url import sqlalchemy_url

with create_engine(sqlalchemy_url(os.environ["DATABASE_URL"])).begin() as connection:
    migrate.upgrade_to(migrate.head(), connection=connection)
"""


def run(*command: str | Path, cwd: Path | None = None, **environment: str) -> str:
    """Run a program that knows nothing of this process's Python, and return what it printed."""
    unknown = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "DATABASE_URL"}
    known = {name: value for name, value in os.environ.items() if name not in unknown}
    done = subprocess.run(
        command, cwd=cwd, env=known | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sdist, and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT)
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return {"sdist": sdist, "wheel": wheel}


def carried(folder: str) -> set[str]:
    """The files below a folder of the repository that users need."""
    files = (ROOT / folder).rglob("*")
    return {
        file.relative_to(ROOT).as_posix()
        for file in files
        if file.is_file()
        and "__pycache__" not in file.parts
        and not file.is_relative_to(ROOT / "minipaas_sql/migrations")
    }


def test_the_wheel_carries_the_package_and_its_revisions_once(distributions: dict[str, Path]) -> None:
    names = zipfile.ZipFile(distributions["wheel"]).namelist()
    expected = carried("minipaas_sql") | {f"minipaas_sql/{name}" for name in carried("migrations")}
    assert {name for name in names if ".dist-info/" not in name} == expected
    assert len(names) == len(set(names))


def test_the_sdist_carries_what_the_repository_has(distributions: dict[str, Path]) -> None:
    with tarfile.open(distributions["sdist"]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert carried("minipaas_sql") | carried("migrations") | {"alembic.ini", "LICENSE"} <= names


@pytest.mark.parametrize("kind", ["wheel", "sdist", "editable"])
def test_an_installed_package_upgrades_a_database(
    kind: str, distributions: dict[str, Path], database_url: str, tmp_path: Path
) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    what = ["--editable", ROOT] if kind == "editable" else [distributions[kind]]
    run(python, "-m", "pip", "install", "--quiet", *what)
    packages = {one["name"].lower() for one in json.loads(run(python, "-m", "pip", "list", "--format=json"))}
    assert {"minipaas-sql", "alembic", "sqlalchemy", "psycopg"} <= packages
    # What these three need in turn; greenlet comes with SQLAlchemy 2.0 only.
    theirs = {"mako", "markupsafe", "typing_extensions", "typing-extensions", "greenlet"}
    assert packages - theirs - {"pip", "setuptools"} == {"minipaas-sql", "alembic", "sqlalchemy", "psycopg"}

    run(python, "-m", "pip", "install", "--quiet", "psycopg[binary]")  # there may be no libpq here
    (tmp_path / "alembic.ini").write_text(INI)
    alembic: tuple[Path, str, str] = (python, "-m", "alembic")
    run(*alembic, "upgrade", "head", cwd=tmp_path, DATABASE_URL=database_url)
    by_alembic = revise.dump(database_url)
    current = run(*alembic, "current", cwd=tmp_path, DATABASE_URL=database_url)
    assert current.strip() == f"minipaas_{migrate.head()} (head)"
    run(*alembic, "downgrade", "base", cwd=tmp_path, DATABASE_URL=database_url)
    run(python, "-c", BARE, cwd=tmp_path, DATABASE_URL=database_url)
    assert revise.dump(database_url) == by_alembic
    assert "CREATE TABLE minipaas._version" in by_alembic


def test_wheels_of_two_versions_share_a_database(
    distributions: dict[str, Path], database_url: str, tmp_path: Path
) -> None:
    older, newest = (revision.number for revision in _revisions.revisions()[-2:])
    unwanted = shutil.ignore_patterns(f"{newest}_*", ".git", ".venv", "__pycache__", "*_cache", ".hypothesis")
    shutil.copytree(ROOT, tmp_path / "older", ignore=unwanted, symlinks=True)
    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, tmp_path / "older")
    (wheel,) = tmp_path.glob("*.whl")
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target")
    run(*pip, tmp_path / "old", wheel)
    run(*pip, tmp_path / "new", distributions["wheel"])
    for name, installed in (("old", older), ("new", newest), ("old", newest)):
        environment = {"PYTHONPATH": str(tmp_path / name), "DATABASE_URL": database_url}
        run(sys.executable, "-c", BARE, cwd=tmp_path, **environment)
        head = run(sys.executable, "-c", HEAD, cwd=tmp_path, **environment)
        assert head.strip() == (older if name == "old" else newest)
        with psycopg.connect(database_url) as connection:
            assert connection.execute("select minipaas.schema_version()").fetchone() == (installed,)
