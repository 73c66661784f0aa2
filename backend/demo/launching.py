"""A campaign of one activity as it came about: prepared under a document, released by somebody else, opened by its hour."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.demo.history import Crew
from campaigns import campaigns, lifecycle
from campaigns.models import Activity
from campaigns.pack import read_pack
from campaigns.pack.store import SHIPPED


def launched(
    session: Session, crew: Crew, pack: str, owner: uuid.UUID, paper: Mapping[str, str], opens: datetime,
    closes: datetime, prepared: timedelta = timedelta(days=9), released: timedelta = timedelta(days=5),
) -> Activity:  # fmt: skip
    """Answers the first activity of the pack. `paper`: number and title of the document; `prepared`, `released`: how long
    before it opened."""
    with clock.stopped_at(opens - prepared):
        document = campaigns.Document(paper["number"], clock.today() - timedelta(days=2), paper["title"])
        shipped = read_pack(SHIPPED / pack)
        made = campaigns.prepare(
            session, shipped, owner, [(opens, closes)], crew.admin,
            document=document, bodies={"lead": [owner], "releasing": [owner]},
        )  # fmt: skip
    with clock.stopped_at(opens - released):
        campaigns.release(session, made.id, crew.releaser)
    found = session.scalars(select(Activity).where(Activity.campaign_id == made.id)).all()
    with clock.stopped_at(opens):
        for activity in found:
            lifecycle.turn(session, activity.id, clock.now())
    return next(one for one in found if one.code == shipped.rounds[0].activities[0].code)
