"""What the pages show of the benchmarks is made from docs/benchmarks/results.json, and from nothing else."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks._report import embed, parts

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "benchmarks"
PAGES = {name: ROOT / name for name in ("README.md", "docs/benchmarks.md")}
PLOTS = ("held-snapshot", "backlog", "workers")


@pytest.fixture(scope="module")
def results():
    return json.loads((FOLDER / "results.json").read_text())


@pytest.mark.parametrize("name", PAGES)
def test_the_figures_on_a_page_are_those_of_the_results(name, results):
    page = PAGES[name].read_text()
    assert embed(page, parts(results)) == page


def test_every_part_of_the_results_is_on_a_page(results):
    text = "".join(page.read_text() for page in PAGES.values())
    assert set(re.findall(r"<!-- benchmark (\w+) -->", text)) == set(parts(results))


def test_the_results_say_how_they_were_made(results):
    assert {"cpu", "cores", "memory", "system"} <= set(results["machine"])
    assert {"PostgreSQL", "ours", "pgmq", "others"} <= set(results["versions"])
    assert results["settings"]["fsync"] == "off"
    assert all(part["options"]["rounds"] for part in results["plan"])


@pytest.mark.parametrize("name", PLOTS)
def test_the_plots_are_well_formed_and_on_the_page(name):
    assert f"(benchmarks/{name}.svg)" in PAGES["docs/benchmarks.md"].read_text()
    assert ElementTree.parse(FOLDER / f"{name}.svg").getroot().get("viewBox")
    assert (FOLDER / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_the_committed_files_stay_small():
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(
        ["results.json", *(f"{name}.{suffix}" for name in PLOTS for suffix in ("png", "svg"))]
    )
    assert all(path.stat().st_size < 200_000 for path in FOLDER.iterdir())
