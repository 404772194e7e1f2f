"""The demo's workers and consumers as processes: start, kill, restart and end them."""

import os
import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from typing import Any

from minipaas_sql.demo._consumer import consume
from minipaas_sql.demo._plan import AUDIT, INDEX, PROCESSES, Plan
from minipaas_sql.demo._signals import Signals
from minipaas_sql.demo._worker import work


class Processes:
    """All of them, within a `with`. `worker` and `indexer` name the two that stand still to be killed."""

    def __init__(self, plan: Plan, workers: int) -> None:
        """Make the workers, and the processes of both consumers."""
        self._plan = plan
        self._context = get_context("forkserver")
        self._context.set_forkserver_preload([__name__, "psycopg"])  # once, not by each process
        self._all: dict[str, ForkServerProcess] = {}
        self.signals = Signals(self._context, workers + 2 * PROCESSES)
        self.worker, self.indexer = f"worker {workers}", f"{INDEX} {PROCESSES}"
        for name in (f"worker {n}" for n in range(1, workers + 1)):
            self._add(work, name, name == self.worker)
        for consumer in (AUDIT, INDEX):
            for name in (f"{consumer} {n}" for n in range(1, PROCESSES + 1)):
                self._add(consume, name, consumer, name == self.indexer)

    def _add(self, target: Callable[..., None], name: str, *arguments: Any) -> ForkServerProcess:
        arguments = (self._plan, name, *arguments, self.signals)
        process = self._all[name] = self._context.Process(target=target, name=name, args=arguments)
        return process

    def __enter__(self) -> "Processes":
        """Start them."""
        for process in self._all.values():
            process.start()
        return self

    def kill(self, name: str) -> None:
        """End one at once, without a chance to clean up."""
        process = self._all[name]
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        del self._all[name]

    def restart_indexer(self) -> None:
        """Start one in the place of the killed one, under its name; this one is not for killing."""
        self._add(consume, self.indexer, INDEX, False).start()

    def check(self) -> None:
        """Look for one that ended by an error.

        :raises RuntimeError: it did.
        """
        for name, process in self._all.items():
            if process.exitcode:
                raise RuntimeError(f"{name} of the demo ended with exit status {process.exitcode}")

    def finish(self) -> None:
        """Let them end by themselves.

        :raises RuntimeError: one ended by an error.
        """
        self.signals.stop.set()
        for process in self._all.values():
            process.join()
        self.check()

    def __exit__(self, *_: object) -> None:
        """End those that still run."""
        for process in self._all.values():
            if process.is_alive():
                process.terminate()
            if process.pid is not None:
                process.join()
