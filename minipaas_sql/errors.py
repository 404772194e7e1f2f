"""The errors of the schema as exceptions: `errors.of` digs them out of what SQLAlchemy raises.

Like so::

    try:
        session.execute(queue.ack(task, strict=True))
    except DBAPIError as exc:
        if not isinstance(errors.of(exc), errors.LeaseLost):
            raise
        session.rollback()  # somebody else has the task
"""

from collections.abc import Iterator
from typing import ClassVar

__all__ = [
    "InvalidArgument",
    "LeaseLost",
    "MinipaasError",
    "NotAllowed",
    "NotEmpty",
    "UnknownConsumer",
    "UnknownQueue",
    "UnknownSchedule",
    "UnknownStream",
    "WrongIsolation",
    "of",
]


class MinipaasError(Exception):
    """An error of the schema: `sqlstate`, `message`, and where there are such, `hint` and `detail`."""

    code: ClassVar[str | None] = None

    def __init__(
        self, sqlstate: str, message: str, hint: str | None = None, detail: str | None = None
    ) -> None:
        """Keep what the database said; `str()` is the message with the hint."""
        super().__init__(message if hint is None else f"{message} (hint: {hint})")
        self.sqlstate, self.message, self.hint, self.detail = sqlstate, message, hint, detail

    def __reduce__(self) -> tuple[type["MinipaasError"], tuple[str | None, ...]]:
        """Survive the way between processes."""
        return type(self), (self.sqlstate, self.message, self.hint, self.detail)


class UnknownQueue(MinipaasError):
    """MP001: there is no such queue."""

    code = "MP001"


class UnknownStream(MinipaasError):
    """MP002: there is no such stream."""

    code = "MP002"


class UnknownConsumer(MinipaasError):
    """MP003: there is no such consumer."""

    code = "MP003"


class UnknownSchedule(MinipaasError):
    """MP004: there is no such schedule."""

    code = "MP004"


class NotAllowed(MinipaasError):
    """MP005: the role lacks a right; the hint has the grant that gives it."""

    code = "MP005"


class InvalidArgument(MinipaasError):
    """MP006: an argument is out of range, missing, or doesn't fit another one."""

    code = "MP006"


class WrongIsolation(MinipaasError):
    """MP007: the transaction is not READ COMMITTED, or the server is a standby."""

    code = "MP007"


class NotEmpty(MinipaasError):
    """MP008: it still has tasks or events; the hint says how to drop it all the same."""

    code = "MP008"


class LeaseLost(MinipaasError):
    """MP009: the lease ran out and the task may be somebody else's: roll back."""

    code = "MP009"


_BY_CODE = {cls.code: cls for cls in MinipaasError.__subclasses__()}


def of(exc: BaseException) -> MinipaasError | None:
    """Find the error of the schema in an exception of SQLAlchemy, psycopg or asyncpg.

    :param exc: what was raised, however deeply it wraps the driver's error.
    :returns: the exception for its SQLSTATE (`MinipaasError` itself for one that this package does not know
        yet), to look at or to raise; None when the error is not one of the schema.
    """
    for error in _chain(exc):
        if isinstance(error, MinipaasError):
            return error
        # psycopg has the parts in `diag`, asyncpg on the error; SQLAlchemy's wrapper has a state only
        diag = getattr(error, "diag", None)
        parts = diag if diag is not None else error
        state = getattr(parts, "sqlstate", None)
        message = getattr(parts, "message_primary" if diag is not None else "message", None)
        if isinstance(state, str) and state.startswith("MP") and isinstance(message, str):
            prefix = "message_" if diag is not None else ""
            hint, detail = (getattr(parts, prefix + name, None) for name in ("hint", "detail"))
            return _BY_CODE.get(state, MinipaasError)(state, message, hint, detail)
    return None


def _chain(exc: BaseException) -> Iterator[BaseException]:
    """Yield the exception and its causes. Not its context: that may be another error, handled long ago."""
    seen: set[int] = set()
    error: BaseException | None = exc
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = getattr(error, "orig", None) or error.__cause__
