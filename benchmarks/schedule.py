"""What a tick costs with 10,000 schedules of which none is due: `python benchmarks/schedule.py`."""

import sys
from pathlib import Path

# A script's folder is where Python looks for modules first, and benchmarks/queue.py would be the standard
# library's `queue`. So the repository's root takes the folder's place.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import time
from statistics import median

from benchmarks._install import install_ours
from benchmarks._lab import lab

SCHEDULES, TICKS, TARGET = 10_000, 2_000, 1.0


def main() -> int:
    """Measure, print a line, and return 1 where the target is missed."""
    from_files = "--files" in sys.argv[1:]
    times = []
    with (
        lab({"ours": lambda url: install_ours(url, from_files)}) as here,
        here.database() as database,
        database.connect() as connection,
    ):
        connection.execute("select minipaas.queue_create('q')")
        connection.execute(
            "select minipaas.schedule_create('s' || n, '0 0 1 1 *', 'q') from generate_series(1, %s) n",
            [SCHEDULES],
        )
        database.settle()
        for _ in range(TICKS):
            began = time.perf_counter()
            connection.execute("select minipaas.schedule_tick()")
            times.append((time.perf_counter() - began) * 1000)
    times.sort()
    met = median(times) < TARGET
    print(
        f"a tick with {SCHEDULES:,} schedules, none due: median {median(times):.3f} ms, "
        f"p99 {times[len(times) * 99 // 100]:.3f} ms, target < {TARGET:g} ms: {'yes' if met else 'NO'}"
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
