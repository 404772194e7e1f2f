"""Debian's pgbouncer before a database, in transaction mode."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url


def program() -> str | None:
    """Where it is: not on everybody's PATH."""
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


@contextmanager
def running(program: str, url: str) -> Iterator[str]:
    """Run it before the database of a URL, and yield the URL through it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    behind = make_url(url)
    password = f"password={behind.password}" if behind.password else ""
    settings = f"""
        [databases]
        bench = host={behind.host or behind.query["host"]} port={behind.port or 5432} {password}
            dbname={behind.database} user={behind.username}
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = {port}
        unix_socket_dir =
        auth_type = any
        pool_mode = transaction
    """
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        file = Path(folder, "ini")
        lines = settings.replace("\n            ", " ").splitlines()
        file.write_text("\n".join(line.strip() for line in lines))
        user = "nobody" if os.geteuid() == 0 else None  # it refuses root
        process = subprocess.Popen([program, str(file)], stderr=subprocess.DEVNULL, user=user)
        try:
            through = f"postgresql://{behind.username}@127.0.0.1:{port}/bench"
            _wait_for(through, process)
            yield through
        finally:
            process.terminate()
            process.wait()


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            assert process.poll() is None and time.monotonic() < deadline, "pgbouncer did not start"
