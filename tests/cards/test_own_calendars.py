"""A scorecard whose template counts by a calendar of the unit's own: opened, counted, published, counted again."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from backend import clock
from backend.cards import actions, issuing, queries, template_reading, verify
from backend.cards.errors import TemplateInvalid
from backend.cards.issuing import data_of
from backend.cards.templates import newest
from backend.own_calendars import making, reading
from backend.own_calendars.making import Asked
from backend.safeguards.audit import OPERATOR
from tests.cards.book import many, published, write
from tests.support.world import World

OVER = datetime(2026, 11, 12, 9, tzinfo=UTC)
"""Two days after 'November' of a calendar that ends its months on the 10th."""


def template(calendar: str) -> dict[str, object]:
    return data_of(newest("xa-thang")) | {"template": "xa-chot-10", "calendar": calendar, "interval": "month"}


def tenth(world: World) -> str:
    with world.database.transaction() as session:
        asked = Asked("Chốt ngày 10", "months", day=11, months_back=1)
        return making.make(session, world.commune, asked, OPERATOR).code


def test_a_card_of_a_month_that_ends_on_the_tenth_counts_its_own_days(world: World) -> None:
    code = tenth(world)
    with world.database.transaction() as session:
        with clock.stopped_at(datetime(2026, 1, 5, tzinfo=UTC)):
            issuing.issue(session, world.commune, template(code), date(2026, 1, 1), OPERATOR)
        write(session, many(world.hamlet, 9, day=date(2026, 10, 10)))  # the month before
        write(session, many(world.hamlet, 12, day=date(2026, 10, 15)))
        period = reading.period(session, code, "202611")
        with clock.stopped_at(datetime(2026, 10, 20, 3, tzinfo=UTC)):
            card = actions.open_card(session, world.commune, "xa-chot-10", period, OPERATOR)
        published(session, card, OVER)
    with world.database.transaction() as session, clock.stopped_at(OVER + timedelta(days=1)):
        held = session.get_one(type(card), card.id)
        view = queries.view_of(session, held)
        assert (view.period.calendar, view.period.first, view.period.last) == (
            code,
            date(2026, 10, 11),
            date(2026, 11, 10),
        )
        told = {one.code: one.numerator for one in view.criteria}
        assert told["du-thi"] == Decimal(12)
        assert verify.verify(session) == []


def test_a_template_by_a_calendar_nobody_made_is_refused_with_its_name(world: World) -> None:
    with pytest.raises(TemplateInvalid) as refused, world.database.transaction() as session:
        issuing.issue(session, world.commune, template("05752-chua-lap"), date(2026, 1, 1), OPERATOR)
    assert "lịch 05752-chua-lap không có kỳ month" in str(refused.value.values["errors"])


def test_a_calendar_of_another_commune_is_none_of_ours(world: World) -> None:
    code = tenth(world)
    with pytest.raises(TemplateInvalid), world.database.transaction() as session:
        issuing.issue(session, world.far_commune, template(code), date(2026, 1, 1), OPERATOR)
    with world.database.transaction(writes=False) as session:
        known = {one.code: one for one in reading.usable(session, [world.commune], clock.today())}
    assert template_reading.check_data(template(code), known=known).problems == []
    assert template_reading.check_data(template(code)).problems != []
