from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from shop import work
from shop.models import Invoice, Order, Report
from sqlalchemy import select
from sqlalchemy.orm import Session

from minipaas_sql import schedule, worker

Run = Callable[..., Any]


def test_an_order_is_billed_and_counted(
    client: TestClient, minipaas_session: Session, minipaas_run_worker: Run, minipaas_run_consumer: Run
) -> None:
    answers = [client.post("/orders", json={"customer": "Ada", "cents": cents}) for cents in (100, 250)]
    assert [answer.status_code for answer in answers] == [201, 201]
    ids = [answer.json()["id"] for answer in answers]
    assert client.get("/customers/Ada").status_code == 404

    assert minipaas_run_worker(work.work, "invoices", "reports") == worker.Outcomes(done=2)
    assert minipaas_session.scalars(select(Invoice.order_id)).all() == ids
    assert minipaas_run_consumer(work.count, "orders", "totals") == 2
    assert client.get("/customers/Ada").json() == {"orders": 2, "cents": 350}


def test_tests_do_not_see_each_other(minipaas_session: Session) -> None:
    assert minipaas_session.scalars(select(Order)).all() == []


def test_an_order_that_can_not_be_billed_now_is_billed_later(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, minipaas_session: Session,
    minipaas_run_worker: Run, minipaas_travel: Run,
) -> None:  # fmt: skip
    client.post("/orders", json={"customer": "Ada", "cents": 100})
    with monkeypatch.context() as patch:
        patch.setattr(work, "Invoice", None)
        assert minipaas_run_worker(work.work, "invoices") == worker.Outcomes(waiting=1)
    assert minipaas_run_worker(work.work, "invoices") == worker.Outcomes()
    minipaas_travel(timedelta(minutes=1))
    assert minipaas_run_worker(work.work, "invoices") == worker.Outcomes(done=1)
    assert len(minipaas_session.scalars(select(Invoice)).all()) == 1


def test_each_night_there_is_a_report(
    client: TestClient, minipaas_session: Session, minipaas_run_worker: Run, minipaas_travel: Run
) -> None:
    client.post("/orders", json={"customer": "Ada", "cents": 100})
    minipaas_travel(timedelta(days=1))
    minipaas_session.execute(schedule.tick())
    assert minipaas_run_worker(work.work, "reports") == worker.Outcomes(done=1)
    assert minipaas_session.scalars(select(Report.orders)).all() == [1]
