"""What the demo's processes agree on: names, sizes and tables."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from sqlalchemy import BigInteger, Column, DateTime, Float, Integer, MetaData, Table, Text, func

LEASE = timedelta(seconds=2)
"""Short, so that what a killed process held comes back while one watches."""

AUDIT, INDEX = "audit", "index"
"""The stream's consumers."""

PROCESSES = 3
"""How many processes share a consumer."""

PARTITIONS = 2 * PROCESSES


@dataclass(frozen=True)
class Plan:
    """The work: `url` of the database, `name` of queue and stream, how many files, how many at a time."""

    url: str
    name: str
    files: int
    batch_size: int

    @cached_property
    def results(self) -> Table:
        """The table of results. Nothing keeps a file from being there twice: that is to be seen."""
        return Table(
            self.name,
            MetaData(),
            Column("file", Text, nullable=False),
            Column("digest", Text, nullable=False),
            Column("size", BigInteger, nullable=False),
            Column("worker", Text, nullable=False),
            Column("attempt", Integer, nullable=False),
            Column("enqueued_at", DateTime(timezone=True), nullable=False),
            Column("seconds", Float, nullable=False),  # since the batch was asked for
            Column("done_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
        )

    @cached_property
    def totals(self) -> Table:
        """The audit's table: what it counted, by folder."""
        return Table(
            f"{self.name}_{AUDIT}",
            MetaData(),
            Column("folder", Text, primary_key=True),
            Column("files", BigInteger, nullable=False),
            Column("size", BigInteger, nullable=False),
        )

    @cached_property
    def index(self) -> Table:
        """The table of the index, with how often the event of each file came."""
        return Table(
            f"{self.name}_{INDEX}",
            MetaData(),
            Column("file", Text, primary_key=True),
            Column("digest", Text, nullable=False),
            Column("size", BigInteger, nullable=False),
            Column("times", Integer, nullable=False, server_default="1"),
        )

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """All of them."""
        return self.results, self.totals, self.index
