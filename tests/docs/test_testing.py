"""The page's test of an application passes, with the fixtures of `minipaas_sql.testing`."""

import re

from tests.docs.pages import ROOT, blocks, read, take
from tests.docs.session import MODELS

(APP,) = [block.text for block in blocks("README.md") if "def mail(" in block.text]
(TEST,) = take("docs/testing.md", "python")

TABLES = """
import pytest
from minipaas_sql import queue, testing
from models import Order
from sqlalchemy import create_engine

@pytest.fixture(scope="session")
def minipaas_engine(minipaas_url):
    engine = create_engine(minipaas_url)
    with engine.begin() as connection:
        Order.metadata.create_all(connection)
        testing.install(connection)
        connection.execute(queue.create("emails"))
    yield engine
    engine.dispose()
"""


def test_an_application_s_test_runs_with_the_fixtures(pytester, server, monkeypatch):
    (plugin,) = re.findall(r"`(pytest_plugins = .*?)`", read("docs/testing.md"))
    monkeypatch.setenv("MINIPAAS_TEST_URL", server.url)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # the models are here
    pytester.makeconftest(f"{plugin}\n{TABLES}")
    pytester.makepyfile(app=APP, models=MODELS, test_orders=TEST)
    pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error").assert_outcomes(passed=1)
