"""The page's test of an application passes, with its conftest.py, which runs the application's revisions."""

from tests.docs.pages import ROOT, blocks, take
from tests.docs.session import MODELS

(APP,) = [block.text for block in blocks("README.md") if "def mail(" in block.text]
(ADOPT,) = take("README.md", "python", "def upgrade")
CONFTEST, TEST = take("docs/testing.md", "python")

ENV = """
import os
from alembic import context
from sqlalchemy import create_engine, pool
with create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool).connect() as connection:
    context.configure(connection)
    with context.begin_transaction():
        context.run_migrations()
"""
TABLES = """
from alembic import op
from models import Order
revision, down_revision = "b2c3d4", "a1b2c3"
def upgrade():
    Order.metadata.create_all(op.get_bind())
"""


def test_an_application_s_test_runs_with_the_fixtures(pytester, server, monkeypatch):
    monkeypatch.setenv("MINIPAAS_TEST_URL", server.url)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # the models are here
    versions = pytester.mkdir("migrations") / "versions"
    versions.mkdir()
    (versions / "adopt.py").write_text(ADOPT)
    (versions / "tables.py").write_text(TABLES)
    (versions.parent / "env.py").write_text(ENV)
    pytester.makefile(".ini", alembic="[alembic]\nscript_location = %(here)s/migrations\n")
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(app=APP, models=MODELS, test_orders=TEST)
    pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error").assert_outcomes(passed=1)
