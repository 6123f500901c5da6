"""What lies between the bot and its PostgreSQL: it lets all through, or falls silent, or breaks off."""

import contextlib
import socket
import threading
import time
from pathlib import Path

_ENOUGH = 65536
_COMMIT = b"COMMIT\0"


class Proxy:
    """A socket in a folder, before the socket of a server.

    `silent`: what is sent is taken, and nothing comes back, as from a machine that froze behind a load
    balancer. `breaks`: the next commit breaks its line off, "before" it gets through or "after" the server
    carried it out; "for good", after that, with silence from then on.
    """

    def __init__(self, folder: Path, server: Path) -> None:
        self.folder = folder
        self.silent = False
        self.breaks: str | None = None
        self._server = str(server / ".s.PGSQL.5432")
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / ".s.PGSQL.5432"))
        self._listening.listen()
        self._lines: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        for line in (self._listening, *self._lines):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.socket(socket.AF_UNIX)
                try:
                    server.connect(self._server)
                except OSError:
                    client.close()
                    continue
                self._lines += [client, server]
                threading.Thread(target=self._carry, args=(client, server, True), daemon=True).start()
                threading.Thread(target=self._carry, args=(server, client, False), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, asks: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_ENOUGH):
                if asks and self.breaks and _COMMIT in data:
                    self._break(data, sink)
                    break
                if not self.silent:
                    sink.sendall(data)
        for line in (source, sink):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _break(self, data: bytes, server: socket.socket) -> None:
        breaks, self.breaks = self.breaks, None
        self.silent = breaks != "before"
        if self.silent:
            server.sendall(data)
            time.sleep(0.2)
        self.silent = breaks == "for good"
