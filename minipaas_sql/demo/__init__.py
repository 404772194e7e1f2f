"""The demo: every file of a folder goes through a queue, its result through a stream, and none may be lost.

A worker is killed on the way, and a process of a consumer. It needs no more than the core package, so it
reads as an example: `_worker` is how a worker is written, and `_consumer` how a consumer of a stream is.
"""

from minipaas_sql.demo._files import default_folder, files_of
from minipaas_sql.demo._plan import PROCESSES
from minipaas_sql.demo._report import Check, Held, Latency, Report
from minipaas_sql.demo._run import run

__all__ = ["PROCESSES", "Check", "Held", "Latency", "Report", "default_folder", "files_of", "run"]
