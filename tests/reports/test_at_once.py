"""Two at one report in the same moment: one step holds, the other is told, nothing is done by half."""

import uuid
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from backend import clock
from backend.calendars import Period, parse
from backend.people import staff
from backend.reports import approval, compose
from backend.reports.errors import MovedOn, NotEditable
from backend.reports.models import Report, ReportText, Step, Submission
from tests.admin.desk import Desk, at_desk
from tests.faults.test_concurrency import at_once
from tests.support.card_papers import card_state, published_card, submitted
from tests.support.reports import ORDER, Office, office
from tests.support.world import PASSWORD, World


@pytest.fixture
def here(world: World) -> Office:
    made = office(world)
    with world.database.transaction() as session:
        for name, role, unit in (
            ("above_2", "party_office", world.province),
            ("drafter_2", "drafter", world.commune),
        ):
            world.staff[name] = staff.hire(
                session, name=name, username=name, password=PASSWORD, grants=[(role, unit)]
            )
    return made


@pytest.fixture
def desk(world: World) -> Desk:
    return at_desk(world)


def only_where_two_write_at_once(here: Office) -> None:
    with here.world.database.transaction(writes=False) as session:
        if session.get_bind().dialect.name == "sqlite":
            pytest.skip("here one writer waits for the other before it reads")


def deeds(here: Office, submission: uuid.UUID) -> list[str]:
    with here.world.database.transaction(writes=False) as session:
        return list(
            session.scalars(select(Step.deed).where(Step.submission_id == submission).order_by(Step.at))
        )


def test_a_report_read_before_another_locked_it_is_not_given_back(here: Office) -> None:
    only_where_two_write_at_once(here)
    submission = here.open(here.duty())
    here.walk(submission, "receive")
    with here.world.database.transaction() as first:
        row = first.get_one(Submission, submission)  # held on to, as a request does
        seen = row.revision
        here.take(submission, "lock")
        with pytest.raises(MovedOn):
            approval.take(first, row.id, "give_back", here.by("above_2"), seen=seen, words="bổ sung khó khăn")
        assert row.state == "locked"
    assert here.row(submission).state == "locked"
    assert deeds(here, submission)[-1] == "lock"


def test_words_typed_before_another_handed_it_on_do_not_come_after(here: Office) -> None:
    only_where_two_write_at_once(here)
    submission = here.open(here.duty())
    with here.world.database.transaction() as first:
        row = first.get_one(Submission, submission)  # held on to, as a request does
        report = first.get_one(Report, row.subject_id)
        here.take(submission, "draft")
        with pytest.raises(NotEditable):
            compose.save_text(first, report, "results", "muộn", seen=0, by=here.by("drafter_2"))
        assert row.state == "drafted"
    with here.world.database.transaction(writes=False) as session:
        assert session.scalar(select(func.count()).select_from(ReportText)) == 0


@pytest.mark.parametrize("turn", range(3))
def test_of_locking_and_giving_back_at_once_one_is_done(here: Office, desk: Desk, turn: int) -> None:
    submission = here.open(here.duty())
    here.walk(submission, "receive")
    seen, where = str(here.row(submission).revision), f"/admin/approvals/{submission}"
    one, other = desk("above"), desk("above_2")
    answers = at_once(
        lambda: one.post(f"{where}/lock", data={"seen": seen}),
        lambda: other.post(f"{where}/give_back", data={"seen": seen, "words": "bổ sung khó khăn"}),
    )
    done, refused = sorted(answer.status_code for answer in answers)
    assert done == 303
    assert refused in (404, 409), "what went back is no longer read above"
    after = "lock" if answers[0].status_code == 303 else "give_back"
    assert deeds(here, submission)[-1] == after
    assert here.row(submission).state == {"lock": "locked", "give_back": "returned"}[after]


def test_two_who_begin_one_report_at_once_write_the_same_one(here: Office, desk: Desk) -> None:
    form = {"duty": str(here.duty()), "period": here.half.code}
    one, other = desk("drafter"), desk("drafter_2")
    answers = at_once(
        lambda: one.post("/admin/reports", data=form), lambda: other.post("/admin/reports", data=form)
    )
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location


def test_two_clerks_do_not_give_one_number_twice(here: Office, desk: Desk) -> None:
    first, second = here.open(here.duty()), here.open(here.duty(interval="month"), _month(here))
    for submission in (first, second):
        here.walk(submission, "sign")
    one, other = desk("clerk"), desk("clerk")
    form = {"number": "15", "day": f"{clock.today():%d/%m/%Y}"}

    def numbering(client: FlaskClient, submission: uuid.UUID) -> Callable[[], TestResponse]:
        seen = str(here.row(submission).revision)
        return lambda: client.post(f"/admin/approvals/{submission}/number", data=form | {"seen": seen})

    answers = at_once(numbering(one, first), numbering(other, second))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert sorted(str(here.row(one_of).number) for one_of in (first, second)) == ["15", "None"]


def _month(here: Office) -> Period:
    return parse("thang", f"{here.half.last:%Y%m}")


# --- scorecards -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("turn", range(3))
def test_two_lines_locked_at_once_lock_their_card(here: Office, desk: Desk, turn: int) -> None:
    card = published_card(here)
    ways = [submitted(here, card, line) for line in ("party", "state")]
    for way in ways:
        here.walk(way, "receive")
    clients = desk("above"), desk("above")

    def locking(client: FlaskClient, way: uuid.UUID) -> Callable[[], TestResponse]:
        seen = str(here.row(way).revision)
        return lambda: client.post(f"/admin/approvals/{way}/lock", data={"seen": seen})

    answers = at_once(*(locking(client, way) for client, way in zip(clients, ways, strict=True)))
    assert [answer.status_code for answer in answers] == [303, 303]
    assert card_state(here, card) == "locked"


def test_two_who_put_a_card_on_its_way_at_once_put_one_there(here: Office, desk: Desk) -> None:
    card = published_card(here)
    form = {"line": "state", "receiver": str(here.world.province)}
    one, other = desk("drafter"), desk("drafter_2")
    answers = at_once(
        lambda: one.post(f"/admin/cards/{card}/submissions", data=form),
        lambda: other.post(f"/admin/cards/{card}/submissions", data=form),
    )
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location


@pytest.mark.parametrize("deed", ["draft", "review", "sign", "send", "receive"])
def test_of_two_who_take_one_step_at_once_one_has_taken_it(here: Office, desk: Desk, deed: str) -> None:
    role = {"draft": "drafter", "review": "reviewer", "sign": "signer", "send": "clerk", "receive": "above"}[
        deed
    ]
    second = f"{role}_twin"
    with here.world.database.transaction() as session:
        grant = ("party_office", here.world.province) if role == "above" else (role, here.world.commune)
        here.world.staff[second] = staff.hire(
            session, name=second, username=second, password=PASSWORD, grants=[grant]
        )
    way = submitted(here, published_card(here))
    steps = ORDER[: ORDER.index(deed)]
    for before in steps:
        here.take(way, before)
    form, where = {"seen": str(here.row(way).revision)}, f"/admin/approvals/{way}/{deed}"
    one, other = desk(role), desk(second)
    answers = at_once(lambda: one.post(where, data=form), lambda: other.post(where, data=form))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert deeds(here, way) == [*steps, deed]
