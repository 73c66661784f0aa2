"""Launching a contest of many communes here, and keeping hands off what was fixed from above."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.node import own_unit
from backend.db.statements import insert_into
from backend.errors import N_, DomainError
from backend.units.queries import named_at_last
from backend.units.serving import served_before, speaks_above
from campaigns import common_terms
from campaigns.common_models import CommonEntry, CommonRound, CommonSent
from campaigns.models import Activity, Campaign
from campaigns.pack import Pack


class FixedFromAbove(DomainError):
    status = 409
    code = "fixed_from_above"
    sentence = N_(
        "Đây là cuộc thi chung của nhiều xã do %(organiser)s tổ chức: ngày giờ, các đợt, câu hỏi và thể lệ giữ đúng như gói đã phát hành, "
        "ở đây không sửa được. Muốn đổi, xin báo %(organiser)s để phát hành bản mới."
    )


class CommonRunsAlready(DomainError):
    status = 409
    code = "common_runs_already"
    sentence = N_(
        "Cuộc thi chung này đã được lập ở đây rồi. Xin mở cuộc vận động đã lập, hoặc xóa bản nháp cũ trước."
    )


def dates_of(pack: Pack) -> list[tuple[datetime, datetime]] | None:
    """The dates of the pack's rounds where they come from above; None where the organiser here chooses."""
    return common_terms.dates_of(pack.common, pack.rounds) if pack.common else None


def bind(session: Session, campaign: Campaign, pack: Pack) -> None:
    """Write down beside each activity of the draft what was fixed from above. Nothing for a pack of one's own.

    Raises CommonRunsAlready where another draft or campaign of this node holds the same rounds.
    """
    if pack.common is None:
        return
    rules = common_terms.digest_of(pack.code, pack.common, pack.rounds)
    shared = {
        "contest": pack.code, "terms": msgspec.to_builtins(pack.common), "rules": rules, "unit_code": _unit(session),
    }  # fmt: skip
    rows = session.execute(select(Activity.id, Activity.code).where(Activity.campaign_id == campaign.id))
    for activity, code in rows.all():
        values = shared | {"activity_id": activity, "round": code}
        put = insert_into(session, CommonRound).values(values).on_conflict_do_nothing()
        if session.execute(put.returning(CommonRound.activity_id)).first() is None:
            raise CommonRunsAlready


def _unit(session: Session) -> str:
    """The code of the commune this node tells for. Where another node speaks for the one it has become a part of, what is
    told from here stays what it was before."""
    before = [] if speaks_above(session) else served_before(session)
    return named_at_last(session, before[0] if before else own_unit(session), clock.today()).code


def rounds_in(phase: uuid.UUID) -> Select[Any]:
    """The activities of a phase."""
    return select(Activity.id).where(Activity.phase_id == phase)


def leave_as_it_is(session: Session, activities: Sequence[uuid.UUID] | Select[Any]) -> None:
    """Raises FixedFromAbove where one of them belongs to a contest of many communes."""
    found = session.scalars(
        select(CommonRound).where(CommonRound.activity_id.in_(activities)).limit(1)
    ).first()
    if found is not None:
        raise FixedFromAbove(organiser=found.terms["organiser"]["vi"])


def discard(session: Session, campaign: uuid.UUID) -> None:
    """Take what was written beside a draft out again."""
    own = select(Activity.id).where(Activity.campaign_id == campaign)
    for table in (CommonEntry, CommonSent, CommonRound):
        session.execute(delete(table).where(table.activity_id.in_(own)))
