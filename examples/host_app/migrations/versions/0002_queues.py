"""Adopt minipaas-sql, and make the queues, the stream and the schedule that the shop works with."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from minipaas_sql import migrate, queue, schedule, stream

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    migrate.upgrade_to("0004")
    op.execute(queue.create("invoices", lease=timedelta(minutes=2)))
    op.execute(queue.create("reports"))
    op.execute(schedule.create("nightly report", "0 3 * * *", "reports"))
    op.execute(stream.create("orders", partitions=4, keep=timedelta(days=30)))
    op.execute(stream.subscribe("orders", "totals"))
    op.create_table(
        "totals",
        sa.Column("customer", sa.Text, primary_key=True),
        sa.Column("orders", sa.Integer, nullable=False),
        sa.Column("cents", sa.Integer, nullable=False),
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("orders", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    """Drop what is the shop's own: other services may use the schema minipaas."""
    op.drop_table("reports")
    op.drop_table("totals")
    op.execute(stream.drop("orders", force=True))
    op.execute(schedule.drop("nightly report"))
    op.execute(queue.drop("reports", force=True))
    op.execute(queue.drop("invoices", force=True))
