"""A node of the demo as a process of its own: started, waited for, and ended with all it started."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from backend.config import Settings
from backend.db.engine import Database
from backend.db.node import this_node
from backend.units import national

ROOT = Path(__file__).parents[2]
ENDS_WITHIN_S = 30
LINES_TOLD = 20
LOG = "serve.log"
"""In the node's data folder: what its process said since it was started last."""


class Failed(Exception):
    """Something the demo promises did not come about."""


def say(words: str) -> None:
    print(words, flush=True)


def until(is_so: Callable[[], bool], within_s: float, otherwise: Callable[[], str]) -> None:
    """Wait. Raises Failed with what `otherwise` says then."""
    end = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > end:
            raise Failed(otherwise())
        time.sleep(0.5)


@dataclass
class Place:
    """A node of the demo: what it is made of, where it is, and its process."""

    told: dict[str, Any]
    settings: Settings
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def code(self) -> str:
        return str(self.told["code"])

    @property
    def name(self) -> str:
        (found,) = (row for row in national.listed() if row.code == self.code)
        return f"{found.level_word} {found.name}"

    @property
    def url(self) -> str:
        return f"http://{self.told['host']}.localhost:{self.settings.port}"

    @contextmanager
    def session(self, writes: bool = False) -> Any:
        database = Database(self.settings.database_url)
        try:
            with database.transaction(writes=writes) as session:
                yield session
        finally:
            database.close()

    def node_id(self) -> str:
        with self.session() as session:
            return str(this_node(session).id)

    def start(self) -> None:
        """In a process group of its own: whatever it starts can be ended with it, even when it has died itself."""
        with (self.settings.data / LOG).open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "backend.cli", "serve"],
                cwd=ROOT, env={**os.environ, **self.environment}, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def is_up(self) -> bool:
        """Raises Failed once the process has ended."""
        self.expect_alive()
        try:
            with urlopen(f"http://127.0.0.1:{self.settings.port}/api/v1/probe?nonce=x", timeout=10) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def expect_alive(self) -> None:
        """Raises Failed."""
        if self.process is None or self.process.poll() is not None:
            raise Failed(f"{self.name}: tiến trình đã dừng / the process ended\n{self.last_words()}")

    def last_words(self) -> str:
        log = self.settings.data / LOG
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
        return "\n".join(f"   | {line}" for line in lines[-LINES_TOLD:])

    def stop(self) -> None:
        """Asks it to end, and then whatever is left of its group is killed."""
        process, self.process = self.process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=ENDS_WITHIN_S)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
