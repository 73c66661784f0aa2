"""The province of `levels` on a real port, and for each commune a line of TCP to it that can be hurt."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.support.fault_proxy import FaultProxy
from tests.support.levels import Levels, Node

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATIENCE = httpx.Timeout(15.0)


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        pass


@dataclass
class Ports:
    """`lines`: a commune's code -> its line."""

    levels: Levels
    port: int = 0
    lines: dict[str, FaultProxy] = field(default_factory=dict)

    def client_of(self, node: Node) -> httpx.Client:
        return httpx.Client(transport=_Through(self.lines[node.code].port), timeout=PATIENCE)


class _Through(httpx.BaseTransport):
    """To the line's port, whatever the address says: the address is what is signed, the line is what is there."""

    def __init__(self, port: int) -> None:
        self._port, self._inner = port, httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(host="127.0.0.1", port=self._port)
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


@contextmanager
def served(node: Node) -> Iterator[int]:
    """The node on a port of 127.0.0.1, with its own clock."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with node.here():
            return list(node.app(environ, start_response))

    server = make_server("127.0.0.1", 0, answer, threaded=True, request_handler=_Quiet)
    serving = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    serving.start()
    try:
        yield server.port
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


@contextmanager
def on_ports(levels: Levels) -> Iterator[Ports]:
    """From now on every turn of a commune's courier goes over TCP."""
    with ExitStack() as opened:
        ports = Ports(levels, opened.enter_context(served(levels.province)))
        for node in levels.communes:
            ports.lines[node.code] = opened.enter_context(FaultProxy(ports.port, delay_s=0.03))
        levels.client_of = ports.client_of  # type: ignore[method-assign]
        yield ports
