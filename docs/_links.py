"""A hook of mkdocs: links to files outside docs/, which a git host shows, are plain text on the site."""

import posixpath
import re
from typing import Any

LINK = re.compile(r"\[([^\]]+)\]\((\.\./[^)\s#]*)(?:#[^)\s]*)?\)")


def on_page_markdown(markdown: str, /, page: Any, **_: Any) -> str:
    """Leave of a link out of docs/ what it says."""

    def replace(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page.file.src_uri), link[2]))
        return link[1] if target.startswith("../") else link[0]

    return LINK.sub(replace, markdown)
