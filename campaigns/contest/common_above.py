"""The level above a contest of many communes: what it gave out, fixed for everybody below."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.participation.lease import hold
from backend.safeguards.audit import Actor, note
from campaigns import common_terms
from campaigns.common_models import CommonContest
from campaigns.contest.errors import CommonUnknown, NothingShared, RunsAlready
from campaigns.contest.schemas import ContestSettings
from campaigns.pack import Pack


def give_out(session: Session, pack: Pack, actor: Actor) -> CommonContest:
    """Write down what is fixed for everybody below. A newer version may take its place until the first round opens.

    Raises NothingShared, RunsAlready.
    """
    if pack.common is None:
        raise NothingShared
    hold(session, "common.contest")
    rules = common_terms.digest_of(pack.code, pack.common, pack.rounds)
    held = session.get(CommonContest, pack.code)
    if held is not None and held.rules != rules and _has_begun(held):
        raise RunsAlready
    row = held or CommonContest(contest=pack.code)
    if (
        held is None or held.rules != rules
    ):  # a comma corrected later is no later beginning: who may tell depends on it
        row.given_out_at = clock.now()
    row.title, row.terms, row.rules = pack.title, msgspec.to_builtins(pack.common), rules
    titles = {activity.code: activity.title for activity in pack.activities}
    row.rounds = [_round(one, titles[one.code]) for one in common_terms.told(pack.common, pack.rounds)]
    row.pack_version, row.given_out_by = pack.version, actor.id
    session.add(row)
    note(session, actor, "common.give_out", "common_contest", pack.code, reason=f"v{pack.version}")
    return row


def _round(told: common_terms.Told, title: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": title,
        "code": told.code,
        "kind": told.kind,
        "opens_at": clock.iso(told.opens_at),
        "closes_at": clock.iso(told.closes_at),
        "settings": told.settings,
    }


def _has_begun(row: CommonContest) -> bool:
    return any(datetime.fromisoformat(one["opens_at"]) <= clock.now() for one in row.rounds)


def contest(session: Session, code: str) -> CommonContest:
    """Raises CommonUnknown."""
    found = session.get(CommonContest, code)
    if found is None:
        raise CommonUnknown
    return found


def contests(session: Session) -> list[CommonContest]:
    """Those given out, the newest first."""
    return list(session.scalars(select(CommonContest).order_by(CommonContest.given_out_at.desc())))


def round_in(row: CommonContest, code: str) -> dict[str, Any]:
    """Raises CommonUnknown."""
    found: dict[str, Any] | None = next((one for one in row.rounds if one["code"] == code), None)
    if found is None:
        raise CommonUnknown
    return found


def opens_at(row: CommonContest, code: str) -> datetime:
    return datetime.fromisoformat(round_in(row, code)["opens_at"])


def closes_at(row: CommonContest, code: str) -> datetime:
    return datetime.fromisoformat(round_in(row, code)["closes_at"])


def settings_in(row: CommonContest, code: str) -> ContestSettings:
    return msgspec.convert(round_in(row, code)["settings"], ContestSettings)
