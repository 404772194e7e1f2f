"""All benchmarks in one command: `python -m benchmarks --help`."""

import argparse
import importlib.metadata
import json
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks._bench import OURS
from benchmarks._lab import SETTINGS, lab
from benchmarks._main import chosen, measure
from benchmarks._plan import BENCHES, PLAN, Part, options_of
from benchmarks._plots import draw
from benchmarks._report import Line, embed, line, machine, parts

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs" / "benchmarks"
PAGES = (ROOT / "README.md", ROOT / "docs" / "benchmarks.md")
LIBRARIES = ("SQLAlchemy", "psycopg", "asyncpg")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=ROOT / "benchmarks" / "results", metavar="FOLDER",
        help="where results.json, tables.md and the plots go (benchmarks/results)",
    )  # fmt: skip
    parser.add_argument(
        "--docs", action="store_true", help="write into docs/benchmarks and the pages that show the figures"
    )
    parser.add_argument(
        "--quick", action="store_true", help="see that all works, in about 3 minutes; no figures to trust"
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="measure nothing: make tables and plots from a results.json"
    )
    parser.add_argument(
        "--files", action="store_true", help="install from minipaas_sql/sql, not by revisions"
    )
    return parser.parse_args()


def measured(quick: bool, from_files: bool) -> Line:
    """Run the plan, and return all that is worth keeping."""
    began, left = time.monotonic(), Clock()
    found: dict[str, Any] = {}
    versions: dict[str, str] = {}
    for name, bench in BENCHES.items():
        sides = {side: partial(bench.install, side, from_files) for side in (OURS, bench.other)}
        rows: list[Line] = []
        with lab(sides) as here:
            for part in (part for part in PLAN if part.bench == name):
                left.begin(part)
                (scenario,) = [one for one in chosen(bench, None) if one.name == part.scenario]
                rows += map(line, measure(here, bench, [scenario], options_of(part, quick)))
        found[name] = {"about": bench.about, "other": bench.other, "rows": rows}
        versions |= here.versions
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "minutes": round((time.monotonic() - began) / 60, 1),
        "machine": machine(),
        "versions": versions | {library: importlib.metadata.version(library) for library in LIBRARIES},
        "settings": SETTINGS,
        "plan": [{**asdict(part), "options": asdict(options_of(part, quick))} for part in PLAN],
        "benchmarks": found,
    }


class Clock:
    """Tells before each part how much is left, by what the parts before it took."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._before = 0

    def begin(self, part: Part) -> None:
        """Announce a part."""
        everything = sum(one.takes for one in PLAN)
        passed = time.monotonic() - self._began
        pace = passed / self._before if self._before else 1
        left = pace * (everything - self._before) / 60
        number = PLAN.index(part) + 1
        print(
            f"{number} of {len(PLAN)}, about {left:.0f} min left: {part.bench} {part.scenario}",
            file=sys.stderr,
        )
        self._before += part.takes


def write(results: Line, folder: Path) -> None:
    """Write the figures and the plots into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    draw(results, folder)


def main() -> None:
    """Measure, write, and tell where."""
    given = arguments()
    results = json.loads(given.json.read_text()) if given.json else measured(given.quick, given.files)
    folder, texts = DOCS if given.docs else given.out, parts(results)
    write(results, folder)
    if given.docs:
        for page in PAGES:
            page.write_text(embed(page.read_text(), texts))
    else:
        tables = "\n\n".join(f"## {name}\n\n{texts[name]}" for name in (*BENCHES, "machine"))
        (folder / "tables.md").write_text(tables + "\n")
    print(*(texts[name] for name in (*BENCHES, "machine")), f"all of it is in {folder}", sep="\n\n")


if __name__ == "__main__":
    main()
