"""The web service: an order, the task to bill it and the event that tells of it commit together."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from minipaas_sql import migrate, queue, stream
from shop.models import Order, Total


class NewOrder(BaseModel):
    """What a customer sends."""

    customer: str
    cents: int


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Connect while the service runs, which it does only where package and schema fit."""
    engine = create_engine(os.environ["DATABASE_URL"])
    try:
        with engine.begin() as connection:
            migrate.require(connection, service="shop")
        app.state.sessions = sessionmaker(engine)
        yield
    finally:
        engine.dispose()


app = FastAPI(title="shop", lifespan=lifespan)


def new_session(request: Request) -> Iterator[Session]:
    """Open a session for a request, which commits by itself: its answer must not come before that."""
    with request.app.state.sessions() as session:
        yield session


Database = Annotated[Session, Depends(new_session)]


@app.post("/orders", status_code=201)
def place_order(new: NewOrder, session: Database) -> dict[str, int]:
    """Take an order."""
    order = Order(customer=new.customer, cents=new.cents)
    session.add(order)
    session.flush()
    session.execute(queue.enqueue("invoices", {"order": order.id}))
    placed = {"order": order.id, "customer": order.customer, "cents": order.cents}
    session.execute(stream.publish("orders", placed, key=order.customer))
    session.commit()
    return {"id": placed["order"]}


@app.get("/customers/{customer}")
def show_customer(customer: str, session: Database) -> dict[str, int]:
    """Tell what a customer has ordered, as far as the consumer has come."""
    total = session.get(Total, customer)
    if total is None:
        raise HTTPException(404, f"{customer} has ordered nothing")
    return {"orders": total.orders, "cents": total.cents}
