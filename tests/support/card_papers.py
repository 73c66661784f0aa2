"""Scorecards for tests of their approval: a published card of the commune, a second revision of it, and its way."""

import uuid
from dataclasses import replace
from datetime import timedelta

from backend import clock
from backend.calendars import Period, last_full
from backend.cards import actions, revisions
from backend.cards.models import Card
from backend.reports import card_flow
from backend.safeguards.audit import OPERATOR, Actor
from tests.cards.book import many, write
from tests.support.reports import Office

AGO = timedelta(seconds=1)
LATE = "Có bản ghi đến muộn của tháng trước"


def month() -> Period:
    return last_full("thang", "month", clock.today())


def published_card(here: Office, period: Period | None = None, by: Actor = OPERATOR) -> uuid.UUID:
    """Opened and named by the operator, and published."""
    with here.world.database.transaction() as session:
        card = actions.open_card(session, here.world.commune, "xa-thang", period or month(), OPERATOR)
        actions.name_head(session, card.id, "Chủ tịch UBND xã", "Nguyễn Văn Thử", OPERATOR)
        revisions.publish(session, card, by, at=clock.now() - timedelta(hours=2))
        return card.id


def publish_again(here: Office, card: uuid.UUID, people: int = 30, period: Period | None = None) -> None:
    """Records that came late move the figures."""
    with here.world.database.transaction() as session:
        row = session.get_one(Card, card)
        came = clock.now() - timedelta(hours=1)
        late = [
            replace(
                one,
                subject=uuid.uuid4(),
                day=(period or month()).first,
                received=came,
                recorded=clock.now() - AGO,
            )
            for one in many(here.world.hamlet, people)
        ]
        write(session, late)
        revisions.publish(session, row, OPERATOR, LATE, clock.now() - AGO)


def submitted(
    here: Office,
    card: uuid.UUID,
    line: str = "state",
    receiver: uuid.UUID | None = None,
    who: str = "drafter",
) -> uuid.UUID:
    """On its way; answers its submission."""
    with here.world.database.transaction() as session:
        return card_flow.begin(session, card, line, receiver or here.world.province, here.by(who)).id


def card_state(here: Office, card: uuid.UUID) -> str:
    with here.world.database.transaction(writes=False) as session:
        return session.get_one(Card, card).state
