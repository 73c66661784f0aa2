"""A member's phone over days: an outbox of frozen deeds, what it was told of each, and what it does when a node was restored."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.test import TestResponse

from backend import clock
from tests.support.visits import met
from tests.support.world import Phone

TAKEN = ("accepted", "custody", "duplicate")


@dataclass
class Kept:
    """A deed in the outbox. `verdict`: the last one this phone heard; `waits`: it is (once more) to be offered."""

    id: str
    frozen: str
    at: int
    visit: dict[str, Any] | None = None
    verdict: dict[str, Any] | None = None
    waits: bool = True


@dataclass
class Handset:
    """The phone and what it holds. It forgets nothing; what got lost is an answer, never a deed."""

    phone: Phone
    kept: list[Kept] = field(default_factory=list)
    epoch: str = ""
    anchor: dict[str, Any] | None = None

    # --- writing down ---

    def visit(self, household: str, met_whom: str, services: dict[str, str], **more: Any) -> None:
        body = met(household, services, **more) | {"met": met_whom}
        self._keep("visit.log", body, visit=body)

    def new_household(self, household: str, hamlet: uuid.UUID) -> None:
        body = {"household": household, "kind": "household", "nickname": "Nhà mới gặp", "hamlet": str(hamlet)}
        self._keep("visit.household", body)

    def _keep(self, action: str, body: dict[str, Any], visit: dict[str, Any] | None = None) -> None:
        deed, at = str(uuid.uuid4()), clock.milliseconds(clock.now())
        frozen = self.phone.freeze(action, body, id=deed, anchor=self.anchor)
        self.kept.append(Kept(deed, frozen, at, visit))

    @property
    def visits(self) -> list[Kept]:
        return [one for one in self.kept if one.visit is not None]

    def restart(self) -> None:
        """The app is closed and opened without signal: its running clock begins anew and knows no word of the node."""
        self.phone.boot, self.anchor = str(uuid.uuid4()), None

    # --- sending ---

    @property
    def waiting(self) -> list[Kept]:
        return [one for one in self.kept if one.waits]

    def envelope(self, rows: Sequence[Kept]) -> bytes:
        """As the app writes it: a deed that was answered once brings that answer along."""
        plain = self.phone.envelope(*(one.frozen for one in rows))
        vouchers = [
            {name: one.verdict[name] for name in ("id", "received_at", "seal")} for one in rows if one.verdict
        ]
        return plain[:-1] + f',"vouchers":{json.dumps(vouchers)}}}'.encode()

    def offer(self, rows: Sequence[Kept], heard: bool = True) -> None:
        """`heard`: the answer reaches the phone; otherwise the node has the deeds and nobody here knows."""
        answer = self.phone.client.post(
            "/api/v1/sync/push", data=self.envelope(rows), content_type="application/json", headers=self.phone.headers
        )  # fmt: skip
        assert answer.status_code == 200, answer.text
        if heard:
            self._listen(answer)
            self._settle(answer.json["results"])

    def _listen(self, answer: TestResponse) -> None:
        """A node that began a new epoch may have forgotten: everything kept is offered once more."""
        epoch, now = answer.headers["Lantoa-Epoch"], clock.milliseconds(clock.now())
        if self.epoch and epoch != self.epoch:
            for one in self.kept:
                one.waits = True
        self.epoch = epoch
        self.anchor = {"server_ms": now, "mono_ms": now, "boot_id": self.phone.boot}

    def _settle(self, results: Sequence[dict[str, Any]]) -> None:
        held = {one.id: one for one in self.kept}
        for told in results:
            assert told["verdict"] in TAKEN, told
            one = held[told["id"]]
            if one.verdict:
                assert told["received_at"] == one.verdict["received_at"], "it was there before"
            one.verdict, one.waits = told, False

    def look(self) -> None:
        """Any small question shows the phone which life of the node it talks to."""
        self._listen(self.phone.get("/me"))
