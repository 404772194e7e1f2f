"""The command `minipaas-sql`. Its libraries are the extra `cli`; without them it says what to install."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line and exit: 0, 1 for what the database or a check refused, 2 for wrong usage."""
    try:
        from minipaas_sql.cli._app import run
    except ModuleNotFoundError as exc:
        if (exc.name or "").partition(".")[0] not in ("typer", "rich"):
            raise
        print("minipaas-sql needs its extra `cli`: pip install 'minipaas-sql[cli]'", file=sys.stderr)
        sys.exit(2)
    sys.exit(run())
