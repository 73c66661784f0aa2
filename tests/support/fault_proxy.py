"""A line of real TCP that can be hurt: it listens on a port of 127.0.0.1 and passes each request on to another one.

    with FaultProxy(target=8000) as line:
        line.befall("cut-after")            # the next request is carried out, its answer is lost
        line.is_down = True                 # connections are refused until told otherwise

It reads one request a connection (its head and as many bytes as Content-Length says) and asks the server to close
afterwards, so that a fault befalls exactly one request. Nothing of HTTP but the framing is understood here.
"""

import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

What = Literal[
    "cut-before",  # the connection breaks before the server hears anything
    "cut-inside",  # the server hears half of the body, then the line is gone
    "cut-after",  # the server has done it, nothing of the answer comes back
    "cut-answer",  # half of the answer comes back
    "delay",  # it takes its time, both ways
    "duplicate",  # the server hears it twice; the second answer comes back
    "alter",  # one byte of the body is another one
    "alter-answer",  # one byte of the answer's body is another one
    "half-close",  # the server hears the head and the end of the sender's words, and the body never comes
    "hold",  # the sender is told nothing; the request arrives when `let_go` is called
]
EVERY: tuple[What, ...] = (
    "cut-before", "cut-inside", "cut-after", "cut-answer", "delay", "duplicate", "alter", "alter-answer", "half-close",
    "hold",
)  # fmt: skip
END_OF_HEAD = b"\r\n\r\n"
QUIET_S = 20.0
"""Longer than any honest request of a test takes."""


@dataclass
class FaultProxy:
    """`target`: the port it passes on to. `cut_off`: ids of nodes whose requests break here, by
    what they say of themselves; `seen`: every request's bytes as they left the sender."""

    target: int
    port: int = 0
    delay_s: float = 0.2
    is_down: bool = False
    cut_off: set[str] = field(default_factory=set)
    seen: list[bytes] = field(default_factory=list)
    faults: "deque[What]" = field(default_factory=deque)
    held: list[bytes] = field(default_factory=list)

    def __enter__(self) -> "FaultProxy":
        self._ear = socket.create_server(("127.0.0.1", self.port))
        self.port = self._ear.getsockname()[1]
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # wakes whoever waits in accept()
            self._ear.shutdown(socket.SHUT_RDWR)
        self._ear.close()
        self._listening.join(timeout=2)

    def befall(self, *faults: What) -> None:
        """One request each, in this order."""
        self.faults.extend(faults)

    def let_go(self, backwards: bool = False) -> list[bytes]:
        """What was held arrives now; the answers, which nobody waits for."""
        late, self.held = self.held[::-1] if backwards else self.held, []
        return [self.send(raw) for raw in late]

    def send(self, raw: bytes) -> bytes:
        """These bytes to the server as they are, past all faults; the whole answer."""
        with self._line() as server:
            server.sendall(raw)
            return read_message(server)

    # --- one connection ---

    def _listen(self) -> None:
        while True:
            try:
                sender, _ = self._ear.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sender,), daemon=True).start()

    def _serve(self, sender: socket.socket) -> None:
        with sender, suppress(OSError):
            sender.settimeout(QUIET_S)
            if self.is_down:
                return _break(sender)
            raw = _closing(read_message(sender))
            if not raw:
                return None
            if self.cut_off and header_of(raw, b"lantoa-node") in self.cut_off:
                return _break(sender)
            self.seen.append(raw)
            fault = self.faults.popleft() if self.faults else None
            answer = self._carried(fault, raw)
            return _break(sender) if answer is None else sender.sendall(answer)

    def _carried(self, fault: What | None, raw: bytes) -> bytes | None:
        """What the sender hears; None for a connection that breaks."""
        ways: dict[What, Callable[[bytes], bytes | None]] = {
            "cut-before": lambda raw: None,
            "cut-inside": self._cut_inside,
            "cut-after": lambda raw: self.send(raw) and None,
            "cut-answer": lambda raw: half(self.send(raw)),
            "delay": self._late,
            "duplicate": lambda raw: self.send(raw) and self.send(raw),
            "alter": lambda raw: self.send(altered(raw)),
            "alter-answer": lambda raw: altered(self.send(raw)),
            "half-close": self._half_close,
            "hold": lambda raw: self.held.append(raw),
        }
        return self.send(raw) if fault is None else ways[fault](raw)

    def _late(self, raw: bytes) -> bytes:
        time.sleep(self.delay_s)
        answer = self.send(raw)
        time.sleep(self.delay_s)
        return answer

    def _cut_inside(self, raw: bytes) -> None:
        with self._line() as server:
            server.sendall(half(raw))

    def _half_close(self, raw: bytes) -> bytes:
        with self._line() as server:
            server.sendall(raw[: raw.index(END_OF_HEAD) + len(END_OF_HEAD)])
            server.shutdown(socket.SHUT_WR)
            return read_message(server)

    def _line(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.target), timeout=QUIET_S)


def read_message(line: socket.socket) -> bytes:
    """One message of HTTP/1.1: head and body, or as much as came before the other side ended."""
    raw = b""
    while END_OF_HEAD not in raw:
        more = line.recv(65536)
        if not more:
            return raw
        raw += more
    length = _length(raw)
    whole = raw.index(END_OF_HEAD) + len(END_OF_HEAD) + (length or 0)
    while length is None or len(raw) < whole:
        more = line.recv(65536)
        if not more:
            break
        raw += more
    return raw


def header_of(raw: bytes, wanted: bytes) -> str:
    """Its value, "" where the head does not say it. `wanted` in small letters."""
    for row in raw.partition(END_OF_HEAD)[0].split(b"\r\n")[1:]:
        name, _, value = row.partition(b":")
        if name.strip().lower() == wanted:
            return value.strip().decode("latin-1")
    return ""


def _length(raw: bytes) -> int | None:
    """As Content-Length says; a request without a body has none, an answer without goes on until the end."""
    said = header_of(raw, b"content-length")
    if said:
        return int(said)
    return None if raw.startswith(b"HTTP/") else 0


def _closing(raw: bytes) -> bytes:
    """The same request, after which the server is to close the connection."""
    head, end, body = raw.partition(END_OF_HEAD)
    rows = [row for row in head.split(b"\r\n") if not row.lower().startswith(b"connection:")]
    return b"\r\n".join([*rows, b"Connection: close"]) + end + body if end else b""


def half(raw: bytes) -> bytes:
    """The head and the first half of the body; of a message without a body, half of the head."""
    head, end, body = raw.partition(END_OF_HEAD)
    return head + end + body[: len(body) // 2] if body else head[: len(head) // 2]


def altered(raw: bytes) -> bytes:
    """One bit in the middle of the body turned over; a message without a body stays as it is."""
    head, end, body = raw.partition(END_OF_HEAD)
    at = len(body) // 2
    return head + end + body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :] if body else raw


def _break(line: socket.socket) -> None:
    """As a line that goes dead: a reset, no orderly end."""
    with suppress(OSError):
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        line.close()
