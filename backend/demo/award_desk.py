"""The hands through which awards of the demo go: each step by the person whose step it is, at an hour of its own."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from backend import clock
from backend.certificates import designs, turn
from backend.certificates.hands import OneHand
from backend.safeguards.signing import Signer
from campaigns.award import certificates, chain, hands
from campaigns.award.hands import Hand, Minutes, Paper
from campaigns.award.models import Case, Entry

Walk = Sequence[tuple[str, str, int]]
"""(deed, who, hours after the list was begun)."""
STATE: Walk = (
    ("council", "hoidong", 26),
    ("sign", "chutich", 50),
    ("number", "vanthuxa", 53),
    ("register", "thidua", 55),
)
PARTY: Walk = (
    ("council", "minh", 26),
    ("sign", "ky", 50),
    ("number", "vanthu", 53),
    ("register", "minh", 55),
)
ORGANISER: Walk = (("sign", "chau", 5), ("register", "an", 6))
DESIGNS = {"state": designs.DEFAULTS["formal"], "party": designs.shipped_id("giay-khen-dang")}


@dataclass
class AwardDesk:
    """`staff`: who signs in by which name; `told`: signers and minutes of the story."""

    session: Session
    staff: Mapping[str, uuid.UUID]
    signer: Signer
    public_url: str
    told: Mapping[str, Any]

    def hand(self, username: str) -> Hand:
        return hands.hand(self.session, self.staff[username])

    def through(
        self, case: Case, proposer: str, walk: Walk, begun: datetime, number: str = ""
    ) -> list[Entry]:
        """From the proposal to the register; answers its lines, in order."""
        for deed, who, hours in (("propose", proposer, 2), *walk):
            with clock.stopped_at(begun + timedelta(hours=hours)):
                self._act(case, deed, who, number)
        return [entry for entry, _ in certificates.entries_of(self.session, case)]

    def _act(self, case: Case, deed: str, who: str, number: str) -> None:
        today = clock.today()
        signed = self.told["signers"].get(who, {"signer": "", "title": ""})
        chain.act(
            self.session, case.id, deed, self.hand(who), revision=case.revision,
            minutes=Minutes(today, 7, 7, self.told["minutes"]),
            paper=Paper(number, today, signed["signer"], signed["title"]),
        )  # fmt: skip

    def print_out(self, case: Case, who: str, at: datetime) -> None:
        """Certificates of everything that stands of the case, sealed at once; pictures are drawn when somebody looks."""
        design = designs.DEFAULTS["organiser"] if case.tier == "organiser" else DESIGNS[case.line]
        with clock.stopped_at(at):
            batch = certificates.make(self.session, case, design, self.hand(who), public_url=self.public_url)
            drawer = OneHand(self.signer, self.public_url, Path(), sample=True, papers=False)
            turn.in_one(self.session, drawer, batch.id)
