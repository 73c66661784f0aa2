"""The web process is killed again and again while photos arrive in pieces: each gets whole once, and none is shown by halves."""

import http.client
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from backend.media import photos
from backend.media.models import Photo
from backend.media.redrawn import redrawn
from campaigns.visit.models import VisitPhoto
from tests.faults.line import enter, reading
from tests.faults.serving import Node
from tests.mobile_api.test_photos import named, put
from tests.support.handset import Handset
from tests.support.world import Phone

pytestmark = pytest.mark.fault

PHONES, EACH, PIECE, KILLS = 3, 3, 40_000, 4
PATIENCE_S = 60


def test_photos_get_whole_however_often_the_node_dies(node: Node) -> None:
    hands = [Handset(enter(node)) for _ in range(PHONES)]
    shots = {named(raw): raw for raw in (shot(number) for number in range(PHONES * EACH))}
    names = list(shots)
    own = [names[number::PHONES] for number in range(PHONES)]
    home = hands[0].phone.get("/team/load").json["households"][0]["id"]
    for hand, few in zip(hands, own, strict=True):
        hand.visit(home, "adult", {"vneid": "explained"}, photos=few)
        hand.offer(hand.waiting)
    seen = Watch(node, shots)
    killed = at_once(
        [sender(hand.phone, [shots[name] for name in few]) for hand, few in zip(hands, own, strict=True)],
        lambda: kill_while(node, seen),
    )
    assert len(set(killed)) == KILLS
    assert seen.unfinished, "everything had arrived before anything died"
    seen.look()
    assert seen.whole == set(names)
    with reading(node) as session:
        rows = session.scalars(select(Photo)).all()
        assert sorted(row.digest for row in rows if row.digest in shots) == sorted(names), "one of each"
        assert {row.raw for row in rows} == {None}, "what the phone sent is not kept"
        assert photos.states(session, names) == dict.fromkeys(names, "complete")
        linked = session.scalars(select(VisitPhoto.digest).where(VisitPhoto.digest.in_(names))).all()
        assert sorted(linked) == sorted(names)


def shot(number: int) -> bytes:
    """Large enough for a dozen pieces, each another picture."""
    out = BytesIO()
    picture = Image.effect_noise((1100, 700), 60).convert("RGB")
    picture.putpixel((0, 0), (number, 0, 0))
    picture.save(out, "JPEG", quality=75)
    return out.getvalue()


class Watch:
    """Looks at what the node would show: nothing, or the very picture drawn of all the bytes."""

    def __init__(self, node: Node, shots: dict[str, bytes]) -> None:
        self.node, self.whole, self.unfinished = node, set[str](), 0
        self.clean = {name: redrawn(raw) for name, raw in shots.items()}

    def look(self) -> None:
        with reading(self.node) as session:
            for name, clean in self.clean.items():
                shown = photos.picture(session, name)
                assert shown in (None, clean), "half a photo is shown"
                self.whole |= {name} if shown else set()


def kill_while(node: Node, seen: Watch) -> list[int]:
    killed = []
    for _ in range(KILLS):
        time.sleep(0.3)
        killed.append(node.kill_a_web_process())
        seen.look()
        seen.unfinished += len(seen.clean) - len(seen.whole)
    return killed


def sender(phone: Phone, raws: Iterable[bytes]) -> Callable[[], None]:
    """As the app: ask how much has arrived, go on from there, until the node says that it is whole."""

    def send() -> None:
        for raw in raws:
            give_up = time.monotonic() + PATIENCE_S
            while not _went_on(phone, raw):
                assert time.monotonic() < give_up, "not whole in time"

    return send


def _went_on(phone: Phone, raw: bytes) -> bool:
    """Whether it is whole; a line that breaks is tried again a moment later."""
    with suppress(OSError, http.client.HTTPException):
        told = phone.get(f"/photos/{named(raw)}")
        here = told.json["arrived"] if told.status_code == 200 else 0
        while True:
            answer = put(phone, named(raw), here, len(raw), raw[here : here + PIECE])
            if answer.status_code != 200:
                break
            here = answer.json["arrived"]
            if answer.json["complete"]:
                assert answer.json["refused"] is None
                return True
    time.sleep(0.1)
    return False


def at_once(deeds: list[Callable[[], None]], beside: Callable[[], list[int]]) -> list[int]:
    errors: list[BaseException] = []

    def run(deed: Callable[[], None]) -> None:
        try:
            deed()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(deed,), daemon=True) for deed in deeds]
    for thread in threads:
        thread.start()
    answer = beside()
    for thread in threads:
        thread.join(timeout=PATIENCE_S)
    assert not errors, errors[:3]
    assert not any(thread.is_alive() for thread in threads)
    return answer
