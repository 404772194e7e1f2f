"""The code blocks of the README and of docs/: where they are, what outcome they tell, and who runs them.

A page is a session: `test_pages.py` runs its blocks from top to bottom in one database (see `session.py`).
Blocks that need more, such as a role, a signal or another project, are taken by the test that has it:

    FOUR, MANY = take("docs/access.md", "sql")

What nobody takes is run by default, and a language that nobody runs is an error.
"""

import re
import textwrap
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md"))]

_FENCE = re.compile(r"^([ ]*)```(\w*)[^\n]*\n(.*?)^\1```[ ]*$", re.M | re.S)
_OUTCOME = re.compile(r"^(.*;)(?:  -- (.*))?$", re.M)
_PRINTED = re.compile(r"\bprint\(.*\)  # (.*)$", re.M)
_MARK = "-- outcome --"


class Block(NamedTuple):
    """A code block with a language."""

    page: str
    line: int
    language: str
    text: str


taken: set[Block] = set()


def read(page: str) -> str:
    """The text of a page, named from the root of the repository."""
    return (ROOT / page).read_text()


def blocks(page: str) -> list[Block]:
    """The blocks of a page that have a language, in order."""
    text = read(page)
    return [
        Block(page, text[: found.start()].count("\n") + 2, found[2], textwrap.dedent(found[3]))
        for found in _FENCE.finditer(text)
        if found[2]
    ]


def take(page: str, language: str, having: str = "") -> list[str]:
    """The blocks of a language whose text has `having`, for the caller to run: nobody else does.

    :raises LookupError: there is none.
    """
    found = [block for block in blocks(page) if block.language == language and having in block.text]
    if not found:
        raise LookupError(f"{page} has no {language} block with {having!r}")
    taken.update(found)
    return [block.text for block in found]


def with_marks(sql: str) -> tuple[str, list[str]]:
    r"""A script for psql with an `\echo` behind each statement, and the outcome that the page tells of each.

    A statement ends at a semicolon that ends a line. Its outcome stands behind it: `select 1;  -- 1`.
    """
    told: list[str] = []

    def mark(found: re.Match[str]) -> str:
        if sql[: found.start()].count("$$") % 2:
            return found[0]
        told.append(found[2] or "")
        return f"{found[1]}\n\\echo {_MARK}"

    return _OUTCOME.sub(mark, sql), told


def outcomes(printed: str, told: list[str]) -> list[str]:
    """What psql printed for the statements that the page tells an outcome of: rows joined by commas."""
    each = [", ".join(part.splitlines()).strip(", ") for part in printed.split(f"{_MARK}\n")]
    return [outcome if tells else "" for outcome, tells in zip(each, told, strict=False)]


def prints(python: str) -> list[str]:
    """What the page says that a block prints, line by line: `print(1 + 1)  # 2`."""
    return _PRINTED.findall(python)
