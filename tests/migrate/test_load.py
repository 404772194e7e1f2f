"""Upgrades under load: no error, nothing lost or doubled, and no call that waits for the upgrade."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from minipaas_sql import _revisions, migrate
from tests.migrate.host import Host
from tests.migrate.load import Load


@pytest.mark.parametrize("way", ["alone", "in a host's revision that goes on"])
def test_clients_work_on_while_each_revision_is_applied(
    way: str, install: Callable[..., None], engine: Engine, database_url: str, tmp_path: Path
) -> None:
    host = Host(tmp_path, engine.url.render_as_string(hide_password=False), asynchronous=False)
    first, *others = _revisions.revisions()
    install(first.number)
    with engine.begin() as connection:
        connection.execute(text("select minipaas.queue_create('work')"))
    with Load(database_url, "work", clients=8, lock_timeout=_revisions.LOCK_TIMEOUT) as load:
        host.config.attributes["goes on"] = lambda: load.rounds(20)
        load.rounds(10)
        for revision in others:
            if way == "alone" or revision.blocking:
                with engine.begin() as connection:
                    migrate.upgrade_to(revision.number, connection=connection)
            else:
                host.revision(
                    f'migrate.upgrade_to("{revision.number}")',
                    'op.get_context().config.attributes["goes on"]()',
                )
                host.upgrade()
            if revision.number == "0002":
                with engine.begin() as connection:
                    connection.execute(text("select minipaas.stream_create('work', 3)"))
                    connection.execute(text("select minipaas.stream_subscribe('work', 'reader')"))
                load.begin_stream()
            load.rounds(10)
    for done in (load.tasks, load.events):
        assert done.sent
        assert sorted(done.received) == sorted(done.sent)
