"""How fast the streams are, beside a plain table: `python benchmarks/stream.py --help`."""

import sys
from pathlib import Path

# A script's folder is where Python looks for modules first, and queue.py in this one would be the standard
# library's `queue`. So the repository's root takes the folder's place.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks._bench import Bench
from benchmarks._main import run
from benchmarks._stream_long import LONG
from benchmarks._stream_short import SHORT
from benchmarks._stream_sides import install

STREAM = Bench(
    about="minipaas-sql's streams and a plain table with the same columns and one primary key",
    notes="A step (publish, read, commit) is a transaction of its own. Readers read a backlog to its end.",
    other="raw",
    scenarios=(*SHORT, *LONG),
    install=install,
)

if __name__ == "__main__":
    run(STREAM)
