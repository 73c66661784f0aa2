"""A province, eight communes of invented figures, and what they told it: bodies of `figures/1` in frames, as they arrive."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from backend import clock
from backend.aggregates import receiving
from backend.aggregates.checking import value_text
from backend.aggregates.packet import Figures
from backend.calendars import Period, parse
from backend.cards import store, templates
from backend.db.base import new_id
from backend.db.engine import Database
from backend.db.node import found_node, serve
from backend.federation import frames
from backend.federation.frames import PacketHeader
from backend.federation.packets.models import PacketIn
from backend.federation.packets.stream import Arrived
from backend.federation.peers.models import Peer, PeerReach
from backend.http import STAFF_TOKEN, NodeApp
from backend.levels.accepting import is_sealed
from backend.levels.reading import About
from backend.people import sign_in, staff
from backend.safeguards.signing import Signer
from backend.units import change as units
from backend.units.reorganise import NewUnit, merge
from campaigns.registry import measure_book

SINCE = date(2025, 7, 1)
NOW = datetime(2026, 12, 20, 3, tzinfo=UTC)
MONTH = parse("thang", "202611")
IN_TIME, LATE = datetime(2026, 12, 10, 2, tzinfo=UTC), datetime(2026, 12, 19, 2, tzinfo=UTC)
DATASET, TEMPLATE = "figures/xa-thang", "xa-thang"
ABOUT = About(DATASET, "state", MONTH)
PASSWORD = "mot-mat-khau-dai"
COMMUNES = (
    ("05908", "Phú Bình", 14200), ("05917", "Tân Khánh", 9800), ("05923", "Tân Thành", 6100),
    ("05941", "Điềm Thụy", 13100), ("05953", "Kha Sơn", 8700), ("05488", "Đại Phúc", 12050), ("05503", "Tân Cương", 5400),
    ("05710", "Võ Nhai", 4900),
)  # fmt: skip
HAMLETS = ("Đồng Tiến", "Cầu Cong", "Kê", "Hoàng Mai")
STAFF = {
    "office": "party_office",
    "head": "unit_head",
    "viewer": "province_viewer",
    "operator": "system_operator",
}
ELEMENTS = ("du-thi", "buoi-huong-dan", "ho-da-den", "tu-dung-duoc", "sang-kien-gui")
ADDS = {"du-thi": "at_most", "ho-da-den": "distinct"}
Sides = tuple[int | None, int | None, str]


@dataclass
class Province:
    """The node of a level above. `units`: code -> id here; `peers`: code of a commune -> who speaks for it."""

    app: NodeApp
    database: Database
    units: dict[str, uuid.UUID] = field(default_factory=dict)
    peers: dict[str, uuid.UUID] = field(default_factory=dict)
    staff: dict[str, uuid.UUID] = field(default_factory=dict)
    signer: Signer = field(default_factory=Signer.throw_away)
    numbers: dict[str, int] = field(default_factory=dict)
    digests: dict[tuple[str, int], str] = field(default_factory=dict)

    @property
    def level(self) -> uuid.UUID:
        return self.units["19"]

    def at(self, who: str) -> FlaskClient:
        """A browser at which somebody is signed in; forms need no token here."""
        self.app.config["WTF_CSRF_METHODS"] = set()
        client = self.app.test_client()
        with self.database.transaction() as session:
            token, _ = sign_in.open_session(session, self.staff[who], new_id())
        with client.session_transaction() as cookie:
            cookie[STAFF_TOKEN] = token
        return client


def plant(app: NodeApp, database: Database, communes: int = len(COMMUNES)) -> Province:
    """The province with its communes, all but the last of them enrolled; nothing is told yet."""
    found = Province(app, database)
    with clock.stopped_at(datetime(2026, 1, 5, 3, tzinfo=UTC)), database.transaction() as session:
        found_node(session, "Nút cấp tỉnh (hư cấu)")
        found.units["19"] = units.found(
            session, code="19", kind="province", name="Thái Nguyên", level_word="tỉnh", since=SINCE
        )
        serve(session, found.level)
        for code, name, people in COMMUNES[:communes]:
            found.units[code] = units.found(
                session, code=code, kind="commune", name=name, level_word="xã", since=SINCE,
                parents={"territory": found.level},
            )  # fmt: skip
            units.count_heads(
                session, found.units[code], "residents_from_7", date(2026, 6, 30), people, "hư cấu"
            )
        for who, role in STAFF.items():
            found.staff[who] = staff.hire(
                session, name=who, username=who, password=PASSWORD, grants=[(role, found.level)]
            )
        found.staff["below"] = staff.hire(
            session,
            name="below",
            username="below",
            password=PASSWORD,
            grants=[("party_office", found.units["05917"])],
        )
        store.keep_template(session, templates.newest(TEMPLATE))
        for code, name, _ in COMMUNES[: communes - 1]:
            found.peers[code] = _enrolled(session, found, code, name)
    return found


def _enrolled(session: Session, province: Province, code: str, name: str) -> uuid.UUID:
    now = clock.now()
    peer = Peer(
        id=new_id(), node_id=new_id(), name=f"Nút xã {name} (hư cấu)", unit_code=code, side="child", line="state",
        address="", state="active", epoch=new_id(), proposed_by=province.staff["office"], proposed_at=now,
        confirmed_by=province.staff["operator"], confirmed_at=now,
    )  # fmt: skip
    session.add(peer)
    session.flush()
    session.add(PeerReach(peer_id=peer.id, unit_code=code, from_on=SINCE))
    return peer.id


# --- a body -----------------------------------------------------------------------------------------------------------


def usual(number: int, people: int) -> dict[str, Sides]:
    """What the n-th commune counted in a month: entrants of residents, guided, households, own use, initiatives."""
    entrants = people * (6 + 3 * number) // 100
    explained = 180 + 39 * number
    return {
        "du-thi": (entrants, people, ""),
        "buoi-huong-dan": (90 + 31 * number, None, ""),
        "ho-da-den": (140 + 17 * number, None, ""),
        "tu-dung-duoc": (explained * (40 + 4 * number) // 100, explained, ""),
        "sang-kien-gui": (number % 4, None, "") if number % 3 else (None, None, "N"),
    }


def body(
    code: str, name: str, cells: dict[str, dict[str, Sides]], period: Period = MONTH, **more: Any
) -> dict[str, Any]:
    """`cells`: unit code -> element -> sides, the commune first. `more`: revision, reason, state, points..."""
    template = templates.newest(TEMPLATE)
    hamlets = [one for one in cells if one != code]
    scope_units = [_unit(code, name, "xã", "commune", "19")] + [
        _unit(one, HAMLETS[at % len(HAMLETS)], "xóm", "hamlet", code) for at, one in enumerate(hamlets)
    ]
    elements = [_element(template, one) for one in ELEMENTS]
    rows = [
        [at, number, *_cell(template, one, *cells[unit][one])]
        for at, unit in enumerate(cells)
        for number, one in enumerate(ELEMENTS)
    ]
    told = {
        "dataset": DATASET, "line": "state",
        "template": {"code": TEMPLATE, "version": template.version, "sha256": template.sha256},
        "rules": template.rules, "calendar": period.calendar, "period": period.code, "revision": 1, "reason": "",
        "known_at": "2026-12-05T02:00:00.000Z", "state": "self_scored", "lineup": "0" * 64,
        "scope": {"units": scope_units, "elements": elements}, "cells": rows,
        "completeness": {"expected": len(hamlets) or 1, "reported": len(hamlets) or 1},
        "points": {"points": "61.5", "out_of": "80", "percent": "76.8", "class": None, "is_complete": False},
        "declared": [], "approval": [{"step": "published", "at": "2026-12-05T02:00:00.000Z"}, {"step": "self_scored", "at": "2026-12-06T02:00:00.000Z"}],
    }  # fmt: skip
    return told | more


def _unit(code: str, name: str, word: str, kind: str, parent: str) -> dict[str, Any]:
    return {
        "code": code, "name": name, "level_word": word, "kind": kind, "parent": parent, "from": SINCE.isoformat(), "to": None,
    }  # fmt: skip


def _element(template: Any, code: str) -> dict[str, Any]:
    formula = template[code].formula
    return {
        "code": code, "noun": template[code].noun, "additivity": ADDS.get(code, "sum"),
        "about_people": formula.about_people, "k": 5, "apart": None,
    }  # fmt: skip


def _cell(template: Any, code: str, above: int | None, below: int | None, flag: str) -> list[Any]:
    formula = template[code].formula
    return [above, below, None if above is None else value_text(formula, above, below), flag]


# --- as it arrives ----------------------------------------------------------------------------------------------------


def tell(province: Province, code: str, said: dict[str, Any], at: datetime = IN_TIME) -> str:
    """One packet more of a commune, taken in as the gate would; answers its digest."""
    number = province.numbers[code] = province.numbers.get(code, 0) + 1
    with clock.stopped_at(at), province.database.transaction() as session:
        peer = session.get_one(Peer, province.peers[code])
        header = PacketHeader(
            sender=str(peer.node_id), to=str(new_id()), line="state", epoch=str(peer.epoch), made_at=clock.iso(at), schema="figures/1",
            software="lantoa 0.1.0", stream=DATASET, number=number, prev="", follows=None,
        )  # fmt: skip
        frame = frames.seal(province.signer, header, said)
        figures = frames.read_body(frame, Figures)
        session.add(
            PacketIn(
                peer_id=peer.id, stream=DATASET, epoch=str(peer.epoch), number=number, digest=frame.digest, raw=frame.raw,
                state="applied", via="wire", received_at=at, receipt=b"",
            )
        )  # fmt: skip
        arrived = Arrived(peer, header, figures, frame.digest, at)
        receiving.receive(session, arrived, measure_book(), is_sealed)
    province.digests[code, number] = frame.digest
    return frame.digest


def parted(whole: dict[str, Sides], code: str, hidden: int | None = None) -> dict[str, dict[str, Sides]]:
    """A commune's figures over four hamlets; of `hidden` and the first one the people are kept back."""
    cells = {code: whole}
    for at, share in enumerate((35, 30, 20, 15)):
        own: dict[str, Sides] = {}
        for element, (above, below, flag) in whole.items():
            part = None if above is None else above * share // 100
            own[element] = (part, None if below is None else below * share // 100, flag)
        if hidden is not None and at in (3, hidden):
            for element, flag in (("du-thi", "S" if at == hidden else "C"),):
                own[element] = (None, own[element][1], flag)
        cells[f"{code}-T{at + 1:02d}"] = own
    return cells


def everybody(province: Province) -> None:
    """A month as it may well be: six communes told, one of them late, one kept its figure back, one told twice; one is silent
    though enrolled, one has no node yet."""
    for number, (code, name, people) in enumerate(COMMUNES[:6]):
        cells = parted(usual(number, people), code, hidden=2 if number == 1 else None)
        if number == 4:
            cells[code] = cells[code] | {"tu-dung-duoc": (None, 180 + 39 * number, "S")}
        told = body(
            code, name, cells, completeness={"expected": 4, "reported": 3 if number == 2 else 4},
            points={"points": str(48 + 5 * number), "out_of": "80", "percent": "70", "class": None, "is_complete": True},
        )  # fmt: skip
        tell(province, code, told, LATE if number == 3 else IN_TIME + timedelta(hours=number))
    put_right(province)


def put_right(province: Province, at: datetime = IN_TIME + timedelta(days=3)) -> str:
    """The commune Tân Khánh tells again: late records."""
    code, name, people = COMMUNES[1]
    whole = usual(1, people) | {"buoi-huong-dan": (158, None, "")}
    again = body(
        code, name, parted(whole, code, hidden=2), revision=2, reason="Bổ sung 37 lượt người ghi muộn của hai buổi chung",
        known_at="2026-12-12T02:00:00.000Z", points={"points": "57", "out_of": "80", "percent": "71.2", "class": None, "is_complete": True},
    )  # fmt: skip
    return tell(province, code, again, at)


def merged(province: Province, on: date = date(2026, 12, 15)) -> uuid.UUID:
    """Tân Thành and Kha Sơn become one commune in December; what they told of November stays theirs."""
    with clock.stopped_at(datetime(2026, 12, 16, 3, tzinfo=UTC)), province.database.transaction() as session:
        province.units["05960"] = merge(
            session, [province.units["05923"], province.units["05953"]], NewUnit("05960", "Tân Kha", "xã"),
            on=on, document="Nghị quyết số 12/NQ-HĐND (hư cấu)", decided_on=date(2026, 12, 1), issuer="HĐND tỉnh Thái Nguyên (hư cấu)",
        )  # fmt: skip
    return province.units["05960"]


Telling = Callable[[Province], None]
