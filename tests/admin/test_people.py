"""The page "Người và vai trò": who may look, who may change, and that nothing typed or changed is lost on the way."""

import re
import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from backend import clock
from backend.db.base import new_id
from backend.http import STAFF_TOKEN
from backend.people import sign_in
from backend.people.models import Person, RoleGrant, StaffLogin
from backend.safeguards.models import AuditEntry
from tests.support.world import PASSWORD, World

Desk = Callable[[str], FlaskClient]
SECRET = re.compile(r'data-testid="one-time-password">([a-z2-9]{4}(?:-[a-z2-9]{4}){2})<')
VERSION = re.compile(r'name="version" value="(\d+)"')


@pytest.fixture
def desk(world: World) -> Desk:
    """A browser at which a member of staff is signed in; forms need no token here."""
    world.app.config["WTF_CSRF_METHODS"] = set()

    def at(who: str) -> FlaskClient:
        client = world.client()
        with world.database.transaction() as session:
            token, _ = sign_in.open_session(session, world.staff[who], new_id())
        with client.session_transaction() as cookie:
            cookie[STAFF_TOKEN] = token
        return client

    return at


def page_of(world: World, client: FlaskClient, whom: str) -> TestResponse:
    return client.get(f"/admin/people/{world.staff[whom]}")


def version_of(world: World, client: FlaskClient, whom: str) -> str:
    found = VERSION.search(page_of(world, client, whom).text)
    assert found
    return found[1]


def grant(world: World, client: FlaskClient, whom: str, **typed: str) -> TestResponse:
    form = {"deed": "grant", "role": "inspector", "unit": str(world.commune), "since": "", "last_day": ""}
    if "version" not in typed:
        form["version"] = version_of(world, client, whom)
    return client.post(f"/admin/people/{world.staff[whom]}/roles", data=form | typed)


def typed_day(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"


def deeds(world: World) -> list[str]:
    with world.database.transaction(writes=False) as session:
        query = select(AuditEntry.deed).where(AuditEntry.deed.startswith("staff.")).order_by(AuditEntry.at)
        return list(session.scalars(query))


# --- looking ---------------------------------------------------------------------------------------------------------


def test_an_operator_sees_everybody_here_and_nobody_elsewhere(world: World, desk: Desk) -> None:
    text = desk("operator").get("/admin/people").text
    elsewhere = {"far", "province"}
    assert text.count('data-testid="member"') == len(world.staff) - len(elsewhere)
    assert not any(f">{name}<" in text for name in elsewhere)
    assert 'data-testid="add-member"' in text


def test_an_organiser_looks_but_changes_nothing(world: World, desk: Desk) -> None:
    client = desk("an")
    assert 'data-testid="add-member"' not in client.get("/admin/people").text
    one = page_of(world, client, "head")
    assert one.status_code == 200
    assert "<form" not in one.text.split('id="content"')[1]
    assert client.get("/admin/people/new").status_code == 403
    assert grant(world, client, "head", version="1").status_code == 403
    for deed in ("suspend", "restore", "password", f"roles/{uuid.uuid4()}/end"):
        assert client.post(f"/admin/people/{world.staff['head']}/{deed}").status_code == 403, deed


@pytest.mark.parametrize("who", ["head", "inspector", "dpo", "office", "editor", "releaser"])
def test_others_do_not_even_look(world: World, desk: Desk, who: str) -> None:
    client = desk(who)
    assert client.get("/admin/people").status_code == 403
    assert page_of(world, client, "an").status_code == 403
    assert "/admin/people" not in client.get("/admin/").text


def test_staff_of_another_commune_are_not_found(world: World, desk: Desk) -> None:
    assert page_of(world, desk("operator"), "far").status_code == 404
    assert desk("operator").get(f"/admin/people/{uuid.uuid4()}").status_code == 404
    citizen = world.phone().me["id"]
    assert desk("operator").get(f"/admin/people/{citizen}").status_code == 404


def test_names_are_found_without_tone_marks(world: World, desk: Desk) -> None:
    with world.database.transaction() as session:
        session.get_one(Person, world.staff["head"]).name = "Đặng Thị Hương"
    text = desk("operator").get("/admin/people?q=dang huong").text
    assert text.count('data-testid="member"') == 1


# --- a new member ----------------------------------------------------------------------------------------------------


def test_a_new_member_gets_a_password_once_and_must_choose_an_own_one(world: World, desk: Desk) -> None:
    client = desk("operator")
    made = client.post("/admin/people/new", data={"name": "Lê Thị Mới", "username": "Le.Moi"})
    assert made.status_code == 200
    (secret,) = SECRET.findall(made.text)
    with world.database.transaction(writes=False) as session:
        person = session.scalars(select(StaffLogin.person_id).where(StaffLogin.username == "le.moi")).one()
    assert secret not in client.get(f"/admin/people/{person}").text
    newcomer = world.client()
    first = newcomer.post("/admin/sign-in", data={"username": "le.moi", "password": secret})
    assert first.status_code == 200
    assert 'action="/admin/new-password"' in first.text
    assert newcomer.get("/admin/").status_code == 302, "not signed in yet"
    own = {"username": "le.moi", "password": secret, "new": "trau den gam co", "again": "trau den gam co"}
    assert newcomer.post("/admin/new-password", data=own | {"again": "khac di roi nhe"}).status_code == 400
    assert (
        newcomer.post("/admin/new-password", data=own | {"new": "ngan", "again": "ngan"}).status_code == 409
    )
    assert (
        newcomer.post("/admin/new-password", data=own | {"new": secret, "again": secret}).status_code == 409
    )
    assert newcomer.post("/admin/new-password", data=own | {"password": "sai"}).status_code == 403
    assert newcomer.post("/admin/new-password", data=own).status_code == 302
    assert newcomer.get("/admin/").status_code == 200
    assert world.client().post("/admin/sign-in", data=own | {"password": secret}).status_code == 403
    assert deeds(world) == ["staff.hire", "staff.sign_in", "staff.change_password"]


@pytest.mark.parametrize(
    ("name", "username"),
    [("Lê Thị Mới", "an"), ("Lê Thị Mới", "có dấu"), ("", "lemoi"), ("Lê Thị Mới", "AN")],
)
def test_what_does_not_fit_is_said_and_what_was_typed_stays(
    world: World, desk: Desk, name: str, username: str
) -> None:
    with world.database.transaction() as session:
        before = len(session.scalars(select(Person)).all())
    login = "another" if username == "lemoi" else username
    if username in ("an", "AN"):
        with world.database.transaction() as session:
            session.get_one(StaffLogin, world.staff["an"]).username = "annguyen"
        login = "annguyen" if username == "an" else "ANNGUYEN"
    answer = desk("operator").post("/admin/people/new", data={"name": name, "username": login})
    assert answer.status_code == 409
    assert f'value="{name}"' in answer.text
    assert f'value="{login}"' in answer.text
    assert 'data-testid="problem"' in answer.text
    assert SECRET.search(answer.text) is None
    with world.database.transaction() as session:
        assert len(session.scalars(select(Person)).all()) == before
    assert deeds(world) == []


def test_a_forgotten_password_is_replaced_and_old_sessions_end(world: World, desk: Desk) -> None:
    operator, head = desk("operator"), desk("head")
    assert head.get("/admin/").status_code == 200
    form = {"version": version_of(world, operator, "head")}
    answer = operator.post(f"/admin/people/{world.staff['head']}/password", data=form)
    (secret,) = SECRET.findall(answer.text)
    assert head.get("/admin/").status_code == 302
    again = operator.post(f"/admin/people/{world.staff['head']}/password", data=form)
    assert again.status_code == 409, "pressed twice, the second form is from before"
    assert (
        world.client().post("/admin/sign-in", data={"username": "head", "password": PASSWORD}).status_code
        == 403
    )
    assert (
        "new-password"
        in world.client().post("/admin/sign-in", data={"username": "head", "password": secret}).text
    )


def test_a_password_of_ones_own_can_be_changed_at_any_time(world: World, desk: Desk) -> None:
    elsewhere = desk("head")
    form = {"username": "HEAD", "password": PASSWORD, "new": "trau den gam co", "again": "trau den gam co"}
    here = world.client()
    assert here.post("/admin/new-password", data=form).status_code == 302
    assert here.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302


# --- roles -----------------------------------------------------------------------------------------------------------


def test_a_role_is_found_given_shown_and_ended(world: World, desk: Desk) -> None:
    client, first = desk("operator"), clock.today() + timedelta(days=1)
    typed = {
        "role": "question_editor", "words": "dong tien", "unit": "", "since": typed_day(first),
        "last_day": typed_day(first + timedelta(days=30)),
    }  # fmt: skip
    found = grant(world, client, "head", deed="find", **typed)
    assert found.status_code == 200
    assert 'data-testid="unit-05752-T01"' in found.text
    assert 'data-testid="unit-05755-T01"' not in found.text, "not in the operator's reach"
    assert '<option value="question_editor" selected>' in found.text
    for kept in (typed["words"], typed["since"], typed["last_day"]):
        assert f'value="{kept}"' in found.text
    given = grant(world, client, "head", **typed | {"unit": str(world.hamlet)})
    assert given.status_code == 302
    with world.database.transaction(writes=False) as session:
        row = session.scalars(
            select(RoleGrant).where(RoleGrant.role == "question_editor", RoleGrant.valid_from == first)
        ).one()
        assert (row.unit_id, row.valid_to) == (world.hamlet, first + timedelta(days=31))
    text = page_of(world, client, "head").text
    assert 'data-role="question_editor"' in text
    ended = client.post(
        f"/admin/people/{world.staff['head']}/roles/{row.id}/end",
        data={"version": version_of(world, client, "head")},
    )
    assert ended.status_code == 302
    assert 'data-role="question_editor"' not in page_of(world, client, "head").text
    assert deeds(world) == ["staff.grant", "staff.end_grant"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": ""}, {"role": "emperor"}, {"unit": ""}, {"unit": "x"}, {"unit": str(uuid.uuid4())},
        {"since": "1/1/2020"}, {"since": "mai"}, {"since": "2031-05-06"}, {"since": "31/2/2031"}, {"last_day": "1/1/2020"}, {"version": "0"}, {"version": ""},
    ],
)  # fmt: skip
def test_a_refused_role_leaves_the_form_as_it_was_typed(
    world: World, desk: Desk, wrong: dict[str, str]
) -> None:
    client = desk("operator")
    typed = {"words": "Đồng", "last_day": "6/5/2031"} | wrong
    answer = grant(world, client, "head", **typed)
    assert answer.status_code in (404, 409)
    assert 'data-testid="problem"' in answer.text
    assert 'value="Đồng"' in answer.text
    assert f'value="{typed["last_day"]}"' in answer.text
    assert VERSION.search(answer.text)[1] == version_of(world, client, "head")  # type: ignore[index]
    assert deeds(world) == []


def test_two_operators_at_one_page_the_second_sees_what_the_first_did(world: World, desk: Desk) -> None:
    one, two = desk("operator"), desk("operator")
    seen = version_of(world, two, "head")
    assert grant(world, one, "head", role="inspector").status_code == 302
    late = grant(world, two, "head", role="dpo", version=seen)
    assert late.status_code == 409
    assert 'data-role="inspector"' in late.text, "what changed meanwhile is there to be looked at"
    assert '<option value="dpo" selected>' in late.text, "and what was typed is still there"
    fresh = VERSION.search(late.text)
    assert fresh
    assert grant(world, two, "head", role="dpo", version=fresh[1]).status_code == 302
    suspended = one.post(f"/admin/people/{world.staff['head']}/suspend", data={"version": seen})
    assert suspended.status_code == 409


def test_nobody_gives_a_role_to_themselves(world: World, desk: Desk) -> None:
    client = desk("operator")
    assert 'data-testid="grant-role"' not in page_of(world, client, "operator").text
    assert grant(world, client, "operator", role="question_editor").status_code == 403


def test_a_unit_out_of_reach_is_refused(world: World, desk: Desk) -> None:
    assert grant(world, desk("operator"), "head", unit=str(world.far_commune)).status_code == 403


def test_the_last_operator_cannot_leave_or_be_locked_out(world: World, desk: Desk) -> None:
    client, person = desk("operator"), world.staff["operator"]
    with world.database.transaction(writes=False) as session:
        own = session.scalars(select(RoleGrant.id).where(RoleGrant.person_id == person)).one()
    for deed in (f"roles/{own}/end", "suspend"):
        answer = client.post(
            f"/admin/people/{person}/{deed}", data={"version": version_of(world, client, "operator")}
        )
        assert answer.status_code == 409
        assert 'data-testid="problem"' in answer.text
    assert client.get("/admin/people").status_code == 200


def test_suspending_and_restoring(world: World, desk: Desk) -> None:
    operator, head = desk("operator"), desk("head")
    path = f"/admin/people/{world.staff['head']}"
    assert (
        operator.post(f"{path}/suspend", data={"version": version_of(world, operator, "head")}).status_code
        == 302
    )
    assert head.get("/admin/").status_code == 302
    refused = world.client().post("/admin/sign-in", data={"username": "head", "password": PASSWORD})
    assert refused.status_code == 403
    assert "tạm khóa" in refused.text
    assert (
        operator.post(f"{path}/restore", data={"version": version_of(world, operator, "head")}).status_code
        == 302
    )
    back = world.client().post("/admin/sign-in", data={"username": "head", "password": PASSWORD})
    assert back.status_code == 302


def test_the_trail_says_it_in_words(world: World, desk: Desk) -> None:
    client = desk("operator")
    grant(world, client, "head", role="inspector")
    text = client.get("/admin/audit").text
    assert "Trao vai trò" in text
    assert "head · Kiểm tra, giám sát" in text
