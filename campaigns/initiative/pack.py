"""The part of initiatives in a pack: nothing but the settings, whose rubric must be one that can be judged by."""

import uuid
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from backend.errors import N_
from campaigns.initiative.models import Challenge
from campaigns.initiative.rules import why_no_rubric
from campaigns.models import Activity, Campaign
from campaigns.pack.folder import Folder
from campaigns.pack.lines import Group
from campaigns.pack.reader import Chosen, Pack

COMPLAINTS = {
    "twice": N_("Hai tiêu chí của thang điểm có cùng mã."),
    "pass_over_max": N_("Điểm đạt của một tiêu chí cao hơn điểm tối đa của nó."),
    "out_of_reach": N_("Mức đề nghị cao hơn tổng điểm tối đa của thang điểm."),
}


def read(files: Folder, _own: Group | None, chosen: list[Chosen]) -> list[Any]:
    """Nothing of its own; what is wrong with a rubric is told to the folder's complaints."""
    for one in chosen:
        if why := why_no_rubric(one.settings.rubric, one.settings.recommend_from):
            line = one.place.places.get("rubric", one.place.line)
            files.complaints.add(one.place.file, line, COMPLAINTS[why])
    return []


def unpack(_session: Session, _campaign: Campaign, _pack: Pack) -> None:
    """The settings are all there is."""


def discard(session: Session, campaign: uuid.UUID) -> None:
    """Challenges written into the draft go with it."""
    activities = (
        Activity.__table__.select().where(Activity.campaign_id == campaign).with_only_columns(Activity.id)
    )
    session.execute(delete(Challenge).where(Challenge.activity_id.in_(activities)))
