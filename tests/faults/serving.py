"""A node of one's own in processes of its own: `lantoa serve` with web processes and worker, to be killed and restored."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[2]
JSON = "application/json"


@dataclass(frozen=True)
class Said:
    """A 2xx of the node."""

    json: Any
    headers: Mapping[str, str]


@dataclass
class Node:
    """A planted node; `start` serves it, `stop` leaves no process of it."""

    data: Path
    database_url: str
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "LANTOA_MODE": "demo", "LANTOA_DATA": str(self.data), "LANTOA_DATABASE_URL": self.database_url,
            "PORT": str(self.port), "PYTHONPATH": str(ROOT),
        }  # fmt: skip

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "backend.cli", "serve"],
            env=self.environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for _ in range(200):
            with suppress(OSError, http.client.HTTPException):
                self.ask("GET", "/probe?nonce=x")
                return
            assert self.process.poll() is None, "the node stopped"
            time.sleep(0.1)
        raise AssertionError("the node does not answer")

    def stop(self) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        _, alive = psutil.wait_procs(family, timeout=2)
        for left in alive:
            left.kill()
        process.kill()
        process.wait()

    def lantoa(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """The operator's command line."""
        return subprocess.run(
            [sys.executable, "-m", "backend.cli", *words],
            env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=180,
        )  # fmt: skip

    # --- what phones ask ---

    def ask(
        self, method: str, path: str, body: bytes | None = None, token: str = "", kind: str = JSON
    ) -> Any:
        """The JSON of a 2xx; raises whatever a line that breaks raises."""
        return self.said(method, path, body, token, kind).json

    def said(
        self, method: str, path: str, body: bytes | None = None, token: str = "", kind: str = JSON
    ) -> Said:
        """ConnectionError stands for a line that broke and for a node in trouble; Refused for a 4xx."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            line.request(method, f"/api/v1{path}", body, {"Content-Type": kind} | bearer)
            answer = line.getresponse()
            text = answer.read()
            if answer.status >= 500:
                raise ConnectionError(answer.status)
            if answer.status >= 300:
                raise Refused(answer.status, text.decode())
            return Said(json.loads(text), dict(answer.getheaders()))
        finally:
            line.close()

    # --- what befalls it ---

    def web_processes(self) -> list[psutil.Process]:
        """The processes that answer requests: children of granian, not granian itself."""
        assert self.process
        found = []
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.Error):  # one that just died
                if "granian" in " ".join(child.cmdline()):
                    found += [p for p in child.children() if "tracker" not in " ".join(p.cmdline())]
        return found

    def kill_a_web_process(self) -> int:
        """SIGKILL to one that answers requests; its process id, once there was one."""
        for _ in range(100):
            for process in self.web_processes():
                with suppress(psutil.Error):
                    process.kill()
                    return int(process.pid)
            time.sleep(0.1)
        raise AssertionError("no web process came back")


class Refused(AssertionError):
    """(status, text)"""


def planted(data: Path, database_url: str) -> Node:
    """A small demo, counted, not served yet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        node = Node(data, database_url, probe.getsockname()[1])
    for command in (["demo", "--small"], ["rebuild"]):
        done = node.lantoa(*command)
        assert done.returncode == 0, done.stdout + done.stderr
    return node
