import psycopg
import pytest
from sqlalchemy import create_engine, text

from minipaas_sql._url import sqlalchemy_url


@pytest.mark.parametrize(
    ("given", "user", "password", "database", "query"),
    [
        ("postgresql://u:p%40@h:5433/d", "u", "p@", "d", {"host": "h", "port": "5433"}),
        ("postgres://u@h/d", "u", None, "d", {"host": "h"}),
        ("postgresql://u@/d?host=/tmp/sock", "u", None, "d", {"host": "/tmp/sock"}),
        ("postgresql://%2Ftmp%2Fsock/d", None, None, "d", {"host": "/tmp/sock"}),
        ("postgresql://h1:1,h2:2/d?sslmode=require", None, None, "d",
         {"host": "h1,h2", "port": "1,2", "sslmode": "require"}),
        ("host=/tmp/sock dbname=d user=u", "u", None, "d", {"host": "/tmp/sock"}),
    ],
)  # fmt: skip
def test_libpq_urls_keep_their_meaning(
    given: str, user: str | None, password: str | None, database: str, query: dict[str, str]
) -> None:
    url = sqlalchemy_url(given)
    assert url.drivername == "postgresql+psycopg"
    assert (url.username, url.password, url.database, dict(url.query)) == (user, password, database, query)


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2", "asyncpg", "psycopg_async"])
def test_sqlalchemy_urls_of_any_driver_are_taken(driver: str) -> None:
    url = sqlalchemy_url(f"postgresql+{driver}://u:p@h:5433/d")
    assert url.render_as_string(hide_password=False) == "postgresql+psycopg://u:p@h:5433/d"


def test_asyncpgs_ssl_becomes_libpqs_sslmode() -> None:
    assert dict(sqlalchemy_url("postgresql+asyncpg://h/d?ssl=require").query) == {"sslmode": "require"}


def test_a_password_that_libpq_refuses_is_left_to_sqlalchemy() -> None:
    assert sqlalchemy_url("postgresql://u:50%off@h/d").password == "50%off"


@pytest.mark.parametrize("given", ["mysql://u:secret@h/d", "nonsense secret", "", "postgres"])
def test_what_is_no_postgresql_url_is_refused_without_repeating_it(given: str) -> None:
    with pytest.raises(ValueError, match="not the URL of a PostgreSQL database") as caught:
        sqlalchemy_url(given)
    assert "secret" not in str(caught.value)


def test_an_engine_connects_where_libpq_does(database_url: str) -> None:
    with psycopg.connect(database_url) as direct:
        expected = direct.info.dbname
    engine = create_engine(sqlalchemy_url(database_url.replace("postgresql://", "postgres://")))
    with engine.connect() as connection:
        assert connection.scalar(text("select current_database()")) == expected
    engine.dispose()
