"""What the worker and the consumer call. Each commits together with the ack or the commit of the stream."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from minipaas_sql.consumer import Event
from minipaas_sql.worker import Task
from shop.models import Invoice, Order, Report, Total


def work(task: Task, session: Session) -> None:
    """Do a task of either queue."""
    {"invoices": bill, "reports": report}[task.queue](task, session)


def bill(task: Task, session: Session) -> None:
    """Write the invoice for an order."""
    order = session.get_one(Order, task.payload["order"])
    session.add(Invoice(order_id=order.id))


def report(task: Task, session: Session) -> None:
    """Count the orders: each night, as the schedule says."""
    session.add(Report(orders=session.scalar(select(func.count()).select_from(Order))))


def count(event: Event, session: Session) -> None:
    """Add an order to what its customer has ordered."""
    placed = event.payload
    add = insert(Total).values(customer=placed["customer"], orders=1, cents=placed["cents"])
    session.execute(
        add.on_conflict_do_update(
            index_elements=[Total.customer],
            set_={"orders": Total.orders + 1, "cents": Total.cents + add.excluded.cents},
        )
    )
