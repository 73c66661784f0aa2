"""`lantoa serve`: the web server and the worker as children of one process that keeps them alive."""

import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from types import FrameType

from backend.config import Settings

GIVE_UP_AFTER = 5
"""A child that dies this often within a minute is broken, not unlucky. If it is the web server, the node stops."""


@dataclass
class Child:
    """One process of the node and when it was last started."""

    name: str
    command: list[str]
    essential: bool = False
    process: subprocess.Popen[bytes] | None = None
    started: list[float] = field(default_factory=list)

    def starts_lately(self) -> int:
        self.started = [t for t in self.started if t > time.monotonic() - 60]
        return len(self.started)

    def start(self) -> None:
        self.started.append(time.monotonic())
        self.process = subprocess.Popen(self.command)

    def is_down(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def end(self) -> None:
        if self.process is None or self.is_down():
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()


def children(settings: Settings) -> list[Child]:
    """SQLite: one web process and one worker, for it has one writer. PostgreSQL: as many of each as asked for."""
    web, workers = (1, 1) if settings.on_sqlite else (settings.workers, settings.workers)
    threads = 4 if settings.on_sqlite else 2
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "backend.app:create_app"]
    granian += ["--host", settings.host, "--port", str(settings.port), "--workers", str(web), "--no-ws"]
    granian += ["--blocking-threads", str(threads), "--respawn-failed-workers", "--log-level", "warning"]
    worker = [sys.executable, "-m", "backend.cli", "worker"]
    return [
        Child("web", granian, essential=True),
        *(Child(f"worker {n}", list(worker)) for n in range(1, workers + 1)),
    ]


def is_taken(host: str, port: int) -> bool:
    """Whether somebody listens there already. The web server would share the port without a word, and each request
    would reach one or the other node by chance."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError:
            return True
    return False


def serve(settings: Settings) -> int:
    """Run until told to stop; a child that dies is started again. Answers the exit code."""
    if is_taken(settings.host, settings.port):
        print(
            f"Cổng {settings.port} đang có chương trình khác dùng. Xin dừng chương trình ấy, hoặc chọn cổng khác: PORT=8001. / "
            f"Port {settings.port} is in use; stop what uses it, or choose another one.",
            file=sys.stderr,
        )
        return 1
    family, stopping = children(settings), threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    code = 0
    while not stopping.is_set():
        for child in family:
            if child.is_down() and not _revive(child) and child.essential:
                code = 1
                stopping.set()
        stopping.wait(0.5)
    for child in family:
        child.end()
    return code


def _revive(child: Child) -> bool:
    """Start it again. A worker that keeps dying waits for its minute to pass: people go on taking part meanwhile."""
    if child.starts_lately() >= GIVE_UP_AFTER:
        return False
    if child.started:
        print(f"{child.name} died and is started again", file=sys.stderr, flush=True)
    child.start()
    return True
