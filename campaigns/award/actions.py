"""What a person does with awards on the phone: ask for one to be looked at again."""

from datetime import timedelta
from typing import Any

from backend.participation.deeds import Answer, Deed, FactLine, counted, noted, refused
from campaigns.award import appeals
from campaigns.award.measures import APPEALED
from campaigns.award.mine import may_appeal
from campaigns.award.models import Appeal, Case, Entry
from campaigns.award.schemas import AppealIn
from campaigns.kind import Desk


def appeal(desk: Desk, deed: Deed) -> Answer:
    """About an own award, or about who is on the list; once each."""
    body: AppealIn = deed.body
    if not body.words.strip():
        return refused("appeal_empty")
    there = desk.session.get(Appeal, body.appeal)
    if there is not None:
        return noted(_told(there)) if there.subject == deed.subject else refused("appeal_twice")
    if reason := _why_not(desk, deed):
        return refused(reason)
    made = appeals.write(
        desk.session, desk.activity.id, deed.subject, body.words, entry=body.entry, appeal=body.appeal
    )
    if made is None:
        return refused("appeal_twice")
    return counted(FactLine(APPEALED, str(desk.activity.id)), result=_told(made))


def _why_not(desk: Desk, deed: Deed) -> str | None:
    body: AppealIn = deed.body
    if body.entry is None:
        if desk.activity.state == "scheduled":
            return "not_open_yet"
        return None if may_appeal(desk) else "appeal_late"
    entry = desk.session.get(Entry, body.entry)
    if entry is None or entry.subject != deed.subject:
        return "award_unknown"
    if desk.session.get_one(Case, entry.case_id).activity_id != desk.activity.id:
        return "award_unknown"
    late = max(entry.entered_at, entry.revoked_at or entry.entered_at) + timedelta(
        days=desk.settings.appeal_days
    )
    return "appeal_late" if deed.happened_at > late else None


def _told(row: Appeal) -> dict[str, Any]:
    return {"appeal": str(row.id), "state": row.state}


def again(desk: Desk, deed: Deed) -> dict[str, Any] | None:
    """The answer to a deed offered again: where the appeal stands now."""
    row = desk.session.get(Appeal, deed.body.appeal)
    return _told(row) if row and row.subject == deed.subject else None
