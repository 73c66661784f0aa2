"""Links with other nodes: how they stand, offering this node, entering what another one handed over."""

import base64
import io
from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec, TypeVar

import segno
from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from admin import peers_words as words
from admin import stream_words
from admin.blueprint import PEER_KEEPERS, actor, blueprint, page
from admin.documents import office_here
from admin.forms import refusal_of, typed
from backend import http
from backend.db.node import this_node
from backend.errors import DomainError
from backend.federation.peers import enrol, health, papers
from backend.federation.peers.models import LINES, Peer
from backend.http import guarded, staff_with

P = ParamSpec("P")
R = TypeVar("R")


def by_this_office(view: Callable[P, R]) -> Callable[P, R]:
    """The links are the node's own: on a node that houses several units the operators of the others keep none of them."""

    @wraps(view)
    def looked(*args: P.args, **named: P.kwargs) -> R:
        office_here(PEER_KEEPERS)
        return view(*args, **named)

    return looked


def titles_of(rows: Iterable[health.Health]) -> stream_words.Titles:
    """What is needed to call the streams in these rows by their names."""
    told = {one.stream for row in rows for told in (row.stuck, row.missing, row.forked) for one in told}
    return stream_words.titles(http.session(), told)


@blueprint.get("/peers")
@guarded(staff_with(*PEER_KEEPERS))
@by_this_office
def peers() -> Response:
    """Every link with its health, and what strangers tried."""
    session = http.session()
    rows = health.health(session)
    return page(
        "peers.html",
        rows=rows,
        titles=titles_of(rows),
        strangers=health.strangers(session),
        node=this_node(session),
        fingerprint=http.services().signer.key_id,
        address=http.services().settings.public_url,
        words=words,
    )


@blueprint.get("/peers/new")
@guarded(staff_with(*PEER_KEEPERS))
@by_this_office
def new_peer() -> Response:
    """Both ways to begin: offer this node, or enter the file of another."""
    return _new_page()


def _new_page(error: DomainError | None = None, text: str = "", code: str = "") -> Response:
    return page(
        "peers_new.html",
        error.status if error else 200,
        sentence=http.sentence_of(error) if error else "",
        text=text,
        code=code,
        words=words,
        lines=LINES,
        days=papers.GOOD_FOR.days,
    )


@blueprint.post("/peers/offers")
@guarded(staff_with(*PEER_KEEPERS))
@by_this_office
def offer_node() -> ResponseReturnValue:
    """The file for the other side; its code is shown this once."""
    line = typed("line", 10)
    if line not in LINES:
        return redirect(url_for("admin.new_peer"), 303)
    made = enrol.offer(http.session(), http.services().signer, line, actor())
    return page(
        "peers_offer.html", made=made, file=paper_of(made.raw), name=f"{line}.offer", line=line, words=words
    )


@blueprint.post("/peers")
@guarded(staff_with(*PEER_KEEPERS))
@by_this_office
def enter_peer() -> ResponseReturnValue:
    """The first person enters an offer with its code, or an answer. What was typed stays where it is refused."""
    raw, code = handed_over(), typed("code", 40)
    found: list[Peer] = []
    if error := refusal_of(lambda: found.append(enrol.propose(http.session(), raw, actor(), code))):
        return _new_page(error, raw.decode("utf-8", "replace")[: papers.MOST_BYTES], code)
    flash(gettext("Đã nhập. Người vận hành thứ hai cần xác nhận thì hai máy chủ mới kết nối."))
    return redirect(url_for("admin.peer_page", peer_id=found[0].id), 303)


def handed_over() -> bytes:
    """The file that was chosen, or else the text that was pasted or scanned; no more of it than such a file has."""
    file = request.files.get("file")
    raw = file.stream.read(papers.MOST_BYTES + 1) if file and file.filename else b""
    return raw or typed("text", papers.MOST_BYTES + 1).encode()


class PaperShown:
    """A paper as a page shows it: its text, a picture to scan, and the address under which a browser saves it."""

    def __init__(self, raw: bytes) -> None:
        self.text = raw.decode()
        self.href = f"data:application/json;base64,{base64.b64encode(raw).decode()}"
        drawn = io.BytesIO()
        segno.make(raw, error="l", micro=False).save(
            drawn, kind="svg", xmldecl=False, svgns=True, border=4, omitsize=True
        )
        self.picture = Markup(drawn.getvalue().decode())  # noqa: S704 - drawn here


def paper_of(raw: bytes) -> PaperShown:
    return PaperShown(raw)
