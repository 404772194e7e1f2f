"""Database URLs as people write them."""

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

DRIVER = "postgresql+psycopg"


def sqlalchemy_url(text: str) -> URL:
    """Return the URL for SQLAlchemy with psycopg that `text` means.

    :param text: a URL of libpq (``postgres://`` too, with the host in the path, in the query, or several of
        them), its ``key=value`` form, or a URL of SQLAlchemy with any PostgreSQL driver.
    :raises ValueError: it is none of these. The message leaves `text` out, which may hold a password.
    """
    if text.partition("://")[0].startswith(("postgresql+", "postgres+")):
        return _of_sqlalchemy(text)
    if not text.strip():
        return _of_sqlalchemy(text)  # for libpq this means "the defaults": here it means that somebody forgot
    try:
        parts = {key: str(value) for key, value in conninfo_to_dict(text).items() if value is not None}
    except ProgrammingError:
        return _of_sqlalchemy(text)  # such as a password with characters that libpq wants escaped
    user, password, database = (parts.pop(key, None) for key in ("user", "password", "dbname"))
    # Host and port stay in the query, where a socket's folder and a list of hosts are as good as one host.
    return URL.create(DRIVER, user, password, database=database, query=parts)


def _of_sqlalchemy(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError:
        url = None
    if url is None or url.get_backend_name() not in ("postgresql", "postgres"):
        raise ValueError("not the URL of a PostgreSQL database: postgresql://user@host/database is one")
    query = {"sslmode" if key == "ssl" else key: value for key, value in url.query.items()}  # asyncpg's name
    return url.set(drivername=DRIVER, query=query)
