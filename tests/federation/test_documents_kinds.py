"""What each room does with a document from above: templates, calendars, keys given up."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from backend import clock
from backend.calendars import CalendarUnknown
from backend.cards import from_above as cards
from backend.cards import issuing, templates
from backend.cards.errors import TemplateChanged, TemplateInvalid
from backend.cards.issued import issues_of
from backend.cards.models import CardTemplateIssue
from backend.certificates import from_above as certificates
from backend.certificates.did import Key, Keys
from backend.certificates.from_above import RevocationsIn, RevokedIn
from backend.own_calendars import from_above as calendars
from backend.own_calendars.from_above import CalendarDiffers, CalendarIn, PeriodIn
from backend.own_calendars.reading import find
from backend.safeguards.audit import OPERATOR
from backend.safeguards.signing import NodeKey, Signer
from tests.support.levels import Levels, province_and_communes


@pytest.fixture
def levels(tmp_path: Path) -> Iterator[Levels]:
    with province_and_communes(tmp_path, communes=1, lines=("state",)) as found:
        yield found


def a_template(levels: Levels) -> cards.TemplateIn:
    """One of the product's, brought in by the province's office under a code of its own."""
    node = levels.province
    shipped = next(iter(templates.shipped().values()))
    with node.writing() as session:
        data = issuing.data_of(shipped) | {"template": "phieu-tinh", "unit_kind": "commune"}
        row = issuing.issue(session, node.unit, data, clock.today().replace(day=1), OPERATOR)
        return cards.told(session, row.id)


def test_a_template_is_the_same_version_with_the_same_fingerprint_below(levels: Levels) -> None:
    body, node = a_template(levels), levels.communes[0]
    with node.writing() as session:
        row = cards.take_in(session, body)
        assert (row.template_sha, row.version) == (body.sha256, 1)
        cards.withdraw(session, row.id)
        assert issues_of(session, [row.issuer_id]) == []
        assert session.scalars(select(CardTemplateIssue)).one().withdrawn_at is not None


def test_a_template_whose_bytes_are_not_its_fingerprint_is_refused(levels: Levels) -> None:
    body = a_template(levels)
    wrong = msgspec.structs.replace(body, template=body.template.replace("phieu-tinh", "phieu-khac"))
    with levels.communes[0].writing() as session, pytest.raises(TemplateInvalid):
        cards.take_in(session, wrong)


def test_a_version_that_means_something_else_here_is_not_overwritten(levels: Levels) -> None:
    body, node = a_template(levels), levels.communes[0]
    with node.writing() as session:
        cards.take_in(session, body)
        data = msgspec.json.decode(body.template) | {"title": {"vi": "Tên khác"}}
        other = templates.from_data(data)
        told = cards.TemplateIn(body.unit, body.valid_from, other.sha256, other.body.decode())
        with pytest.raises(TemplateChanged):
            cards.take_in(session, told)


def a_calendar(*periods: PeriodIn) -> CalendarIn:
    return CalendarIn("19", "19-hoi-thi", "Hội thi của tỉnh", "listed", 1, 0, False, periods)


FIRST = PeriodIn("vong-1", "Vòng 1", date(2026, 1, 1), date(2026, 3, 31))
SECOND = PeriodIn("vong-2", "Vòng 2", date(2026, 4, 1), date(2026, 6, 30))


def test_a_later_version_of_a_calendar_only_adds_periods(levels: Levels) -> None:
    with levels.communes[0].writing() as session:
        calendars.take_in(session, a_calendar(FIRST))
        calendars.take_in(session, a_calendar(FIRST))
        calendars.take_in(session, a_calendar(FIRST, SECOND))
        assert [one.code for one in find(session, "19-hoi-thi").listed] == ["vong-1", "vong-2"]
        moved = msgspec.structs.replace(FIRST, last=date(2026, 3, 30))
        gap = msgspec.structs.replace(a_calendar(moved, SECOND), has_gaps=True)
        for wrong in (a_calendar(SECOND), gap):
            with pytest.raises(CalendarDiffers):
                calendars.take_in(session, wrong)
        with pytest.raises(CalendarUnknown):
            find(session, "19-khac")


def test_a_key_that_was_given_up_is_not_believed_and_an_own_one_is_shown_and_goes_on(levels: Levels) -> None:
    node, stranger = levels.communes[0], Signer.throw_away()
    now = clock.now()
    body = RevocationsIn(
        tuple(
            RevokedIn(one.key_id, now - timedelta(days=1), "máy chủ bị lấy cắp")
            for one in (stranger, node.signer)
        )
    )
    known = Keys("did:web:x", {"did:web:x#k": Key("k", stranger.public)})
    with node.writing() as session:
        assert certificates.believed(session, [known])[0].by_method["did:web:x#k"].is_trusted
        certificates.take_in(session, body, "0" * 64)
        certificates.take_in(session, body, "0" * 64)
        assert not certificates.believed(session, [known])[0].by_method["did:web:x#k"].is_trusted
        assert session.get_one(NodeKey, node.signer.key_id).withdrawn_at is None
        assert [one.key_id for one in certificates.doubted(session)] == [node.signer.key_id]
