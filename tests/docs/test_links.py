"""Links of the README and of docs/ lead somewhere, commands exist, and pictures are well formed."""

import re
from xml.etree import ElementTree

import pytest
import typer.main

from minipaas_sql.cli._app import app
from tests.docs.pages import PAGES, ROOT, read


@pytest.mark.parametrize("page", PAGES)
def test_commands_and_their_options_exist(page):
    for name, rest in re.findall(r"minipaas-sql ([a-z]+)([^`&|<\n]*)", read(page)):
        command = typer.main.get_command(app).commands[name]
        if rest and hasattr(command, "commands"):
            command = command.commands[rest.split()[0]]
        options = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"--[\w-]+", rest)) <= options


def anchors(page):
    """What GitHub makes of the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.M)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files(page):
    text = read(page)
    links = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text)
    folder = (ROOT / page).parent
    missing = [link for link in links if "://" not in link and not (folder / link).exists()]
    assert missing == []
    for path, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", text):
        assert anchor in anchors(folder / path if path else ROOT / page)


@pytest.mark.parametrize("name", ["life-of-a-task", "life-of-an-event"])
def test_the_pictures_are_well_formed(name):
    assert ElementTree.parse(ROOT / "docs" / f"{name}.svg").getroot().get("viewBox")
