"""A TCP proxy before a server's Unix socket that cuts connections, wherever in their talk they are."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Proxy:
    """The connections that go through it now."""

    def __init__(self, listener: socket.socket, path: str) -> None:
        self.listener, self.path = listener, path
        self.port: int = listener.getsockname()[1]
        self.lock = threading.Lock()
        self.pairs: list[tuple[socket.socket, socket.socket]] = []
        self.threads: list[threading.Thread] = []

    def serve(self) -> None:
        """Take connections until the listener is shut down."""
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.path)
            with self.lock:
                self.pairs.append((client, server))
                for source, target in ((client, server), (server, client)):
                    self.threads.append(threading.Thread(target=_pump, args=(source, target)))
                    self.threads[-1].start()

    def cut(self) -> int:
        """Shut all connections down; what is on its way is lost."""
        with self.lock:
            pairs, self.pairs = self.pairs, []
            threads, self.threads = self.threads, []
        for one in (one for pair in pairs for one in pair):
            _shut(one)
        for thread in threads:
            thread.join()
        for one in (one for pair in pairs for one in pair):
            one.close()
        return len(pairs)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):  # cut
        while data := source.recv(65536):
            target.sendall(data)
    _shut(target)


def _shut(one: socket.socket) -> None:
    with suppress(OSError):  # the other end may have been faster
        one.shutdown(socket.SHUT_RDWR)


@contextmanager
def running(path: str) -> Iterator[Proxy]:
    """Run it for the length of a `with` block."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = Proxy(listener, path)
        thread = threading.Thread(target=proxy.serve)
        thread.start()
        try:
            yield proxy
        finally:
            _shut(listener)
            thread.join()
            proxy.cut()
