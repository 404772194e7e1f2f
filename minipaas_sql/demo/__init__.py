"""The demo: every file of a folder goes through a queue, one worker is killed, and nothing may be missing.

It needs no more than the core package, so it reads as an example: `_worker` is how a worker is written.
"""

from minipaas_sql.demo._files import default_folder, files_of
from minipaas_sql.demo._report import Latency, Report
from minipaas_sql.demo._run import run

__all__ = ["Latency", "Report", "default_folder", "files_of", "run"]
