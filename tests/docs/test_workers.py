"""What docs/workers.md shows of processes and of asyncio: it works until it is told to stop."""

import asyncio
import subprocess

import pytest

from minipaas_sql import worker
from tests.docs.pages import blocks, take
from tests.docs.session import Page

PAGE = "docs/workers.md"
(APP,) = [block for block in blocks(PAGE) if "# app.py" in block.text]
(TABLES, *_) = [block for block in blocks(PAGE) if block.language == "sql"]
(COMMANDS,) = take(PAGE, "sh", "minipaas-sql worker")
assert take("README.md", "sh", "minipaas-sql worker") == [COMMANDS]
(LIFESPAN,) = take(PAGE, "python", "lifespan")


@pytest.fixture
def page(server, db_url, db, tmp_path):
    """The page as far as the tables, the task and the event."""
    db.execute("set search_path = public")
    db.execute("drop table if exists orders, invoices")
    page = Page(server, db_url, tmp_path, given="")
    page.sql(TABLES.text.replace(";  -- 1 | 1", ";"))  # ids go on from test to test
    page.run(APP)
    yield page
    page.close()
    db.execute("drop table orders, invoices")


def mailed(db):
    return db.value("select mailed from orders where id = 42")


def test_the_commands_work_until_a_signal(page, db):
    running = [
        subprocess.Popen(
            ["bash", "-c", f"exec {line}"], cwd=page.folder, env=page.env, stderr=subprocess.DEVNULL
        )
        for line in COMMANDS.splitlines()
    ]
    try:
        while not (mailed(db) and db.value("select count(*) from invoices")):
            assert [process.poll() for process in running] == [None, None]
        for process in running:
            process.terminate()
        assert [process.wait(20) for process in running] == [0, 0]
    finally:
        for process in running:
            process.kill()
            process.wait()
    assert db.value("select count(*) from minipaas.queue_tasks") == 0


def test_an_application_serves_for_as_long_as_it_lives(page, db):
    async def live():
        names = {**page.names, "worker": worker}
        exec(LIFESPAN, names)
        async with names["lifespan"](None):
            while not mailed(db):
                await asyncio.sleep(0)

    asyncio.run(live())
