"""Durable queues and streams inside the PostgreSQL that an application already has."""
