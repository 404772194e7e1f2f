"""The shop on a database of its own, and each test in a transaction that is rolled back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from fastapi.testclient import TestClient
from shop.web import app, new_session
from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.orm import Session

pytest_plugins = ["minipaas_sql.testing"]


@pytest.fixture(scope="session")
def minipaas_engine(minipaas_url: URL) -> Iterator[Engine]:
    """Run the shop's migrations, instead of installing the schema alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", minipaas_url.render_as_string(hide_password=False))
        command.upgrade(Config(Path(__file__).parents[1] / "alembic.ini"), "head")
    engine = create_engine(minipaas_url)
    yield engine
    engine.dispose()


@pytest.fixture
def client(minipaas_session: Session) -> Iterator[TestClient]:
    """A client of the web service, whose requests are in the test's transaction."""
    app.dependency_overrides[new_session] = lambda: minipaas_session
    yield TestClient(app)
    app.dependency_overrides.clear()
