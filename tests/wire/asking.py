"""A commune's node that knocks at the peers' door of the node under test, and whatever it may do wrong."""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from werkzeug.test import TestResponse

from backend import clock
from backend.db.base import new_id
from backend.federation.messages import Answered, Asked, check_response, sign_request
from backend.federation.peers import trouble
from backend.federation.peers.models import Peer, PeerKey
from backend.safeguards.signing import Signer, packed
from tests.support.world import World

HERE = "http://localhost:8000"
HELLO = "/federation/hello"


@dataclass
class Commune:
    """An enrolled child. `at`: how far its clock is ahead."""

    world: World
    peer_id: uuid.UUID
    signer: Signer
    node_id: uuid.UUID
    epoch: uuid.UUID = field(default_factory=uuid.uuid4)
    line: str = "state"
    at: timedelta = timedelta()

    def signed(
        self,
        method: str = "GET",
        path: str = HELLO,
        body: bytes = b"",
        signer: Signer | None = None,
        **more: Any,
    ) -> dict[str, str]:
        headers = {"Content-Type": "application/octet-stream"} if body else {}
        headers |= more.pop("headers", {})
        now = more.pop("now", clock.now() + self.at)
        return sign_request(
            signer or self.signer,
            method,
            HERE + path,
            headers,
            body,
            self.node_id,
            self.epoch,
            now=now,
            **more,
        )

    def send(
        self, headers: dict[str, str], method: str = "GET", path: str = HELLO, body: bytes = b""
    ) -> TestResponse:
        bare = {name: value for name, value in headers.items() if name.lower() != "content-type"}
        kind = {"content_type": headers["Content-Type"]} if "Content-Type" in headers else {}
        return self.world.client().open(path, method=method, headers=bare, data=body, **kind)

    def ask(self, method: str = "GET", path: str = HELLO, body: bytes = b"", **more: Any) -> TestResponse:
        return self.send(self.signed(method, path, body, **more), method, path, body)

    def believes(
        self, answer: TestResponse, sent: dict[str, str], method: str = "GET", path: str = HELLO
    ) -> Answered:
        """Check the answer as a child does. Raises MessageRefused."""
        own = self.world.app.services.signer
        asked = Asked.of(method, HERE + path, sent)
        keys = {own.key_id: own.public}
        return check_response(asked, answer.status_code, dict(answer.headers), answer.data, keys.get)

    def row(self) -> Peer:
        with self.world.database.transaction(writes=False) as session:
            return session.get_one(Peer, self.peer_id)

    def set(self, **values: Any) -> None:
        with self.world.database.transaction() as session:
            peer = session.get_one(Peer, self.peer_id)
            for name, value in values.items():
                setattr(peer, name, value)

    def on_record(self) -> dict[str, int]:
        """What was refused, strangers' included: code -> how often."""
        trouble.flush(self.world.database)
        with self.world.database.transaction(writes=False) as session:
            found: dict[str, int] = {}
            for row in trouble.lately(session):
                found[row.code] = found.get(row.code, 0) + row.count
        return found


def enrolled(
    world: World, line: str = "state", signer: Signer | None = None, node: uuid.UUID | None = None
) -> Commune:
    """A child as it stands after two persons took it in."""
    signer, now = signer or Signer.throw_away(), clock.now()
    peer = Peer(
        node_id=node or uuid.uuid4(), name="Xã Xa Lạ", unit_code="05755", side="child", line=line, state="active",
        proposed_by=new_id(), proposed_at=now, confirmed_by=new_id(), confirmed_at=now,
    )  # fmt: skip
    with world.database.transaction() as session:
        session.add(peer)
        session.flush()
        session.add(
            PeerKey(
                peer_id=peer.id,
                key_id=signer.key_id,
                public=packed(signer.public),
                from_at=now,
                confirmed_at=now,
            )
        )
    return Commune(world, peer.id, signer, peer.node_id, line=line)
