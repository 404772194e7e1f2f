"""How fast the queues are, side by side with pgmq: `python benchmarks/queue.py --help`."""

import sys
from pathlib import Path

# A script's folder is where Python looks for modules first, and in this one this file would be the standard
# library's `queue`. So the repository's root takes the folder's place.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks._bench import Bench
from benchmarks._main import run
from benchmarks._queue_keys import KEYS
from benchmarks._queue_long import LONG
from benchmarks._queue_short import SHORT
from benchmarks._queue_sides import install

QUEUE = Bench(
    about="minipaas-sql's queues and pgmq",
    notes="A step (enqueue, dequeue, ack) is a transaction of its own.",
    other="pgmq",
    scenarios=(*SHORT, *KEYS, *LONG),
    install=install,
)

if __name__ == "__main__":
    run(QUEUE)
