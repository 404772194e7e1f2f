"""Durable queues and streams inside the PostgreSQL that an application already has."""

from minipaas_sql._upkeep import maintain

__all__ = ["maintain"]
