"""What rests on a reorganisation: what was published, signed or sent since it became known, of the units it is about or of
what stands above them. While there is any, it is not taken back.
"""

import uuid
from collections.abc import Iterator

from flask_babel import gettext
from sqlalchemy import select

from admin import card_words, shown
from backend import calendars, clock, http
from backend.cards import revisions
from backend.cards.models import Card, CardRevision
from backend.own_calendars.reading import period_of
from backend.reports.models import Kept, Report, Submission
from backend.tallies import undoing as facts
from backend.units import undoing
from backend.units.models import UnitEvent
from backend.units.overview import last_names, newest_events
from backend.units.trees import LinesUp
from campaigns.models import Activity, Campaign, Publication


def resting_on(event: UnitEvent) -> list[str]:
    """Each in a sentence; none: nothing rests on it."""
    session = http.session()
    units = undoing.involved(session, event.id)
    if event.kind != "rename":  # a name stands on the papers of the unit itself only
        lines = LinesUp(session)
        units |= {
            up for unit in units for day in (event.holds_from, clock.today()) for up in lines(unit, day)
        }
    names = {unit: shown.capital(name) for unit, name in last_names(session, units).items()}
    found = [*_cards(event, names), *_reports(event, names), *_results(event, names)]
    found += _later(event, undoing.involved(session, event.id))
    if facts.has_facts(session, event):
        found.append(gettext("Số liệu mới ghi ở đơn vị nhận hoặc đơn vị mới"))
    return found


def _later(event: UnitEvent, units: set[uuid.UUID]) -> Iterator[str]:
    """What happened to the same units since has to be taken back first."""
    for later in newest_events(http.session(), units, 1):
        if later.id != event.id and later.made_at > event.made_at:
            yield gettext("Lần sắp xếp sau của đơn vị này, theo %(document)s", document=later.document)


def _cards(event: UnitEvent, names: dict[uuid.UUID, str]) -> Iterator[str]:
    rows = http.session().execute(
        select(Card, CardRevision.number)
        .join(CardRevision, CardRevision.card_id == Card.id)
        .where(Card.unit_id.in_(names), CardRevision.published_at > event.made_at)
        .order_by(Card.period, CardRevision.number)
    )
    for card, number in rows:
        period = revisions.period_of(card)
        if period.last >= event.holds_from:
            yield gettext(
                "%(card)s của %(unit)s, bản công bố số %(number)s",
                card=card_words.period_title(period), unit=names[card.unit_id], number=number,
            )  # fmt: skip


def _reports(event: UnitEvent, names: dict[uuid.UUID, str]) -> Iterator[str]:
    """Signed since: the paper is kept as it was then, whatever became of it."""
    rows = http.session().execute(
        select(Submission.unit_id, Report)
        .join(Report, Report.id == Submission.subject_id)
        .where(
            Submission.subject_kind == "report", Submission.unit_id.in_(names),
            Submission.id.in_(select(Kept.submission_id).where(Kept.at > event.made_at)),
        )
    )  # fmt: skip
    for unit, report in rows:
        period = period_of(report)
        if period.last >= event.holds_from:
            yield gettext(
                "Báo cáo %(period)s của %(unit)s đã ký", period=calendars.title(period), unit=names[unit]
            )


def _results(event: UnitEvent, names: dict[uuid.UUID, str]) -> Iterator[str]:
    since = select(Publication.activity_id).where(Publication.published_at > event.made_at)
    titles = http.session().scalars(
        select(Activity.title)
        .join(Campaign, Campaign.id == Activity.campaign_id)
        .where(Campaign.owner_unit_id.in_(names), Activity.id.in_(since))
    )
    for title in titles:
        yield gettext("Kết quả đã công bố: %(title)s", title=shown.words(title))
