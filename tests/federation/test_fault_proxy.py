"""The line that can be hurt does what its faults say, or the tests that stand on it prove nothing."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from tests.support.fault_proxy import EVERY, FaultProxy, What

SENT = b"0123456789abcdef"


class Echo(BaseHTTPRequestHandler):
    heard: list[bytes] = []

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append(body)
        self.send_response(201)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def line() -> Iterator[FaultProxy]:
    Echo.heard = []
    server = HTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with FaultProxy(server.server_address[1], delay_s=0.05) as line:
        yield line
    server.shutdown()
    server.server_close()


def put(line: FaultProxy) -> bytes:
    with httpx.Client(timeout=3) as client:
        return client.put(f"http://127.0.0.1:{line.port}/x", content=SENT).content


def other(body: bytes) -> bytes:
    return body[:8] + bytes([body[8] ^ 1]) + body[9:]


@pytest.mark.parametrize("times", [1, 3])
def test_without_a_fault_everything_arrives(line: FaultProxy, times: int) -> None:
    assert [put(line) for _ in range(times)] == [SENT] * times
    assert Echo.heard == [SENT] * times


@pytest.mark.parametrize(
    ("what", "heard", "told"),
    [
        ("cut-before", [], None),
        ("cut-inside", [SENT[:8]], None),
        ("cut-after", [SENT], None),
        ("cut-answer", [SENT], None),
        ("delay", [SENT], SENT),
        ("duplicate", [SENT, SENT], SENT),
        ("alter", [other(SENT)], other(SENT)),
        ("alter-answer", [SENT], other(SENT)),
        ("half-close", [b""], b""),
        ("hold", [], None),
    ],
)
def test_each_fault_befalls_one_request(
    line: FaultProxy, what: What, heard: list[bytes], told: bytes | None
) -> None:
    line.befall(what)
    if told is None:
        with pytest.raises(httpx.TransportError):
            put(line)
    else:
        assert put(line) == told
    for _ in range(100):
        if Echo.heard == heard:
            break
        threading.Event().wait(0.02)
    assert Echo.heard == heard
    assert put(line) == SENT


def test_every_fault_is_tried() -> None:
    """A new one without a row above would go unproven."""
    (mark,) = test_each_fault_befalls_one_request.pytestmark  # type: ignore[attr-defined]
    assert {row[0] for row in mark.args[1]} == set(EVERY)


def test_what_was_held_arrives_later_in_whatever_order(line: FaultProxy) -> None:
    line.befall("hold", "hold")
    for body in (b"first", b"second"):
        with httpx.Client(timeout=3) as client, pytest.raises(httpx.TransportError):
            client.put(f"http://127.0.0.1:{line.port}/x", content=body)
    line.let_go(backwards=True)
    assert Echo.heard == [b"second", b"first"]


def test_a_line_that_is_down_lets_nobody_through(line: FaultProxy) -> None:
    line.is_down = True
    with pytest.raises(httpx.TransportError):
        put(line)
    line.is_down = False
    assert put(line) == SENT
