"""The line between nodes of one process: HTTP requests carried to the WSGI application of whom they are for, with faults.

    levels.link.cut("after", times=1)        # the parent did it, the child never hears of it
    levels.link.alter(at=120)                # one byte of the next body is another one
    levels.link.is_down = True               # until told otherwise

A fault is used up by the request it fits; without one every request arrives. All that was ever carried is in `carried`,
so that a test can send the very same bytes again.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Literal, Protocol

import httpx
from werkzeug.test import EnvironBuilder, run_wsgi_app

from backend.http import NodeApp

What = Literal["before", "after", "duplicate", "alter", "alter-answer", "hold", "answer"]
Fits = Callable[["Carried"], bool]


class Reached(Protocol):
    """What the line needs of a node."""

    app: NodeApp
    address: str

    def here(self) -> AbstractContextManager[None]: ...


@dataclass(frozen=True)
class Carried:
    """One request as it left. `answer`: what came of it, None while nothing arrived."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    answer: httpx.Response | None = None

    @property
    def path(self) -> str:
        return httpx.URL(self.url).path


@dataclass
class Fault:
    """`times`: how many requests it befalls; `fits`: which. `at`: the byte that is altered. `with_`: an answer in the
    server's place."""

    what: What
    times: int = 1
    fits: Fits = lambda carried: True
    at: int = -1
    with_: httpx.Response | None = None


@dataclass
class Link:
    """Everything between the nodes. `held`: requests that stay on the way until `let_go`."""

    nodes: dict[str, Reached] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    carried: list[Carried] = field(default_factory=list)
    held: list[Carried] = field(default_factory=list)
    is_down: bool = False

    # --- what can befall it ---

    def cut(
        self, when: Literal["before", "after"] = "before", times: int = 1, fits: Fits | None = None
    ) -> None:
        """`before`: nobody hears the request. `after`: it is done, and its answer is lost."""
        self._befall(Fault(when, times), fits)

    def duplicate(self, times: int = 1, fits: Fits | None = None) -> None:
        """The request arrives twice; the sender hears the second answer."""
        self._befall(Fault("duplicate", times), fits)

    def alter(self, at: int = -1, answer: bool = False, times: int = 1, fits: Fits | None = None) -> None:
        """One byte of the body (or of the answer's) becomes another one; -1 is the last."""
        self._befall(Fault("alter-answer" if answer else "alter", times, at=at), fits)

    def hold(self, times: int = 1, fits: Fits | None = None) -> None:
        """The sender gives up waiting while the request is still on its way: `let_go` delivers it later."""
        self._befall(Fault("hold", times), fits)

    def answer_instead(self, answer: httpx.Response, times: int = 1, fits: Fits | None = None) -> None:
        """Somebody else answers: a portal's 200, a proxy's 502."""
        self._befall(Fault("answer", times, with_=answer), fits)

    def let_go(self, backwards: bool = False) -> list[httpx.Response]:
        """What was held arrives now, in order or the other way round; its answers, which nobody waits for."""
        late, self.held = self.held[::-1] if backwards else self.held, []
        return [self.deliver(one) for one in late]

    def _befall(self, fault: Fault, fits: Fits | None) -> None:
        fault.fits = fits or fault.fits
        self.faults.append(fault)

    # --- carrying ---

    def client(self) -> httpx.Client:
        """For whoever sends: knows every node by its address."""
        return httpx.Client(transport=_Transport(self))

    def again(self, one: Carried, **instead: object) -> httpx.Response:
        """The same bytes once more, with parts replaced: `body=`, `url=`, `headers=`."""
        return self.deliver(Carried(**(vars(one) | {"answer": None} | instead)))  # type: ignore[arg-type]

    def deliver(self, one: Carried) -> httpx.Response:
        """To the node whose address it bears, whatever the line's state; noted in `carried`."""
        node = self.nodes[_origin(one.url)]
        builder = EnvironBuilder(
            path=httpx.URL(one.url).raw_path.decode(),
            base_url=_origin(one.url),
            method=one.method,
            headers=[(name, value) for name, value in one.headers if name.lower() != "host"],
            data=one.body,
        )
        with node.here():
            parts, status, headers = run_wsgi_app(node.app, builder.get_environ(), buffered=True)
            content = b"".join(parts)
        answer = httpx.Response(int(status.split()[0]), headers=list(headers), content=content)
        self.carried.append(Carried(one.method, one.url, one.headers, one.body, answer))
        return answer

    def carry(self, one: Carried) -> httpx.Response:
        """With whatever befalls it. Raises httpx.TransportError as a broken line does."""
        if self.is_down or _origin(one.url) not in self.nodes:
            raise httpx.ConnectError("the line is cut")
        fault = next(self._faults(one), None)
        if fault is None:
            return self.deliver(one)
        fault.times -= 1
        return self._befallen(fault, one)

    def _faults(self, one: Carried) -> Iterator[Fault]:
        self.faults = [fault for fault in self.faults if fault.times > 0]
        return (fault for fault in self.faults if fault.fits(one))

    def _befallen(self, fault: Fault, one: Carried) -> httpx.Response:
        match fault.what:
            case "before":
                raise httpx.ConnectError("cut before it arrived")
            case "hold":
                self.held.append(one)
                raise httpx.ReadTimeout("still on its way")
            case "after":
                self.deliver(one)
                raise httpx.ReadError("cut before the answer arrived")
            case "duplicate":
                self.deliver(one)
            case "alter":
                return self.again(one, body=altered(one.body, fault.at))
            case "alter-answer":
                return _with_body(self.deliver(one), fault.at)
            case "answer" if fault.with_:
                return fault.with_
        return self.deliver(one)


class _Pieces(httpx.SyncByteStream):
    """A body that is read as it comes, as from a socket: httpx reads a ByteStream at once."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self.content


class _Transport(httpx.BaseTransport):
    def __init__(self, link: Link) -> None:
        self.link = link

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        headers = tuple((name, value) for name, value in request.headers.multi_items())
        heard = self.link.carry(Carried(request.method, str(request.url), headers, request.read()))
        return httpx.Response(heard.status_code, headers=heard.headers, stream=_Pieces(heard.content))


def altered(body: bytes, at: int = -1) -> bytes:
    """One bit of one byte turned over; an empty body stays as it is."""
    if not body:
        return body
    at %= len(body)
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]


def _with_body(answer: httpx.Response, at: int) -> httpx.Response:
    return httpx.Response(answer.status_code, headers=answer.headers, content=altered(answer.content, at))


def _origin(url: str) -> str:
    parts = httpx.URL(url)
    return f"{parts.scheme}://{parts.netloc.decode()}"
