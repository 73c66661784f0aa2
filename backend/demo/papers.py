"""Papers of the demo, taken the way phones take them: operations of a device, through the one way in."""

import random
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from backend import clock
from backend.demo.habits import Taking
from backend.demo.residents import Resident
from backend.participation.deeds import ReadingIn
from backend.people.sign_in import Participant
from campaigns.models import Activity
from campaigns.registry import kind_named
from campaigns.respond import Batch, respond


@dataclass
class Phones:
    """The phones of the demo: each counts its deeds without gaps, as real ones do."""

    session: Session
    chance: random.Random
    seq: dict[uuid.UUID, int] = field(default_factory=lambda: defaultdict(int))

    def take(self, activity: Activity, taking: Taking) -> uuid.UUID:
        """The person takes the paper; answers the attempt."""
        attempts = []
        with clock.stopped_at(taking.at) as move:

            def act(action: str, body: dict[str, Any], seconds: int) -> dict[str, Any]:
                move(timedelta(seconds=seconds, milliseconds=self.chance.randint(0, 999)))
                result = self.push(taking.who, activity.id, action, body)
                if "attempt" in result:
                    attempts.append(uuid.UUID(str(result["attempt"]["id"])))
                return result

            kind_named(activity.kind).seed(self.session, activity, act, self.chance, taking.hand)
        return attempts[-1]

    def push(
        self,
        who: Resident,
        activity: uuid.UUID,
        action: str,
        body: dict[str, Any],
        done_at: datetime | None = None,
    ) -> dict[str, Any]:
        """One deed from that person's phone, now; the room's result. A refusal is a mistake of the demo.

        `done_at`: it was done then, and waited on the phone until now.
        """
        self.seq[who.device] += 1
        wall, now = clock.milliseconds(done_at or clock.now()), clock.milliseconds(clock.now())
        operation = {
            "id": str(self._deed(done_at or clock.now())),
            "seq": self.seq[who.device],
            "activity": str(activity),
            "action": action,
            "schema": 1,
            "wall_ms": wall,
            "mono_ms": wall,
            "boot_id": str(who.device),
            "anchor": None,
            "body": body,
        }
        sent = ReadingIn(now, now, who.device)
        batch = Batch(participant(who), who.device, sent, [msgspec.json.encode(operation)])
        (verdict,) = respond(self.session, batch)
        if verdict.outcome == "refused":
            raise RuntimeError(f"the demo was refused: {action} {verdict.reason}")
        return verdict.result or {}

    def _deed(self, moment: datetime) -> uuid.UUID:
        """A UUIDv7 of that moment: the ids of the demo sort as they would have been made."""
        bits = clock.milliseconds(moment) << 80 | self.chance.getrandbits(80)
        return uuid.UUID(int=bits & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)


def participant(who: Resident) -> Participant:
    return Participant(who.id, who.subject, who.device, who.id, who.name, who.born)
