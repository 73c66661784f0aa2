"""Teams, households and phones for the field benchmarks; and visits as the phone app freezes them."""

import json
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from backend import clock
from backend.db.base import new_id
from backend.db.engine import Database
from backend.people.consents import texts
from backend.safeguards.audit import OPERATOR
from backend.teams import change, households
from campaigns import lifecycle
from campaigns.models import Activity, Campaign, Phase
from loadtests import commune
from loadtests.commune import SINCE, WORDS, Commune, Somebody

EACH = 40
"""Households of a team."""


@dataclass(frozen=True)
class Field:
    """The commune with its teams; a phone for each member."""

    commune: Commune
    activity: uuid.UUID
    phones: list[dict[str, Any]]


def found(url: str, members: int) -> Field:
    """A team for each hamlet, its households, and so many members, spread over the teams."""
    place = commune.found(url)
    database = Database(url)
    with database.transaction() as session:
        activity = _activity(session, place)
        teams = []
        for number, hamlet in enumerate(place.hamlets, start=1):
            team = change.found_team(
                session, commune=place.commune, name=f"Tổ thử {number}", code=f"05752-TCN{number:02d}",
                decision_number="45/QĐ (hư cấu)", decision_date=SINCE, decided_by="hư cấu", areas=[hamlet], since=SINCE,
            )  # fmt: skip
            own = [
                households.add(
                    session, hamlet=hamlet, kind="household", nickname=f"Nhà thử {n}", team=team,
                    now=clock.now() - timedelta(days=60),
                ).id
                for n in range(EACH)
            ]  # fmt: skip
            teams.append((team, own))
        lifecycle.open_activity(session, activity, OPERATOR)
        at = activity.id
    database.close()
    with place.connect() as connection:
        everybody = commune.people(connection, place, members)
        commune.copy(
            connection, "membership (id, person_id, unit_id, kind, valid_from)",
            ((new_id(), one.person, teams[n % len(teams)][0], "team", SINCE) for n, one in enumerate(everybody)),
        )  # fmt: skip
    commune.tidy(place)
    return Field(place, at, [_phone(one, at, teams[n % len(teams)][1]) for n, one in enumerate(everybody)])


def _activity(session: Any, place: Commune) -> Activity:
    now = clock.now()
    opens, closes = now - timedelta(days=30), now + timedelta(days=60)
    campaign = Campaign(
        code="field", kind="outreach", title=WORDS, summary=WORDS, owner_unit_id=place.commune, made_at=now,
        state="running", released_at=now,
    )  # fmt: skip
    session.add(campaign)
    session.flush()
    phase = Phase(campaign_id=campaign.id, number=1, title=WORDS, opens_at=opens, closes_at=closes)
    session.add(phase)
    session.flush()
    activity = Activity(
        campaign_id=campaign.id, phase_id=phase.id, code="field-1", kind="visit", title=WORDS,
        rules={"vi": "", "en": ""}, settings={}, opens_at=opens, closes_at=closes,
    )  # fmt: skip
    session.add(activity)
    session.flush()
    return session.scalars(select(Activity).where(Activity.id == activity.id)).one()  # type: ignore[no-any-return]


def _phone(one: Somebody, activity: uuid.UUID, own: list[uuid.UUID]) -> dict[str, Any]:
    return {
        "subject": str(one.subject), "device": str(one.device), "token": one.token, "activity": str(activity),
        "households": [str(household) for household in own],
    }  # fmt: skip


# --- what a phone sends -----------------------------------------------------------------------------------------


def visit(phone: dict[str, Any], seq: int) -> str:
    """A visit of an ordinary kind, its bytes frozen."""
    wall = int(time.time() * 1000)
    body = {
        "household": phone["households"][seq % len(phone["households"])],
        "met": "adult",
        "consent": texts()["visit_record"].version,
        "place": "home",
        "services": [
            {"service": "vneid", "outcome": "installed", "reason": None},
            {"service": "scam_advice", "outcome": "explained", "reason": None},
        ],
        "device": "own",
        "note": "Bà con hẹn buổi tối, điện thoại cũ cài hơi chậm (hư cấu).",
    }
    return json.dumps({
        "id": str(new_id()), "seq": seq, "activity": phone["activity"], "action": "visit.log", "schema": 1,
        "wall_ms": wall, "mono_ms": wall, "boot_id": phone["device"], "anchor": None, "body": body,
    }, ensure_ascii=False, separators=(",", ":"))  # fmt: skip


def envelope(device: str, deeds: list[str]) -> str:
    wall = int(time.time() * 1000)
    sent = json.dumps({"wall_ms": wall, "mono_ms": wall, "boot_id": device})
    return f'{{"device_id":"{device}","sent":{sent},"operations":[{",".join(deeds)}]}}'
