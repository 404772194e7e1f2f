"""Install both sides into one database."""

import importlib.metadata
import importlib.util
import re
from pathlib import Path

import psycopg

SQL = Path(__file__).resolve().parents[1] / "minipaas_sql" / "sql"
KINDS = ("schema", "sequence", "type", "domain", "table", "function", "view")


def install_ours(url: str, from_files: bool) -> str:
    """Install minipaas-sql, by its revisions or from sql/ as it stands; return its version."""
    if not from_files:
        return _upgrade(url)
    with psycopg.connect(url) as connection:
        connection.execute("set local check_function_bodies = off")
        for text in sorted((path.read_text() for path in SQL.glob("*/*.sql")), key=_rank):
            connection.execute(text.encode())
    return "sql/"


def _upgrade(url: str) -> str:
    from sqlalchemy import create_engine

    from minipaas_sql import migrate

    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.begin() as connection:
        migrate.upgrade_to(migrate.head(), connection=connection)
    engine.dispose()
    return migrate.head()


def _rank(text: str) -> tuple[int, str]:
    found = re.search(r"^create\s+(?:or\s+replace\s+)?(?:unlogged\s+)?(\w+)\s+([\w.]+)", text, re.M | re.I)
    if found is None:
        raise RuntimeError(f"no create statement in: {text[:200]}")
    return KINDS.index(found[1].lower()), found[2]


def install_pgmq(url: str) -> str:
    """Install pgmq from the SQL in its Python package; return its version."""
    found = importlib.util.find_spec("pgmq")
    if found is None or found.origin is None:
        raise SystemExit("pgmq is missing: pip install 'minipaas-sql[bench]'")
    folder = Path(found.origin).parent / "sql"
    with psycopg.connect(url) as connection:
        connection.execute((folder / "pgmq.sql").read_text().encode())
    return f"{(folder / 'VERSION').read_text().strip()} (Python package {importlib.metadata.version('pgmq')})"
