"""Upgrades under load: no error, nothing lost or doubled, and no call that waits for the upgrade."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from minipaas_sql import _revisions, migrate
from tests.migrate.load import Load


@pytest.mark.parametrize("held", [False, True], ids=["committed at once", "in a transaction that goes on"])
def test_clients_work_on_while_each_revision_is_applied(
    held: bool, install: Callable[..., None], engine: Engine, database_url: str
) -> None:
    first, *others = (revision.number for revision in _revisions.revisions())
    install(first)
    with engine.begin() as connection:
        connection.execute(text("select minipaas.queue_create('work')"))
    with Load(database_url, "work", clients=8, lock_timeout=_revisions.LOCK_TIMEOUT) as load:
        load.rounds(10)
        for version in others:
            with engine.begin() as connection:
                migrate.upgrade_to(version, connection=connection)
                if held:
                    load.rounds(20)
            if version == "0002":
                with engine.begin() as connection:
                    connection.execute(text("select minipaas.stream_create('work', 3)"))
                    connection.execute(text("select minipaas.stream_subscribe('work', 'reader')"))
                load.begin_stream()
            load.rounds(10)
    for done in (load.tasks, load.events):
        assert done.sent
        assert sorted(done.received) == sorted(done.sent)
