"""Every code block of the README and of docs/ is run, and what it says of its outcome is so."""

import importlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.conftest import Host
from tests.docs.pages import PAGES, blocks, outcomes, prints, taken, with_marks
from tests.docs.session import GIVEN, Page
from tests.migrate import test_ways  # noqa: F401, takes blocks, too

for file in Path(__file__).parent.glob("test_*.py"):  # these take blocks
    if file.stem != Path(__file__).stem:
        importlib.import_module(f"tests.docs.{file.stem}")

# The reference is made of signatures, by a generator that test_reference.py holds to the catalogue.
WRITTEN = [page for page in PAGES if not page.startswith("docs/reference/")]

# These pages make all that they need.
COMPLETE = [f"docs/{name}.md" for name in ("queues", "streams", "workers", "schedules")]


@pytest.mark.parametrize("page", [page for page in WRITTEN if set(blocks(page)) - taken])
def test_a_page_runs_from_top_to_bottom(
    page: str,
    server: Host,
    new_database: Callable[..., AbstractContextManager[str]],
    tmp_path: Path,
) -> None:
    with new_database() as url:
        session = Page(server, url, tmp_path, "" if page in COMPLETE else GIVEN)
        try:
            for block in blocks(page):
                if block not in taken:
                    assert block.language in session.runners, f"{page}:{block.line}: nobody runs it"
                    try:
                        session.run(block)
                    except BaseException as exc:
                        exc.add_note(f"in the block at {page}:{block.line}")
                        raise
        finally:
            session.close()


def test_a_wrong_outcome_would_be_found() -> None:
    script, told = with_marks("select 1;  -- 1\nselect $$;\n;$$;\nselect 2,\n    3;  -- 2 | 3\n")
    assert told == ["1", "", "2 | 3"]
    assert script.count("echo") == 3
    mark = script.split("\\echo ")[1].splitlines()[0]
    assert outcomes(f"1\n{mark}\n;\n;\n{mark}\n2 | 4\n{mark}\n", told) == ["1", "", "2 | 4"]
    assert prints("print(a(1))  # 2\nfor x in y:\n    print(x)  # three\n") == ["2", "three"]
