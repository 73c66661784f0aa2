"""A bad line on loopback: passes every request on, and loses some of the answers after the node has given them.

python -m loadtests.faulty http://127.0.0.1:8000 0.05     prints its own port, ends with its standard input
"""

import http.client
import random
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_kept = threading.local()


class Line(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    node, share = "", 0.0
    lost = 0

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer, told = self._ask(body)
        if random.random() < self.share:
            Line.lost += 1
            self.close_connection = True  # the node has it, the phone never hears of it
            return
        self.send_response(answer.status)
        for name in ("Content-Type", "Lantoa-Epoch", "Lantoa-Highest-Seq", "Retry-After"):
            if value := answer.getheader(name):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def _ask(self, body: bytes) -> tuple[http.client.HTTPResponse, bytes]:
        """Over a connection kept open; one that the node closed meanwhile is made anew."""
        headers = {
            name: self.headers[name] for name in ("Authorization", "Content-Type") if name in self.headers
        }
        for fresh in (False, True):
            if fresh or not hasattr(_kept, "line"):
                _kept.line = http.client.HTTPConnection(urlsplit(self.node).netloc, timeout=60)
            try:
                _kept.line.request("POST", self.path, body, headers)
                answer = _kept.line.getresponse()
                return answer, answer.read()
            except (http.client.HTTPException, OSError):
                if fresh:
                    raise
        raise AssertionError

    def log_message(self, *_: Any) -> None:
        """Quiet."""


def main(node: str, share: str) -> None:
    if not node.startswith("http://127.0.0.1:"):
        raise SystemExit("Load tests talk to 127.0.0.1 only.")
    Line.node, Line.share = node, float(share)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Line)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
    print(Line.lost, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
